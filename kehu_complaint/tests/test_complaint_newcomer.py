from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .major_common import MajorCase


class NewcomerCase(MajorCase):
    def vacancies(self, document):
        """Return what the supervisor is asked to fill there."""
        activities = self.env["mail.activity"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )
        return sorted(
            activity.summary.split("”")[0].lstrip("“")
            for activity in activities
            if activity.user_id == self.supervisor and "is vacant" in activity.summary
        )

    def assert_kept_from(self, user, *documents):
        for document in documents:
            self.assertFalse(document.with_user(user).has_access("read"), document)
            self.assertFalse(
                self.env["mail.activity"].search(
                    [
                        ("res_model", "=", document._name),
                        ("res_id", "=", document.id),
                        ("user_id", "=", user.id),
                    ]
                )
            )


@tagged("post_install", "-at_install")
class TestComplaintNewcomer(NewcomerCase):
    """C8: whoever joins a unit after it was complained about loses what they had in hand, as if named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls.service_user("test_newcomer", "service_user", "Zhu")
        cls.newcomer.lang = "en_US"
        cls.complaint = cls.major(user=cls.supervisor, accused_team_ids=[Command.link(cls.unit.id)])
        cls.complaint.with_user(cls.supervisor).workflow_move("accept")
        cls.complaint.sudo().write({"investigator_id": cls.newcomer.id, "executor_id": cls.newcomer.id})
        cls.complaint.message_subscribe(cls.newcomer.partner_id.ids)
        parts = {"complaint_id": cls.complaint.id}
        cls.measure, cls.done = cls.env["kehu.crisis.measure"].create(
            [
                {**parts, "name": name, "owner_id": cls.newcomer.id, "date_due": "2099-01-01", "result": "Informed"}
                for name in ("Inform the press", "Stop the line")
            ]
        )
        cls.done.with_user(cls.newcomer).action_done()
        cls.action = cls.env["kehu.corrective.action"].create(
            {
                "name": "Measure coils",
                "complaint_ids": cls.complaint.ids,
                "owner_id": cls.newcomer.id,
                "verifier_id": cls.director.id,
            }
        )
        cls.dispute = cls.env["kehu.dispute"].create({**parts, "name": "Ten chargers"})
        cls.dispute.step_ids.representative_id = cls.newcomer

    def assert_left(self):
        self.assertFalse(
            self.complaint.investigator_id | self.complaint.executor_id | self.measure.owner_id | self.action.owner_id
        )
        self.assertFalse(self.dispute.step_ids.representative_id)
        self.assertNotIn(self.newcomer.partner_id, self.complaint.message_partner_ids)
        self.assert_kept_from(self.newcomer, self.complaint, self.measure, self.action, self.dispute)

    def test_new_member_leaves_open_roles_and_supervisor_is_told(self):
        self.unit.member_ids += self.newcomer
        self.assert_left()
        self.assertEqual(self.vacancies(self.complaint), ["Executed By", "Investigator", "Our Representative"])
        self.assertEqual(self.vacancies(self.measure), ["Who"])
        self.assertEqual(self.vacancies(self.action), ["Owner"])
        self.assertEqual(self.done.owner_id, self.newcomer, "what is done was done by whom it was")

    def test_a_new_leader_and_a_member_who_comes_back_leave_them(self):
        self.unit.user_id = self.newcomer
        self.assert_left()

    def test_a_member_who_comes_back_leaves_them(self):
        member = self.env["crm.team.member"].create({"crm_team_id": self.unit.id, "user_id": self.newcomer.id})
        self.assert_left()
        member.active = False
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.complaint.investigator_id = self.newcomer
        member.active = True
        self.assertFalse(self.complaint.investigator_id)

    def test_what_is_over_keeps_its_people_until_it_is_reopened(self):
        closed = self.complain(serial="SN-9", product_id=False)
        closed.with_user(self.supervisor).accused_team_ids = self.unit
        closed.with_user(self.supervisor).action_report_up("The same unit again.")
        self.bring_to(closed.sudo(), "closed")
        self.unit.member_ids += self.handler
        self.assertEqual(closed.sudo().user_id, self.handler)
        self.assertFalse(closed.with_user(self.handler).has_access("read"))
        closed.with_user(self.supervisor).workflow_move("reopen", "It hums again")
        self.assertFalse(closed.sudo().user_id)
        self.assertIn("Handler", self.vacancies(closed))

    def test_joining_costs_one_query_without_complaints(self):
        other = self.env["crm.team"].create({"name": "Quiet unit"})
        with self.assertQueryCount(1):
            other._kehu_exclude_accused()

    def test_joining_costs_next_to_nothing_for_each_complaint(self):
        def queries():
            newcomer = self.service_user(f"test_newcomer_{self.env.cr.sql_log_count}", "service_user", "Wei")
            concerned = self.env["kehu.complaint"].search([("accused_team_ids", "in", self.unit.ids)])
            concerned.investigator_id = newcomer
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            # Core writes what changed into each chatter by itself.
            self.unit.with_context(tracking_disable=True).member_ids += newcomer
            self.env.flush_all()
            self.assertFalse(concerned.investigator_id)
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for number in range(8):
            self.complain(
                self.supervisor, serial=f"SN-2{number}", product_id=False, accused_team_ids=[Command.link(self.unit.id)]
            )
        self.assertLess(queries() - few, 2 * 8)
