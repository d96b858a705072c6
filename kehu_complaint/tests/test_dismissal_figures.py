from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .test_dismissal import DismissalCase


@tagged("post_install", "-at_install")
class TestDismissalFigures(DismissalCase):
    """C13: what was taken out is counted in columns of its own, with who and why."""

    def sheet(self):
        """Return the sheet of this month."""
        today = self.env.company._kehu_today()
        sheet = (
            self.env["kehu.service.sheet"]
            .sudo()
            .create(
                {
                    "company_id": self.env.company.id,
                    "period": "month",
                    "date_from": today.replace(day=1),
                    "date_to": today,
                }
            )
        )
        sheet._build()
        return sheet

    def test_statistics_count_it_apart(self):
        with freeze_time("2026-03-02 08:00:00"):
            complaint = self.complain()
        self.take_out(complaint)
        self.env.flush_all()
        row = self.env["kehu.complaint.report"].with_user(self.supervisor).search([("complaint_id", "=", complaint.id)])
        self.assertEqual((row.complaint_count, row.dismissed_count, row.dismissal), (0, 1, "spam"))
        self.assertEqual((row.dismissal_user_id, row.dismissed_by_id), (self.taker, self.supervisor))
        [values] = (
            self.env["kehu.complaint.report"]
            .with_user(self.supervisor)
            ._read_group(
                [("complaint_id", "=", complaint.id)], [], ["settle_on_time:avg", "opinion_on_time:avg", "solved:avg"]
            )
        )
        self.assertFalse(any(values))
        kept = self.complain(product_id=False, serial=False)
        self.env.flush_all()
        figures = self.env["res.partner"]._kehu_complaint_figures("2026-01-01", "2099-12-31")[self.customer.id]
        self.assertEqual(figures["count"], 1, kept)

    def test_sheet_counts_it_apart(self):
        self.take_out(self.complain())
        self.complain(product_id=False, serial=False)
        line = self.sheet().line_ids.filtered(lambda line: line.dimension == "all")
        self.assertEqual((line.count, line.dismissed_count), (1, 1))

    def test_no_figure_counts_what_was_done_before(self):
        """It was answered, paid for and called back already when it turned out to be none (C1)."""
        complaint = self.bring_to(self.complain(), "callback")
        complaint.with_user(self.taker).write({"satisfaction": "1"})
        complaint.with_user(self.taker).workflow_move("again", "Not what they asked for.")
        dismissal = self.propose(complaint)
        for user in (self.director, self.general_manager):
            dismissal.with_user(user).action_approval_approve()
        self.assertEqual((complaint.state, complaint.sudo().compensation_paid), ("dismissed", 500))
        self.env.flush_all()
        [row] = self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) report WHERE id = %s",
                self.env["kehu.complaint.report"].sudo()._table_query,
                complaint.id,
            )
        )
        for name in (
            "opinion_hours",
            "opinion_on_time",
            "settle_hours",
            "settle_on_time",
            "solved",
            "satisfaction",
            "customer_rating",
            "compensation_paid",
        ):
            self.assertIsNone(row[name], name)
        line = self.sheet().line_ids.filtered(lambda line: line.dimension == "all")
        self.assertEqual(
            (line.count, line.dismissed_count, line.answered_count, line.satisfaction, line.compensation),
            (0, 1, 0, 0, 0),
        )

    def test_it_repeats_nothing_and_nothing_repeats_it(self):
        first = self.complain()
        self.take_out(first)
        second = self.complain()
        self.assertEqual((second.repeat_count, second.is_major), (0, False))
        third = self.complain()
        self.assertEqual(third.repeat_count, 1)
        first.sudo().dismissal_ids.with_user(self.supervisor).workflow_move("reverse", "It is one.")
        self.assertEqual((second.sudo().repeat_count, third.sudo().repeat_count), (1, 2))
