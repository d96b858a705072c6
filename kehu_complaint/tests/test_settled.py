from contextlib import suppress

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ComplaintCase
from .test_service_mail import ServiceMailCase


class Refusing:
    def assert_settled(self, document, users, *writes):
        for user in users:
            mine = document.with_user(user)
            for vals in writes:
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError), self.env.cr.savepoint():
                    mine.write(vals)
                self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSettledComplaint(Refusing, ComplaintCase):
    """C3–C7: what was reviewed, answered or closed is overwritten by nobody."""

    def test_findings_stay_once_they_are_handed_in(self):
        complaint = self.bring_to(self.complain(), "reviewing")
        everybody = (self.investigator, self.handler, self.supervisor, self.director)
        findings = (
            {"conclusion": "Theirs to answer for."},
            {"course": False},
            {"responsible": "Nobody"},
            {"remedy": "None"},
            {"prevention": "None"},
            {"cause_id": self.env.ref("kehu_complaint.complaint_cause_manner").id},
        )
        self.assert_settled(complaint, everybody, *findings)
        self.assert_settled(complaint, (self.handler, self.supervisor), {"investigator_id": self.handler.id})
        self.bring_to_from(complaint, "closed")
        self.assert_settled(complaint, everybody, *findings)

    def test_form_offers_nothing_that_is_settled(self):
        complaint = self.bring_to(self.complain(), "replied").with_user(self.handler)
        with Form(complaint) as form:
            for name in ("reply", "proposal", "cause_id", "conclusion", "executor_id"):
                with self.subTest(name), self.assertRaisesRegex(AssertionError, "readonly"):
                    setattr(form, name, form[name])
            form.execution_note = "Sent."
        self.assertEqual(complaint.execution_note, "Sent.")

    def bring_to_from(self, complaint, state):
        complaint.with_user(self.supervisor).workflow_move("review")
        complaint.with_user(self.handler).write(
            {
                "proposal": "An exchange.",
                "compensation_ids": [Command.create({"kind": "repair", "quantity": 3, "amount": 500})],
            }
        )
        complaint.with_user(self.handler).workflow_move("propose")
        complaint.approval_ids.with_user(self.supervisor).approve()
        complaint.with_user(self.handler).write({"executor_id": self.handler.id})
        complaint.with_user(self.handler).workflow_move("execute")
        complaint.with_user(self.handler).write({"execution_note": "Sent.", "reply": "<p>On their way.</p>"})
        complaint.with_user(self.handler).workflow_move("reply")
        complaint.with_user(self.handler).write({"callback_user_id": self.taker.id})
        complaint.with_user(self.handler).workflow_move("call_back")
        complaint.with_user(self.taker).write({"satisfaction": "2", "callback_note": "Sooner would have been better."})
        complaint.with_user(self.taker).workflow_move("close")

    def test_reply_and_decision_stay_once_given(self):
        complaint = self.bring_to(self.complain(), "replied")
        self.assert_settled(
            complaint,
            (self.handler, self.supervisor, self.director),
            {"reply": "<p>Nothing</p>"},
            {"reply_way": "phone"},
            {"proposal": "More"},
            {"executor_id": self.taker.id},
        )
        declined = self.complain(serial="SN-8")
        declined.with_user(self.handler).reply = "<p>The warranty ended.</p>"
        declined.with_user(self.supervisor).workflow_move("decline")
        self.assert_settled(declined, (self.handler, self.supervisor), {"reply": "<p>Yes</p>"})

    def test_closed_complaint_stays_as_it_is(self):
        complaint = self.bring_to(self.complain(), "closed")
        self.assert_settled(
            complaint,
            (self.handler, self.supervisor, self.director),
            {"satisfaction": "5"},
            {"name": "Nothing"},
            {"description": "<p>Nothing</p>"},
            {"demand": "Nothing"},
            {"serial": "SN-9"},
            {"user_id": self.taker.id},
            {"execution_note": "All well"},
            {"waiting_reason": "Photos"},
            {"date_received": "2020-01-01"},
            {"priority": "2"},
        )
        complaint.with_user(self.supervisor).write(
            {"contact_email": "buyer@bright.example.com", "name": complaint.name}
        )
        complaint.with_user(self.supervisor).message_post(body="A note")
        complaint.with_user(self.supervisor).workflow_move("reopen", "It hums again")
        complaint.with_user(self.handler).waiting_reason = "Photos"

    def test_report_that_is_returned_stays_in_the_chatter(self):
        """C4: it is returned, and somebody else writes another one."""
        complaint = self.bring_to(self.complain(), "reviewing")
        complaint.with_user(self.supervisor).workflow_move("revise", "Too short")
        complaint.with_user(self.handler).investigator_id = self.taker
        complaint.with_user(self.taker).write({"conclusion": "Theirs", "responsible": "Nobody"})
        said = "".join(complaint.sudo().message_ids.mapped("body"))
        self.assertIn("Ours to answer for.", said)
        self.assertIn("Purchasing", said)

    def test_what_was_done_stays_when_it_goes_on(self):
        complaint = self.bring_to(self.complain(), "callback")
        complaint.with_user(self.taker).workflow_move("again", "They hum")
        self.assertIn("Sent by courier.", "".join(complaint.sudo().message_ids.mapped("body")))

    def test_what_was_reviewed_or_said_stays_in_the_chatter(self):
        complaint = self.bring_to(self.complain(), "proposal")
        self.assertIn("Ours to answer for.", "".join(complaint.message_ids.mapped("body")))
        complaint.with_user(self.supervisor).description = "<p>All is well.</p>"
        self.assertIn("Three of ten get hot.", "".join(complaint.message_ids.mapped("body")))

    def test_receipt_gains_no_time(self):
        with freeze_time("2026-03-10 08:00:00"):
            complaint = self.complain(channel="letter", date_received="2026-03-05 08:00:00")
        self.env.cr.execute(
            "UPDATE kehu_complaint SET create_date = '2026-03-10 08:00:00' WHERE id = %s", [complaint.id]
        )
        self.env.invalidate_all()
        self.assert_settled(
            complaint, (self.handler, self.supervisor, self.director), {"date_received": "2026-03-11 08:00:00"}
        )
        opinion = self.env.ref("kehu_complaint.deadline_rule_opinion")
        first = complaint.sudo().deadline_ids.filtered(lambda clock: clock.rule_id == opinion)
        with freeze_time("2026-03-12 08:00:00"):
            complaint.with_user(self.handler).date_received = "2026-03-09 08:00:00"
        self.assertEqual(first.state, "missed", "it was late, and stays late")
        complaint.with_user(self.handler).date_received = "2026-03-04 08:00:00"

    def test_nobody_wipes_clocks(self):
        complaint = self.complain()
        clocks = complaint.sudo().deadline_ids
        for command in (
            Command.clear(),
            Command.delete(clocks[0].id),
            Command.unlink(clocks[0].id),
            Command.set([]),
            Command.update(clocks[0].id, {"state": "cancelled"}),
        ):
            with suppress(UserError), self.env.cr.savepoint():
                complaint.with_user(self.director).write({"deadline_ids": [command]})
            self.env.invalidate_all()
            self.assertEqual((complaint.sudo().deadline_ids, set(clocks.mapped("state"))), (clocks, {"running"}))
        for call in (
            lambda: clocks.with_user(self.director).unlink(),
            lambda: clocks.with_user(self.director).write({"state": "met"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()

    def test_what_a_meeting_decided_stays(self):
        crisis = self.service_user("test_settled_crisis", "crisis_team", "Gao")
        complaint = self.complain(major_reason_ids=self.env["kehu.major.reason"].search([], limit=1).ids)
        meeting = (
            self.env["kehu.crisis.meeting"]
            .sudo()
            .create(
                {"complaint_id": complaint.id, "member_ids": self.director.ids, "decisions": "<p>Recall the batch.</p>"}
            )
        )
        self.assert_settled(
            meeting,
            (crisis, self.supervisor),
            {"decisions": "<p>Wait.</p>"},
            {"date": "2020-01-01"},
            {"place": "Nowhere"},
            {"member_ids": [Command.link(self.employee.id)]},
            {"member_ids": [Command.unlink(self.director.id)]},
        )
        meeting.with_user(crisis).minutes = "<p>All were heard.</p>"
        self.assert_settled(meeting, (crisis,), {"minutes": False})
        complaint.with_user(self.supervisor).action_report_up("The batch is recalled.")
        complaint.with_user(self.supervisor).workflow_move("drop", "They take it back")
        self.assert_settled(
            meeting, (crisis, self.supervisor), {"decisions": "<p>Nothing</p>"}, {"minutes": "<p>x</p>"}
        )


@tagged("post_install", "-at_install")
class TestReceiptByItself(Refusing, ServiceMailCase):
    """C7: when a mail came, the system knows."""

    def test_mail_was_received_when_it_came(self):
        complaint = self.mail()
        self.assert_settled(complaint, (self.handler, self.supervisor), {"date_received": "2020-01-01 00:00:00"})


@tagged("post_install", "-at_install")
class TestSettledAction(Refusing, ComplaintCase):
    """C12: an action stays about what it was begun for."""

    def test_begun_action_keeps_number_and_complaints(self):
        complaint, other = self.complain(), self.complain(serial="SN-2")
        action = (
            self.env["kehu.corrective.action"]
            .with_user(self.handler)
            .create(
                {
                    "name": "Measure coils",
                    "plan": "On arrival",
                    "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                    "owner_id": self.investigator.id,
                    "verifier_id": self.director.id,
                    "date_due": "2099-01-01",
                    "complaint_ids": complaint.ids,
                }
            )
        )
        action.with_user(self.supervisor).workflow_move("start")
        self.assert_settled(
            action,
            (self.handler, self.supervisor, self.director),
            {"complaint_ids": [Command.clear()]},
            {"complaint_ids": [Command.set(other.ids)]},
            {"complaint_ids": [Command.unlink(complaint.id)]},
            {"name": "x"},
            {"serial": "x"},
            {"cause_id": self.env.ref("kehu_complaint.complaint_cause_manner").id},
        )
        number = action.number
        action.with_user(self.supervisor).write(
            {"number": "CAPA-1", "complaint_ids": [Command.link(other.id)], "date_due": "2098-01-01"}
        )
        self.assertEqual((action.number, action.complaint_ids), (number, complaint | other))
        action.with_user(self.supervisor).write({"plan": "Nothing", "check_weeks": 0})
        self.env.cr.flush()
        tracked = action.sudo().message_ids.tracking_value_ids
        self.assertIn(
            ("On arrival", "Nothing"), tracked.mapped(lambda value: (value.old_value_text, value.new_value_text))
        )
        self.assertIn("check_weeks", tracked.field_id.mapped("name"))
        action.with_user(self.investigator).write(
            {"root_cause": "No measuring", "evidence": "<p>Photos of the bench</p>"}
        )
        action.with_user(self.investigator).workflow_move("finish")
        self.assertIn("Photos of the bench", "".join(action.sudo().message_ids.mapped("body")))
