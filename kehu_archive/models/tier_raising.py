"""A tier that changes keeps the reason: in the customer's chatter and in the access log (X1)."""
from odoo import api, fields, models
from odoo.exceptions import UserError

from .tier import CONFIDENTIAL, TIERS

REASON = "kehu_tier_reason"  # the key of the context by which a reason comes along, from an import, too


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD ===

    def write(self, vals):
        if "kehu_tier" not in vals:
            return super().write(vals)
        before = {partner.id: partner.kehu_tier or "0" for partner in self.sudo()}
        result = super().write(vals)
        self._kehu_note_tiers(before)
        return result

    # === ACTIONS ===

    def action_kehu_raise_tier(self):
        """Open the dialog that raises the tier of these customers and asks for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Raise Tier"),
            "res_model": "kehu.tier.raise",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_ids": self.commercial_partner_id.ids},
        }

    # === BUSINESS ===

    def _kehu_note_tiers(self, before):
        """Keep who changed a tier that hides something, and why.

        Raising is never held up for want of a reason: what is closed too late is out. It is noted that there was none.

        :param before: ``{id: tier}``
        """
        reason = self.env.context.get(REASON)
        reason = " ".join(reason.split()) if isinstance(reason, str) else ""
        label = dict(self._fields["kehu_tier"]._description_selection(self.env))
        changed = self.sudo().filtered(lambda partner: partner.kehu_tier != before[partner.id])
        for (old, new), partners in changed.grouped(lambda partner: (before[partner.id], partner.kehu_tier)).items():
            if max(old, new) >= CONFIDENTIAL:
                self.env["kehu.access.log"]._log_right(partners.sudo(False), self.env._(
                    "Tier %(old)s → %(new)s: %(reason)s", old=label[old], new=label[new], reason=reason or self.env._("no reason given")))
        if reason:
            changed._track_set_log_message(reason)


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
            below = dialog.partner_ids.commercial_partner_id.filtered(lambda partner, tier=dialog.tier: partner.kehu_tier < tier)
            if not below:
                raise UserError(self.env._("The new tier is not higher. A tier is lowered on request: see Lowering Requests."))
            below.with_context(**{REASON: dialog.reason}).write({"kehu_tier": dialog.tier})
        return True
