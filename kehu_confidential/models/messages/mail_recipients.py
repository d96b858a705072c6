"""Templates send what is confidential to nobody but whom the document names or who may read it (X3).

Without code, the editor of a template could have a copy, or the answers, of each mail of others sent elsewhere.
"""

from odoo import api, models
from odoo.tools.mail import email_normalize, email_normalize_all, email_split_and_format

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

_TO_ADDRESSES, _TO_CONTACTS, _FROM, _ANSWERS = ("email_to", "email_cc"), "partner_to", "email_from", "reply_to"
_SENT_BY = frozenset(
    {"email_from", "mail_server_id", "reply_to", "reply_to_force_new", "reply_to_mode", "scheduled_date"}
)
_WORDING = ("model_id", "subject", "body_html")  # of templates about other documents, their editors' own


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    def _render_field(self, field, res_ids, *args, **kwargs):
        rendered = super()._render_field(field, res_ids, *args, **kwargs)
        model = self.render_model
        if (
            field in (*_TO_ADDRESSES, _TO_CONTACTS, _FROM, _ANSWERS)
            and model in self.env
            and self._kehu_is_of_template(field)
        ):
            if documents := self.env[model].browse(rendered)._kehu_classified():
                values = {document.id: rendered[document.id] or "" for document in documents}
                rendered.update(self._kehu_limit_recipients(field, documents, values))
        return rendered

    def _kehu_is_of_template(self, field):
        """Return whether the value of a field comes from a template, and not from the author of the mail (hook)."""
        return False

    def _kehu_limit_recipients(self, field, documents, rendered):
        """Return ``{document id: value}``, without those to whom a template may not lead the document.

        :param rendered: ``{document id: value}`` as the template has it
        """
        if field == _ANSWERS:
            return dict.fromkeys(rendered, "")  # answers find their document, or the sender
        name, parse = (
            ("id", self.env["mail.template"]._parse_partner_to)
            if field == _TO_CONTACTS
            else ("email_normalized", email_normalize_all)
        )
        named = {document_id: parse(value) for document_id, value in rendered.items()}
        contacts = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search([(name, "in", list({value for values in named.values() for value in values}))])
        )
        users = contacts.user_ids.filtered(lambda user: user.active and not user.share)
        hidden = documents._kehu_hidden_from(users) if users else {}
        limited = {}
        for document in documents:
            readers = users.partner_id - hidden[document.id].partner_id if users else contacts.browse()
            allowed = set((document._kehu_filter_own_contacts(contacts) | readers).mapped(name))
            if field == _TO_CONTACTS:
                limited[document.id] = ",".join(str(value) for value in named[document.id] if value in allowed)
                continue
            allowed |= document._kehu_own_addresses()
            if field == _FROM:
                allowed |= self._kehu_own_senders(document)
            kept = [
                value for value in email_split_and_format(rendered[document.id]) if email_normalize(value) in allowed
            ]
            is_replaced = field == _FROM and rendered[document.id] and not kept
            limited[document.id] = self.env.user.email_formatted if is_replaced else ", ".join(kept)
        return limited

    def _kehu_own_senders(self, document):
        """Return the addresses from which we write about a document."""
        companies = self.env.company | (
            document.sudo().company_id if "company_id" in document._fields else self.env.company
        )
        senders = {
            *document.sudo()._message_own_senders(),
            *companies.sudo().alias_domain_id.mapped("default_from_email"),
            self.env.user.email,
        }
        return {email_normalize(sender) for sender in {*senders, *companies.sudo().mapped("email")} if sender}


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_filter_own_contacts(self, contacts):
        """Return those of the contacts whom this record names, or who belong to its customers."""
        document = self.sudo().with_context(active_test=False)
        named = document if self._name == "res.partner" else contacts.browse()
        names = filter(None, (*self._kehu_customer_fields(), self._inherits.get("res.partner")))
        customers = named.union(*(document[name] for name in names)).commercial_partner_id
        for field in self._fields.values():
            if field.comodel_name == "res.partner" and field.store and field.type in ("many2one", "many2many"):
                named |= document[field.name]
        return contacts.filtered(lambda contact: contact in named or contact.commercial_partner_id in customers)

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Propose no colleague who has left, or who may not read the document: nobody has typed them."""
        suggested = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        partners = self.env["res.partner"].sudo()
        partners = partners.browse(
            {recipient["partner_id"] for found in suggested.values() for recipient in found} - {False}
        )
        users = partners.user_ids.filtered(lambda user: user.active and not user.share)
        hidden = self._kehu_classified()._kehu_hidden_from(users) if users else {}
        left = partners.filtered("kehu_has_left")
        for document in self if left or hidden else ():
            out = set((left | hidden.get(document.id, users.browse()).partner_id)._ids)
            suggested[document.id] = [
                recipient for recipient in suggested[document.id] if recipient["partner_id"] not in out
            ]
        return suggested

    def _kehu_own_addresses(self):
        """Return the e-mail addresses in the fields of this record."""
        document = self.sudo()
        names = [
            name for name, field in self._fields.items() if field.type == "char" and field.store and "email" in name
        ]
        return {address for name in names for address in email_normalize_all(document[name] or "")}


class MailTemplate(models.Model):
    _name = "mail.template"
    _inherit = ["mail.template", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "description", "ref_ir_act_window", "template_fs"})

    def _kehu_setting_in_words(self, name):
        # Odoo's own recipients are those of the document.
        if name == "use_default_to":
            return "" if self.use_default_to else str(False)
        if name in _WORDING and not self._kehu_is_ours():
            return ""
        return super()._kehu_setting_in_words(name)

    def _kehu_is_of_template(self, field):
        return True

    def _kehu_is_ours(self):
        return (self.model or "").startswith(OURS) or any(
            name.startswith("kehu_") for name in self._get_external_ids()[self.id]
        )

    def _generate_template_scheduled_date(self, res_ids, render_results=None):
        """Send mails about our documents at once: whoever edits a template does not keep them back."""
        if (self.model or "").startswith(OURS):
            results = {} if render_results is None else render_results
            for res_id in res_ids:
                results.setdefault(res_id, {})["scheduled_date"] = False
            return results
        return super()._generate_template_scheduled_date(res_ids, render_results=render_results)


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    @api.model
    def default_get(self, fields):
        """Leave out what the action that opens the dialog says of sender and answers: users see little of it."""
        values = super().default_get(fields)
        if self._kehu_is_kept(values.get("model") or self.env.context.get("active_model")):
            values = {name: value for name, value in values.items() if name not in _SENT_BY}
        return values

    def _compute_authorship(self):
        kept = self.filtered(lambda composer: self._kehu_is_kept(composer.model))
        super(MailComposeMessage, kept.with_context(default_email_from=False))._compute_authorship()
        return super(MailComposeMessage, self - kept)._compute_authorship()

    @api.model
    def _kehu_is_kept(self, model_name):
        """Return whether a client writes about a document of ours, of a customer, or of a model
        that is not known yet.
        """
        return not self.env.su and not (
            model_name in self.env and not (model_name.startswith(OURS) or self.env[model_name]._kehu_can_be_hidden())
        )

    def _kehu_is_of_template(self, field):
        # Written to many, it is rendered here.
        return field in self and bool(self[field]) and self[field] == self.template_id.sudo()[field]
