from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kehu_grading.tests.common import GradingCase


@tagged("post_install", "-at_install")
class TestComplaintMeasures(GradingCase):
    """Complaints count against what one adds up by hand (G1, C13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.loud, cls.calm = (cls.new_customer(name) for name in ("Loud", "Calm"))
        contact = cls.env["res.partner"].create({"name": "Their buyer", "parent_id": cls.loud.id})
        kind = cls.env.ref("kehu_complaint.complaint_kind_exchange")
        for partner, received, state, amount in (
            (cls.loud, "2025-05-05 10:00:00", "closed", 300),
            (contact, "2024-12-31 16:30:00", "replied", 200),  # New Year's Day in China
            (cls.loud, "2025-12-30 16:30:00", "proposal", 800),
            (cls.loud, "2025-12-31 16:30:00", "closed", 999),  # the day after the window
        ):
            complaint = (
                cls.env["kehu.complaint"]
                .sudo()
                .create(
                    {
                        "name": "It leaks",
                        "partner_id": partner.id,
                        "kind_id": kind.id,
                        "description": "It leaks",
                        "date_received": received,
                        "company_id": cls.company.id,
                        "compensation_ids": [
                            Command.create(
                                {"kind": "gift", "amount": amount, "outcome": state != "proposal" and "given"}
                            )
                        ],
                    }
                )
            )
            cls.env.flush_all()
            cls.env.cr.execute("UPDATE kehu_complaint SET state = %s WHERE id = %s", [state, complaint.id])

    def values(self, measure):
        facts = self.facts(self.measure(self.new_scheme((measure, {"worst": 10, "best": 0})), date(2025, 12, 31)))
        return [facts[customer][0] for customer in (self.loud, self.calm)]

    def test_complaints_of_the_window_are_counted(self):
        self.assertEqual(self.values("complaints"), [3, 0])

    def test_compensation_that_was_given_is_added_up(self):
        self.assertEqual(self.values("compensation"), [500, 0])

    def test_complaints_taken_out_count_for_nothing(self):
        complaint = self.env["kehu.complaint"].sudo().search([("customer_id", "=", self.loud.id)], order="id", limit=1)
        complaint.dismissal = "spam"
        self.env.flush_all()
        self.assertEqual(self.values("complaints"), [2, 0])

    def test_more_complaints_are_less_points(self):
        facts = self.facts(self.measure(self.new_scheme(("complaints", {"method": "percentile"})), date(2025, 12, 31)))
        self.assertEqual([facts[customer][2] for customer in (self.loud, self.calm)], [0, 100])

    def test_reader_of_sheet_learns_nothing_of_hidden_complaints(self):
        scheme = self.new_scheme(("complaints", {"worst": 10, "best": 0}), ("compensation", {"worst": 1000, "best": 0}))
        run = self.measure(scheme, date(2025, 12, 31))
        sheet = run.sudo().evaluation_ids.filtered(lambda sheet: sheet.partner_id == self.loud)
        rows = self.env["kehu.evaluation.report"].with_user(self.grading_manager)
        mine = sheet.with_user(self.grading_manager)
        self.assertEqual([row["value"] for row in mine.breakdown][0], "3")
        self.assertEqual(rows.search_count([("evaluation_id", "=", sheet.id)]), 2)
        complaint = self.env["kehu.complaint"].sudo().search([("customer_id", "=", self.loud.id)], limit=1)
        for hide in (
            lambda: complaint.write({"kehu_own_tier": "3"}),
            lambda: complaint.write(
                {"kehu_own_tier": "0", "accused_user_ids": [Command.link(self.grading_manager.id)]}
            ),
        ):
            with self.env.cr.savepoint() as savepoint:
                hide()
                self.env.flush_all()
                self.env.invalidate_all()
                for row in mine.breakdown:
                    self.assertEqual((row["value"], row["points"], row["adds"]), ("–", None, None))
                self.assertFalse(rows.search_count([("evaluation_id", "=", sheet.id)]))
                with self.assertRaises(AccessError):
                    mine.read(["facts"])
                self.assertEqual(
                    sheet.with_user(self.marketing).breakdown[1]["points"] is None, complaint.kehu_own_tier == "3"
                )
                savepoint.close(rollback=True)
            self.env.invalidate_all()
