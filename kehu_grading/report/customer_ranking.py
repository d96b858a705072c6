from odoo import fields, models
from odoo.tools import SQL


class CustomerRanking(models.Model):
    """Who brings in how much: one row for each customer who bought within the last twelve months, by place (G11).

    The shares added up from the first place on are the Pareto curve. Places are among all customers of the company,
    shares among those whom the reader sees: with the sales of one customer, a share of the whole would tell what the
    hidden ones bring in.
    """

    _name = "kehu.customer.ranking"
    _description = "Ranking of Customers"
    _inherit = ["kehu.confidential.part"]
    _kehu_document_field = "lifecycle_id"
    _auto = False
    _order = "company_id, place, id"
    _rec_name = "partner_id"
    _depends = {
        "kehu.customer.lifecycle": [
            "active",
            "partner_id",
            "company_id",
            "stage",
            "amount_year",
            "date_last",
            "purchase_count",
            "kehu_tier",
        ]
    }

    lifecycle_id = fields.Many2one("kehu.customer.lifecycle", string="Life Cycle", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    stage = fields.Selection(related="lifecycle_id.stage")
    kehu_tier = fields.Selection(related="lifecycle_id.kehu_tier")
    place = fields.Integer(readonly=True, aggregator=None)
    percentile = fields.Integer(
        string="Among the Best (%)",
        readonly=True,
        aggregator=None,
        help="The customer belongs to this share of all who bought.",
    )
    amount = fields.Monetary(string="Sales of 12 Months", readonly=True)
    share = fields.Float(string="Share of Sales (%)", readonly=True, digits=(16, 2))
    cumulated_share = fields.Float(
        string="Share with All Before (%)",
        readonly=True,
        aggregator=None,
        digits=(16, 2),
        help="What this customer and all better ones bring in.",
    )
    recency = fields.Integer(string="Days Since the Last Purchase", readonly=True, aggregator="avg")
    frequency = fields.Integer(
        string="Purchases", readonly=True, aggregator="avg", help="Days on which something was invoiced."
    )

    @property
    def _table_query(self):
        seen = (
            SQL("TRUE") if self.env.su else SQL("id IN %s", self.env["kehu.customer.lifecycle"]._search([]).subselect())
        )
        return SQL(
            """
            SELECT id, id AS lifecycle_id, partner_id, company_id, amount_year AS amount, purchase_count AS frequency,
                   CASE company_id %(today)s END - date_last AS recency,
                   row_number() OVER best AS place,
                   ceil(row_number() OVER best * 100.0 / count(*) OVER whole)::integer AS percentile,
                   amount_year * 100 / NULLIF(sum(seen_amount) OVER whole, 0) AS share,
                   sum(seen_amount) OVER best * 100 / NULLIF(sum(seen_amount) OVER whole, 0) AS cumulated_share
              FROM (SELECT *, CASE WHEN %(seen)s THEN amount_year ELSE 0 END AS seen_amount
                      FROM kehu_customer_lifecycle WHERE amount_year > 0 AND active) customer
            WINDOW whole AS (PARTITION BY company_id),
                   best AS (PARTITION BY company_id ORDER BY amount_year DESC, id ROWS UNBOUNDED PRECEDING)
            """,
            seen=seen,
            # Of each company: it may be another day where the database runs.
            today=SQL(" ").join(
                SQL("WHEN %s THEN %s::date", company.id, company._kehu_today())
                for company in self.env["res.company"].sudo().with_context(active_test=False).search([])
            ),
        )
