"""A private person who turns to us for the first time is entered as a customer by the service (C1)."""

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from .service_mixin import STAFF


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    def action_service_new_customer(self):
        """Enter who turned to us as a private customer: by the name, telephone and e-mail that were taken down (C1).

        :raise AccessError: the user is not of the service, or may not write the document
        :raise UserError: there is a customer, no name, or a contact with this telephone or e-mail
        """
        self.ensure_one()
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service enters who turned to us."))
        self.check_access("write")
        name = (self.contact_name or "").strip()
        if self.partner_id or not name:
            raise UserError(self.env._("Enter the name of who turned to us; a customer who is there is chosen."))
        if known := self._service_known_contacts():
            raise UserError(
                self.env._(
                    "This telephone number or e-mail address is there already: choose %s.",
                    ", ".join(known.mapped("display_name")),
                )
            )
        # The service has no right to contacts; nothing but what was taken down goes into this one.
        partner = (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": name,
                    "phone": self.contact_phone,
                    "email": self.contact_email,
                    "company_id": self.company_id.id,
                    "lang": self.company_id._kehu_lang(),
                }
            )
        )
        self.partner_id = partner.sudo(False)
        return True

    def _service_known_contacts(self):
        """Return the contacts whom the user may read who have the telephone number or e-mail address."""
        domain = Domain.FALSE
        if email := email_normalize(self.contact_email):
            domain |= Domain("email_normalized", "=", email)
        digits = "".join(filter(str.isdigit, self.contact_phone or ""))
        if len(digits) >= 7:
            domain |= Domain("phone", "=like", "%" + "%".join(digits[-8:]))
        return self.env["res.partner"].search(domain, limit=3)
