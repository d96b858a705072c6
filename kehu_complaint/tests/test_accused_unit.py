from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .accusation_common import AccusationCase


@tagged("post_install", "-at_install")
class TestAccusedUnit(AccusationCase):
    """C8: the leader of an accused unit throws nobody out of the complaint by making them members."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = new_test_user(cls.env, "test_sales", "sales_team.group_sale_manager", name="Qian")
        cls.auditor = new_test_user(cls.env, "test_auditor", "kehu_confidential.group_tier_auditor", name="Lu")
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.env.ref("kehu_confidential.group_tier_auditor").user_ids = cls.auditor
        cls.accused = cls.env["crm.team"].create({"name": "Accused unit", "user_id": cls.sales.id})
        cls.complaint = cls.complain(cls.director, accused_team_ids=[Command.link(cls.accused.id)])
        cls.supervisor.lang = "en_US"

    def join(self, *users, by=None):
        return (
            self.env["crm.team.member"]
            .with_user(by or self.sales)
            .create([{"crm_team_id": self.accused.id, "user_id": user.id} for user in users])
        )

    def assert_kept(self, *users):
        for user in users:
            self.assertNotIn(user, self.complaint.sudo().conflicted_user_ids, user.name)

    def test_leader_throws_no_service_out_by_membership(self):
        self.bring_to(self.complaint, "investigating")
        service = (self.handler, self.investigator, self.supervisor, self.director, self.general_manager)
        members = self.join(*service)
        self.assert_kept(*service)
        self.assertEqual(self.complaint.sudo().user_id, self.handler)
        self.assertEqual(self.complaint.sudo().investigator_id, self.investigator)
        self.assertTrue(self.complaint.with_user(self.handler).has_access("read"))
        self.assertIn("Qian put Feng, Yang", self.complaint.sudo().message_ids[0].body)
        self.assertIn(
            "Who is complained about was changed: see the chatter",
            self.complaint.sudo()
            .activity_ids.filtered(lambda to_do: to_do.user_id == self.supervisor)
            .mapped("summary"),
        )
        members.unlink()
        self.assert_kept(*service)

    def test_leader_throws_nobody_out_by_the_lead(self):
        self.bring_to(self.complaint, "pending")
        self.accused.with_user(self.sales).user_id = self.supervisor
        self.assert_kept(self.supervisor)
        self.assertIn(self.sales, self.complaint.sudo().conflicted_user_ids)
        self.complaint.approval_ids.with_user(self.supervisor).approve()

    def test_colleague_without_part_who_joins_is_excluded(self):
        newcomer = self.service_user("test_newcomer", "service_user", "Zhu")
        self.join(newcomer)
        self.assertIn(newcomer, self.complaint.sudo().conflicted_user_ids)

    def test_superior_excludes_by_membership_and_by_name(self):
        self.supervisor.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.join(self.handler, by=self.supervisor)
        self.assertIn(self.handler, self.complaint.sudo().conflicted_user_ids)
        self.complaint.sudo().investigator_id = self.investigator
        self.join(self.investigator)
        self.assert_kept(self.investigator)
        self.complaint.with_user(self.supervisor).accused_user_ids += self.investigator
        self.assertIn(self.investigator, self.complaint.sudo().conflicted_user_ids)

    def test_member_who_leaves_and_comes_back_stays_excluded(self):
        member = self.join(self.employee, by=self.env.user)
        member.active = False
        self.complaint.sudo().user_id = False
        self.join(self.employee)
        self.assertIn(self.employee, self.complaint.sudo().conflicted_user_ids)

    def test_watchers_stay_when_made_members(self):
        self.join(self.officer, self.auditor)
        self.assert_kept(self.officer, self.auditor)

    def test_watchers_are_accused_by_the_general_manager(self):
        complaint = self.complain()
        accused, accusation = self.accuse(self.officer | self.auditor, complaint, accusation_reason="They were rude")
        self.assertEqual(accusation.state, "proposed")
        self.assertFalse(complaint.sudo().conflicted_user_ids, "they watch until it is decided")
        self.assertEqual(accusation.decider_ids, self.general_manager)
        accusation.with_user(self.general_manager).workflow_move("confirm", reason="It is so")
        self.assertEqual(accused.conflicted_user_ids, self.officer | self.auditor)

    def test_other_officers_are_told_who_is_excluded(self):
        other = new_test_user(self.env, "test_officer_2", "kehu_confidential.group_tier_officer", name="Xie")
        self.complaint.with_user(self.general_manager).write(
            {"accused_user_ids": [Command.link(self.officer.id)], "accusation_reason": "Rude"}
        )
        change = self.env["kehu.right.change"].sudo().search([("name", "=", "conflicted_user_ids")], limit=1)
        self.assertEqual((change.res_ids, change.is_taken), (self.complaint.ids, True))
        self.assertEqual(change.activity_ids.user_id, other)

    def test_what_was_noted_before_stays_visible(self):
        logs, changes = self.env["kehu.access.log"].sudo(), self.env["kehu.right.change"].sudo()
        about = {"res_model": self.complaint._name, "user_id": self.handler.id, "action": "read"}
        for hours in (-2, 1):
            day = fields.Datetime.now() + timedelta(hours=hours)
            logs += logs.create({**about, "res_id": self.complaint.id, "date": day})
            changes += changes.create(
                {
                    "requester_id": self.handler.id,
                    "res_model": self.complaint._name,
                    "res_ids": self.complaint.ids,
                    "name": "kehu_own_tier",
                    "value": 0,
                }
            )
            self.env.flush_all()
            self.env.cr.execute("UPDATE kehu_right_change SET create_date = %s WHERE id = %s", (day, changes[-1].id))

        logs, changes = logs.with_user(self.auditor).sudo(False), changes.with_user(self.officer).sudo(False)

        def seen():
            self.env.invalidate_all()
            return [rows.search([("id", "in", rows.ids)], order="id") for rows in (logs, changes)]

        self.assertEqual(seen(), [logs, changes])
        self.complaint.with_user(self.general_manager).write(
            {
                "accused_user_ids": [Command.link(user.id) for user in self.officer | self.auditor],
                "accusation_reason": "Rude",
            }
        )
        self.assertLessEqual(self.officer | self.auditor, self.complaint.conflicted_user_ids)
        self.assertEqual(seen(), [logs[0], changes[0]])
        self.assertEqual([logs[0].has_access("read"), logs[1].has_access("read")], [True, False])

    def test_no_administrator_replaces_an_excluded_officer(self):
        Change = self.env["kehu.right.change"]
        self.assertFalse(Change._get_deciders(self.employee, "0", self.officer))
        self.assertEqual(Change._get_deciders(self.employee), self.officer)
        self.assertIn(self.env.ref("base.user_admin"), Change._get_deciders(self.officer))

    def test_deleting_units_tells_of_no_complaint(self):
        free = self.env["crm.team"].create({"name": "Free unit", "user_id": self.sales.id})
        for unit in self.accused, free:
            with self.assertRaisesRegex(UserError, "archive them"), self.env.cr.savepoint():
                unit.with_user(self.sales).unlink()

    def test_clerk_pardons_no_unit_that_was_emptied(self):
        self.accused.with_user(self.sales).user_id = False
        unlink = {"accused_team_ids": [Command.unlink(self.accused.id)], "accusation_reason": "Nobody is in it"}
        with self.assertRaisesRegex(AccessError, "only a superior of theirs"), self.env.cr.savepoint():
            self.complaint.with_user(self.taker).write(unlink)
        self.complaint.with_user(self.director).write(unlink)
        self.assertFalse(self.complaint.sudo().conflicted_user_ids)


@tagged("post_install", "-at_install")
class TestStruckOut(AccusationCase):
    """C1, C5, C8: nobody is struck out as a decider by a role that somebody else gave for a moment."""

    def test_handler_of_the_moment_is_not_struck_out(self):
        complaint = self.bring_to(self.complain(), "proposal")
        complaint.with_user(self.handler).write(
            {
                "proposal": "An apology.",
                "compensation_ids": [Command.create({"kind": "repair", "quantity": 3, "amount": 50})],
                "user_id": self.supervisor.id,
            }
        )
        with self.assertRaisesRegex(UserError, "Jiang became the handler"), self.env.cr.savepoint():
            complaint.with_user(self.handler).workflow_move("propose")
        complaint.with_user(self.handler).user_id = self.handler
        complaint.with_user(self.handler).workflow_move("propose")
        self.assertNotIn(self.supervisor, complaint.sudo().worked_user_ids)
        complaint.approval_ids.with_user(self.supervisor).approve()

    def test_handler_given_by_others_submits(self):
        complaint = self.bring_to(self.complain(), "proposal")
        complaint.with_user(self.supervisor).user_id = self.taker
        complaint.with_user(self.taker).write(
            {
                "proposal": "An apology.",
                "compensation_ids": [Command.create({"kind": "repair", "quantity": 3, "amount": 50})],
            }
        )
        complaint.with_user(self.taker).workflow_move("propose")
        self.assertEqual(complaint.state, "pending")

    def test_handler_does_not_take_out_the_own_complaint(self):
        second = self.service_user("test_supervisor_2", "service_supervisor", "Qin")
        complaint = self.bring_to(self.complain(user_id=self.supervisor.id), "accepted")
        complaint.with_user(self.taker).action_propose_dismissal("foreign", "Not ours.")
        self.assertFalse(complaint.with_user(self.supervisor).is_dismissal_mine)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).action_approve_dismissal()
        complaint.with_user(second).action_approve_dismissal()
        self.assertEqual(complaint.state, "dismissed")
