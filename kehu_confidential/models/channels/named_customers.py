"""What apps look up of a customer for users who may read a document, and of its customer the name alone (X3).

To confirm an order, invoice or send it, Odoo reads language, taxes, accounts and addresses of the customer in the
rights of the user. That shows the user nothing; what users read themselves is refused as ever.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import Command, api, models
from odoo.exceptions import MissingError

from ...at_work import looked_up, looked_up_from, looking_up


# Fields of dialogs, and of messages, by which documents go to the customer whom they name, or are paid by them.
_TO_CUSTOMERS = {
    "account.move.send.wizard": frozenset({"mail_partner_ids"}),
    "account.payment.register": frozenset({"partner_id"}),
    "mail.compose.message": frozenset({"partner_ids"}),
    "mail.message": frozenset({"partner_ids"}),
}
_LABELS = frozenset({"id", "display_name"})
# The ids of hidden contacts with whom a dialog of the user is being stored.
_written_to = ContextVar("kehu_confidential.written_to", default=frozenset())


def _labels_alone(asked):
    return {name: {**spec, "fields": {"display_name": {}}} for name, spec in asked.items()}


class Base(models.AbstractModel):
    _inherit = "base"

    def fetch(self, field_names=None):
        if self._transient and not self.env.su and self.env.user._is_internal():
            names = _TO_CUSTOMERS.get(self._name, frozenset())
            names = names if field_names is None else names.intersection(field_names)
            if chosen := [name for name in names if self._fields[name].type == "many2many"]:
                self.check_access("read")
                # Odoo would leave out whom the user does not read, and asks for archived ones.
                dialogs = self.sudo().with_context(prefetch_fields=False)
                super(Base, dialogs).fetch(chosen)
                for name in chosen:
                    dialogs.mapped(name)
        return super().fetch(field_names)

    def copy(self, default=None):
        # The lines of a copy name the customer, too.
        if self.env.su or not self.env.user._is_internal():
            return super().copy(default)
        self.check_access("read")  # nothing is looked up for a copy of what is hidden
        with self._kehu_looking_up(self._kehu_at_hand()):
            return super().copy(default)

    def onchange(self, values, field_names, fields_spec):
        asked = self._kehu_asked_of_recipients(fields_spec)
        result = super().onchange(values, field_names, {**fields_spec, **_labels_alone(asked)})
        for name, spec in asked.items():
            commands = result.get("value", {}).get(name, ())
            self._kehu_answer_of_recipients([row for code, _id, row in commands if code == Command.LINK], spec)
        return result

    def web_read(self, specification):
        asked = self._kehu_asked_of_recipients(specification)
        if not asked:
            return super().web_read(specification)
        rows = super().web_read({**specification, **_labels_alone(asked)})
        for name, spec in asked.items():
            self._kehu_answer_of_recipients([contact for row in rows for contact in row[name]], spec)
        return rows

    @api.model
    def _kehu_asked_of_recipients(self, specification):
        """Return the part of a specification by which a form shows more than the labels of whom a dialog writes to."""
        if not self._transient or self.env.su or not self.env.user._is_internal():
            return {}
        return {
            name: specification[name]
            for name in _TO_CUSTOMERS.get(self._name, frozenset()) & specification.keys()
            if self._fields[name].type == "many2many" and (specification[name].get("fields") or {}).keys() - _LABELS
        }

    @api.model
    def _kehu_answer_of_recipients(self, rows, spec):
        """Add what a form shows of recipients to their labels; of hidden ones, the label in place of each text: without
        an address the form would ask for one.
        """
        rows = [row for row in rows if "display_name" in row]
        contacts = self.env["res.partner"].with_context(**spec.get("context", {})).browse({row["id"] for row in rows})
        hidden = contacts._kehu_hidden()
        read = {row["id"]: row for row in (contacts - hidden).web_read(spec["fields"])}
        for row in rows:
            row |= read.get(row["id"]) or {
                name: row["display_name"] if contacts._fields[name].type == "char" else False
                for name in spec["fields"].keys() - _LABELS
            }

    def _compute_field_value(self, field):
        if self._transient and self._name in _TO_CUSTOMERS and not self.env.su:
            with self._kehu_looking_up(self._kehu_at_hand()):
                return super()._compute_field_value(field)
        return super()._compute_field_value(field)

    def _kehu_at_hand(self):
        """Return a list of the documents that these records are, or to which new ones belong, or that these dialogs are
        about.
        """
        if not self._transient:
            above = [] if all(self._ids) else [self[name]._origin for name in self._kehu_parent_fields()]
            return [self._origin, *above]
        names = [name for name in self._kehu_dialog_fields() if self._fields[name].store]
        return [
            records._origin
            for dialog in self.sudo()
            for records in self._kehu_pointed_to({name: dialog[name] for name in names})
        ]

    @contextmanager
    def _kehu_looking_up(self, documents):
        """While the customers are looked up whom documents name, besides those that are already. What is called on the
        way asks only documents that have not been asked.

        :param documents: a list of recordsets
        """
        asked, mode = looked_up_from(), (self.env.uid, repr(self.env.context.get("allowed_company_ids")))
        others = [
            records.filtered(lambda document: (*mode, document._name, document.id) not in asked)
            for records in documents
        ]
        keys = {(*mode, document._name, document.id) for records in others for document in records}
        with looking_up(looked_up() | self._kehu_named_by(others), asked | keys):
            yield

    def _kehu_named_by(self, documents):
        """Return the ids of the customers hidden from the user whom those of the documents name that the user reads.

        :param documents: a list of recordsets
        """
        return frozenset(
            customer_id
            for records in documents
            if records._name != "res.partner" and (naming := records._kehu_filter_naming_hidden())
            for customer_id in naming._filtered_access("read")._kehu_named_customers().commercial_partner_id.ids
        )

    def _kehu_named_in_dialog(self, vals_list):
        contacts = super()._kehu_named_in_dialog(vals_list)
        names = _TO_CUSTOMERS.get(self._name)
        if not names or not self.env.user._is_internal():
            return contacts
        chosen, others, pointed = set(), set(), self._kehu_at_hand()
        about = self._kehu_dialog_fields() if self._transient else ()
        for given in vals_list:
            vals = {**self.default_get([name for name in about if name not in given]), **given}
            chosen |= self._kehu_references({name: vals[name] for name in names & vals.keys()}, deep=False)
            others |= self._kehu_references({name: vals[name] for name in vals.keys() - names}, deep=False)
            pointed += self._kehu_pointed_to(vals)
        named = self._kehu_named_by([*others, *pointed])
        return contacts.union(*(chosen - others))._kehu_filter_looked_up(named)

    @contextmanager
    def _kehu_writing_to(self, contacts):
        token = _written_to.set(frozenset(contacts.ids))
        try:
            yield
        finally:
            _written_to.reset(token)


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        with self._kehu_looking_up(self._kehu_at_hand()):
            return super()._action_send_mail(auto_commit=auto_commit)


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    def _render_lang(self, res_ids, engine="inline_template"):
        documents = self.env[self.render_model].browse(res_ids) if self.render_model in self.env else self.browse()
        with looking_up(() if self.env.su else self._kehu_named_by([documents])):
            return super()._render_lang(res_ids, engine=engine)

    @api.model
    def _render_template(self, template_src, model, res_ids, engine="inline_template", add_context=None, options=None):
        with looking_up(()):
            return super()._render_template(
                template_src, model, res_ids, engine=engine, add_context=add_context, options=options
            )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def fetch(self, field_names=None):
        if not self.env.su and looked_up():
            found = self._kehu_filter_looked_up(looked_up())
            super(ResPartner, found.sudo()).fetch(field_names)
            self -= found
        return super().fetch(field_names)

    def _kehu_filter_looked_up(self, ids):
        """Return those of ``self`` that belong to one of these customers."""
        contacts = self.sudo().with_context(prefetch_fields=False)
        try:
            found = contacts.filtered(lambda contact: contact.commercial_partner_id.id in ids)
        except MissingError:
            found = contacts.exists().filtered(lambda contact: contact.commercial_partner_id.id in ids)
        return found.with_env(self.env)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result and operation == "read" and (contact_ids := _written_to.get()):
            # Storing recipients, Odoo asks whether the user of the request reads them.
            forbidden = result[0].filtered(lambda contact: contact.id not in contact_ids)
            return (forbidden, result[1]) if forbidden else None
        return result
