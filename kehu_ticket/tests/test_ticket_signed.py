from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SIGNATURE, TicketCase


@tagged("post_install", "-at_install")
class TestTicketSigned(TicketCase):
    """T3, T5, T6: what the customer signed for outlives taking the ticket back, which takes a supervisor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.bring_ticket_to(
            cls.call(),
            "done",
            work="Broken by us",
            part_ids=[Command.create({"product_id": cls.product.id, "quantity": 2})],
        )
        cls.log_row = cls.ticket.log_ids
        cls.ticket.with_user(cls.technician).write(
            {"signature": SIGNATURE, "signed_by": "Mr Deng", "satisfaction": "1"}
        )

    def take_back(self):
        self.ticket.with_user(self.supervisor).workflow_move("again", "Silent again after an hour")

    def test_technician_and_clerk_take_nothing_back(self):
        for user in (self.technician, self.handler):
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(UserError, "supervisor takes it back"),
                self.env.cr.savepoint(),
            ):
                self.ticket.with_user(user).workflow_move("again", "x")
        self.take_back()
        self.assertEqual((self.ticket.state, self.ticket.signature), ("working", False))

    def test_unsigned_work_is_taken_back_by_the_technician(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        ticket.with_user(self.technician).workflow_move("again", "Forgot a screw")
        self.log(ticket)
        self.assertEqual(ticket.state, "working")

    def test_signed_rows_stay_and_corrections_are_rows(self):
        self.take_back()
        log, part = self.log_row, self.log_row.part_ids
        for user in (self.technician, self.supervisor):
            mine, parts = log.with_user(user), part.with_user(user)
            for attack in (
                lambda mine=mine: mine.write({"work": "Customer broke it"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.write({"date_signed": False}),
                lambda mine=mine: mine.write(
                    {"part_ids": [Command.create({"product_id": self.product.id, "is_excluded": True})]}
                ),
                lambda parts=parts: parts.create(
                    {"log_id": log.id, "product_id": self.product.id, "is_excluded": True}
                ),
                lambda parts=parts: parts.write({"is_excluded": True}),
                lambda parts=parts: parts.unlink(),
                lambda mine=mine: mine.ticket_id.write({"log_ids": [Command.delete(log.id)]}),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()
        self.assertEqual((log.work, part.is_excluded), ("Broken by us", False))
        correction = self.log(
            self.ticket, work="A second coil", part_ids=[Command.create({"product_id": self.product.id})]
        )
        correction.write({"work": "Another coil"})
        self.assertFalse(correction.date_signed)

    def test_what_was_signed_for_is_in_the_chatter(self):
        self.take_back()
        self.ticket.with_user(self.technician).solution = "Nothing wrong"
        kept = self.ticket.message_ids.filtered("attachment_ids").body
        for said in ("Mr Deng", "A new device.", "Broken by us", "Charger × 2", "Very dissatisfied"):
            self.assertIn(said, kept)

    def test_satisfaction_under_a_signature_is_final(self):
        self.ticket.with_user(self.handler).callback_user_id = self.taker
        for user in (self.technician, self.handler, self.taker, self.supervisor):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.ticket.with_user(user).satisfaction = "5"

    def test_warranty_and_charge_stay_as_signed(self):
        self.assertEqual((self.ticket.warranty, self.ticket.amount_to_charge), ("in", 0))
        self.file.date_warranty_end = "2020-01-01"
        self.product.list_price = 90
        self.assertEqual((self.ticket.warranty, self.ticket.amount_to_charge), ("in", 0))
        self.ticket.with_user(self.handler).workflow_move("close")
        self.assertEqual(self.ticket._prepare_charge_lines(), [])

    def test_warranty_is_looked_up_again_when_taken_back(self):
        self.file.date_warranty_end = "2020-01-01"
        self.take_back()
        self.assertEqual((self.ticket.warranty, self.ticket.amount_to_charge), ("out", 160))

    def test_nobody_signs_at_the_desk(self):
        signed = {"signature": SIGNATURE, "signed_by": "Mr Huang"}
        phoned = self.bring_ticket_to(self.call(kind_id=self.phone.id), "done")
        with self.assertRaisesRegex(UserError, "not signed for"), self.env.cr.savepoint():
            phoned.with_user(self.handler).write({**signed, "satisfaction": "5"})
        repaired = self.bring_ticket_to(self.call(), "done")
        for user in (self.handler, self.taker, self.supervisor):
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(AccessError, "signs with the technician"),
                self.env.cr.savepoint(),
            ):
                repaired.with_user(user).write(signed)
            self.env.invalidate_all()

    def test_colleague_on_site_brings_no_satisfaction(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        self.send(ticket)
        self.log(ticket, user=self.handler)
        ticket.with_user(self.handler).solution = "A new device."
        ticket.with_user(self.handler).workflow_move("finish")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ticket.with_user(self.handler).write({"signature": SIGNATURE, "signed_by": "Mr Huang", "satisfaction": "5"})
        ticket.with_user(self.handler).write({"signature": SIGNATURE, "signed_by": "Mr Huang"})
        self.assertTrue(ticket.date_signed)
