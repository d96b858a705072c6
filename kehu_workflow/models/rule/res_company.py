from odoo import fields, models
from odoo.exceptions import UserError

from .rule_mixin import is_permitted

SETTING = "kehu_rules_approved"


class ResCompany(models.Model):
    _inherit = "res.company"

    kehu_rules_approved = fields.Boolean(
        "Changes of Rules Are Approved",
        help="Deadline rules, approval rules and their steps are then changed by a proposal that others approve. To switch "
        "it off takes an approval, too.",
    )

    def write(self, vals):
        if SETTING in vals and not vals[SETTING] and not is_permitted(self.env):
            if self.sudo().filtered(SETTING):
                raise UserError(
                    self.env._(
                        "That changes of rules are approved is switched off by an approval only: press “Propose to Switch "
                        "Off”."
                    )
                )
        return super().write(vals)

    def action_propose_rules_unapproved(self):
        """Propose that rules may be changed without an approval again (A35)."""
        self.ensure_one()
        self.check_access("write")
        return self.env["kehu.rule.change"]._propose(self, {SETTING: False}, [SETTING])._action_open()
