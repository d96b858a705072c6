from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

KNOWN_GAPS = 30  # from which on the rhythm of a company is known
_TODO = "mail.mail_activity_data_todo"
PORTION = 500  # customers between two commits
LENT_GAPS = 2  # that each customer borrows of it
OWN = {"winback_user_id", "winback_reason", "winback_outcome"}


class CustomerLifecycle(models.Model):
    """Where a customer stands with us, judged by the customer's own rhythm of buying (G8, G11).

    The usual gap is the median of the days between purchases. Lost is who stays away longer than that and twice the
    spread between the quartiles (half the gap at least). Whose gaps are few borrows two from all customers of the
    company together: each of both figures is the mean of the own one, weighted by the gaps, and of the company's,
    weighted by two. While the company has seen less than 30 gaps, nobody borrows, and who bought less than three times
    is given a set number of days.
    """

    _name = "kehu.customer.lifecycle"
    _description = "Life Cycle of a Customer"
    _inherit = ["kehu.confidential.mixin", "mail.thread", "mail.activity.mixin", "kehu.server.rows.mixin"]
    _order = "date_since desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    user_id = fields.Many2one(related="partner_id.user_id")
    active = fields.Boolean(
        default=True, readonly=True, help="Not since the archive was closed or the contact archived."
    )
    stage = fields.Selection(
        [
            ("target", "Target"),
            ("potential", "Potential"),
            ("general", "General"),
            ("key", "Key"),
            ("churned", "Churned"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    previous_stage = fields.Selection(
        lambda self: self._fields["stage"].selection, string="Stage Before", readonly=True
    )
    date_since = fields.Date(string="Since", required=True, readonly=True)
    purchase_count = fields.Integer(string="Purchases", readonly=True, help="Days on which something was invoiced.")
    date_first = fields.Date(string="First Purchase", readonly=True)
    date_last = fields.Date(string="Last Purchase", readonly=True)
    gap_days = fields.Float(string="Usual Gap (Days)", readonly=True, aggregator="avg", digits=(16, 1))
    spread_days = fields.Float(string="Spread (Days)", readonly=True, aggregator="avg", digits=(16, 1))
    date_expected = fields.Date(string="Lost After", readonly=True, help="Until then the next purchase is expected.")
    idle_share = fields.Float(
        string="Idle ÷ Allowed",
        compute="_compute_idle_share",
        digits=(16, 1),
        help="The days since the last purchase as a share of those after which the customer is lost: from 1 on, lost.",
    )
    amount_year = fields.Float(string="Sales of 12 Months", readonly=True, digits=(16, 2))
    amount_total = fields.Float(string="Sales in All", readonly=True, digits=(16, 2))
    repeat_rate = fields.Float(
        string="Repeat Purchase Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Of those who bought, how many bought again.",
    )
    churn_rate = fields.Float(
        string="Churn Rate (%)", readonly=True, aggregator="avg", help="Of those who bought, how many are lost."
    )

    winback_user_id = fields.Many2one(
        "res.users",
        string="Wins Back",
        domain=[("share", "=", False)],
        tracking=True,
        help="Who is asked to win the customer back.",
    )
    winback_asked = fields.Boolean(readonly=True, help="Whether somebody was asked, if there was anybody to ask.")
    winback_reason = fields.Text(string="Why the Customer Left", tracking=True)
    winback_outcome = fields.Selection([("won", "Won back"), ("lost", "Given up")], string="Outcome", tracking=True)

    _customer_once = models.UniqueIndex("(company_id, partner_id)", "A customer stands in one place of the life cycle.")

    # === COMPUTE ===

    @api.depends("date_last", "date_expected")
    def _compute_idle_share(self):
        for stand in self:
            allowed = stand.date_expected and (stand.date_expected - stand.date_last).days
            idle = stand.date_last and (stand.company_id._kehu_today() - stand.date_last).days
            stand.idle_share = idle / allowed if allowed else 0

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The life cycle is found by the system."))
        return super().create(vals_list)

    def write(self, vals):
        free = OWN | {"kehu_own_tier"} | {name for name in self._fields if name.startswith(("message_", "activity_"))}
        if not self.env.su and vals.keys() - free:
            raise AccessError(
                self.env._("The life cycle is found by the system: say why the customer left, and what became of it.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        if not self.env.su:
            raise AccessError(self.env._("The life cycle is found by the system."))

    # === CRON ===

    @api.model
    def _cron_find(self):
        """Find where the customers of all companies stand today: one statement for each company; then ask, in portions,
        for those to be won back who are lost since the last time. Safe to run again.
        """
        for company in self.env["res.company"].search([("active", "=", True)]):
            self._find(company)
            self.env["ir.cron"]._commit_progress(1)
        self._end_asking()
        lost = Domain("stage", "=", "churned") & Domain("winback_asked", "=", False)
        while portion := self.search(lost, limit=PORTION, order="id"):
            portion._ask_to_win_back()
            if not self.env["ir.cron"]._commit_progress(len(portion), remaining=self.search_count(lost)):
                return

    # === BUSINESS ===

    @api.model
    def _find(self, company):
        """Enter or update the customers of ``company``. Nobody is asked to win back those who were lost before the first
        look.
        """
        today = company._kehu_today()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
            WITH invoice AS (
                SELECT commercial_partner_id AS partner_id, invoice_date AS day, move_type, amount_untaxed_signed AS amount
                  FROM account_move
                 WHERE company_id = %(company)s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND invoice_date <= %(today)s
            ), sold AS (
                SELECT partner_id, sum(amount) AS total, COALESCE(sum(amount) FILTER (WHERE day > %(today)s - 365), 0) AS year
                  FROM invoice GROUP BY partner_id
            ), purchase AS (
                SELECT DISTINCT partner_id, day FROM invoice WHERE move_type != 'out_refund' AND amount > 0
            ), gap AS (
                SELECT partner_id, day, day - lag(day) OVER (PARTITION BY partner_id ORDER BY day) AS days FROM purchase
            ), rhythm AS (
                SELECT partner_id, count(*) AS purchases, min(day) AS first, max(day) AS last,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS usual,
                       percentile_cont(0.75) WITHIN GROUP (ORDER BY days) - percentile_cont(0.25) WITHIN GROUP (ORDER BY days) AS spread
                  FROM gap GROUP BY partner_id
            ), common AS (
                SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS usual,
                       percentile_cont(0.75) WITHIN GROUP (ORDER BY days) - percentile_cont(0.25) WITHIN GROUP (ORDER BY days) AS spread
                  FROM gap HAVING count(days) >= %(known)s
            ), borrowed AS (
                SELECT rhythm.partner_id, common.usual IS NOT NULL OR purchases >= 3 AS has_rhythm,
                       (COALESCE(rhythm.usual * (purchases - 1), 0) + COALESCE(common.usual * %(lent)s, 0)) / weight AS usual,
                       (COALESCE(rhythm.spread * (purchases - 1), 0) + COALESCE(common.spread * %(lent)s, 0)) / weight AS spread
                  FROM rhythm LEFT JOIN common ON TRUE
            CROSS JOIN LATERAL (SELECT NULLIF(purchases - 1 + CASE WHEN common.usual IS NULL THEN 0 ELSE %(lent)s END, 0) AS weight) w
            ), customer AS (
                SELECT partner.id, partner.kehu_tier, archive.state, rhythm.*, sold.total, sold.year, grade.is_key,
                       rhythm.last + CASE WHEN NOT has_rhythm THEN %(patience)s
                                          ELSE GREATEST(%(least)s, ceil(borrowed.usual + 2 * GREATEST(borrowed.spread, borrowed.usual / 2)))::integer
                                      END AS expected
                  FROM kehu_archive archive
                  JOIN res_partner partner ON partner.id = archive.partner_id AND partner.active
             LEFT JOIN rhythm ON rhythm.partner_id = partner.id
             LEFT JOIN borrowed ON borrowed.partner_id = partner.id
             LEFT JOIN sold ON sold.partner_id = partner.id
             LEFT JOIN kehu_evaluation evaluation
                    ON evaluation.partner_id = partner.id AND evaluation.company_id = %(company)s AND evaluation.state = 'in_force'
             LEFT JOIN kehu_grade grade ON grade.id = evaluation.grade_id
                 WHERE archive.company_id = %(company)s AND archive.party IN ('customer', 'distributor')
                   AND archive.state NOT IN ('closed', 'destroyed')
            ), staged AS (
                SELECT *, CASE WHEN purchases IS NULL THEN CASE WHEN state = 'formal' THEN 'potential' ELSE 'target' END
                               WHEN expected < %(today)s THEN 'churned' WHEN is_key THEN 'key' ELSE 'general' END AS stage
                  FROM customer
            )
            INSERT INTO kehu_customer_lifecycle AS old (
                       partner_id, company_id, stage, date_since, purchase_count, date_first, date_last, gap_days, spread_days, date_expected,
                       amount_year, amount_total, repeat_rate, churn_rate, kehu_own_tier, kehu_tier, active, winback_asked,
                       create_uid, create_date, write_uid, write_date)
                SELECT id, %(company)s, stage, %(today)s, COALESCE(purchases, 0), first, last, usual, spread, expected,
                       COALESCE(year, 0), COALESCE(total, 0), CASE WHEN purchases > 1 THEN 100 WHEN purchases = 1 THEN 0 END,
                       CASE WHEN purchases IS NOT NULL THEN CASE stage WHEN 'churned' THEN 100 ELSE 0 END END,
                       '0', kehu_tier, TRUE, stage = 'churned', %(user)s, %(now)s, %(user)s, %(now)s
                  FROM staged
              ORDER BY id
            ON CONFLICT (company_id, partner_id) DO UPDATE
                   SET stage = excluded.stage, purchase_count = excluded.purchase_count, date_first = excluded.date_first,
                       date_last = excluded.date_last, gap_days = excluded.gap_days, spread_days = excluded.spread_days,
                       date_expected = excluded.date_expected, amount_year = excluded.amount_year, amount_total = excluded.amount_total,
                       repeat_rate = excluded.repeat_rate, churn_rate = excluded.churn_rate, active = TRUE, write_date = excluded.write_date,
                       previous_stage = CASE WHEN old.stage = excluded.stage THEN old.previous_stage ELSE old.stage END,
                       date_since = CASE WHEN old.stage = excluded.stage THEN old.date_since ELSE excluded.date_since END,
                       winback_user_id = CASE WHEN old.stage != 'churned' AND excluded.stage = 'churned' THEN NULL ELSE old.winback_user_id END,
                       winback_asked = old.winback_asked AND (old.stage = 'churned' OR excluded.stage != 'churned'),
                       winback_reason = CASE WHEN old.stage != 'churned' AND excluded.stage = 'churned' THEN NULL ELSE old.winback_reason END,
                       winback_outcome = CASE WHEN old.stage != 'churned' AND excluded.stage = 'churned' THEN NULL
                                              WHEN old.stage = 'churned' AND excluded.stage != 'churned' THEN 'won'
                                              ELSE old.winback_outcome END
                 WHERE (old.stage, old.purchase_count, old.date_last, old.date_expected, old.amount_year, old.amount_total, old.active)
                       IS DISTINCT FROM (excluded.stage, excluded.purchase_count, excluded.date_last, excluded.date_expected,
                                         excluded.amount_year, excluded.amount_total, TRUE)
            """,
                company=company.id,
                today=today,
                patience=company.kehu_churn_days,
                least=company.kehu_churn_least,
                known=KNOWN_GAPS,
                lent=LENT_GAPS,
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE kehu_customer_lifecycle stand SET active = FALSE
                WHERE company_id = %s AND active
                  AND NOT EXISTS (SELECT FROM kehu_archive archive
                                    JOIN res_partner partner ON partner.id = archive.partner_id AND partner.active
                                   WHERE archive.partner_id = stand.partner_id AND archive.state NOT IN ('closed', 'destroyed'))""",
                company.id,
            )
        )
        self.invalidate_model()

    @api.model
    def _end_asking(self):
        """End what is asked of users for customers who are back by themselves."""
        todo = self.env.ref(_TODO)
        back = Domain("stage", "!=", "churned") & Domain(
            "activity_ids", "any", [("automated", "=", True), ("activity_type_id", "=", todo.id)]
        )
        while portion := self.search(back, limit=PORTION, order="id"):
            portion.activity_unlink([_TODO])
            if not self.env["ir.cron"]._commit_progress(len(portion)):
                return

    def _ask_to_win_back(self):
        """Ask each lost customer's salesperson, or else the leader of the unit, to win the customer back (G8)."""
        self.winback_asked = True
        for user, lost in self.grouped(
            lambda record: record.partner_id.user_id or record.partner_id.kehu_team_id.user_id
        ).items():
            if user:
                lost.winback_user_id = user
                lost.activity_schedule(
                    _TODO,
                    user_id=user.id,
                    summary=self.with_context(lang=user.lang).env._(
                        "Has stopped buying: find out why, and win the customer back"
                    ),
                )


class Grade(models.Model):
    _inherit = "kehu.grade"

    is_key = fields.Boolean(
        string="Key Customers", help="In the life cycle, customers of this grade are key customers."
    )
