from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestServiceClosed(ServiceMailCase):
    """C1: what a customer writes after the closure is a case again, with a clock."""

    def closed(self, days=0, **vals):
        complaint = self.bring_to(self.complain(desk_id=self.desk.id, **vals), "closed").sudo()
        complaint._service_confirm()
        complaint.date_closed = fields.Datetime.now() - timedelta(days=days)
        return complaint

    def test_word_soon_after_the_closure_reopens(self):
        complaint = self.closed(days=2)
        self.assertFalse(self.answer(complaint, body="It hums again."))
        self.assertEqual((complaint.state, complaint.date_closed), ("received", False))
        self.assertTrue(complaint.activity_ids.filtered(lambda activity: activity.user_id == self.supervisor))
        self.assertTrue(complaint.deadline_ids.filtered(lambda clock: clock.state == "running"))

    def test_later_word_gets_its_own_number(self):
        complaint = self.closed(days=8)
        new = self.answer(complaint, body="Another batch is broken.")
        self.assertEqual((complaint.state, new.state, len(new)), ("closed", "received", 1))
        self.assertEqual((new.partner_id, new.channel), (self.customer, "email"))
        self.assertIn("Another batch", new.description)
        self.assertTrue(new.is_confirmation_due)
        self.assertTrue(new.deadline_ids)
        self.assertIn(new.number, "".join(complaint.message_ids.mapped("body")))
        self.assertIn("Another batch", "".join(new.message_ids.mapped("body")))

    def test_company_says_within_which_time(self):
        self.env.company.kehu_reopen_days = 0
        self.assertTrue(self.answer(self.closed()))
        self.env.company.kehu_reopen_days = 30
        self.assertFalse(self.answer(self.closed(days=20, serial="SN-2", product_id=False)))

    def test_machine_reopens_nothing(self):
        complaint = self.closed(days=2)
        self.answer(complaint, Auto_Submitted="auto-replied")
        self.assertEqual(complaint.state, "closed")

    def test_stranger_reopens_nothing(self):
        complaint = self.closed(days=2)
        self.assertFalse(self.answer(complaint, sender="stranger@nowhere.example.com"))
        self.assertEqual(complaint.state, "closed")

    def test_who_was_kept_out_is_kept_from_the_new_one(self):
        complaint = self.closed(days=8, accused_user_ids=[Command.link(self.employee.id)])
        new = self.answer(complaint, body="Another one.")
        self.assertIn(self.employee, new.conflicted_user_ids)
        self.assertFalse(new.with_user(self.employee).has_access("read"))

    def test_nobody_reopens_in_the_customers_name(self):
        complaint = self.closed()
        for user in (self.handler, self.supervisor, self.director):
            with self.assertRaises(AccessError):
                complaint.with_user(user).workflow_move("customer_reopens", "x")
