from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintConflict(ComplaintCase):
    """C8: whoever is complained about neither receives, handles, investigates, approves nor calls back, nor sees it."""

    def test_accused_employee_takes_no_part(self):
        complaint = self.complain(accused_user_ids=[Command.link(self.supervisor.id)])
        for name in ("user_id", "investigator_id", "executor_id", "callback_user_id"):
            with (
                self.assertRaisesRegex(UserError, "takes part in what concerns.*for instance"),
                self.env.cr.savepoint(),
            ):
                complaint.write({name: self.supervisor.id})
        self.assertFalse(complaint.with_user(self.supervisor).has_access("read"))
        self.assertFalse(self.env["kehu.complaint"].with_user(self.supervisor).search([("id", "=", complaint.id)]))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).workflow_move("accept")

    def test_accusing_takes_the_role_away_and_suggests_another(self):
        self.supervisor.lang = "en_US"
        complaint = self.complain()
        complaint.message_subscribe(self.handler.partner_id.ids)
        complaint.activity_schedule("mail.mail_activity_data_todo", user_id=self.handler.id)
        complaint.with_user(self.supervisor).accused_user_ids = self.handler
        self.assertFalse(complaint.user_id)
        self.assertNotIn(self.handler.partner_id, complaint.sudo().message_follower_ids.partner_id)
        vacant = complaint.sudo().activity_ids.filtered("note")
        self.assertEqual(vacant.user_id, self.supervisor)
        self.assertIn("Handler", vacant.summary)

    def test_officers_are_told_who_hides_the_own_complaint(self):
        groups = "base.group_user,base.group_partner_manager,kehu_confidential.group_clearance_top_secret"
        accused = new_test_user(self.env, "test_accused", groups, name="Sal")
        complaint, other = self.complain(accused_user_ids=[Command.link(accused.id)]), self.complain()
        for user, tier, told in ((self.officer, "2", self.env["kehu.complaint"]), (accused, "3", complaint)):
            self.customer.with_user(user).kehu_tier = tier
            changes = self.env["kehu.right.change"].search(
                [("res_model", "=", "kehu.complaint"), ("name", "=", "kehu_tier")]
            )
            self.assertEqual([change.res_ids for change in changes], [told.ids] if told else [])
        self.assertEqual((changes.requester_id, changes.tier, changes.is_taken), (accused, "3", True))
        self.assertIn(self.officer, changes.activity_ids.user_id)
        self.assertNotIn(other.id, changes.res_ids)

    def test_nobody_takes_down_own_accusation(self):
        with self.assertRaisesRegex(UserError, "about you"), self.env.cr.savepoint():
            self.complain(accused_user_ids=[Command.link(self.taker.id)])

    def test_an_accused_unit_is_excluded_with_members_and_leader(self):
        complaint = self.complain(accused_team_ids=[Command.link(self.unit.id)])
        self.assertEqual(complaint.sudo().conflicted_user_ids, self.leader | self.salesman)
        self.assertFalse(complaint.with_user(self.salesman).has_access("read"))
        newcomer = new_test_user(self.env, "test_newcomer", "kehu_complaint.group_service_user", name="Zhu")
        self.unit.member_ids += newcomer
        self.assertFalse(complaint.with_user(newcomer).has_access("read"))

    def test_whoever_leaves_an_accused_unit_stays_excluded(self):
        other = self.env["crm.team"].create({"name": "Other unit"})
        complaint = self.complain(self.director, accused_team_ids=[Command.link(self.unit.id)])
        member = self.unit.crm_team_member_ids.filtered(lambda member: member.user_id == self.salesman)
        for leave in (
            lambda: self.unit.write({"user_id": self.investigator.id}),
            lambda: member.write({"crm_team_id": other.id}),
            lambda: member.write({"active": False}),
            lambda: member.write({"user_id": self.investigator.id}),
            lambda: member.unlink(),
            lambda: self.unit.write({"member_ids": [Command.clear()], "user_id": False}),
            lambda: self.unit.write({"active": False}),
            lambda: (
                self.salesman.write({"active": False})
                and self.unit.write({"user_id": False})
                and self.salesman.write({"active": True})
            ),
        ):
            savepoint = self.env.cr.savepoint()
            leave()
            self.env.invalidate_all()
            for user in (self.leader, self.salesman):
                self.assertFalse(complaint.with_user(user).has_access("read"))
                self.assertIn(user, complaint.sudo().conflicted_user_ids)
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.unit.unlink()

    def test_leader_who_steps_down_is_excluded_by_a_proposal_too(self):
        complaint = self.complain()
        complaint.accused_team_ids = self.unit
        accusation = complaint.sudo().accusation_ids
        self.assertEqual(accusation.state, "proposed")
        self.unit.user_id = self.investigator
        self.assertFalse(complaint.with_user(self.leader).has_access("read"))
        accusation.with_user(self.supervisor).workflow_move("confirm", reason="It is so")
        self.assertFalse(complaint.with_user(self.leader).has_access("read"))

    def test_former_member_reads_after_the_accusation(self):
        complaint = self.complain(self.director, accused_team_ids=[Command.link(self.unit.id)])
        self.unit.user_id = self.investigator
        complaint.with_user(self.director).write(
            {"accused_team_ids": [Command.clear()], "accusation_reason": "Another was meant"}
        )
        self.assertFalse(complaint.sudo().conflicted_user_ids)

    def test_neither_accused_nor_delegate_approves(self):
        second = self.service_user("test_supervisor_2", "service_supervisor", "Qin")
        complaint = self.complain(accused_user_ids=[Command.link(self.supervisor.id)])
        complaint.with_user(second).workflow_move("accept")
        complaint.with_user(self.handler).write({"investigator_id": self.investigator.id})
        complaint.with_user(self.handler).workflow_move("investigate")
        complaint.with_user(self.investigator).write(
            {
                "cause_id": self.env.ref("kehu_complaint.complaint_cause_manner").id,
                "course": "…",
                "responsible": "…",
                "conclusion": "…",
                "remedy": "…",
                "prevention": "…",
            }
        )
        complaint.with_user(self.investigator).workflow_move("report")
        complaint.with_user(second).workflow_move("review")
        complaint.with_user(self.handler).write(
            {"proposal": "An apology.", "compensation_ids": [Command.create({"kind": "gift", "amount": 50})]}
        )
        complaint.with_user(self.handler).workflow_move("propose")
        self.env["kehu.approval.delegation"].with_user(self.supervisor).create(
            {"delegate_id": self.employee.id, "date_from": "2020-01-01", "date_to": "2099-01-01"}
        )
        for user in (self.supervisor, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.approval_ids.with_user(user).approve()
        self.assertNotIn(self.supervisor, complaint.sudo().activity_ids.user_id)
        complaint.approval_ids.with_user(second).approve()

    def test_chatter_files_and_parts_are_hidden_from_the_accused(self):
        complaint = self.complain()
        message = complaint.message_post(body="It was rude")
        file = (
            self.env["ir.attachment"]
            .with_user(self.taker)
            .create({"name": "letter", "raw": b"rude", "res_model": "kehu.complaint", "res_id": complaint.id})
        )
        line = self.env["kehu.complaint.compensation"].create(
            {"complaint_id": complaint.id, "kind": "gift", "amount": 1}
        )
        complaint.accused_user_ids = self.handler
        for record in (message, file, line):
            self.assertFalse(record.with_user(self.handler).has_access("read"), record)
        self.assertFalse(
            self.env["kehu.workflow.log"]
            .with_user(self.handler)
            .search([("res_model", "=", "kehu.complaint"), ("res_id", "=", complaint.id)])
        )
        complaint.message_subscribe(self.handler.partner_id.ids)
        self.assertNotIn(self.handler.partner_id, complaint.sudo().message_follower_ids.partner_id)

    def test_accused_cannot_free_themselves(self):
        complaint = self.complain(accused_user_ids=[Command.link(self.handler.id)], user_id=False)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.handler).write({"accused_user_ids": [Command.clear()]})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.handler).with_context(active_test=False, default_accused_user_ids=[]).write(
                {"conflicted_user_ids": [Command.clear()]}
            )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.taker).conflicted_user_ids = False
        self.assertEqual(complaint.sudo().conflicted_user_ids, self.handler)
