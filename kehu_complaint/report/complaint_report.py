from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.kehu_confidential.models.rule.tier import TIERS

# The clocks of major complaints are stricter, and count here all the same.
_OPINION = ("opinion", "major_opinion")
_SETTLED = ("settle", "major_settle")


class ComplaintReport(models.Model):
    """One row for each complaint, to be counted by kind, cause, product, unit and person (C13)."""

    _name = "kehu.complaint.report"
    _description = "Complaint Statistics"
    _inherit = ["kehu.service.report.mixin"]
    _auto = False
    _kehu_document_field = "complaint_id"
    _order = "date_received desc, id desc"
    _rec_name = "number"
    _depends = {
        "kehu.complaint": [
            "number",
            "company_id",
            "date_received",
            "date_closed",
            "date_replied",
            "state",
            "kind_id",
            "cause_id",
            "product_id",
            "customer_id",
            "team_id",
            "user_id",
            "handling_team_id",
            "responsible_team_id",
            "responsible_user_ids",
            "channel",
            "priority",
            "kehu_tier",
            "is_major",
            "compensation_paid",
            "satisfaction",
            "dismissal",
            "dismissal_user_id",
            "dismissed_by_id",
            "rating_last_value",
        ],
        "kehu.deadline": ["res_model", "res_id", "rule_id", "state", "date_due", "date_stop"],
    }

    complaint_id = fields.Many2one("kehu.complaint", readonly=True)
    number = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_received = fields.Datetime(string="Received On", readonly=True)
    date_closed = fields.Datetime(string="Closed On", readonly=True)
    state = fields.Selection(lambda self: self._report_selection("state"), string="Complaint Status", readonly=True)
    kind_id = fields.Many2one("kehu.complaint.kind", readonly=True)
    cause_id = fields.Many2one("kehu.complaint.cause", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    team_id = fields.Many2one("crm.team", string="Business Unit", readonly=True)
    user_id = fields.Many2one("res.users", string="Handler", readonly=True)
    handling_team_id = fields.Many2one("crm.team", string="Handling Unit", readonly=True)
    responsible_team_id = fields.Many2one("crm.team", string="Responsible Unit", readonly=True)
    # Of the complaint, which has the same id.
    responsible_user_ids = fields.Many2many(
        "res.users",
        "kehu_complaint_responsible_user_rel",
        "kehu_complaint_id",
        "res_users_id",
        string="Responsible Employees",
        readonly=True,
        context={"active_test": False},
    )
    channel = fields.Selection(lambda self: self._report_selection("channel"), string="Received By", readonly=True)
    priority = fields.Selection(lambda self: self._report_selection("priority"), readonly=True)
    kehu_tier = fields.Selection(TIERS, string="Confidentiality Tier", readonly=True)
    is_major = fields.Boolean(string="Major", readonly=True)
    compensation_paid = fields.Monetary(string="Compensation", readonly=True, help="What was really paid.")
    complaint_count = fields.Integer(string="Complaints", readonly=True, help="Without those that were taken out.")
    dismissed_count = fields.Integer(
        string="Taken Out", readonly=True, help="Spam, duplicates, not for us: no other figure counts them."
    )
    dismissal = fields.Selection(lambda self: self._report_selection("dismissal"), string="Taken Out As", readonly=True)
    dismissal_user_id = fields.Many2one("res.users", string="Taking Out Proposed By", readonly=True)
    dismissed_by_id = fields.Many2one("res.users", string="Taken Out By", readonly=True)
    opinion_hours = fields.Float(string="Hours to First Opinion", aggregator="avg", readonly=True)
    opinion_on_time = fields.Float(string="First Opinion on Time (%)", aggregator="avg", readonly=True)
    settle_hours = fields.Float(string="Hours to Settle", aggregator="avg", readonly=True)
    settle_on_time = fields.Float(string="Settled on Time (%)", aggregator="avg", readonly=True)
    solved = fields.Float(
        string="Solved (%)",
        aggregator="avg",
        readonly=True,
        help="Closed, and the customer not dissatisfied, neither in the call-back nor by their own rating. What is "
        "still open is not solved.",
    )
    satisfaction = fields.Float(
        string="Satisfaction (%)",
        aggregator="avg",
        readonly=True,
        help="100 for very satisfied, 20 for very dissatisfied.",
    )
    customer_rating = fields.Float(
        string="Customer's Own Rating (%)",
        aggregator="avg",
        readonly=True,
        help="By the link or in the portal: 100 for 5, 20 for 1.",
    )
    age = fields.Selection(
        [("0", "Up to 2 days"), ("1", "Up to 7 days"), ("2", "Up to 30 days"), ("3", "Older")],
        string="Open For",
        readonly=True,
    )

    # === QUERY ===

    @property
    def _table_query(self):
        figures = {
            "compensation_paid": SQL("d.compensation_paid"),
            "opinion_hours": SQL("EXTRACT(EPOCH FROM clocks.opinion_on - d.date_received) / 3600"),
            "opinion_on_time": SQL("clocks.opinion_on_time"),
            # Of what was taken up again, the former answer settles nothing.
            "settle_hours": SQL(
                """CASE WHEN d.state IN ('unjustified', 'replied', 'callback', 'closed')
                        THEN EXTRACT(EPOCH FROM COALESCE(d.date_replied, d.date_closed) - d.date_received) / 3600 END"""
            ),
            "settle_on_time": SQL("clocks.settle_on_time"),
            "solved": SQL(
                """CASE WHEN d.state = 'closed' AND COALESCE(d.satisfaction, '5') >= '3'
                             AND COALESCE(NULLIF(d.rating_last_value, 0), 5) >= 3 THEN 100.0 ELSE 0.0 END"""
            ),
            "satisfaction": SQL("d.satisfaction::integer * 20.0"),
            "customer_rating": SQL("NULLIF(d.rating_last_value, 0) * 20.0"),
        }
        return SQL(
            """
            SELECT d.id, d.id AS complaint_id, d.number, d.company_id, d.date_received, d.date_closed, d.state, d.kind_id, d.cause_id,
                   d.product_id, d.customer_id, d.team_id, d.user_id, d.handling_team_id, d.responsible_team_id, d.channel, d.priority, d.kehu_tier,
                   d.is_major, d.dismissal, d.dismissal_user_id, d.dismissed_by_id,
                   (d.dismissal IS NULL)::integer AS complaint_count, (d.dismissal IS NOT NULL)::integer AS dismissed_count,
                   %(figures)s,
                   CASE WHEN d.state IN ('closed', 'dismissed') THEN NULL
                        WHEN d.date_received > %(now)s - interval '2 days' THEN '0'
                        WHEN d.date_received > %(now)s - interval '7 days' THEN '1'
                        WHEN d.date_received > %(now)s - interval '30 days' THEN '2'
                        ELSE '3' END AS age
              FROM kehu_complaint d %(clocks)s
            """,
            # No figure counts what was taken out.
            figures=SQL(", ").join(
                SQL("CASE WHEN d.dismissal IS NULL THEN %s END AS %s", figure, SQL.identifier(name))
                for name, figure in figures.items()
            ),
            now=self._report_now(),
            clocks=self._report_clocks(
                opinion_on=(SQL("clock.date_stop"), _OPINION),
                opinion_on_time=(self._report_on_time(), _OPINION),
                settle_on_time=(self._report_on_time(), _SETTLED),
            ),
        )
