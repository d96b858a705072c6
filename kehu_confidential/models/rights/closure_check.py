from odoo import api, models
from odoo.fields import Domain

from ...closures import CLOSURES


class ClosureCheck(models.AbstractModel):
    _inherit = "kehu.closure.check"

    def _register_hook(self):
        super()._register_hook()
        # Not from the hook of each model: some of Odoo's, as that of users, call no super().
        contexts = self.pool.field_depends_context
        for model in self.env.values():
            for field in map(model._fields.__getitem__, model._kehu_fields_by_user()):
                contexts[field] = tuple({**dict.fromkeys(contexts[field]), "uid": None})

    # === BUSINESS ===

    @api.model
    def _closures(self):
        return (*super()._closures(), *CLOSURES)


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_is_closed(self):
        """Return whether confidential records are closed to everybody, since part of what protects them is missing
        (X3).
        """
        return bool(self.env["kehu.closure.check"]._gaps())

    @api.model
    def _kehu_unless_closed(self, domain):
        """Return the domain of the records that a relation opens; none while they are closed to everybody."""
        return Domain.FALSE if self._kehu_is_closed() else domain
