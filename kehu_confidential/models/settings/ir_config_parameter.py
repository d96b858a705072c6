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
        self._kehu_check_no_secret(key)
        return super().get_param(key, default)

    @api.model
    def set_param(self, key, value):
        self._kehu_check_no_secret(key)
        return super().set_param(key, value)

    @api.model
    def _kehu_check_no_secret(self, key):
        """Refuse parameters that sign links.

        :raise AccessError: a client asks for what signs links
        """
        if key in SECRETS and not self.env.su:
            raise AccessError(self.env._("The parameter %s signs links to documents and cannot be read or set.", key))

    @api.model
    def _kehu_domain(self, mode="read"):
        return super()._kehu_domain(mode) & Domain("key", "not in", SECRETS)
