from datetime import date

from odoo import Command
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
            complaint = cls.env["kehu.complaint"].sudo().create({
                "name": "It leaks", "partner_id": partner.id, "kind_id": kind.id, "description": "It leaks", "date_received": received,
                "company_id": cls.company.id, "compensation_ids": [Command.create({"kind": "refund", "amount": amount})]})
            cls.env.flush_all()
            cls.env.cr.execute("UPDATE kehu_complaint SET state = %s WHERE id = %s", [state, complaint.id])

    def values(self, measure):
        facts = self.facts(self.measure(self.new_scheme((measure, {"worst": 10, "best": 0})), date(2025, 12, 31)))
        return [facts[customer][0] for customer in (self.loud, self.calm)]

    def test_complaints_of_the_window_are_counted(self):
        self.assertEqual(self.values("complaints"), [3, 0])

    def test_approved_compensation_is_added_up(self):
        self.assertEqual(self.values("compensation"), [500, 0])

    def test_more_complaints_are_less_points(self):
        facts = self.facts(self.measure(self.new_scheme(("complaints", {"method": "percentile"})), date(2025, 12, 31)))
        self.assertEqual([facts[customer][2] for customer in (self.loud, self.calm)], [0, 100])
