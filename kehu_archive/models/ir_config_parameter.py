from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# With it anybody signs the links that open a document or a file without a login.
SECRETS = ("database.secret",)


class IrConfigParameter(models.Model):
    """System parameters without those that sign links: no client reads or sets them (X3)."""

    _inherit = "ir.config_parameter"

    @api.model
    def get_param(self, key, default=False):
        if key in SECRETS and not self.env.su:
            raise AccessError(self.env._("The parameter %s signs links to documents: nobody can read it.", key))
        return super().get_param(key, default)

    @api.model
    def _kehu_domain(self, mode):
        return super()._kehu_domain(mode) & Domain("key", "not in", SECRETS)
