"""What all colleagues look up, such as the telephone number of an employee, is not copied from a classified contact
(X3).
"""

from odoo import models


class Base(models.AbstractModel):
    """The model and its field are those of Odoo's employees, where they are installed."""

    _inherit = "base"

    def _validate_fields(self, field_names, excluded_names=()):
        if self._name == "hr.employee":
            field_names = set(field_names)  # Odoo may give an iterator
            if "work_contact_id" in field_names:
                self.sudo().work_contact_id._check_kehu_tier()
        return super()._validate_fields(field_names, excluded_names)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _kehu_has_internal_contact(self):
        if super()._kehu_has_internal_contact():
            return True
        employees = self.env.get("hr.employee")
        return employees is not None and bool(
            employees.sudo()
            .with_context(active_test=False)
            .search_count([("work_contact_id", "child_of", self.ids)], limit=1)
        )
