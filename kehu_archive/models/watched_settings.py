"""Settings on which confidentiality hangs, or by which content could be led elsewhere: each change is noted (X5)."""
from odoo import api, models
from odoo.tools import LazyTranslate

from .name_search import PARAMETER

_lt = LazyTranslate(__name__)

_OF_MAIL = ("mail.", "web.base.url")  # what the names of parameters begin with that say where mails and links go


class WatchedSettings(models.AbstractModel):
    """Each change of a watched field by a user leaves a line in the access log: what it was, and what it is."""
    _name = "kehu.watched.settings"
    _description = "Settings Whose Changes Are Noted"

    _kehu_watched = ()  # names of stored fields
    _kehu_is_told = True  # to the officers, too

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._kehu_note_settings({})
        return records

    def write(self, vals):
        before = self._kehu_settings() if not vals.keys().isdisjoint(self._kehu_watched) else None
        result = super().write(vals)
        if before is not None:
            self._kehu_note_settings(before)
        return result

    def unlink(self):
        before = self._kehu_settings()
        result = super().unlink()
        self._kehu_note_settings(before, is_gone=True)
        return result

    # === BUSINESS ===

    def _kehu_filter_watched(self):
        """Return those of ``self`` whose changes are noted (hook)."""
        return self

    def _kehu_settings(self):
        """Return ``{id: {name: value in words}}`` of the watched fields."""
        return {
            record.id: {name: record._kehu_setting_in_words(name) for name in self._kehu_watched}
            for record in self.sudo().with_context(active_test=False)._kehu_filter_watched()}

    def _kehu_setting_in_words(self, name):
        value = self[name]
        return ", ".join(value.mapped("display_name")) if isinstance(value, models.BaseModel) else str("" if value is False else value)

    def _kehu_note_settings(self, before, is_gone=False):
        """Leave a line for each record that is not as it was ``before``, and tell the officers."""
        changes = self.env["kehu.right.change"]
        if changes._is_servers_own():
            return
        after = {} if is_gone else self._kehu_settings()
        labels = self.fields_get(self._kehu_watched, ["string"])
        for record_id in before.keys() | after.keys():
            old, new = before.get(record_id, {}), after.get(record_id, {})
            changed = [name for name in self._kehu_watched if old.get(name, "") != new.get(name, "")]
            if not changed:
                continue
            record = self.browse(record_id)
            note = "; ".join(
                f"{labels.get(name, {}).get('string', name)}: {old.get(name) or '—'} → {new.get(name) or '—'}" for name in changed)
            self.env["kehu.access.log"]._log_right(record, f"{self.env['ir.model']._get(self._name).name}: {note}")
            if self._kehu_is_told:
                changes._keep_setting(record, changed[0], note)


class IrMailServer(models.Model):
    """Where mails leave: a copy of each could be kept there."""
    _name = "ir.mail_server"
    _inherit = ["ir.mail_server", "kehu.watched.settings"]

    _kehu_watched = (
        "smtp_host", "smtp_port", "smtp_authentication", "smtp_encryption", "smtp_user", "from_filter", "owner_user_id", "sequence", "active")


class FetchmailServer(models.Model):
    """Where mails are taken from."""
    _name = "fetchmail.server"
    _inherit = ["fetchmail.server", "kehu.watched.settings"]

    _kehu_watched = ("server", "port", "server_type", "is_ssl", "user", "object_id", "active")


class MailAliasDomain(models.Model):
    """To which addresses people answer."""
    _name = "mail.alias.domain"
    _inherit = ["mail.alias.domain", "kehu.watched.settings"]

    _kehu_watched = ("name", "bounce_alias", "catchall_alias", "default_from")


class IrConfigParameter(models.Model):
    _name = "ir.config_parameter"
    _inherit = ["ir.config_parameter", "kehu.watched.settings"]

    _kehu_watched = ("key", "value")

    def _kehu_filter_watched(self):
        # Whether the search by two characters is on is found out by a job.
        return self.filtered(lambda parameter: parameter.key.startswith(("kehu_", *_OF_MAIL)) and parameter.key != PARAMETER)


class ApprovalRule(models.Model):
    """What is asked of whom: the rule itself keeps its changes in its chatter."""
    _name = "kehu.approval.rule"
    _inherit = ["kehu.approval.rule", "kehu.watched.settings"]

    _kehu_watched = ("name", "model_id", "kind", "company_id", "domain", "amount_path", "amount_from", "amount_to", "sequence", "active")
    _kehu_is_told = False


class ApprovalStep(models.Model):
    """Who decides; the officers are told whom steps name no more, and by whom others would come to read (approval_lending.py)."""
    _name = "kehu.approval.step"
    _inherit = ["kehu.approval.step", "kehu.watched.settings"]

    _kehu_watched = ("rule_id", "name", "sequence", "group_ids", "user_ids", "role", "quorum", "needed", "domain")
    _kehu_is_told = False
