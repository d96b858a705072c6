from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.notification import notification

from ...groups import CONFIDENTIAL_CLEARANCE, TOP_SECRET_CLEARANCE
from ..rights.right_change import REASON
from ..rule.tier import CONFIDENTIAL, TIERS

_lt = LazyTranslate(__name__)

CLEARANCES = (CONFIDENTIAL_CLEARANCE, TOP_SECRET_CLEARANCE)


class AccessReviewLine(models.Model):
    _name = "kehu.access.review.line"
    _description = "Right under Review"
    _inherit = ["kehu.evidence.mixin", "kehu.server.rows.mixin"]
    _evidence_refusal = _lt("A review is kept as evidence:")
    _order = "review_id desc, user_id, tier desc, id"
    _rec_name = "user_id"

    review_id = fields.Many2one("kehu.access.review", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    reason = fields.Selection(
        [
            ("clearance", "Clearance"),
            ("salesperson", "Salesperson"),
            ("leader", "Leads the business unit"),
            ("grant", "Grant"),
        ],
        string="Reads As",
        required=True,
        readonly=True,
    )
    tier = fields.Selection(TIERS, string="Confidentiality Tier", required=True, readonly=True)
    customer_count = fields.Integer(string="Number of Customers", readonly=True)
    grant_id = fields.Many2one("kehu.grant", readonly=True, ondelete="restrict")
    decision = fields.Selection([("keep", "Keep"), ("withdraw", "Take away")])
    remark = fields.Char()
    decided_user_id = fields.Many2one("res.users", string="Decided By", readonly=True, ondelete="restrict")
    date_decided = fields.Datetime(string="Decided On", readonly=True)
    state = fields.Selection(related="review_id.state")

    # === CONSTRAINT ===

    @api.constrains("decision")
    def _check_decision(self):
        if any(line.reason == "leader" and line.decision == "withdraw" for line in self):
            raise ValidationError(
                self.env._(
                    "Who leads a business unit reads its customers: name another leader of the unit, then keep what "
                    "is left."
                )
            )

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"decision", "remark"}:
                raise AccessError(self.env._("Of a right under review, only the decision and the remark are written."))
            if self.env.user in self.user_id:
                raise AccessError(self.env._("Nobody decides on their own rights: leave them to another."))
            if any(line.review_id.reviewer_id not in (self.env.user, line.user_id) for line in self):
                raise AccessError(self.env._("The reviewer decides: officers only on the reviewer's own rights."))
            if any(line.state != "open" for line in self):
                raise UserError(self.env._("The review is signed off: nothing of it is changed any more."))
        before = {line: line.decision for line in self} if "decision" in vals else {}
        result = super().write(vals)
        self._keep_who_decided(before)
        if before:
            self.review_id._refresh_turns()
        return result

    # === ACTIONS ===

    def action_keep(self):
        return self._decide("keep")

    def action_withdraw(self):
        return self._decide("withdraw")

    # === BUSINESS ===

    def _decide(self, decision):
        """Decide on all of these but one's own rights, and say which were left out.

        :raise AccessError: there are only one's own, or the caller is not the reviewer
        """
        own = self.filtered(lambda line: line.user_id == self.env.user)
        decided = self - own or self
        decided.write({"decision": decision})
        message = self.env._("%s rights are decided.", len(decided))
        if own:
            message += " " + self.env._(
                "Left out, for a confidentiality officer to decide, are your own: %s.", own._describe_rights()
            )
        return notification(message, kind="warning" if own else "success", sticky=bool(own))

    def _describe_rights(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        return ", ".join(f"{line.user_id.name} ({reasons[line.reason]})" for line in self.sudo())

    def _keep_who_decided(self, before):
        """Keep who decided and when, and leave a line in the review where another decision had been made (X7).

        :param before: ``{line: decision}``
        """
        if before:
            self.sudo().write({"decided_user_id": self.env.uid, "date_decided": fields.Datetime.now()})
        label = dict(self._fields["decision"]._description_selection(self.env))
        changed = [line for line, decision in before.items() if decision and decision != line.decision]
        for line in changed:
            line.review_id.sudo()._message_log(
                body=f"{line.user_id.name}: {label[before[line]]} → {label.get(line.decision, '—')}"
            )

    # === BUSINESS: taking a right away ===

    def _withdraw_clearance(self):
        groups = self.env["res.groups"].union(*map(self.env.ref, CLEARANCES))
        groups.sudo().write({"user_ids": [Command.unlink(user.id) for user in self.user_id]})
        for user in self.user_id:
            if user.kehu_clearance >= CONFIDENTIAL:
                through = user.group_ids.filtered(lambda group: group.all_implied_ids & groups)
                raise UserError(
                    self.env._(
                        "%(user)s has the clearance through %(groups)s: take these away first, or keep it.",
                        user=user.name,
                        groups=", ".join(through.mapped("full_name")),
                    )
                )

    def _withdraw_salesperson(self):
        self._withdraw_relation("user_id")

    def _withdraw_relation(self, name):
        for (user, review), lines in self.grouped(lambda line: (line.user_id, line.review_id)).items():
            reason = self.env._("Access review %s", review.name)
            self.env["res.partner"].with_context(active_test=False, **{REASON: reason}).search(
                Domain(name, "=", user.id) & Domain("kehu_tier", "in", lines.mapped("tier"))
            ).write({name: False})

    def _withdraw_grant(self):
        for review, lines in self.grouped("review_id").items():
            lines.grant_id._revoke(self.env._("Access review %s", review.name))
