"""The channels by which content is read; each notes it in one place (X5). What is taken out as a file:
access_logging.py.
"""

from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import ormcache

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS
from odoo.addons.kehu_workflow.models.system.linked_rows import named_ids

from ..rule.tier import CONFIDENTIAL
from .access_logging import LABELS

TELLING_LABELS = (
    "show_address",
    "show_email",
    "show_vat",
)  # contexts with which the label of a contact has its particulars
# They name records and show nothing of them.
POINTERS_WITHOUT_CONTENT = {"ir.model.data", "kehu.access.log"}
_SHOWING = (Command.UPDATE, Command.LINK, Command.SET)  # what these name is, or comes, into a form


class Base(models.AbstractModel):
    _inherit = "base"

    _kehu_most_grouped = 1000  # records that get an entry each when they are grouped; more of them share one

    # === WHAT IS SHOWN ===

    def _kehu_shown(self, through=()):
        """Return the records of customers whose content ``self`` shows: itself, what it delegates to, what it is
        attached to.

        A message, an activity, a file are noted under their document: reading a conversation is reading the record. A
        rating is noted under both, since either may be the confidential one. Documents of ours have a tier of their
        own.

        :param through: names of the models on the way here
        :return: list of recordsets, one for each model
        """
        if not any(self._ids):
            return []
        shown = []
        if self._kehu_is_protected():
            shown.append(self)
            if self._name.startswith(OURS):
                return shown
        for model, name in self._inherits.items():
            if self.env[model]._kehu_can_show():
                shown += self._kehu_delegated_contacts(name)._kehu_shown((*through, self._name))
        for model_field, id_field in self._kehu_pointers():
            rows = self.browse(self.ids).sudo().with_context(prefetch_fields=False)
            for model, about in rows.grouped(model_field).items():
                if model in self.env and model not in (*through, self._name) and self.env[model]._kehu_can_show():
                    documents = self.env[model].browse({row[id_field] for row in about} - {False})
                    shown += documents._kehu_shown((*through, self._name))
        return shown

    @api.model
    def _kehu_can_show(self):
        """Return whether records of this model may have content of a customer."""
        return (
            self._kehu_is_protected()
            or bool(self._kehu_pointers())
            or any(self.env[model]._kehu_can_show() for model in self._inherits)
        )

    @api.model
    @ormcache("self._name")
    def _kehu_pointers(self):
        """Return the pairs of fields that name a record of whatever model."""
        if self._abstract or self._transient or self._name in POINTERS_WITHOUT_CONTENT:
            return ()
        return tuple(
            (field.model_field, name)
            for name, field in self._fields.items()
            if field.type == "many2one_reference" and field.store and self._fields[field.model_field].store
        )

    @api.model
    def _kehu_classified_domain(self, domain):
        """Return the domain of the records of this model that show content of a confidential customer.

        :param domain: of the records that are asked for
        """
        classified = Domain("kehu_tier", ">=", CONFIDENTIAL)
        if self._name == "res.partner" or isinstance(self, self.env.registry["kehu.confidential.mixin"]):
            return classified
        paths = [
            (name, self._fields[name].comodel_name)
            for name in (
                *self._kehu_customer_fields(),
                *filter(None, [self._kehu_guest_field()]),
                *self._inherits.values(),
                *self._kehu_parent_fields(),
                *filter(None, [getattr(self, "_kehu_document_field", None)]),
            )
        ]
        found = [
            Domain(name, "any!", self.env[model]._kehu_classified_domain(Domain.TRUE))
            for name, model in paths
            if self.env[model]._kehu_can_show()
        ]
        if not (self._kehu_is_protected() and self._name.startswith(OURS)):
            for model_field, id_field in self._kehu_pointers():
                names = [row[0] for row in self._read_group(domain & Domain(model_field, "!=", False), [model_field])]
                for model in (
                    self.env[name] for name in names if name in self.env and self.env[name]._kehu_is_protected()
                ):
                    about = (
                        model.sudo().with_context(active_test=False)._search(model._kehu_classified_domain(Domain.TRUE))
                    )
                    found.append(Domain(model_field, "=", model._name) & Domain(id_field, "in", about))
        return Domain.OR(found)

    @api.model
    def _kehu_labels_tell(self):
        """Return whether the labels of contacts are to have their address, e-mail or number."""
        return any(self.env.context.get(key) for key in TELLING_LABELS)

    # === RECORDS ===

    def _read_format(self, fnames, load="_classic_read"):
        # Everything that reads over RPC comes through here (read, search_read, web_read, web_search_read), and Discuss.
        if not self.env.su:
            tell = self._kehu_labels_tell()
            if tell or not LABELS.issuperset(fnames):
                self.env["kehu.access.log"]._log_shown(self, "read")
            if tell and load:
                self._kehu_log_labels(fnames)
        return super()._read_format(fnames, load)

    def _kehu_log_labels(self, fnames):
        for name in fnames:
            field = self._fields.get(name)
            if field and field.type == "many2one" and self.env[field.comodel_name]._kehu_can_show():
                self.env["kehu.access.log"]._log_shown(self.mapped(name), "read")

    def web_read(self, specification):
        rows = super().web_read(specification)
        if not self.env.su and isinstance(specification, dict):
            for name, spec in specification.items():
                self._kehu_log_nested_label(self._fields.get(name), spec)
        return rows

    def _kehu_log_nested_label(self, field, spec):
        """Note the records whose labels have particulars by a context that is given along with a field: Odoo makes
        these labels as superuser.
        """
        if (
            not field
            or field.type != "many2one"
            or not isinstance(spec, dict)
            or "display_name" not in spec.get("fields", ())
        ):
            return
        if (
            self.with_context(**spec.get("context", {}))._kehu_labels_tell()
            and self.env[field.comodel_name]._kehu_can_show()
        ):
            named = self.mapped(field.name)
            self.env["kehu.access.log"]._log_shown(named - named._kehu_hidden(), "read")

    # === NAMES ===

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        found = super().name_search(name, domain, operator, limit)
        if found and not self.env.su and self._kehu_labels_tell():
            self.env["kehu.access.log"]._log_shown(self.browse([row[0] for row in found]), "read")
        return found

    # === GROUPS ===

    @api.model
    @api.readonly
    def formatted_read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        groups = super().formatted_read_group(domain, groupby, aggregates, having, offset, limit, order)
        self._kehu_log_groups(domain, [*groupby, *aggregates])
        return groups

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, grouping_sets, aggregates=(), *, order=None):
        groups = super().formatted_read_grouping_sets(domain, grouping_sets, aggregates, order=order)
        self._kehu_log_groups(domain, [*(name for names in grouping_sets for name in names), *aggregates])
        return groups

    @api.model
    @api.readonly
    @api.deprecated("Since 19.0, as Odoo's own method")
    def read_group(self, domain, fields, groupby, offset=0, limit=None, orderby=False, lazy=True):
        groups = super().read_group(domain, fields, groupby, offset, limit, orderby, lazy)
        self._kehu_log_groups(domain, [*([groupby] if isinstance(groupby, str) else groupby), *fields])
        return groups

    @api.model
    def read_progress_bar(self, domain, group_by, progress_bar):
        bars = super().read_progress_bar(domain, group_by, progress_bar)
        self._kehu_log_groups(domain, [group_by, progress_bar["field"]])
        return bars

    @api.model
    def _kehu_log_groups(self, domain, asked):
        """Note which confidential records of ``domain`` the values that were asked for are made of.

        A count alone shows no value of a record.
        """
        asked = sorted({name for name in asked if name.partition(":")[0] not in ("__count", "id")})
        if self.env.su or not asked or not self._kehu_can_show():
            return
        domain = Domain(domain)
        classified = self._kehu_classified_domain(domain)
        if classified.is_false():
            return
        records = self.browse(self._search(domain & classified, limit=self._kehu_most_grouped + 1))
        note = ", ".join(asked)[:500]
        if len(records) > self._kehu_most_grouped:
            self.env["kehu.access.log"]._log_many(self, f"{note} | > {self._kehu_most_grouped} | {list(domain)}"[:1000])
        else:
            self.env["kehu.access.log"]._log_shown(records, "read", note)

    # === FORMS ===

    def onchange(self, values, field_names, fields_spec):
        result = super().onchange(values, field_names, fields_spec)
        if not self.env.su:
            self._kehu_log_filled({**result.get("value", {}), **values})
        return result

    @api.model
    def _kehu_log_filled(self, values):
        """Note the records that a form refers to: its other values are filled from them."""
        filled = {}
        for name, value in values.items():
            field = self._fields.get(name)
            if (
                field
                and field.type in ("many2one", "many2many")
                and value
                and self.env[field.comodel_name]._kehu_can_show()
            ):
                filled.setdefault(field.comodel_name, set()).update(_ids_in(value))
        for name, ids in filled.items():
            records = self.env[name].browse(ids)
            self.env["kehu.access.log"]._log_shown(records - records._kehu_hidden(), "read")


def _ids_in(value):
    """Return the ids in what a client sends, or gets, as value of a many2one or many2many."""
    if isinstance(value, dict):
        value = value.get("id")
    if not isinstance(value, (list, tuple)):
        value = [value]
    return named_ids(
        [command for command in value if not isinstance(command, (list, tuple)) or (command and command[0] in _SHOWING)]
    )


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _to_store(self, store, fields, **kwargs):
        # Discuss reads some of it in superuser mode.
        self.env["kehu.access.log"]._log_shown(self, "read")
        return super()._to_store(store, fields, **kwargs)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_get_suggested_recipients(self, *args, **kwargs):
        recipients = super()._message_get_suggested_recipients(*args, **kwargs)
        partners = self.env["res.partner"].browse(
            {
                recipient["partner_id"]
                for recipient in recipients
                if recipient.get("partner_id") and recipient.get("email")
            }
        )
        # Their addresses are shown; those of a document that is noted itself come with it.
        for shown in self._kehu_shown() or partners._kehu_shown():
            self.env["kehu.access.log"]._log(shown, "read")
        return recipients


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _build_vcard(self):
        watermark = self._kehu_take_away()
        vcard = super()._build_vcard()
        if vcard and watermark:
            vcard.add("note").value = watermark
        return vcard
