from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCase


class OwnCase(ComplaintCase):
    def assert_own(self, document, users, *writes):
        for user in users:
            for vals in writes:
                with (
                    self.subTest(user=user.login, vals=vals),
                    self.assertRaisesRegex(AccessError, "Only “"),
                    self.env.cr.savepoint(),
                ):
                    document.with_user(user).write(vals)
                self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestServiceOwn(OwnCase):
    """C4, C6: report and call-back are written by the investigator and the caller, by no colleague for them."""

    def test_callback_is_written_by_the_caller_alone(self):
        answers = ({"satisfaction": "5"}, {"callback_note": "All well"})
        complaint = self.complain()
        self.assert_own(complaint, (self.handler, self.taker, self.supervisor), *answers)
        self.bring_to(complaint, "callback")
        self.assert_own(complaint, (self.handler, self.supervisor, self.director), *answers)
        complaint.with_user(self.taker).write({"satisfaction": "2", "callback_note": "One is still hot"})
        complaint.with_user(self.handler).write({"satisfaction": "2"})  # forms send what they show

    def test_colleague_who_takes_the_callback_answers_at_once(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.with_user(self.taker).write({"callback_user_id": self.taker.id, "satisfaction": "4"})
        self.assertEqual(complaint.satisfaction, "4")

    def test_customer_who_answered_is_not_asked_by_another(self):
        """C6: nobody whose work is judged has a friend call once more, and what was said stays in the chatter."""
        complaint = self.bring_to(self.complain(), "callback")
        heard, friend = complaint.with_user(self.taker), self.service_user("test_friend", "service_user", "Friend")
        complaint.with_user(self.handler).callback_user_id = friend  # nobody has called yet
        complaint.with_user(self.handler).callback_user_id = self.taker
        heard.write({"satisfaction": "1", "callback_note": "They were rude"})
        for user_id in (friend.id, False):
            with self.assertRaisesRegex(AccessError, "a supervisor decides"), self.env.cr.savepoint():
                complaint.with_user(self.handler).callback_user_id = user_id
        complaint.with_user(self.handler).callback_user_id = self.taker  # forms send what they show
        complaint.with_user(self.supervisor).callback_user_id = friend
        complaint.with_user(friend).write({"satisfaction": "5", "callback_note": "All well"})
        self.assertIn("They were rude", "".join(complaint.sudo().message_ids.mapped("body")))

    def test_report_is_written_by_the_investigator_alone(self):
        complaint = self.bring_to(self.complain(), "investigating")
        findings = ("course", "responsible", "conclusion", "remedy", "prevention")
        self.assert_own(
            complaint, (self.handler, self.taker, self.supervisor), *({name: "Nobody"} for name in findings)
        )
        complaint.with_user(self.investigator).write(dict.fromkeys(findings, "Coils"))

    def test_nothing_of_a_role_is_there_from_the_start(self):
        for vals in (
            {"satisfaction": "5"},
            {"conclusion": "None"},
            {"callback_note": "All well", "callback_user_id": self.taker.id},
        ):
            with self.assertRaisesRegex(AccessError, "Only “"), self.env.cr.savepoint():
                self.complain(self.handler, user_id=False, **vals)
            with self.assertRaisesRegex(AccessError, "Only “"), self.env.cr.savepoint():
                self.env["kehu.complaint"].with_user(self.handler).with_context(
                    {f"default_{name}": value for name, value in vals.items()}
                ).create({"name": "Chargers", "user_id": False})
