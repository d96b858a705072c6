from odoo.tests import tagged

from .common import ComplaintCase


class TurnCase(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (
            cls.taker | cls.handler | cls.supervisor | cls.director | cls.general_manager | cls.investigator
        ).lang = "en_US"

    def told(self, document):
        kind = self.env.ref("kehu_workflow.mail_activity_type_turn")
        reminders = document.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        return {(activity.user_id, activity.summary) for activity in reminders}


@tagged("post_install", "-at_install")
class TestTurns(TurnCase):
    """U4, C1–C6: at each step the next person is told, and the reminder goes with the step."""

    def test_each_step_of_a_complaint_tells_the_next_person(self):
        complaint = self.complain()
        expected = (
            ("received", self.supervisor, "Decide whether the complaint is justified"),
            ("accepted", self.handler, "Have the complaint investigated"),
            ("investigating", self.investigator, "Investigate, and hand in the report"),
            ("reviewing", self.supervisor, "Review the report"),
            ("proposal", self.handler, "Submit a proposal"),
            ("pending", None, ""),
            ("approved", self.handler, "Have the proposal carried out"),
            ("executing", self.handler, "Carry it out, and reply to the customer"),
            ("replied", self.handler, "Have the customer called back"),
            ("callback", self.taker, "Call the customer back"),
            ("closed", None, ""),
        )
        for state, user, summary in expected:
            if state != "received":
                self.bring_to_next(complaint, state)
            self.assertEqual((complaint.state, self.told(complaint)), (state, {(user, summary)} if user else set()))

    def findings(self):
        return {
            "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
            "course": "Coils",
            "responsible": "Purchasing",
            "conclusion": "Ours",
            "remedy": "Exchange",
            "prevention": "Measure",
        }

    def bring_to_next(self, complaint, state):
        if state == "approved":
            complaint.approval_ids.filtered(lambda approval: approval.state == "pending").with_user(
                self.supervisor
            ).approve()
            return
        user, vals, move = {
            "accepted": (self.supervisor, {}, "accept"),
            "investigating": (self.handler, {"investigator_id": self.investigator.id}, "investigate"),
            "reviewing": (self.investigator, self.findings(), "report"),
            "proposal": (self.supervisor, {}, "review"),
            "pending": (
                self.handler,
                {
                    "proposal": "Exchange",
                    "compensation_ids": [(0, 0, {"kind": "repair", "quantity": 3, "amount": 500})],
                },
                "propose",
            ),
            "executing": (self.handler, {"executor_id": self.handler.id}, "execute"),
            "replied": (self.handler, {"execution_note": "Sent", "reply": "<p>On their way.</p>"}, "reply"),
            "callback": (self.handler, {"callback_user_id": self.taker.id}, "call_back"),
            "closed": (self.taker, {"satisfaction": "4"}, "close"),
        }[state]
        if vals:
            complaint.with_user(user).write(vals)
        complaint.with_user(user).workflow_move(move)

    def test_answer_of_the_customer_is_a_reminder_of_its_step(self):
        complaint = self.bring_to(self.complain(), "investigating").sudo()
        complaint.waiting_reason = "Photos"
        complaint.message_post(
            body="Here they are",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
        )
        answered = (self.handler, "The customer has answered: go on")
        self.assertIn(answered, self.told(complaint))
        complaint.with_user(self.investigator).write(self.findings())
        complaint.with_user(self.investigator).workflow_move("report")
        self.assertNotIn(answered, self.told(complaint))

    def test_supervisor_who_takes_it_down_is_told(self):
        complaint = self.complain(self.supervisor, user_id=False)
        self.assertEqual(self.told(complaint), {(self.supervisor, "Decide whether the complaint is justified")})

    def test_reminder_follows_the_part(self):
        complaint = self.bring_to(self.complain(), "investigating")
        complaint.with_user(self.handler).investigator_id = self.director
        self.assertEqual({user for user, _summary in self.told(complaint)}, {self.director})

    def test_reminded_users_do_not_follow(self):
        complaint = self.complain()
        self.assertIn(self.supervisor, {user for user, _summary in self.told(complaint)})
        self.assertNotIn(self.supervisor.partner_id, complaint.sudo().message_partner_ids)

    def test_what_nobody_below_may_read_reaches_the_next_superior(self):
        self.env.ref("kehu_confidential.group_clearance_top_secret").user_ids |= self.general_manager
        self.customer.sudo().kehu_tier = "3"
        cleared = self.general_manager
        complaint = (
            self.env["kehu.complaint"]
            .with_user(self.officer_of_service())
            .create({"name": "Chargers get hot", "partner_id": self.customer.id})
        )
        self.assertEqual({user for user, _summary in self.told(complaint)}, {cleared})

    def officer_of_service(self):
        self.officer.group_ids |= self.env.ref("kehu_complaint.group_service_user")
        return self.officer

    def test_report_of_a_supervisor_is_reviewed_by_another(self):
        complaint = self.bring_to(self.complain(), "accepted")
        complaint.with_user(self.handler).investigator_id = self.supervisor
        complaint.with_user(self.handler).workflow_move("investigate")
        complaint.with_user(self.supervisor).write(self.findings())
        complaint.with_user(self.supervisor).workflow_move("report")
        self.assertEqual({user for user, _summary in self.told(complaint)}, {self.director})

    def test_accused_is_not_told(self):
        complaint = self.complain()
        complaint.sudo().accused_user_ids = self.supervisor
        self.assertFalse(self.told(complaint))
        complaint.with_user(self.director).workflow_move("accept")
        self.assertNotIn(self.supervisor, {user for user, _summary in self.told(complaint)})

    def test_parts_that_nobody_was_chosen_for_are_filled(self):
        complaint = self.complain(user_id=False)
        complaint.with_user(self.supervisor).workflow_move("accept")
        self.assertEqual(complaint.user_id, self.supervisor)
        complaint.with_user(self.handler).workflow_move("investigate")
        self.assertEqual(complaint.investigator_id, self.supervisor)

    def test_telling_costs_the_same_for_many(self):
        counts = []
        for number in (1, 20, 100):
            complaints = self.env["kehu.complaint"].union(
                *(self.complain(serial=False, product_id=False) for _index in range(number))
            )
            complaints.sudo()._turn_reminders().unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            complaints._refresh_turns()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(complaints.sudo()._turn_reminders()), number)
        self.assertLess(counts[2], counts[0] + 15, counts)
