"""What a client's context names: Odoo makes labels and suggestions of it as superuser, such as what a supplier calls a
product, or on which account the invoices of a partner are booked. A hidden record is not named there (X3).

The wrappers are set by the closures (``closures.py``).
"""

from functools import wraps

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


def suggest_nothing_hidden(method):
    """Have a method suggest nothing by a hidden record of the context."""

    @wraps(method)
    def suggested(self, *args, **kwargs):
        return method(self._kehu_naming_nothing_hidden(), *args, **kwargs)

    return suggested


def label_by_nothing_hidden(method):
    """Make no label by a hidden record of the context."""

    @wraps(method)
    def labelled(self):
        plain = self._kehu_naming_nothing_hidden()
        method(plain)
        if plain.env is not self.env:
            plain._kehu_keep_labels(self._fields["display_name"])
            for record, other in zip(self, plain, strict=True):
                record.display_name = other.display_name

    return labelled
