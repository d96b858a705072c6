from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.constrains("partner_id")
    def _check_kehu_partner_is_normal(self):
        self.partner_id._check_kehu_tier()

    def _kehu_today(self):
        """Return the day that it is in the company: jobs work in no time zone, and China's day begins before theirs."""
        return fields.Date.context_today(self.with_context(tz=self._kehu_zone()))

    def _kehu_zone(self):
        """Return the name of the time zone by which the company counts its days."""
        self.ensure_one()
        return self.partner_id.tz or self.resource_calendar_id.tz or "UTC"

    # === RULE ===

    @api.model
    def _kehu_covering_fields(self):
        # A company's contact is always normal, by constraint.
        return super()._kehu_covering_fields() | {"partner_id"}
