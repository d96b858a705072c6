"""A document that goes from one customer to another keeps in its history what was the first one's (X3).

The value of a tracked field names records, or is text copied from the customer of that time. Both are masked for those
from whom one of these records is hidden, whatever the document is about by now.
"""

from odoo import SUPERUSER_ID, api, fields, models

from ..rule.tier import CONFIDENTIAL

_TEXT = ("char", "text", "html")


class MailTrackingValue(models.Model):
    _name = "mail.tracking.value"
    _inherit = ["mail.tracking.value", "kehu.document.rows"]

    kehu_about = fields.Json(
        "Named Records", readonly=True, help="The records that the value names, or of which it is a copy: {model: ids}."
    )

    # === WRITING ===

    @api.model
    def _create_tracking_values(self, initial_value, new_value, col_name, col_info, record):
        values = super()._create_tracking_values(initial_value, new_value, col_name, col_info, record)
        field, document = record._fields[col_name], record.sudo().with_context(active_test=False)
        about = [document.mapped(path) for path in record._kehu_followed_fields().get(col_name, ())]
        if field.relational:
            about.append(
                self.env[field.comodel_name].browse(
                    target.id for target in (*(initial_value or ()), *(new_value or ()))
                )
            )
        elif field.type in _TEXT:
            about += [document[name] for name in record._kehu_customer_fields()]
        elif not about:
            return values
        named = {}
        for targets in filter(None, about):
            named.setdefault(targets._name, set()).update(targets.ids)
        return {**values, "kehu_about": {name: list(ids) for name, ids in named.items()}}

    @api.model
    def _create_tracking_values_property(self, initial_value, col_name, col_info, record):
        values = super()._create_tracking_values_property(initial_value, col_name, col_info, record)
        if (model := initial_value.get("comodel")) and (value := initial_value.get("value")):
            # As it was read: pairs of id and label.
            values["kehu_about"] = {
                model: [pair[0] for pair in ([value] if initial_value["type"] == "many2one" else value)]
            }
        return values

    # === READING ===

    def _kehu_highest_tier(self):
        self = self.with_context(prefetch_fields=False)
        return self.mail_message_id._kehu_highest_tier()

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._origin._ids):
            return self.browse()
        rows = self._origin.sudo().with_context(prefetch_fields=False)
        messages, naming = rows.mail_message_id.with_env(self.env)._kehu_hidden(), self._kehu_naming_hidden()
        hidden = {row.id for row in rows if row.mail_message_id in messages} | naming.keys()
        return self.filtered(lambda row: row._origin.id in hidden)

    def _kehu_naming_hidden(self, everybody=False):
        """Return ``{id: (model, id) of hidden records}`` of the values that are masked for the current user.

        :param everybody: for all those who may be without clearance, such as the recipients of a mail
        """
        values = self.sudo()
        named = {value: value._kehu_named_records() for value in values | values.mail_message_id.tracking_value_ids}
        hidden = self._kehu_hidden_among(set().union(*named.values()), everybody)
        if not hidden:
            return {}
        in_message = {}
        for value, records in named.items():
            in_message.setdefault(value.mail_message_id, set()).update(records)
        masked = {}
        for value in values:
            # What was written together with the customer is the customer's.
            is_copy = value.field_id.ttype in _TEXT or not value.field_id
            if records := hidden & (in_message[value.mail_message_id] if is_copy else named[value]):
                masked[value.id] = records
        return masked

    def _kehu_named_records(self):
        """Return the records, as a set of pairs of model and id, that a value names or of which it is a copy."""
        named = {(model, record_id) for model, ids in (self.kehu_about or {}).items() for record_id in ids}
        if self.field_id.ttype == "many2one":
            named |= {
                (self.field_id.relation, record_id)
                for record_id in (self.old_value_integer, self.new_value_integer)
                if record_id
            }
        return named

    @api.model
    def _kehu_hidden_among(self, named, everybody):
        """Return those of ``named``, pairs of model and id, that are hidden from the current user, or may be from
        somebody.
        """
        hidden = set()
        if self.env.uid == SUPERUSER_ID and not everybody:
            return hidden
        has_secrets = everybody or self.env["res.partner"]._kehu_highest_tier_in_use() > self.env.user.kehu_clearance
        for model in {model for model, _record_id in named} & self.env.registry.keys():
            records = self.env[model].browse(record_id for name, record_id in named if name == model)
            if not (records._kehu_is_protected() or records._inherits.get("res.partner")):
                continue
            there = records.sudo().exists().with_env(self.env) if has_secrets else records
            found = (
                there.filtered(lambda record: record.sudo()._kehu_highest_tier() >= CONFIDENTIAL)
                if everybody
                else there._kehu_hidden()
            )
            # What a deleted record was, nobody knows any more.
            hidden |= {(model, record.id) for record in found + (records - there)}
        return hidden

    def _tracking_value_format_model(self, model):
        rows = super()._tracking_value_format_model(model)
        masked = self._kehu_naming_hidden()
        for row in rows:
            if hidden := masked.get(row["id"]):
                row["oldValue"], row["newValue"] = self.browse(row["id"])._kehu_masked_values(hidden)
        return rows

    def _kehu_masked_values(self, hidden):
        """Return what is shown as old and new value: labels of hidden records, and nothing of what was copied from
        them.
        """
        value, relation = self.sudo(), self.sudo().field_id.relation
        targets = {(relation, value.old_value_integer), (relation, value.new_value_integer)}
        if value.field_id.ttype != "many2one" or hidden - targets:
            return False, False
        labels = []
        for record_id, label in (
            (value.old_value_integer, value.old_value_char),
            (value.new_value_integer, value.new_value_char),
        ):
            if (relation, record_id) in hidden:
                record = self.env[relation].browse(record_id)
                label = record.display_name if record.sudo().exists() else record._kehu_masked_label()
            labels.append(label)
        return labels

    def _filter_has_field_access(self, env):
        values = super()._filter_has_field_access(env)
        # A mail or a search tells by what it contains, not by what is shown; a client who asks for it is told less.
        if (use := env.context.get("kehu_tracking")) in ("mailed", "searched"):
            masked = values.with_env(env)._kehu_naming_hidden(everybody=use == "mailed")
            values = values.filtered(lambda value: value.id not in masked)
        return values

    def _filter_free_field_access(self):
        # Of a notification on the screen of all those who get it.
        values = super()._filter_free_field_access()
        masked = values._kehu_naming_hidden(everybody=True)
        return values.filtered(lambda value: value.id not in masked)


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model
    def _message_fetch(
        self,
        domain,
        *,
        thread=None,
        search_term=None,
        is_notification=None,
        before=None,
        after=None,
        around=None,
        limit=30,
    ):
        # A client gives all but the domain: what Odoo does not know is refused where it calls.
        found = super(MailMessage, self.with_context(kehu_tracking="searched"))._message_fetch(
            domain,
            thread=thread,
            search_term=search_term,
            is_notification=is_notification,
            before=before,
            after=after,
            around=around,
            limit=limit,
        )
        return {**found, "messages": found["messages"].with_env(self.env)}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_by_email_prepare_rendering_context(self, *args, **kwargs):
        return super(MailThread, self.with_context(kehu_tracking="mailed"))._notify_by_email_prepare_rendering_context(
            *args, **kwargs
        )
