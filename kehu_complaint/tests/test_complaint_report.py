from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintReport(ComplaintCase):
    """C13: counted by what they ask for and how it went; hidden like the complaint, in totals too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 02:00:00"):
            cls.settled, cls.waiting = cls.complain(), cls.complain(name="Another")  # a repeated one: major
        with freeze_time("2026-03-03 02:00:00"):
            cls.bring_to(cls.settled, "closed")
        cls.env.flush_all()

    def row_of(self, complaint, user=None):
        return (
            self.env["kehu.complaint.report"]
            .with_user(user or self.director)
            .search([("complaint_id", "=", complaint.id)])
        )

    def test_a_row_tells_how_it_went(self):
        with freeze_time("2026-03-20 02:00:00"):
            self.assertRecordValues(
                self.row_of(self.settled) + self.row_of(self.waiting),
                [
                    {
                        "opinion_hours": 24,
                        "opinion_on_time": 100,
                        "settle_hours": 24,
                        "settle_on_time": 100,
                        "solved": 100,
                        "satisfaction": 80,
                        "age": False,
                        "compensation_paid": 500,
                        "is_major": False,
                    },
                    {
                        "opinion_hours": 0,
                        "opinion_on_time": 0,
                        "settle_hours": 0,
                        "settle_on_time": 0,
                        "solved": 0,
                        "satisfaction": 0,
                        "age": "2",
                        "compensation_paid": 0,
                        "is_major": True,
                    },
                ],
            )
            mean = (
                self.env["kehu.complaint.report"]
                .with_user(self.director)
                ._read_group(
                    [("complaint_id", "in", (self.settled + self.waiting).ids)],
                    ["kind_id"],
                    ["__count", "satisfaction:avg", "settle_on_time:avg", "solved:avg"],
                )
            )
        self.assertEqual(mean, [(self.kind, 2, 80, 50, 50)])

    def test_a_discontent_customer_is_not_solved(self):
        self.settled.sudo().satisfaction = "2"
        self.assertEqual((self.row_of(self.settled).solved, self.row_of(self.settled).satisfaction), (0, 40))

    def test_what_is_open_again_is_not_settled(self):
        self.settled.with_user(self.supervisor).workflow_move("reopen", "It gets hot again.")
        self.env.flush_all()
        self.assertFalse(self.row_of(self.settled).settle_hours)

    def test_it_is_hidden_like_the_complaint_in_totals_too(self):
        secret = self.complain(name="Secret")
        secret.sudo().kehu_own_tier = "3"
        accused = self.complain(name="Rude", user_id=False, accused_user_ids=[Command.link(self.handler.id)])
        for user, hidden in ((self.taker, secret), (self.handler, accused)):
            report = self.env["kehu.complaint.report"].with_user(user)
            domain = [("complaint_id", "in", (secret + accused + self.waiting).ids)]
            self.assertFalse(self.row_of(hidden, user))
            self.assertNotIn(hidden, report.search(domain).complaint_id)
            rows = report._read_group(domain, ["number"], ["__count"])
            self.assertNotIn(hidden.number, [number for number, _count in rows])
            self.assertEqual(report.search_count([("number", "=", hidden.number)]), 0)
            with self.assertRaises(AccessError):
                report.browse(hidden.id).read(["number"])
        self.assertTrue(self.row_of(accused))

    def test_employees_and_other_companies_see_none(self):
        with self.assertRaises(AccessError):
            self.env["kehu.complaint.report"].with_user(self.employee).search([])
        other = self.env["res.company"].create({"name": "Another company"})
        theirs = self.complain(
            user=self.env.user, company_id=other.id, partner_id=False, user_id=False, product_id=False
        )
        self.assertFalse(self.row_of(theirs))

    def test_nobody_writes_statistics(self):
        row = self.row_of(self.settled)
        for attack in (lambda: row.write({"number": "x"}), lambda: row.unlink(), lambda: row.create({"number": "x"})):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()

    def test_figures_of_customers_take_one_query(self):
        other = self.env["res.partner"].create({"name": "Content Customer"})
        day = fields.Date.to_date("2026-03-02")
        with freeze_time("2026-03-20 02:00:00"):
            self.env.flush_all()
            with self.assertQueryCount(1):
                figures = (self.customer + other)._kehu_complaint_figures(day, day)
            self.assertEqual(
                figures,
                {
                    self.customer.id: {
                        "count": 2,
                        "major_count": 1,
                        "open_count": 1,
                        "on_time": 50,
                        "solved": 50,
                        "satisfaction": 80,
                        "compensation": 500,
                    }
                },
            )
            self.assertIn(self.customer.id, self.env["res.partner"]._kehu_complaint_figures(day, day))
            self.assertFalse(self.customer._kehu_complaint_figures(day + timedelta(1), day + timedelta(9)))
