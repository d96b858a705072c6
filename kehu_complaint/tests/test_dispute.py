from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .major_common import MajorCase


@tagged("post_install", "-at_install")
class TestDispute(MajorCase):
    """C11: negotiation, mediation, litigation; only upwards, each rung keeps its own."""

    def setUp(self):
        super().setUp()
        self.complaint = self.complain()
        self.dispute = self.env["kehu.dispute"].with_user(self.lawyer).create({
            "complaint_id": self.complaint.id, "name": "Who pays for the recall", "amount": 50000})

    def test_from_negotiation_to_a_judgment(self):
        dispute = self.dispute
        self.assertEqual(dispute.rung_ids.mapped("stage"), ["negotiation"])
        self.assertEqual(dispute.rung_id.partner_ids, self.customer)
        dispute.rung_id.write({"representative_id": self.lawyer.id, "outcome": "They want all, we offer half."})
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            dispute.workflow_move("mediate")
        dispute.workflow_move("mediate", "No agreement in three weeks.")
        first, second = dispute.rung_ids
        self.assertTrue(first.date_to)
        self.assertFalse(second.date_to)
        self.assertEqual((second.stage, second.partner_ids, second.representative_id), ("mediation", self.customer, self.lawyer))
        self.assertEqual(self.complaint.major_reason_ids, self.env.ref("kehu_complaint.major_reason_authority"))
        self.assertIn(self.crisis, self.told(self.complaint))
        court = self.env["res.partner"].create({"name": "People's Court"})
        dispute.workflow_move("litigate", "The mediator gave up.")
        dispute.rung_id.write({"authority_id": court.id, "case_number": "(2026) 粤03民初1号"})
        with self.assertRaisesRegex(UserError, "write the outcome"), self.env.cr.savepoint():
            dispute.workflow_move("lose")
        dispute.rung_id.outcome = "We pay 30,000."
        dispute.workflow_move("lose")
        self.assertEqual(dispute.rung_ids.mapped("stage"), ["negotiation", "mediation", "litigation"])
        self.assertTrue(all(dispute.rung_ids.mapped("date_to")))
        self.assertEqual(dispute.workflow_log_ids.sorted("id").mapped("reason"), [
            "No agreement in three weeks.", "The mediator gave up.", False])

    def test_it_goes_up_only_and_ends_once(self):
        self.dispute.workflow_move("litigate", "They sued at once.")
        with self.assertRaisesRegex(UserError, "is not possible"), self.env.cr.savepoint():
            self.dispute.workflow_move("mediate", "Back down")
        self.dispute.workflow_move("withdraw", "They withdrew the suit.")
        for move in ("litigate", "settle", "withdraw"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.dispute.workflow_move(move, "Again")
        with self.assertRaisesRegex(UserError, "has ended"), self.env.cr.savepoint():
            self.dispute.amount = 1
        with self.assertRaisesRegex(UserError, "is over"), self.env.cr.savepoint():
            self.dispute.rung_ids[-1].outcome = "We won."

    def test_legal_affairs_keeps_it(self):
        for user in (self.handler, self.supervisor, self.crisis):
            mine = self.dispute.with_user(user)
            self.assertTrue(mine.has_access("read"))
            for attack in (
                lambda mine=mine: mine.write({"amount": 1}),
                lambda mine=mine: mine.rung_id.write({"outcome": "Nothing"}),
                lambda mine=mine: mine.workflow_move("mediate", "I say so"),
                lambda mine=mine: mine.create({"complaint_id": self.complaint.id, "name": "Another"}),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()

    def test_rungs_cannot_be_forged(self):
        self.dispute.workflow_move("mediate", "No agreement.")
        first, second = self.dispute.rung_ids
        other = self.complain(serial="SN-4", product_id=False)
        for attack in (
            lambda: first.write({"outcome": "Agreed"}),
            lambda: first.write({"date_to": False}),
            lambda: second.write({"stage": "negotiation"}),
            lambda: second.write({"date_from": "2020-01-01"}),
            lambda: second.unlink(),
            lambda: second.create({"dispute_id": self.dispute.id, "stage": "litigation"}),
            lambda: self.dispute.write({"rung_ids": [Command.create({"stage": "litigation"})]}),
            lambda: self.dispute.write({"rung_ids": [Command.delete(first.id)]}),
            lambda: self.dispute.write({"rung_ids": [Command.update(first.id, {"outcome": "Agreed"})]}),
            lambda: self.dispute.write({"complaint_id": other.id}),
            lambda: self.dispute.write({"state": "settled"}),
            lambda: self.dispute.unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()

    def test_it_is_hidden_with_its_complaint_and_from_the_accused(self):
        rung = self.dispute.rung_id
        with self.assertRaisesRegex(UserError, "takes no part"), self.env.cr.savepoint():
            self.complaint.accused_user_ids = self.handler
            rung.representative_id = self.handler
        self.complaint.accused_user_ids = self.handler
        for record in (self.dispute, rung):
            self.assertFalse(record.with_user(self.handler).has_access("read"), record)
        self.complaint.sudo().kehu_own_tier = "3"
        self.assertFalse(self.dispute.with_user(self.lawyer).has_access("read"))
        self.assertFalse(self.env["kehu.dispute.rung"].with_user(self.crisis).search([("id", "=", rung.id)]))

    def test_documents_are_files_of_the_rung(self):
        rung = self.dispute.rung_id
        file = self.env["ir.attachment"].with_user(self.lawyer).create({
            "name": "offer.pdf", "raw": b"half", "res_model": "kehu.dispute.rung"})
        strange = self.env["ir.attachment"].with_user(self.crisis).create({
            "name": "other.pdf", "raw": b"secret", "res_model": "kehu.dispute.rung"})
        rung.attachment_ids = [Command.link(file.id)]
        self.assertEqual(file.res_id, rung.id)
        self.assertTrue(file.with_user(self.handler).has_access("read"))
        rung.sudo().attachment_ids = [Command.link(strange.id)]
        self.assertFalse(strange.res_id)
        self.assertFalse(strange.with_user(self.lawyer).has_access("read"))
        self.complaint.accused_user_ids = self.handler
        self.assertFalse(file.with_user(self.handler).has_access("read"))

    def test_hearings_are_reminded_of(self):
        with freeze_time("2026-03-02 02:00:00"):
            self.dispute.date_hearing = "2026-03-19 06:00:00"
        self.assertEqual(str(self.dispute.date_prepare), "2026-03-12")
        for moment, count in (("2026-03-11 12:00:00", 0), ("2026-03-12 12:00:00", 1), ("2026-03-13 12:00:00", 2),
                              ("2026-03-18 12:00:00", 2)):
            for _run in range(2):
                with freeze_time(moment), self.enter_registry_test_mode():
                    self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
            mine = self.dispute.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.lawyer)
            self.assertEqual(len(mine), count, moment)
        with freeze_time("2026-03-18 13:00:00"):
            self.dispute.is_prepared = True
        with freeze_time("2026-03-21 02:00:00"), self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
        self.assertIn("was held", self.dispute.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.lawyer).summary)
        with freeze_time("2026-03-21 03:00:00"):
            self.dispute.date_hearing = "2026-04-20 06:00:00"
        self.assertFalse(self.dispute.is_prepared)
        self.assertEqual(str(self.dispute.date_prepare), "2026-04-13")
        self.assertEqual(
            sorted(self.dispute.sudo().deadline_ids.mapped("state")), ["missed", "missed", "running", "running"])
