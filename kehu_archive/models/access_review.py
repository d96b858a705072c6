from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, format_datetime

from odoo.addons.kehu_workflow.workflow import Move

from .right_change import REASON
from .tier import CONFIDENTIAL, TIERS

_lt = LazyTranslate(__name__)

CLEARANCES = ("kehu_archive.group_clearance_confidential", "kehu_archive.group_clearance_top_secret")


class AccessReview(models.Model):
    """Half-yearly: who can read confidential customers and why; each kept or taken away, signed off by a manager (X7).

    What is taken away is gone when the review is signed. Approvers who read while they decide are left out: they lose
    it with the decision.
    """
    _name = "kehu.access.review"
    _description = "Access Review"
    _inherit = ["kehu.officers.mixin", "kehu.deadline.mixin", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _evidence_refusal = _lt("A review is kept as evidence:")

    _workflow_moves = (
        Move("sign", _lt("Sign Off"), source=("open",), target="signed", roles=("reviewer_id",), required=("reviewer_id",),
             before="_check_decided", after="_apply",
             confirm=_lt("What you take away is gone at once. Sign the review off?")),
    )

    name = fields.Char(string="Period", required=True, readonly=True)
    date = fields.Date(string="As Of", required=True, readonly=True, default=fields.Date.context_today)
    reviewer_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)], tracking=True,
        help="The manager who signs. Rights of his own are decided by a confidentiality officer.")
    line_ids = fields.One2many("kehu.access.review.line", "review_id", string="Rights")
    line_count = fields.Integer(string="Number of Rights", compute="_compute_counts")
    undecided_count = fields.Integer(string="To Decide", compute="_compute_counts")
    state = fields.Selection([("open", "Open"), ("signed", "Signed off")], default="open")

    _once = models.Constraint("UNIQUE (name)", "There is a review of this period already.")

    # === COMPUTE ===

    @api.depends("line_ids.decision")
    def _compute_counts(self):
        for review in self:
            review.line_count = len(review.line_ids)
            review.undecided_count = len(review.line_ids.filtered(lambda line: not line.decision))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        lines = reviews._collect()
        self.env["kehu.access.review.line"].create([{**line, "review_id": review.id} for review in reviews for line in lines])
        return reviews

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"reviewer_id"} or not self.env.user.has_group("kehu_archive.group_tier_officer"):
                raise AccessError(self.env._("Of a review only the reviewer is written, by a confidentiality officer."))
            if any(review.state != "open" for review in self):
                raise UserError(self.env._("The review is signed off: nothing of it is changed any more."))
        return super().write(vals)

    # === ACTIONS ===

    def action_open_review(self):
        """Open a review at once, beside those of each half-year (X7).

        :raise AccessError: the caller is no confidentiality officer
        """
        if not self.env.user.has_group("kehu_archive.group_tier_officer"):
            raise AccessError(self.env._("Only a confidentiality officer opens an access review."))
        # Nobody may create one; the caller was checked above.
        review = self.sudo()._open_review(format_datetime(self.env, fields.Datetime.now(), dt_format="yyyy-MM-dd HH:mm"))
        return review.sudo(False)._get_records_action()

    def action_open_lines(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kehu_archive.kehu_access_review_line_action"),
            "domain": [("review_id", "=", self.id)],
        }

    # === BUSINESS ===

    def _filter_evidence(self):
        return self

    @api.model
    def _collect(self):
        """Return the values of a line for each right to read confidential customers that somebody has now."""
        self.env.flush_all()
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        rows = self.env.execute_query(SQL(
            """
            SELECT reader.user_id, reader.reason, reader.tier, count(DISTINCT reader.customer)
              FROM (SELECT user_id, 'salesperson' AS reason, kehu_tier AS tier, commercial_partner_id AS customer
                      FROM res_partner WHERE kehu_tier >= %(tier)s
                     UNION ALL
                    SELECT kehu_custodian_id, 'custodian', kehu_tier, commercial_partner_id
                      FROM res_partner WHERE kehu_tier >= %(tier)s
                     UNION ALL
                    SELECT team.user_id, 'leader', kehu_tier, commercial_partner_id
                      FROM res_partner JOIN crm_team team ON team.id = kehu_team_id WHERE kehu_tier >= %(tier)s) reader
             WHERE reader.user_id = ANY(%(users)s)
          GROUP BY 1, 2, 3
          ORDER BY 1, 2, 3
            """, tier=CONFIDENTIAL, users=users.ids))
        lines = [
            {"user_id": user_id, "reason": reason, "tier": tier, "customer_count": count} for user_id, reason, tier, count in rows]
        counts = dict(self.env.execute_query(SQL(
            "SELECT kehu_tier, count(*) FROM res_partner WHERE kehu_tier >= %s AND commercial_partner_id = id GROUP BY 1", CONFIDENTIAL)))
        for user in users:
            if user.kehu_clearance >= CONFIDENTIAL:
                lines.append({
                    "user_id": user.id, "reason": "clearance", "tier": user.kehu_clearance,
                    "customer_count": sum(count for tier, count in counts.items() if tier <= user.kehu_clearance)})
        grants = self.env["kehu.grant"].sudo()
        for grant in grants.search(grants._live_domain() & Domain("partner_id.kehu_tier", ">=", CONFIDENTIAL)):
            lines.append({
                "user_id": grant.user_id.id, "reason": "grant", "tier": grant.partner_id.kehu_tier, "customer_count": 1,
                "grant_id": grant.id})
        return lines

    def _check_decided(self):
        for review in self:
            if review.undecided_count:
                raise UserError(self.env._("%s rights are not decided yet: keep each or take it away.", review.undecided_count))

    def _apply(self):
        """Take away what was decided to be taken away."""
        for review in self:
            for reason, lines in review.line_ids.filtered(lambda line: line.decision == "withdraw").grouped("reason").items():
                getattr(lines, f"_withdraw_{reason}")()
        self.activity_feedback(["mail.mail_activity_data_todo"])

    # === CRON ===

    @api.model
    def _cron_open_review(self):
        """Open the review of this half-year unless there is one."""
        today = fields.Date.context_today(self)
        period = f"{today.year} H{1 if today.month <= 6 else 2}"
        if not self.search_count([("name", "=", period)], limit=1):
            self._open_review(period)

    @api.model
    def _open_review(self, period):
        """Return a new review, which its reviewer is told of: the one who signed last, or the officers until one is named."""
        review = self.create({"name": period, "reviewer_id": self.search([], limit=1).reviewer_id.id})
        for user in review.reviewer_id or self._kehu_officers():
            review.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id,
                summary=review.with_context(lang=user.lang).env._("Access review %s: decide, and sign it off", period))
        return review


class AccessReviewLine(models.Model):
    _name = "kehu.access.review.line"
    _description = "Right under Review"
    _inherit = ["kehu.evidence.mixin"]
    _evidence_refusal = _lt("A review is kept as evidence:")
    _order = "review_id desc, user_id, tier desc, id"
    _rec_name = "user_id"

    review_id = fields.Many2one("kehu.access.review", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    reason = fields.Selection(
        [
            ("clearance", "Clearance"),
            ("salesperson", "Salesperson"),
            ("custodian", "Custodian"),
            ("leader", "Leads the business unit"),
            ("grant", "Grant"),
        ],
        string="Reads As", required=True, readonly=True)
    tier = fields.Selection(TIERS, string="Confidentiality Tier", required=True, readonly=True)
    customer_count = fields.Integer(string="Number of Customers", readonly=True)
    grant_id = fields.Many2one("kehu.grant", readonly=True, ondelete="restrict")
    decision = fields.Selection([("keep", "Keep"), ("withdraw", "Take away")])
    remark = fields.Char()
    state = fields.Selection(related="review_id.state")

    # === CONSTRAINT ===

    @api.constrains("decision")
    def _check_decision(self):
        if any(line.reason == "leader" and line.decision == "withdraw" for line in self):
            raise ValidationError(self.env._(
                "Who leads a business unit reads its customers: name another leader of the unit, then keep what is left."))

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"decision", "remark"}:
                raise AccessError(self.env._("Of a right under review, only the decision and the remark are written."))
            if self.env.user in self.user_id:
                raise AccessError(self.env._("Nobody decides on his own rights: leave them to another."))
            if any(line.state != "open" for line in self):
                raise UserError(self.env._("The review is signed off: nothing of it is changed any more."))
        return super().write(vals)

    # === ACTIONS ===

    def action_keep(self):
        return self.write({"decision": "keep"})

    def action_withdraw(self):
        return self.write({"decision": "withdraw"})

    # === BUSINESS: taking a right away ===

    def _withdraw_clearance(self):
        groups = self.env["res.groups"].union(*map(self.env.ref, CLEARANCES))
        groups.sudo().write({"user_ids": [Command.unlink(user.id) for user in self.user_id]})
        for user in self.user_id:
            if user.kehu_clearance >= CONFIDENTIAL:
                through = user.group_ids.filtered(lambda group: group.all_implied_ids & groups)
                raise UserError(self.env._(
                    "%(user)s has the clearance through %(groups)s: take these from him first, or keep it.",
                    user=user.name, groups=", ".join(through.mapped("full_name"))))

    def _withdraw_salesperson(self):
        self._withdraw_relation("user_id")

    def _withdraw_custodian(self):
        self._withdraw_relation("kehu_custodian_id")

    def _withdraw_relation(self, name):
        for (user, review), lines in self.grouped(lambda line: (line.user_id, line.review_id)).items():
            reason = self.env._("Access review %s", review.name)
            self.env["res.partner"].with_context(active_test=False, **{REASON: reason}).search(
                Domain(name, "=", user.id) & Domain("kehu_tier", "in", lines.mapped("tier"))).write({name: False})

    def _withdraw_grant(self):
        for review, lines in self.grouped("review_id").items():
            lines.grant_id._revoke(self.env._("Access review %s", review.name))
