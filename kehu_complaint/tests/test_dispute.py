from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .major_common import MajorCase


@tagged("post_install", "-at_install")
class TestDispute(MajorCase):
    """C11: negotiation, mediation, litigation; only upwards, each step keeps its own."""

    def setUp(self):
        super().setUp()
        self.complaint = self.complain()
        self.dispute = (
            self.env["kehu.dispute"]
            .with_user(self.lawyer)
            .create({"complaint_id": self.complaint.id, "name": "Who pays for the recall", "amount": 50000})
        )

    def test_from_negotiation_to_a_judgment(self):
        dispute = self.dispute
        self.assertEqual(dispute.step_ids.mapped("stage"), ["negotiation"])
        self.assertEqual(dispute.step_id.partner_ids, self.customer)
        dispute.step_id.write({"representative_id": self.lawyer.id, "outcome": "They want all, we offer half."})
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            dispute.workflow_move("mediate")
        dispute.workflow_move("mediate", "No agreement in three weeks.")
        first, second = dispute.step_ids
        self.assertTrue(first.date_to)
        self.assertFalse(second.date_to)
        self.assertEqual(
            (second.stage, second.partner_ids, second.representative_id), ("mediation", self.customer, self.lawyer)
        )
        self.assertEqual(self.complaint.major_reason_ids, self.env.ref("kehu_complaint.major_reason_authority"))
        self.assertIn(self.crisis, self.told(self.complaint))
        court = self.env["res.partner"].create({"name": "People's Court"})
        dispute.workflow_move("litigate", "The mediator gave up.")
        dispute.step_id.write({"authority_id": court.id, "case_number": "(2026) 粤03民初1号"})
        with self.assertRaisesRegex(UserError, "write the outcome"), self.env.cr.savepoint():
            dispute.workflow_move("lose")
        dispute.step_id.outcome = "We pay 30,000."
        dispute.workflow_move("lose")
        self.assertEqual(dispute.step_ids.mapped("stage"), ["negotiation", "mediation", "litigation"])
        self.assertTrue(all(dispute.step_ids.mapped("date_to")))
        self.assertEqual(
            dispute.workflow_log_ids.sorted("id").mapped("reason"),
            ["No agreement in three weeks.", "The mediator gave up.", False],
        )

    def test_who_took_part_is_not_deleted(self):
        court, lawyer, witness = self.env["res.partner"].create(
            [{"name": "People's Court"}, {"name": "Lawyer"}, {"name": "Witness"}]
        )
        self.dispute.step_id.write(
            {"authority_id": court.id, "lawyer_id": lawyer.id, "partner_ids": [Command.link(witness.id)]}
        )
        self.dispute.workflow_move("litigate", "They sued at once.")
        for contact in (court, lawyer, witness):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                contact.unlink()

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
            self.dispute.step_ids[-1].outcome = "We won."

    def test_what_was_written_stays_in_the_chatter(self):
        self.env.cr.flush()  # as in another request than the one that began it
        self.dispute.step_id.write({"note": "<p>They ask for half.</p>", "outcome": "No agreement"})
        self.dispute.step_id.write({"note": "<p>They ask for nothing.</p>", "outcome": "We won", "case_number": "1"})
        self.dispute.write({"amount": 1, "name": "Nothing", "date_open": "2020-01-01"})
        self.env.cr.flush()
        said = "".join(self.dispute.message_ids.mapped("body"))
        self.assertIn("They ask for half.", said)
        self.assertIn("No agreement", said)
        tracked = self.dispute.sudo().message_ids.tracking_value_ids
        self.assertEqual(set(tracked.field_id.mapped("name")), {"amount", "name", "date_open"})
        self.assertIn(50000, tracked.mapped("old_value_float"))

    def test_former_lawyer_and_court_are_kept(self):
        first, second, court, party = self.env["res.partner"].create(
            [{"name": name} for name in ("Lawyer Qi", "Lawyer Bo", "Court", "Party")]
        )
        step = self.dispute.step_id
        step.write({"lawyer_id": first.id, "authority_id": court.id})
        step.write({"lawyer_id": second.id, "authority_id": False, "partner_ids": [Command.link(party.id)]})
        step.write({"lawyer_id": second.id})
        tracked = self.dispute.sudo().message_ids.tracking_value_ids.sorted("id")
        self.assertEqual(
            [
                (value.field_id.name, value.old_value_char, value.new_value_char)
                for value in tracked
                if value.field_id.name == "lawyer_id"
            ],
            [("lawyer_id", "", "Lawyer Qi"), ("lawyer_id", "Lawyer Qi", "Lawyer Bo")],
        )
        self.assertIn("Court", tracked.mapped("old_value_char"))
        self.assertIn(
            "Bright Phones", [value.old_value_char for value in tracked if value.field_id.name == "partner_ids"]
        )
        # Former ones are masked for whom they are hidden from.
        first.sudo().kehu_tier = "3"
        rows = tracked.with_user(self.lawyer)._tracking_value_format()
        self.assertNotIn("Lawyer Qi", str(rows))
        self.assertIn("Lawyer Bo", str(rows))

    def test_legal_affairs_keeps_it(self):
        for user in (self.handler, self.supervisor, self.crisis):
            mine = self.dispute.with_user(user)
            self.assertTrue(mine.has_access("read"))
            for attack in (
                lambda mine=mine: mine.write({"amount": 1}),
                lambda mine=mine: mine.step_id.write({"outcome": "Nothing"}),
                lambda mine=mine: mine.workflow_move("mediate", "I say so"),
                lambda mine=mine: mine.create({"complaint_id": self.complaint.id, "name": "Another"}),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()

    def test_steps_cannot_be_forged(self):
        self.dispute.workflow_move("mediate", "No agreement.")
        first, second = self.dispute.step_ids
        other = self.complain(serial="SN-4", product_id=False)
        for attack in (
            lambda: first.write({"outcome": "Agreed"}),
            lambda: first.write({"date_to": False}),
            lambda: second.write({"stage": "negotiation"}),
            lambda: second.write({"date_from": "2020-01-01"}),
            lambda: second.unlink(),
            lambda: second.create({"dispute_id": self.dispute.id, "stage": "litigation"}),
            lambda: self.dispute.write({"step_ids": [Command.create({"stage": "litigation"})]}),
            lambda: self.dispute.write({"step_ids": [Command.delete(first.id)]}),
            lambda: self.dispute.write({"step_ids": [Command.update(first.id, {"outcome": "Agreed"})]}),
            lambda: self.dispute.write({"complaint_id": other.id}),
            lambda: self.dispute.write({"state": "settled"}),
            lambda: self.dispute.unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()

    def test_it_is_hidden_with_its_complaint_and_from_the_accused(self):
        step = self.dispute.step_id
        with self.assertRaisesRegex(UserError, "takes part in what concerns them"), self.env.cr.savepoint():
            self.complaint.accused_user_ids = self.handler
            step.representative_id = self.handler
        self.complaint.accused_user_ids = self.handler
        for record in (self.dispute, step):
            self.assertFalse(record.with_user(self.handler).has_access("read"), record)
        self.complaint.sudo().kehu_own_tier = "3"
        self.assertFalse(self.dispute.with_user(self.lawyer).has_access("read"))
        self.assertFalse(self.env["kehu.dispute.step"].with_user(self.crisis).search([("id", "=", step.id)]))

    def test_documents_are_files_of_the_step(self):
        step = self.dispute.step_id
        file = (
            self.env["ir.attachment"]
            .with_user(self.lawyer)
            .create({"name": "offer.pdf", "raw": b"half", "res_model": "kehu.dispute.step"})
        )
        strange = (
            self.env["ir.attachment"]
            .with_user(self.crisis)
            .create({"name": "other.pdf", "raw": b"secret", "res_model": "kehu.dispute.step"})
        )
        step.attachment_ids = [Command.link(file.id)]
        self.assertEqual(file.res_id, step.id)
        self.assertTrue(file.with_user(self.handler).has_access("read"))
        step.sudo().attachment_ids = [Command.link(strange.id)]
        self.assertFalse(strange.res_id)
        self.assertFalse(strange.with_user(self.lawyer).has_access("read"))
        self.complaint.accused_user_ids = self.handler
        self.assertFalse(file.with_user(self.handler).has_access("read"))

    def test_documents_of_a_step_that_is_over_stay(self):
        files = self.env["ir.attachment"]
        loose = files.with_user(self.lawyer).create({"name": "judgment.pdf", "raw": b"30,000"})
        elsewhere = files.create(
            {"name": "letter.pdf", "raw": b"30,000", "res_model": "res.partner", "res_id": self.customer.id}
        )
        step = self.dispute.step_id
        step.attachment_ids = [Command.link(loose.id), Command.link(elsewhere.id)]
        self.dispute.workflow_move("mediate", "No agreement")
        self.env.flush_all()
        for attack in (lambda: loose.write({"raw": b"0"}), lambda: loose.unlink()):
            with self.assertRaisesRegex(AccessError, "kept as they are"), self.env.cr.savepoint():
                attack()
        elsewhere.unlink()
        self.assertEqual(step.attachment_ids.sudo().mapped("raw"), [b"30,000"] * 2)
        self.assertEqual(set(step.attachment_ids.sudo().mapped("res_id")), {step.id})

    def test_hearings_are_reminded_of(self):
        with freeze_time("2026-03-02 02:00:00"):
            self.dispute.date_hearing = "2026-03-19 06:00:00"
        self.assertEqual(str(self.dispute.date_prepare), "2026-03-12")
        for moment, count in (
            ("2026-03-11 12:00:00", 0),
            ("2026-03-12 12:00:00", 1),
            ("2026-03-13 12:00:00", 1),  # a later reminder takes the place of the earlier
            ("2026-03-18 12:00:00", 1),
        ):
            for _run in range(2):
                with freeze_time(moment), self.enter_registry_test_mode():
                    self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
            mine = self.dispute.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.lawyer)
            self.assertEqual(len(mine), count, moment)
        with freeze_time("2026-03-18 13:00:00"):
            self.dispute.is_prepared = True
        with freeze_time("2026-03-21 02:00:00"), self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
        self.assertIn(
            "was held",
            self.dispute.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.lawyer).summary,
        )
        with freeze_time("2026-03-21 03:00:00"):
            self.dispute.date_hearing = "2026-04-20 06:00:00"
        self.assertFalse(self.dispute.is_prepared)
        self.assertEqual(str(self.dispute.date_prepare), "2026-04-13")
        self.assertEqual(
            sorted(self.dispute.sudo().deadline_ids.mapped("state")), ["missed", "missed", "running", "running"]
        )
