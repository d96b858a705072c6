"""Settings on which confidentiality hangs, or by which content could be led elsewhere: each change is noted (X5)."""

import hashlib
import os
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from odoo import api, models
from odoo.http import request
from odoo.models import MAGIC_COLUMNS
from odoo.tools import LazyTranslate
from odoo.tools.sql import table_kind

from odoo.addons.base.models.ir_sequence import _predict_nextval
from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

_lt = LazyTranslate(__name__)

# Parameters that the system sets by itself: what Odoo is told of its subscription.
_BY_ITSELF = {"database.create_date", "database.expiration_date", "database.expiration_reason"}
_LOGIN = ("/web/login", "/web/session/authenticate")
_SECRET = re.compile("secret|key|token|passw", re.IGNORECASE)  # in the names of parameters whose value nobody is told
_SECRET_FIELD = re.compile("secret|token|pass|private_key")
_LONGEST = 200  # characters of a value in a line


def in_words(record, name):
    """Return the value of a field as a line of the access log says it."""
    value = record[name]
    return (
        ", ".join(value.mapped("display_name"))
        if isinstance(value, models.BaseModel)
        else str("" if value is False else value)
    )


def fingerprint(value):
    """Return what is said of a secret or a file: whether it is still the same one."""
    data = value if isinstance(value, bytes) else str(value).encode()
    return f"••• {hashlib.sha256(data).hexdigest()[:8]}"


def told_in_words(record, name):
    """Return the value of a field as officers are told it: of files and secrets whether they are still the same."""
    field, value = record._fields[name], record[name]
    if value and (field.type == "binary" or field.type in ("char", "text") and _SECRET_FIELD.search(name)):
        return fingerprint(value)
    return in_words(record, name)


def _shortened(value, other):
    """Return a text, or the part of a long one from where it differs from another one."""
    if len(value) <= _LONGEST:
        return value
    begin = max(len(os.path.commonprefix([value, other])) - _LONGEST // 4, 0)
    return f"{'…' if begin else ''}{value[begin : begin + _LONGEST]}{'…' if len(value) > begin + _LONGEST else ''}"


class WatchedSettings(models.AbstractModel):
    """Each change of a field by a user leaves a line in the access log: what it was, and what it is.

    Watched is whatever people can set, but for what is named as harmless.
    """

    _name = "kehu.watched.settings"
    _description = "Settings Whose Changes Are Noted"

    _kehu_ours_by = ()  # paths to names of models or codes; where there are some, only what concerns ours is noted
    _kehu_unwatched = frozenset()  # names of fields whose changes nobody needs to know
    _kehu_is_told = True  # to the officers, too
    _kehu_is_mailed = False  # to officers and auditors: it could hide from them what they are told here

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        given = {name.removeprefix("default_") for name in self.env.context if name.startswith("default_")}
        records._kehu_note_settings({}, given.union(*vals_list))
        return records

    def write(self, vals):
        before = self._kehu_settings() if not vals.keys().isdisjoint(self._kehu_watched()) else None
        result = super().write(vals)
        if before is not None:
            self._kehu_note_settings(before)
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        # Translations of our own models are written (kehu_workflow).
        is_watched = field_name in self._kehu_watched() and not self._name.startswith(OURS)
        languages = (
            {lang for lang, _name in self.env["res.lang"].get_installed() if lang in translations} if is_watched else ()
        )
        before = {lang: self.with_context(lang=lang)._kehu_settings() for lang in languages}
        result = super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)
        for lang, settings in before.items():
            self.with_context(lang=lang)._kehu_note_settings(settings)
        return result

    def unlink(self):
        before = self._kehu_settings()
        result = super().unlink()
        self._kehu_note_settings(before)
        return result

    # === BUSINESS ===

    @api.model
    def _kehu_is_computed_alone(self):
        return True  # what is not watched is not written

    @api.model
    def _kehu_watched(self):
        """Return the names of the fields whose changes are noted: stored ones that people can set (hook)."""
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and field.type != "one2many"
            and not (field.compute and field.readonly)
            and name not in self._kehu_unwatched
            and name not in MAGIC_COLUMNS
        ]

    @api.model
    def _kehu_guarded_relations(self):
        own = (name for name in self._kehu_watched() if self._fields[name].type == "many2many")
        return super()._kehu_guarded_relations().union(own)

    @contextmanager
    def _kehu_watch_relation(self, name):
        before = self._kehu_settings()
        with super()._kehu_watch_relation(name):
            yield
        self._kehu_note_settings(before)

    def _kehu_filter_watched(self):
        """Return those of ``self`` whose changes are noted: those that concern our addons (hook)."""
        if not self._kehu_ours_by:
            return self
        return self.filtered(
            lambda record: any(
                (value or "").startswith(OURS) for path in self._kehu_ours_by for value in record.mapped(path)
            )
        )

    def _kehu_settings(self):
        """Return ``{id: {name: value in words}}`` of the watched fields."""
        return {
            record.id: {name: record._kehu_setting_in_words(name) for name in self._kehu_watched()}
            for record in self.sudo().with_context(active_test=False)._kehu_filter_watched()
        }

    def _kehu_setting_in_words(self, name):
        """Return what is noted of the value of a field (hook)."""
        return told_in_words(self, name)

    def _kehu_note_settings(self, before, given=None):
        """Leave a line for each record that is not as it was ``before``, and tell the officers.

        :param before: the settings of the records, as :meth:`_kehu_settings` returns them
        :param given: the names of the fields that came with new records; all else of them is the code's default
        """
        changes = self.env["kehu.right.change"]
        if changes._is_servers_own():
            return
        after = self.exists()._kehu_settings()
        watched = [name for name in self._kehu_watched() if given is None or name in given]
        labels = self.fields_get(watched, ["string"])
        for record_id in before.keys() | after.keys():
            old, new = before.get(record_id, {}), after.get(record_id, {})
            changed = [name for name in watched if old.get(name, "") != new.get(name, "")]
            if not changed:
                continue
            record = self.browse(record_id)
            words = [
                (
                    labels.get(name, {}).get("string", name),
                    _shortened(old.get(name) or "—", new.get(name) or ""),
                    _shortened(new.get(name) or "—", old.get(name) or ""),
                )
                for name in changed
            ]
            self._kehu_tell_setting(
                record,
                changed[0],
                "; ".join(f"{label}: {was} → {now}" for label, was, now in words),
                sides=(
                    "; ".join(f"{label}: {was}" for label, was, _now in words) if old else "—",
                    "; ".join(f"{label}: {now}" for label, _was, now in words) if new else "—",
                ),
                is_told=self._kehu_is_told,
                is_mailed=self._kehu_is_mailed,
            )

    @api.model
    def _kehu_tell_values(self, records, names, *, is_mailed=False):
        """Note the values that these fields of optional apps have now, and tell the officers."""
        labels = records.sudo().fields_get(names, ["string"])
        for record in records:
            note = "; ".join(f"{labels[name]['string']}: {told_in_words(record.sudo(), name) or '—'}" for name in names)
            self._kehu_tell_setting(record, names[0], note, is_mailed=is_mailed)

    @api.model
    def _kehu_tell_setting(self, record, name, note, *, sides=None, is_told=True, is_mailed=False):
        """Note that a setting was changed, and tell the officers.

        :param name: of a field that was changed
        :param note: what it was, and what it is
        :param sides: both apart, where they are known
        """
        changes = self.env["kehu.right.change"]
        self.env["kehu.access.log"]._log_right(record, f"{self.env['ir.model']._get(record._name).name}: {note}")
        if is_told:
            changes._keep_setting(record, name, *(sides or (note,)))
        if is_mailed:
            people = changes._kehu_officers() | changes._get_auditors()
            (people - self.env.user)._kehu_mail_notice(
                _lt("A setting on which confidentiality hangs was changed: see whether it is right"),
                f"{note} ({self.env.user.name})",
            )


class IrConfigParameter(models.Model):
    _name = "ir.config_parameter"
    _inherit = ["ir.config_parameter", "kehu.watched.settings"]

    def _kehu_filter_watched(self):
        return self.filtered(lambda parameter: parameter.key not in _BY_ITSELF)

    @api.model
    def _kehu_tell_setting(self, record, name, note, **options):
        # At each login of an administrator Odoo takes the address of the browser for its own. The log has it all the
        # same; whoever leads the links of all mails to another host decided that.
        is_login = request and request.httprequest.path in _LOGIN
        if is_login and record.exists() and record.key == "web.base.url":
            before = options.get("sides", ("",))[0].rpartition(" ")[2]
            if urlsplit(before).hostname in ("localhost", "127.0.0.1", urlsplit(record.value).hostname):
                options["is_told"] = False
        return super()._kehu_tell_setting(record, name, note, **options)

    def _kehu_setting_in_words(self, name):
        value = super()._kehu_setting_in_words(name)
        return fingerprint(value) if value and name == "value" and _SECRET.search(self.key) else value


class ApprovalRule(models.Model):
    """What is asked of whom: the rule itself keeps its changes in its chatter."""

    _name = "kehu.approval.rule"
    _inherit = ["kehu.approval.rule", "kehu.watched.settings"]
    _kehu_is_told = False


class ApprovalStep(models.Model):
    """Who decides; the officers are told whom steps name no more, and by whom others would come to read
    (approval_lending.py).
    """

    _name = "kehu.approval.step"
    _inherit = ["kehu.approval.step", "kehu.watched.settings"]
    _kehu_is_told = False


class DeadlineRule(models.Model):
    """By when something is to be done, and who is reminded: see also its escalation steps."""

    _name = "kehu.deadline.rule"
    _inherit = ["kehu.deadline.rule", "kehu.watched.settings"]


class DeadlineStep(models.Model):
    _name = "kehu.deadline.step"
    _inherit = ["kehu.deadline.step", "kehu.watched.settings"]


class Workday(models.Model):
    """Which days count."""

    _name = "kehu.workday"
    _inherit = ["kehu.workday", "kehu.watched.settings"]


class IrCron(models.Model):
    """How often the jobs of ours run; all else of them stays as it came (kehu_workflow). Whether mails go out and come
    in.
    """

    _name = "ir.cron"
    _inherit = ["ir.cron", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"lastcall", "failure_count", "first_failure_date", "priority"})

    def _kehu_filter_watched(self):
        names = self.get_external_id()
        return self._kehu_filter_ours() | self.filtered(lambda job: names[job.id].startswith("mail."))


class IrSequence(models.Model):
    """The numbers of our documents. Noted outside of Odoo's own code, which changes PostgreSQL's counter first."""

    _name = "ir.sequence"
    _inherit = ["kehu.watched.settings", "ir.sequence"]

    _kehu_ours_by = ("code",)

    def _kehu_setting_in_words(self, name):
        if name == "number_next" and self.implementation == "standard":
            return str(_predict_nextval(self, f"{self.id:03d}"))  # PostgreSQL counts
        return super()._kehu_setting_in_words(name)

    def _kehu_note_settings(self, before, given=None):
        # The first one of a company is made with its first document; a second one would take its place.
        noted = self if before else self.exists().filtered(lambda sequence: len(sequence._kehu_namesakes()) > 1)
        return super(IrSequence, noted)._kehu_note_settings(before, given)

    def _kehu_namesakes(self):
        return (
            self.sudo()
            .with_context(active_test=False)
            .search([("code", "=", self.code), ("company_id", "=", self.company_id.id)])
        )


class IrSequenceDateRange(models.Model):
    """The numbers of our documents in a year or a month, where they are counted so."""

    _name = "ir.sequence.date_range"
    _inherit = ["kehu.watched.settings", "ir.sequence.date_range"]

    _kehu_ours_by = ("sequence_id.code",)

    def _kehu_setting_in_words(self, name):
        if name == "number_next" and self.sequence_id.implementation == "standard":
            counter = f"{self.sequence_id.id:03d}_{self.id:03d}"
            # While Odoo makes the row, it writes to it, too, before it has the counter.
            return str(_predict_nextval(self, counter)) if table_kind(self.env.cr, f"ir_sequence_{counter}") else "1"
        return super()._kehu_setting_in_words(name)

    def _kehu_note_settings(self, before, given=None):
        # Odoo makes the one of a new year by itself, as superuser, with its first number.
        if not before and self.env.su:
            return None
        return super()._kehu_note_settings(before, given)


class IrRule(models.Model):
    """Which rows people see: what officers are told of, too."""

    _name = "ir.rule"
    _inherit = ["ir.rule", "kehu.watched.settings"]
    _kehu_is_mailed = True


class IrModel(models.Model):
    """Which models are open to the forms of a website, where it is installed."""

    _name = "ir.model"
    _inherit = ["ir.model", "kehu.watched.settings"]

    @api.model
    def _kehu_watched(self):
        return [name for name in ("website_form_access", "website_form_default_field_id") if name in self._fields]


class BaseLanguageImport(models.TransientModel):
    """A file of translations gives other names to whatever has some, among it what decisions refer to."""

    _inherit = "base.language.import"

    def import_lang(self):
        result = super().import_lang()
        changes = self.env["kehu.right.change"]
        for wizard in self if not changes._is_servers_own() else ():
            language = self.env["res.lang"].with_context(active_test=False).search([("code", "=", wizard.code)])
            note = f"{self.env['ir.model']._get(self._name).name}: {wizard.filename}"
            self.env["kehu.access.log"]._log_right(language, note)
            changes._keep_setting(language, "name", note)
        return result
