"""What the server fills takes the default of the code, not one that a user sends or sets (A3).

Odoo fills what is left out of a new record from the context (``default_…``) and from the defaults that users keep for
themselves, or administrators for everybody – in superuser mode, too. Whoever asks for an approval could so have it made
as an approved one.
"""

from odoo import api, models
from odoo.exceptions import AccessError
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


class ServerWrittenMixin(models.AbstractModel):
    """Rows by which the server keeps what it does, and what was done: no client writes them, whatever right an
    administrator has.
    """

    _name = "kehu.server.written.mixin"
    _description = "Written by the Server"

    # What users with the access right do to these rows, too: create, write, unlink.
    _kehu_by_hand = ()

    @api.model_create_multi
    def create(self, vals_list):
        self._kehu_check_by_hand("create")
        return super().create(vals_list)

    def write(self, vals):
        self._kehu_check_by_hand("write")
        return super().write(vals)

    def unlink(self):
        self._kehu_check_by_hand("unlink")
        return super().unlink()

    def _kehu_check_by_hand(self, operation):
        """Refuse what the server alone does.

        :raise AccessError: a client is at work
        """
        if not (self.env.su or operation in self._kehu_by_hand):
            raise AccessError(
                self.env._("“%s” is written by the server alone.", self.env["ir.model"]._get(self._name).name)
            )
