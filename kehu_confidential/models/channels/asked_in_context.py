"""What a client's context names: Odoo makes labels and suggestions of it as superuser, such as what a supplier calls a
product, or on which account the invoices of a partner are booked. A hidden record is not named there (X3).
"""

from odoo import models

from odoo.addons.kehu_workflow.models.system.linked_rows import named_ids

# The keys by which Odoo looks up records, and their models.
_NAMED = {"partner_id": "res.partner", "project_id": "project.project", "seller_id": "product.supplierinfo"}


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_naming_nothing_hidden(self):
        """Return ``self`` in a context that names no record hidden from the current user, superuser mode or not."""
        hidden = [key for key, model in _NAMED.items() if model in self.env and self._kehu_named_in_context(key, model)]
        return self.with_context(**dict.fromkeys(hidden)) if hidden else self

    def _kehu_named_in_context(self, key, model):
        """Return the hidden records that the context names."""
        value = self.env.context.get(key)
        ids = named_ids(value if isinstance(value, (list, tuple)) else [value]) if value else ()
        return self.env[model].browse(ids)._kehu_hidden()
