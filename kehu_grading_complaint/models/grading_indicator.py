from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.kehu_grading.models.grading_indicator import Measure


# The proposal, and what it offers, is approved.
APPROVED = ("approved", "executing", "replied", "callback", "closed")


class GradingIndicator(models.Model):
    """What a customer's complaints say of him (G1, C13)."""
    _inherit = "kehu.grading.indicator"

    measure = fields.Selection(
        selection_add=[("complaints", "Complaints"), ("compensation", "Compensation")],
        ondelete={"complaints": "set null", "compensation": "set null"})

    def _source_complaints(self, run, since):
        """Complaints received in the window, by the days of the company."""
        return SQL("c.customer_id"), SQL(
            """kehu_complaint c
         WHERE c.company_id = %s AND (c.date_received AT TIME ZONE 'UTC' AT TIME ZONE %s)::date BETWEEN %s AND %s""",
            run.company_id.id, run.company_id._kehu_zone(), since, run.date_to)

    def _measure_complaints(self, run):
        return Measure("complaints", SQL("count(*)"), nothing=0)

    def _measure_compensation(self, run):
        return Measure("complaints", SQL("sum(c.compensation_amount) FILTER (WHERE c.state IN %s)", APPROVED), nothing=0)
