"""Links of documents that were sent to people who are not to have them any more (C8, C14)."""

import hashlib
import uuid
from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all

# What a link consists of, as Odoo's portal passes it on.
_LINK = ("token", "hash", "pid")
_ADDRESSING = frozenset({"partner_id", "contact_email"})
_MOST_FORMER_LINKS = 20


class Addressee(NamedTuple):
    """Who has the link of a document."""

    contact: models.BaseModel
    customer: models.BaseModel
    email: str
    token: str


class ServiceMixin(models.AbstractModel):
    """Whoever holds a link opens the document. The link is renewed when one was sent to somebody
    who is excluded now.
    """

    _inherit = "kehu.service.mixin"

    former_links = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Digests of links that were sent, and open nothing any more.",
    )
    date_link_sent = fields.Datetime(
        readonly=True, copy=False, groups="base.group_system", help="When the link was last sent on demand."
    )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"former_links", "date_link_sent"}

    def write(self, vals):
        if _ADDRESSING.isdisjoint(vals):
            return super().write(vals)
        before = {document.id: document._service_addressee() for document in self.sudo()}
        result = super().write(vals)
        self.sudo()._service_change_addressees(before)
        return result

    # === ODOO'S OWN ROUTES ===

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        # The page of a document shows who has its link what the customer is to see. Odoo's routes would show, and take,
        # more.
        rights = {name: value for name, value in kwargs.items() if name not in _LINK}
        return super()._get_thread_with_access(thread_id, mode=mode, **rights)

    # === BUSINESS ===

    def _impartial_exclude(self):
        result = super()._impartial_exclude()
        self.sudo()._service_stop_links_of_excluded()
        return result

    def _service_stop_links_of_excluded(self):
        """Stop the links that went to somebody who is excluded; the customer gets the new one (C8)."""
        accused = self._impartial_recused()
        # Links of files, which whoever reads the document has, stop for everybody; the page makes new ones.
        self.filtered(lambda document: accused[document.id])._service_stop_file_links()
        excluded = {document: set(accused[document.id].mapped("email_normalized")) - {False} for document in self}
        concerned = self.filtered(lambda document: document.access_token and excluded[document])
        sent = concerned._service_addresses_written_to()
        stopped = concerned.filtered(lambda document: not excluded[document].isdisjoint(sent[document.id]))
        before = {document.id: document._service_addressee() for document in stopped}
        for document in stopped:
            if email_normalize(document.contact_email) in excluded[document]:
                document.contact_email = document.partner_id.email
        stopped._service_renew_links(before)

    def _service_addresses_written_to(self):
        """Return ``{document_id: addresses}`` to which mails with the link went, or would go."""
        addresses = defaultdict(set)
        for document in self:
            addresses[document.id].add(email_normalize(document.contact_email))
        # Colleagues' own notifications have recipients instead; they open the document with the rights of their reader.
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids), ("email_to", "!=", False)])
        )
        for mail in mails:
            addresses[mail.res_id].update(email_normalize_all(mail.email_to))
        return addresses

    def _service_addressee(self):
        return Addressee(self.partner_id, self.customer_id, email_normalize(self.contact_email), self.access_token)

    def _service_change_addressees(self, before):
        """Let a new contact, customer or address have the link, and nobody who had it before (C1, C14).

        :param before: ``{document_id: Addressee}``
        """
        nobody = self.env["res.partner"]
        moved = self.filtered(lambda document: before[document.id].contact not in (document.partner_id, nobody))
        for document in moved:
            _contact, customer, email, _token = before[document.id]
            is_former = email == email_normalize(document.contact_email)
            # The writer of a mail stays its writer when the customer is corrected.
            if is_former and customer != document.customer_id and document.channel != "email":
                document.contact_email = document.partner_id.email
        # Who named the customer says nothing about whose the address is: one of the customer's contacts has it, or it
        # speaks for nobody (C8).
        named = self.filtered(lambda document: before[document.id].customer != document.customer_id)
        for document in named.filtered("intake_email"):
            document.intake_email = False
        unsure = named.filtered(
            lambda document: not document._service_is_customers(email_normalize(document.contact_email))
        )
        moved._service_unsubscribe_former(before)
        readdressed = self.filtered(
            lambda document: before[document.id].email not in (False, email_normalize(document.contact_email))
        )
        (moved | readdressed | unsure)._service_renew_links(before)

    def _service_unsubscribe_former(self, before):
        """Unsubscribe the contacts of customers to whom documents were ascribed by mistake.

        :param before: ``{document_id: Addressee}``
        """
        former = {
            document.id: before[document.id].customer
            for document in self
            if before[document.id].customer != document.customer_id
        }
        contacts = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search(Domain("commercial_partner_id", "in", self.env["res.partner"].union(*former.values()).ids))
        )
        followers = (
            self.env["mail.followers"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "in", list(former))
                & Domain("partner_id", "in", contacts.ids)
            )
        )
        followers.filtered(
            lambda follower: follower.partner_id.commercial_partner_id == former[follower.res_id]
        ).unlink()

    def _service_renew_links(self, before):
        """Let the old links open nothing, and send the new one to the address on file, if there was one before.

        :param before: ``{document_id: Addressee}``; what has another link by now is left alone
        """
        unchanged = self.filtered(lambda document: document.access_token == before[document.id].token)
        unchanged._service_stop_file_links()
        stale = unchanged.filtered("access_token")
        for document in stale:
            former = [*(document.former_links or "").split(), _digest(document.access_token)]
            document.write({"access_token": str(uuid.uuid4()), "former_links": " ".join(former[-_MOST_FORMER_LINKS:])})
            for rating in document.sudo().rating_ids:
                rating.access_token = rating._default_access_token()
        told = stale.filtered(
            lambda document: document.date_confirmed and not document.date_closed and document._service_is_reachable()
        )
        if told:
            told._service_send(self._service_received_template)

    def _service_stop_file_links(self):
        """Let the links of the documents' files, which their pages and mails showed, open nothing; the pages make new
        ones.
        """
        said = (
            self.env["mail.message"]
            .sudo()
            .search(
                Domain("model", "=", self._name)
                & Domain("res_id", "in", self.ids)
                & Domain("attachment_ids", "!=", False)
            )
        )
        own = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        self.env["ir.attachment"].sudo().search(
            (own | Domain("id", "in", said.attachment_ids.ids)) & Domain("access_token", "!=", False)
        ).write({"access_token": False})

    def _service_resend_link(self, token):
        """Send the link to the address on file, for a visitor with one that opened the document before; once an hour
        (C8).

        :param token: of the visitor's link
        """
        if _digest(token) not in (self.former_links or "").split():
            return
        # Of two requests at once, one sends.
        document = self.try_lock_for_update(allow_referencing=True)
        pause = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        if document and (document.date_link_sent or pause) <= pause and document._service_is_reachable():
            document.date_link_sent = fields.Datetime.now()
            document._service_send(self._service_progress_template)

    @api.model
    def _service_colleague(self, email):
        """Return the internal users with this address, in sudo."""
        return (
            self.env["res.users"].sudo().search(Domain("email_normalized", "=", email) & Domain("share", "=", False))
            if email
            else self.env["res.users"]
        )


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
