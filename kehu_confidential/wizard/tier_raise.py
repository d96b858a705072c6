from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.contacts.tier_raising import REASON
from ..models.rule.tier import TIERS


class TierRaise(models.TransientModel):
    _name = "kehu.tier.raise"
    _description = "Raise the Tier"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True, domain=[("parent_id", "=", False)])
    tier = fields.Selection(TIERS, string="New Tier", required=True)
    reason = fields.Text(required=True)

    @api.constrains("reason")
    def _check_reason(self):
        if any(not dialog.reason.strip() for dialog in self):
            raise UserError(self.env._("Say why the tier is raised."))

    def action_apply(self):
        """Raise those of the customers that are below the new tier, with the rights of who asks.

        :raise UserError: none is below
        """
        for dialog in self:
            below = dialog.partner_ids.commercial_partner_id.filtered(
                lambda partner, tier=dialog.tier: partner.kehu_tier < tier
            )
            if not below:
                raise UserError(
                    self.env._("The new tier is not higher. A tier is lowered on request: see Lowering Requests.")
                )
            below.with_context(**{REASON: dialog.reason}).write({"kehu_tier": dialog.tier})
        return True
