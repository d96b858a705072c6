"""Contacts who leave the company for which they turned to us, or who are archived (C1, C14)."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize


class ServiceMixin(models.AbstractModel):
    """The company stays the customer of a document when its contact leaves or is archived."""

    _inherit = "kehu.service.mixin"

    # === DOSSIER ===

    def _prepare_journal_values(self):
        return super()._prepare_journal_values() | {
            "date": self.date_received,
            "user_id": (self.user_id or self.create_uid).id,
        }

    def _journal_values(self):
        values = super()._journal_values()
        for document in self.sudo().browse(values):
            values[document.id]["partner_id"] = document.customer_id.id
        return values

    # === BUSINESS ===

    @api.model
    def _service_contacts_left(self, left):
        """Take away the documents from contacts who are gone: links, subscription, and being the contact.

        :param left: ``{contact: company}`` that they left, or where they were archived (C14); in sudo
        """
        Partner, Followers = self.env["res.partner"].sudo(), self.env["mail.followers"].sudo()
        contacts, companies = Partner.union(*left), Partner.union(*left.values())
        documents = self.sudo().search(Domain("customer_id", "in", companies.ids))
        followers = Followers.search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", documents.ids)
            & Domain("partner_id", "in", contacts.ids)
        )
        customers = {document.id: document.customer_id for document in documents}
        followers.filtered(lambda follower: left[follower.partner_id] == customers[follower.res_id]).unlink()

        orphaned = documents.filtered(lambda document: left.get(document.partner_id) == document.customer_id)
        gone = {
            company: {contact.email_normalized for contact in contacts if left[contact] == company} - {False}
            for company in companies
        }
        sent = documents.filtered("access_token")._service_addresses_written_to()
        concerned = orphaned | documents.filtered(
            lambda document: not gone[document.customer_id].isdisjoint(sent.get(document.id, ()))
        )
        before = {document.id: document._service_addressee() for document in concerned}
        for document in concerned:
            company = document.customer_id
            if document in orphaned:
                # The address on file was the contact's, whether it is known as theirs or not.
                document.write({"partner_id": company.id, "contact_email": company.active and company.email})
            elif email_normalize(document.contact_email) in gone[company]:
                document.contact_email = document.partner_id.active and document.partner_id.email
        concerned._service_renew_links(before)
        # In the portal they saw what their colleagues turned to us with, too.
        documents._service_stop_file_links()
        orphaned.filtered_domain(self._impartial_open_domain())._service_remind_handlers(
            lambda lang: self.with_context(lang=lang).env._(
                "The contact left the company or was archived: choose another contact of the customer"
            )
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if {"parent_id", "is_company", "active"}.isdisjoint(vals):
            return super().write(vals)
        # In sudo: the user may not see all contacts that come along, nor any complaint.
        contacts = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
        before = {contact: contact.commercial_partner_id for contact in contacts}
        active = contacts.filtered("active")
        result = super().write(vals)
        contacts.filtered(
            lambda contact: contact.commercial_partner_id not in (contact, before[contact])
        )._kehu_keep_placer()
        left = {
            contact: company
            for contact, company in before.items()
            if company not in (contact, contact.commercial_partner_id) or contact in active and not contact.active
        }
        if left:
            for name in self.env["kehu.service.desk"]._fields["intake"].get_values(self.env):
                self.env[name]._service_contacts_left(left)
        return result
