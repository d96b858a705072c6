from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.kehu_workflow.approval import digest

# What a rule of a price list makes of a price.
PRICE_FIELDS = (
    "applied_on",
    "base",
    "base_pricelist_id",
    "categ_id",
    "compute_price",
    "currency_id",
    "date_end",
    "date_start",
    "fixed_price",
    "min_quantity",
    "percent_price",
    "price_discount",
    "price_max_margin",
    "price_min_margin",
    "price_round",
    "price_surcharge",
    "pricelist_id",
    "product_id",
    "product_tmpl_id",
)


class Grade(models.Model):
    """A grade of customers and the one policy that follows from it (G2, G7)."""

    _name = "kehu.grade"
    _description = "Customer Grade"
    _inherit = ["kehu.fixed.mixin", "mail.thread"]
    _order = "sequence, id"
    _fixed_fields = ("name", "meaning", "sequence", "is_key")

    name = fields.Char(required=True, translate=True, tracking=True, help="Short: A, B, C …")
    meaning = fields.Char(translate=True, tracking=True, help="Key customer, general customer …")
    sequence = fields.Integer(default=10, help="The best grade first.")
    active = fields.Boolean(default=True)
    color = fields.Integer()

    service_priority = fields.Integer(
        tracking=True, help="Complaints and tickets of the highest number are served first."
    )
    production_priority = fields.Integer(
        tracking=True, help="Orders of the highest number are made first: for those who plan production."
    )
    contact_days = fields.Integer(
        string="Contact Every (Days)",
        tracking=True,
        help="After how many days at the latest somebody contacts the customer. 0: as it comes.",
    )
    executive_visits = fields.Integer(string="Executive Visits a Year", tracking=True)
    reception_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")], tracking=True)
    discount_limit = fields.Float(
        string="Greatest Discount (%)", tracking=True, help="Of an order in all. 0: no limit."
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        company_dependent=True,
        tracking=True,
        help="Customers get it with the grade. Empty: theirs stays.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        company_dependent=True,
        tracking=True,
        help="Customers get them with the grade. Empty: theirs stay.",
    )
    credit_limit = fields.Float(
        company_dependent=True, tracking=True, help="In the currency of the company. 0: the customer's own stays."
    )

    _discount_share = models.Constraint(
        "CHECK (discount_limit BETWEEN 0 AND 100)", "A discount lies between 0 and 100 %."
    )
    _counts = models.Constraint(
        "CHECK (contact_days >= 0 AND executive_visits >= 0)", "Days and visits cannot be less than none."
    )

    # === BUSINESS ===

    def _filter_fixed(self):
        """What was submitted or decided, and what people voted for, proposed or set, says a grade by its name, and compares
        it by its rank.
        """
        self.env.flush_all()
        used = {
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """SELECT grade.id FROM unnest(%s) grade (id)
                WHERE EXISTS (SELECT FROM kehu_evaluation e LEFT JOIN kehu_grading_run run ON run.id = e.run_id
                               WHERE e.grade_id = grade.id AND (e.state != 'draft' OR run.state = 'pending')
                                  OR grade.id IN (e.proposed_grade_id, e.credit_grade_id))
                   OR EXISTS (SELECT FROM kehu_evaluation_vote vote WHERE vote.grade_id = grade.id)""",
                    self.ids,
                )
            )
        }
        return self.filtered(lambda grade: grade.id in used)

    def _prepare_policy(self):
        """Return what follows from this grade in the company of the environment, as JSON holds it (G7).

        It is kept with what is submitted: a policy that is changed later counts for later decisions.
        """
        self.ensure_one()
        return {
            "customer": self._prepare_policy_values(),
            "discount_limit": self.discount_limit,
            "prices": self.pricelist_id._kehu_prices_digest(),
        }


class Pricelist(models.Model):
    _inherit = "product.pricelist"

    def _kehu_prices_digest(self):
        """Return a digest of the rules of these price lists and of those on which they are based, or False (G7)."""
        lists, items = self, self.env["product.pricelist.item"].sudo()
        while (found := items.search([("pricelist_id", "in", lists.ids)], order="id")) != items:
            items, lists = found, lists | found.base_pricelist_id
        return bool(self) and digest({"rules": str(items.read(PRICE_FIELDS, load=""))})
