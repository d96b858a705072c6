"""A call is taken down while the customer is on the phone (C1)."""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.kehu_workflow.notification import notification


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
            title=dict(self._fields["state"]._description_selection(self.env))[self.state],
            links=[{"label": self.display_name, "url": f"/odoo/{self._name}/{self.id}"}],
        )


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
