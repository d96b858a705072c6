from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.kehu_grading.models.scheme.grading_indicator import Measure


class GradingIndicator(models.Model):
    """What a customer's complaints say (G1, C13)."""

    _inherit = "kehu.grading.indicator"

    measure = fields.Selection(
        selection_add=[("complaints", "Complaints"), ("compensation", "Compensation")],
        ondelete={"complaints": "set null", "compensation": "set null"},
    )

    def _source_complaints(self, run, since):
        """Complaints received in the window, by the days of the company; spam and the like, which were taken out, are
        none.
        """
        return SQL("c.customer_id"), SQL(
            """kehu_complaint c
         WHERE c.dismissal IS NULL AND c.company_id = %s AND (c.date_received AT TIME ZONE 'UTC' AT TIME ZONE %s)::date BETWEEN %s AND %s""",
            run.company_id.id,
            run.company_id._kehu_zone(),
            since,
            run.date_to,
        )

    def _measure_complaints(self, run):
        return Measure("complaints", SQL("count(*)"), nothing=0)

    def _measure_compensation(self, run):
        return Measure("complaints", SQL("sum(c.compensation_paid)"), nothing=0)
