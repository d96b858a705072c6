from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _kehu_complaint_figures(self, date_from, date_to):
        """How much customers complained, for indicators of grading and care (C13).

        It counts what is hidden from the user, too: whoever shows it answers for that. What was taken out does not
        count.

        :param date_from: first day of receipt, in UTC
        :param date_to: last day of receipt
        :return: ``{customer_id: {"count", "major_count", "open_count", "on_time", "solved", "satisfaction",
            "compensation"}}`` of those of ``self`` who complained, of all customers if ``self`` is empty; percentages
            are None where nothing can be said. One query.
        """
        report = self.env["kehu.complaint.report"].sudo()
        report.flush_model()
        return {
            customer_id: dict(
                zip(("count", "major_count", "open_count", "on_time", "solved", "satisfaction", "compensation"), row)
            )
            for customer_id, *row in self.env.execute_query(
                SQL(
                    """SELECT customer_id, count(*), count(*) FILTER (WHERE is_major), count(*) FILTER (WHERE state != 'closed'),
                          avg(settle_on_time)::float, avg(solved)::float, avg(satisfaction)::float, sum(compensation_paid)::float
                     FROM (%s) complaint
                    WHERE customer_id IS NOT NULL AND dismissal IS NULL AND date_received >= %s AND date_received < %s::date + 1 %s
                 GROUP BY customer_id""",
                    report._table_query,
                    date_from,
                    date_to,
                    SQL("AND customer_id = ANY(%s)", self.ids) if self else SQL(),
                )
            )
        }
