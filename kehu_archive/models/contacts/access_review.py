from odoo import api, fields, models
from odoo.tools import SQL


class AccessReview(models.Model):
    """Custodians read their customers."""

    _inherit = "kehu.access.review"

    @api.model
    def _relations(self):
        return [
            *super()._relations(),
            SQL("SELECT kehu_custodian_id, 'custodian', kehu_tier, commercial_partner_id FROM res_partner"),
        ]


class AccessReviewLine(models.Model):
    _inherit = "kehu.access.review.line"

    reason = fields.Selection(
        selection_add=[("custodian", "Custodian"), ("leader",)],
        # A signed review stays as it is.
        ondelete={"custodian": lambda lines: None},
    )

    def _withdraw_custodian(self):
        self._withdraw_relation("kehu_custodian_id")
