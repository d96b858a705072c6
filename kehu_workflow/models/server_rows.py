"""What the server fills takes the default of the code, not one that a user sends or sets (A3).

Odoo fills what is left out of a new record from the context (``default_…``) and from the defaults that users keep for themselves, or
administrators for everybody – in superuser mode, too. Whoever asks for an approval could so have it made as an approved one.
"""

from odoo import api, models
from odoo.tools import ormcache


class CodeDefaultsMixin(models.AbstractModel):
    """Records whose read-only fields, which no form fills, take no default but that of the code."""

    _name = "kehu.code.defaults.mixin"
    _description = "Defaults of the Code"

    @api.model
    def default_get(self, fields):
        own = self._kehu_fields_of_code()
        defaults = super().default_get([name for name in fields if name not in own])
        for name in own.intersection(fields):
            defaults.pop(name, None)
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                defaults[name] = field.convert_to_write(value, self)
        return defaults

    @api.model
    @ormcache("self._name")
    def _kehu_fields_of_code(self):
        """Return the names of the fields that take no other default (hook)."""
        return frozenset(name for name, field in self._fields.items() if field.readonly)


class ServerRowsMixin(models.AbstractModel):
    """Rows that server code alone creates, in superuser mode; no group has the right to."""

    _name = "kehu.server.rows.mixin"
    _description = "Created by the Server"
    _inherit = ["kehu.code.defaults.mixin"]

    @api.model
    def _kehu_fields_of_code(self):
        return frozenset(self._fields) if self.env.su else super()._kehu_fields_of_code()
