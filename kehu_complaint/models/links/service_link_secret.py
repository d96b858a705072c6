"""The customer's link is the customer's alone: colleagues never see it, and it leaves us in mails to the customer only
(C6, C8).
"""

import re

from odoo import api, fields, models
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import email_normalize, html2plaintext

# What stands for the secrets in messages, mails and links wherever a colleague could read them.
STAND_IN = "customers-own"


class ServiceMixin(models.AbstractModel):
    """Whoever holds the token of a document, or of its rating, speaks for the customer: no user reads either."""

    _inherit = "kehu.service.mixin"

    access_token = fields.Char(groups=NO_ACCESS)

    # === ODOO'S LINKS ===

    def _portal_ensure_token(self):
        if self.env.su:
            return super()._portal_ensure_token()
        self.check_access("read")
        return STAND_IN

    def _get_share_url(self, redirect=False, signup_partner=False, pid=None, share_token=True):
        is_own = share_token and not self.env.su
        url = super()._get_share_url(
            redirect=redirect, signup_partner=signup_partner, pid=pid, share_token=share_token and not is_own
        )
        return f"{url}&access_token={self._portal_ensure_token()}" if is_own else url

    def _rating_get_access_token(self, partner=None):
        token = super()._rating_get_access_token(partner=partner)
        return token if self.env.su else STAND_IN

    def _sign_token(self, pid):
        # It signs for our routes nothing (_get_thread_with_access), but core signs in the rights of whoever posts.
        return super(ServiceMixin, self.sudo())._sign_token(pid)

    # === BUSINESS ===

    def _service_secrets(self):
        """Return ``{secret: stand-in}`` of a document and its ratings, in sudo."""
        secrets = {rating.access_token: f"{STAND_IN}-{rating.id}" for rating in self.rating_ids if rating.access_token}
        return {**secrets, self.access_token: STAND_IN} if self.access_token else secrets

    def _service_veil(self, text):
        """Return ``text`` with stand-ins instead of the secrets."""
        for secret, stand_in in self._service_secrets().items():
            text = text.replace(secret, stand_in)
        return text

    def _service_unveil(self, html):
        """Return ``html``, for the customer's eyes, with the secrets in the links to pages of the document, and nowhere
        else.

        A colleague can write a stand-in into a message: in a link that leads elsewhere it stays one.
        """
        if not html or STAND_IN not in html:
            return html
        base = re.escape(self.get_base_url())
        pages = rf"(?:{re.escape(self.access_url)}|/mail/view)\?[^\"'<>\s]*?\baccess_token="
        opening = rf"(href=[\"'](?:{base})?(?:{pages}|/rate/))"
        secrets = {stand_in: secret for secret, stand_in in self._service_secrets().items()}
        return type(html)(
            re.sub(
                rf"{opening}({STAND_IN}(?:-\d+)?)(?=[\"'&/#])",
                lambda found: found[1] + secrets.get(found[2], found[2]),
                str(html),
            )
        )

    def _service_is_address_on_file(self, emails):
        """Return whether these are the customer's address, and no colleague's nor one that a
        colleague entered later.
        """
        address = email_normalize(self.contact_email)
        return set(emails) == {address} and self._service_is_customers(address) and not self._service_colleague(address)

    def _service_speaker(self, user):
        """Return who writes: the portal user, or with a link the contact to whose address it was sent; nobody for
        another address.
        """
        return user.partner_id.with_env(self.env) if user._is_portal() else self._service_contact_on_file()

    def _service_contact_on_file(self):
        """Return the customer's contact who has the address on file; none if it is known as nobody's of theirs."""
        address = email_normalize(self.contact_email)
        if not address or address == self.partner_id.email_normalized:
            return self.partner_id
        partners = self.env["res.partner"]
        return partners.search(
            partners._kehu_confirmed_domain([address]) & Domain("commercial_partner_id", "=", self.customer_id.id),
            limit=1,
        )


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        messages = (
            self.env["mail.message"]
            .sudo()
            .browse(vals["mail_message_id"] for vals in vals_list if vals.get("mail_message_id"))
        )
        about = {message.id: (message.model, message.res_id) for message in messages}
        return super().create(
            [
                self._service_veiled(
                    vals, *about.get(vals.get("mail_message_id")) or (vals.get("model"), vals.get("res_id"))
                )
                for vals in vals_list
            ]
        )

    @api.model
    def _service_veiled(self, vals, model, res_id):
        if not res_id or not isinstance(self.env.get(model), self.env.registry["kehu.service.mixin"]):
            return vals
        document = self.env[model].sudo().browse(res_id)
        return {
            name: document._service_veil(value) if name in ("body", "body_html") and value else value
            for name, value in vals.items()
        }

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        outgoing = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        if not isinstance(self.env.get(self.model), self.env.registry["kehu.service.mixin"]):
            return outgoing
        document = self.env[self.model].sudo().browse(self.res_id).exists()
        for values in outgoing if document else ():
            if document._service_is_address_on_file(values["email_to_normalized"]):
                body = document._service_unveil(values["body"])
                values.update(body=body, body_alternative=html2plaintext(body))
        return outgoing
