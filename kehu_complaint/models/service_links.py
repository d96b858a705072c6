"""Links of documents that were sent to people who are not to have them any more (C8, C14)."""
import uuid
from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all

# What a link consists of, as Odoo's portal passes it on.
_LINK = ("token", "hash", "pid")


class ServiceMixin(models.AbstractModel):
    """Whoever holds a link opens the document. The link is renewed when one was sent to somebody who is excluded now."""
    _inherit = "kehu.service.mixin"

    # === CRUD ===

    def write(self, vals):
        before = {document.id: document.customer_id for document in self.sudo()} if "partner_id" in vals else {}
        result = super().write(vals)
        corrected = self.sudo().filtered(
            lambda document: before.get(document.id) and before[document.id] != document.customer_id)
        corrected._service_leave_customers(before)
        return result

    # === ODOO'S OWN ROUTES ===

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        # The page of a document shows who has its link what the customer is to see. Odoo's routes would show, and take, more.
        rights = {name: value for name, value in kwargs.items() if name not in _LINK}
        return super()._get_thread_with_access(thread_id, mode=mode, **rights)

    # === BUSINESS ===

    def _exclude_accused(self):
        result = super()._exclude_accused()
        self.sudo()._service_stop_links_of_excluded()
        return result

    def _service_stop_links_of_excluded(self):
        """Stop the links that went to somebody who is excluded; the customer gets the new one (C8)."""
        accused = self._impartial_accused()
        excluded = {document: set(accused[document.id].mapped("email_normalized")) - {False} for document in self}
        concerned = self.filtered(lambda document: document.access_token and excluded[document])
        sent = concerned._service_addresses_written_to()
        stopped = concerned.filtered(lambda document: not excluded[document].isdisjoint(sent[document.id]))
        for document in stopped:
            if email_normalize(document.contact_email) in excluded[document]:
                document.contact_email = document.partner_id.email
        stopped._service_renew_links()

    def _service_addresses_written_to(self):
        """Return ``{document_id: addresses}`` to which mails with the link went, or would go."""
        addresses = defaultdict(set)
        for document in self:
            addresses[document.id].add(email_normalize(document.contact_email))
        # Colleagues' own notifications have recipients instead; they open the document with the rights of their reader.
        mails = self.env["mail.mail"].sudo().search([
            ("model", "=", self._name), ("res_id", "in", self.ids), ("email_to", "!=", False)])
        for mail in mails:
            addresses[mail.res_id].update(email_normalize_all(mail.email_to))
        return addresses

    def _service_leave_customers(self, before):
        """Take the documents from the customers to whom they were ascribed by mistake (C1, C14).

        :param before: ``{document_id: former customer}``
        """
        for document in self:
            document.contact_email = document.partner_id.email
        former = self.env["res.partner"].sudo().with_context(active_test=False).search(
            Domain("commercial_partner_id", "in", [before[document.id].id for document in self]))
        followers = self.env["mail.followers"].sudo().search(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids) & Domain("partner_id", "in", former.ids))
        followers.filtered(
            lambda follower: follower.partner_id.commercial_partner_id == before[follower.res_id]).unlink()
        self.filtered("access_token")._service_renew_links()

    def _service_renew_links(self):
        """Let the old links open nothing, and send the new one to the address on file, if the customer had one before."""
        for document in self:
            document.access_token = str(uuid.uuid4())
        told = self.filtered(lambda document: document.date_confirmed and document._service_is_reachable())
        if told:
            told._service_send(self._service_received_template)

    @api.model
    def _service_colleague(self, email):
        """Return the internal users with this address, in sudo."""
        return self.env["res.users"].sudo().search(
            Domain("email_normalized", "=", email) & Domain("share", "=", False)) if email else self.env["res.users"]
