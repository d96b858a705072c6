"""What is on a website can be read by everybody: no confidential customer is (X3)."""
from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request

from .tier import CONFIDENTIAL

_PUBLISHED = {"is_published", "website_published"}


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        # Pages about one contact (/partners/…, /customers/…, /members/…) read him as superuser, for an editor of the website even if
        # he is not published.
        if rule.endpoint.routing.get("website") and isinstance(args.get("partner_id"), (int, str)):
            _name, partner_id = cls._unslug(str(args["partner_id"]))
            if partner_id and request.env["res.partner"].browse(partner_id).exists()._kehu_hidden():
                raise request.not_found()
        return result


class ResPartner(models.Model):
    """The fields are those of Odoo's website, where it is installed."""
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(not _PUBLISHED.isdisjoint(vals) for vals in vals_list):
            partners._kehu_refuse_published()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not _PUBLISHED.isdisjoint(vals):
            self._kehu_refuse_published()
        elif "kehu_tier" in vals and "is_published" in self._fields:
            self.sudo().with_context(active_test=False).search([
                ("commercial_partner_id", "in", self.commercial_partner_id.ids), ("is_published", "=", True),
                ("kehu_tier", ">=", CONFIDENTIAL)]).is_published = False
        return result

    def _kehu_refuse_published(self):
        if any(partner.is_published and (partner.kehu_tier or "0") >= CONFIDENTIAL for partner in self.sudo()):
            raise UserError(self.env._("A confidential customer is not published on a website."))
