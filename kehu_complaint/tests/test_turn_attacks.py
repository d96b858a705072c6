from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCase


class TurnAttackCase(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref("kehu_complaint.complaint_kind_exchange")
        cls.turn = cls.env.ref("kehu_workflow.mail_activity_type_turn")

    def reminders(self, document):
        return document.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == self.turn)

    def assert_refused(self, *attacks):
        for number, attack in enumerate(attacks):
            with self.subTest(number), self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
                self.env.flush_all()
            self.env.invalidate_all()

    def assert_reminder_is_safe(self, document):
        """Attack the reminder of the supervisor as a clerk."""
        xmlid = "kehu_workflow.mail_activity_type_turn"
        reminder, mine = self.reminders(document), document.with_user(self.taker)
        self.assertEqual(reminder.user_id, self.supervisor)
        own = reminder.with_user(self.taker)
        self.assert_refused(
            lambda: own.action_done(),
            lambda: own.action_feedback(feedback="Done"),
            lambda: own.action_done_schedule_next(),
            lambda: own.unlink(),
            lambda: own.write({"user_id": self.taker.id}),
            lambda: own.write({"active": False}),
            lambda: own.write({"automated": False}),
            lambda: own.write({"summary": "Nothing to do"}),
            lambda: own.write({"kehu_turn": "close"}),
            lambda: own.write({"date_deadline": date(2099, 1, 1)}),
            lambda: own.write({"res_id": document.id + 1}),
            lambda: own.write({"activity_type_id": self.env.ref("mail.mail_activity_data_todo").id}),
            lambda: mine.activity_unlink([xmlid]),
            lambda: mine.activity_feedback([xmlid]),
            lambda: mine.activity_reschedule([xmlid], new_user_id=self.taker.id),
            lambda: mine.write({"activity_ids": [Command.delete(own.id)]}),
            lambda: mine.write({"activity_ids": [Command.update(own.id, {"user_id": self.taker.id})]}),
            lambda: mine.write({"activity_ids": [Command.clear()]}),
            lambda: mine.write({"activity_ids": [Command.set([])]}),
        )
        self.assertEqual((self.reminders(document), reminder.user_id), (reminder, self.supervisor))


@tagged("post_install", "-at_install")
class TestTurnAttacks(TurnAttackCase):
    """U4: what the server reminds somebody of is theirs; nobody below forges, ends or passes it on."""

    def test_clerk_does_not_touch_the_reminder_of_another(self):
        self.assert_reminder_is_safe(self.complain())

    def test_reminder_is_forged_by_nobody(self):
        complaint = self.bring_to(self.complain(), "accepted")
        Activity = self.env["mail.activity"].with_user(self.taker)
        values = {
            "activity_type_id": self.turn.id,
            "user_id": self.supervisor.id,
            "summary": "Pay the bill",
            "automated": True,
        }
        about = {"res_model_id": self.env["ir.model"]._get_id(complaint._name), "res_id": complaint.id}
        named = {**values, "res_model_id": about["res_model_id"]}
        own = Activity.create(
            {
                **values,
                **about,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "user_id": self.taker.id,
            }
        )
        mine = complaint.with_user(self.taker)
        approval = self.bring_to(self.complain(serial="SN-002"), "pending").approval_ids
        self.assert_refused(
            lambda: Activity.create({**values, **about}),
            lambda: Activity.with_context(default_activity_type_id=self.turn.id).create(
                {name: value for name, value in {**values, **about}.items() if name != "activity_type_id"}
            ),
            lambda: own.write({"activity_type_id": self.turn.id}),
            lambda: mine.write({"activity_ids": [Command.create(named)]}),
            lambda: mine.activity_schedule("kehu_workflow.mail_activity_type_turn", user_id=self.supervisor.id),
            lambda: Activity.create({**about, "kehu_approval_id": approval.id, "user_id": self.supervisor.id}),
        )
        self.assertNotIn(self.supervisor, self.reminders(complaint).user_id)

    def test_everybody_ends_their_own_reminder_and_superiors_others(self):
        complaint = self.bring_to(self.complain(), "investigating")
        reminder = self.reminders(complaint)
        self.assertEqual(reminder.user_id, self.investigator)
        reminder.with_user(self.investigator).action_done()
        self.assertFalse(self.reminders(complaint))
        other = self.bring_to(self.complain(serial="SN-3"), "investigating")
        self.reminders(other).with_user(self.supervisor).unlink()
        self.assertFalse(self.reminders(other))
