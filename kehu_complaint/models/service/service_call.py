"""A call is taken down while the customer is on the phone; who calls for the first time is entered (C1)."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.kehu_workflow.notification import RELOAD, notification

from ...groups import STAFF


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    def action_open(self):
        """Open the document; from the form for calls, right after it is saved."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "view_mode": "form"}

    def action_take_down(self):
        """Close the form for calls, which was just saved, and say under which number: the caller asks for it."""
        self.ensure_one()
        self.check_access("read")
        return notification(
            "%s",
            sticky=True,
            then=RELOAD,
            title=dict(self._fields["state"]._description_selection(self.env))[self.state],
            links=[{"label": self.display_name, "url": f"/odoo/{self._name}/{self.id}"}],
        )

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


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if (
            self.env.context.get("kehu_caller")
            and operator == "ilike"
            and isinstance(value, str)
            and len(value.strip()) >= 3
        ):
            domain = Domain(domain) | self._kehu_caller_domain(value.strip())
        return domain

    @api.model
    def _kehu_caller_domain(self, term):
        """Return the domain of the customers whom a caller may mean who says a telephone number, the number of a
        archive, of an earlier complaint, of an order or of a device (hook)."""
        domain = Domain("phone", "ilike", term)
        digits = "".join(filter(str.isdigit, term))
        if len(digits) >= 7:
            # People write numbers with blanks, dashes and country codes, or without.
            domain |= Domain("phone", "=like", "%" + "%".join(digits[-8:]))
        domain |= Domain("kehu_archive_ids.number", "=ilike", term)
        earlier = self.env["kehu.complaint"].search(
            Domain("serial", "=", term) | Domain("number", "=ilike", term) | Domain("order_reference", "=", term),
            limit=20,
        )
        files = self.env["kehu.product.file"].search([("display_name", "=ilike", term)], limit=20)
        return domain | Domain("id", "in", (earlier.partner_id | files.partner_id).ids)
