from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, format_datetime

from odoo.addons.kehu_workflow.workflow import Move, Turn

from ...groups import OFFICER
from ..rule.tier import CONFIDENTIAL

_lt = LazyTranslate(__name__)

# What officers do without being the reviewer.
NAME_REVIEWER = Turn("name_reviewer", (), "officers", _lt("Access review: enter the reviewer"), reminds_actor=True)
DECIDE_ON_REVIEWER = Turn(
    "decide_on_reviewer", (), "officers", _lt("Access review: decide on the reviewer's own rights"), reminds_actor=True
)


class AccessReview(models.Model):
    """Half-yearly: who can read confidential customers and why; each kept or taken away, signed off by a manager (X7).

    What is taken away is gone when the review is signed. Approvers who read while they decide are left out: they lose
    it with the decision.
    """

    _name = "kehu.access.review"
    _description = "Access Review"
    _inherit = ["kehu.officers.mixin", "kehu.deadline.mixin", "kehu.turn.mixin", "kehu.server.rows.mixin"]
    _order = "date desc, id desc"
    _evidence_refusal = _lt("A review is kept as evidence:")

    _workflow_moves = (
        Move(
            "sign",
            _lt("Sign Off"),
            source=("open",),
            target="signed",
            roles=("reviewer_id",),
            required=("reviewer_id",),
            before="_check_decided",
            after="_apply",
            confirm=_lt("What you take away is gone at once. Sign the review off?"),
        ),
    )
    _workflow_turns = (
        NAME_REVIEWER,
        DECIDE_ON_REVIEWER,
        Turn("review", ("open",), "reviewer_id", _lt("Access review: decide on each right, and sign it off")),
    )

    name = fields.Char(string="Period", required=True, readonly=True)
    date = fields.Date(string="As Of", required=True, readonly=True, default=fields.Date.context_today)
    reviewer_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        tracking=True,
        help="The manager who signs. The manager's own rights are decided by a confidentiality officer.",
    )
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
        self.env["kehu.access.review.line"].create(
            [{**line, "review_id": review.id} for review in reviews for line in lines]
        )
        return reviews

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"reviewer_id"} or not self.env.user.has_group(OFFICER):
                raise AccessError(self.env._("Of a review only the reviewer is written, by a confidentiality officer."))
            if any(review.state != "open" for review in self):
                raise UserError(self.env._("The review is signed off: nothing of it is changed any more."))
            if vals.get("reviewer_id") == self.env.uid:
                raise AccessError(
                    self.env._(
                        "Officers cannot name themselves as reviewer: name a manager, or have another officer name you."
                    )
                )
        return super().write(vals)

    # === ACTIONS ===

    def action_open_review(self):
        """Open a review at once, beside those of each half-year (X7).

        :raise AccessError: the caller is no confidentiality officer
        """
        if not self.env.user.has_group(OFFICER):
            raise AccessError(self.env._("Only a confidentiality officer opens an access review."))
        # Nobody may create one; the caller was checked above.
        review = self.sudo()._open_review(
            format_datetime(self.env, fields.Datetime.now(), dt_format="yyyy-MM-dd HH:mm")
        )
        return review.sudo(False)._get_records_action()

    def action_open_lines(self):
        """Open the lines of the review."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kehu_confidential.kehu_access_review_line_action"),
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
        rows = self.env.execute_query(
            SQL(
                """
            SELECT reader.user_id, reader.reason, reader.tier, count(DISTINCT reader.customer)
              FROM (%s) AS reader(user_id, reason, tier, customer)
             WHERE reader.tier >= %s AND reader.user_id = ANY(%s)
          GROUP BY 1, 2, 3
          ORDER BY 1, 2, 3
            """,
                SQL(" UNION ALL ").join(self._relations()),
                CONFIDENTIAL,
                users.ids,
            )
        )
        lines = [
            {"user_id": user_id, "reason": reason, "tier": tier, "customer_count": count}
            for user_id, reason, tier, count in rows
        ]
        counts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT kehu_tier, count(*) FROM res_partner WHERE kehu_tier >= %s AND commercial_partner_id = "
                    "id GROUP BY 1",
                    CONFIDENTIAL,
                )
            )
        )
        for user in users:
            if user.kehu_clearance >= CONFIDENTIAL:
                lines.append(
                    {
                        "user_id": user.id,
                        "reason": "clearance",
                        "tier": user.kehu_clearance,
                        "customer_count": sum(count for tier, count in counts.items() if tier <= user.kehu_clearance),
                    }
                )
        grants = self.env["kehu.grant"].sudo()
        for grant in grants.search(grants._live_domain() & Domain("partner_id.kehu_tier", ">=", CONFIDENTIAL)):
            lines.append(
                {
                    "user_id": grant.user_id.id,
                    "reason": "grant",
                    "tier": grant.partner_id.kehu_tier,
                    "customer_count": 1,
                    "grant_id": grant.id,
                }
            )
        return lines

    @api.model
    def _relations(self):
        """Return SQL queries for ``(user, reason, tier, customer)`` of those who read by a relation (hook)."""
        return [
            SQL("SELECT user_id, 'salesperson', kehu_tier, commercial_partner_id FROM res_partner"),
            SQL(
                "SELECT team.user_id, 'leader', kehu_tier, commercial_partner_id FROM res_partner "
                "JOIN crm_team team ON team.id = kehu_team_id"
            ),
        ]

    @api.model
    def _turn_fields(self):
        return super()._turn_fields() | {"reviewer_id"}

    def _find_turns(self):
        """Officers name the reviewer, and decide on the reviewer's own rights when these alone are left."""
        found, officers = super()._find_turns(), self._kehu_officers()
        for review in self.filtered(lambda review: review.state == "open"):
            if not review.reviewer_id:
                found[review.id] = dict.fromkeys(officers, NAME_REVIEWER)
                continue
            mine, own = review._find_undecided(review.reviewer_id)
            if own and not mine:
                others = dict.fromkeys(officers - review.reviewer_id, DECIDE_ON_REVIEWER)
                found[review.id] = found.get(review.id, {}) | others
        return found

    def _find_undecided(self, reviewer):
        """Return ``(lines on which the reviewer has still to decide, lines on which an officer has)``."""
        own = self.line_ids.filtered(lambda line: line.user_id == reviewer)
        mine = (self.line_ids - own).filtered(lambda line: not line.decision or line.decided_user_id != reviewer)
        return mine, own.filtered(lambda line: not line.decision)

    def _check_decided(self):
        """Refuse to sign unless the signer decided every line but those on their own rights, those of a former reviewer
        included.
        """
        for review in self:
            mine, own = review._find_undecided(self.env.user)
            sentences = []
            if mine:
                sentences.append(
                    self.env._("Rights not decided yet, keep each or take it away: %s.", mine._describe_rights())
                )
            if own:
                officers = review._kehu_officers() - self.env.user
                sentences.append(
                    self.env._(
                        "Your own rights are not decided yet (%(rights)s). A confidentiality officer decides on them: "
                        "%(officers)s.",
                        rights=own._describe_rights(),
                        officers=", ".join(officers.mapped("name")) or self.env._("nobody"),
                    )
                )
            if sentences:
                raise UserError("\n".join(sentences))

    def _apply(self):
        """Take away what was decided to be taken away."""
        for review in self:
            for reason, lines in (
                review.line_ids.filtered(lambda line: line.decision == "withdraw").grouped("reason").items()
            ):
                getattr(lines, f"_withdraw_{reason}")()

    # === CRON ===

    @api.model
    def _cron_open_review(self):
        """Open the review of this half-year unless there is one; its months name it in any language."""
        today = fields.Date.context_today(self)
        period = f"{today.year}-01 – {today.year}-06" if today.month <= 6 else f"{today.year}-07 – {today.year}-12"
        if not self.search_count([("name", "=", period)], limit=1):
            self._open_review(period)

    @api.model
    def _open_review(self, period):
        """Return a new review; its reviewer is the one who signed the last review."""
        return self.create({"name": period, "reviewer_id": self.search([], limit=1).reviewer_id.id})
