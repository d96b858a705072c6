from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestFrozenVotes(ApprovalCommon):
    """A6: who decides a step, and how many of them must, stays as it was when the step began."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = (
            new_test_user(cls.env, f"case_voter_{index}", groups="base.group_user") for index in range(3)
        )
        cls.people = cls.first | cls.second | cls.third
        cls.rule_manager = new_test_user(cls.env, "case_rules", groups="kehu_workflow.group_workflow_manager")
        cls.rule.step_ids[1].unlink()
        cls.step = cls.rule.step_ids
        cls.step.write({"role": False, "user_ids": [Command.set(cls.people.ids)], "quorum": "count", "needed": 3})

    # === A CHANGE OF THE RULE ===

    def test_number_lowered_meanwhile_changes_nothing(self):
        approval = self.submit()
        approval.with_user(self.first).approve()
        for values in ({"needed": 1}, {"quorum": "one"}, {"needed": 1, "quorum": "all"}):
            self.step.with_user(self.rule_manager).write(values)
            self.refresh_candidates()
            self.assertEqual((approval.state, approval.needed), ("pending", 3))
        approval.with_user(self.second).approve()
        self.assertEqual(approval.state, "pending")
        approval.with_user(self.third).approve()
        self.assertEqual(approval.state, "approved")

    def test_people_swapped_meanwhile_stay(self):
        approval = self.submit()
        self.step.with_user(self.rule_manager).user_ids = [
            Command.set((self.outsider | self.director | self.deputy).ids)
        ]
        self.refresh_candidates()
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()
        self.assertFalse(approval.with_user(self.outsider).is_mine)
        for user in self.people:
            self.assertTrue(approval.with_user(user).is_mine)
            approval.with_user(user).approve()
        self.assertEqual(approval.state, "approved")

    def test_steps_changed_meanwhile_count_for_next_request(self):
        self.rule.step_ids = [Command.create({"name": "Later", "user_ids": self.director.ids, "sequence": 20})]
        later = self.rule.step_ids - self.step
        self.step.write({"quorum": "one", "user_ids": [Command.set(self.first.ids)]})
        approval = self.submit()
        other = self.create_rule(name="Other", active=False)
        for attack in (
            lambda: later.with_user(self.rule_manager).unlink(),
            lambda: (
                self.rule.with_user(self.rule_manager).step_ids.browse(later.id).write({"rule_id": other.id})
                and later.unlink()
            ),
            lambda: self.rule.with_user(self.rule_manager).write({"step_ids": [Command.delete(later.id)]}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
        later.with_user(self.rule_manager).write(
            {"user_ids": [Command.set(self.first.ids)], "rule_id": other.id, "sequence": 1}
        )
        approval.with_user(self.first).approve()
        self.assertEqual((approval.state, approval.step_id), ("pending", later))
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "approved")

    def test_new_rule_counts_for_next_request(self):
        approval = self.submit()
        self.step.with_user(self.rule_manager).write({"needed": 1, "user_ids": [Command.set(self.outsider.ids)]})
        again = self.submit(self.create_cases(1))
        self.assertEqual((again.needed, again.asked_user_ids), (1, self.outsider))
        self.assertEqual((approval.needed, approval.asked_user_ids), (3, self.people))

    def test_form_shows_frozen_number(self):
        approval = self.submit()
        self.step.needed = 1
        form = Form(approval.with_user(self.first))
        self.assertEqual(form.needed, 3)

    # === A CHANGE OF THE PEOPLE ===

    def test_members_who_come_later_do_not_decide(self):
        self.step.write({"user_ids": False, "group_ids": [Command.set(self.directors.ids)], "needed": 2})
        approval = self.submit()
        self.directors.user_ids |= self.outsider
        self.refresh_candidates()
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()
        self.assertFalse(
            self.env["mail.activity"].search(
                [("kehu_approval_id", "=", approval.id), ("user_id", "=", self.outsider.id)]
            )
        )

    def test_members_taken_off_do_not_lower_number(self):
        self.step.write({"user_ids": False, "group_ids": [Command.set(self.directors.ids)], "quorum": "all"})
        approval = self.submit()
        approval.with_user(self.director).approve()
        self.directors.user_ids -= self.deputy
        self.refresh_candidates()
        self.assertEqual((approval.state, approval.needed), ("pending", 2))
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.deputy).approve()

    def test_excluded_meanwhile_do_not_lower_number(self):
        self.step.quorum = "all"
        approval = self.submit()
        approval.with_user(self.first).approve()
        self.patch(
            type(self.case),
            "_approval_excluded_users",
            lambda cases: {case.id: self.second | self.third for case in cases},
        )
        self.refresh_candidates()
        self.assertEqual(approval.state, "pending")

    # === DEPARTURES ===

    def leave(self, user, days=4):
        user.active = False
        self.env.flush_all()
        user.sudo().kehu_date_off = fields.Datetime.now() - timedelta(days=days)

    def test_approver_switched_off_for_a_while_is_waited_for(self):
        self.step.write({"user_ids": False, "group_ids": [Command.set(self.directors.ids)], "quorum": "one"})
        approval = self.submit()
        approval.requester_id.lang = "en_US"
        self.directors.user_ids |= self.outsider
        for user in self.director, self.deputy:
            user.active = False
            self.assertTrue(user.sudo().kehu_date_off)
        self.refresh_candidates()
        self.assertFalse(approval.with_user(self.outsider).is_mine)
        self.director.active = True
        self.assertFalse(self.director.sudo().kehu_date_off)
        self.refresh_candidates()
        self.assertTrue(approval.with_user(self.director).is_mine)
        # Whoever comes back after the step began anew is asked again, and the document says that it did.
        for user in self.director, self.deputy:
            self.leave(user)
        self.refresh_candidates()
        self.assertIn("asked of others", " ".join(self.case.message_ids.mapped("body")))
        self.assertIn(
            "Others are asked",
            " ".join(
                self.case.activity_ids.filtered(lambda activity: activity.user_id == approval.requester_id).mapped(
                    "summary"
                )
            ),
        )
        self.director.active = True
        self.env.invalidate_all()
        for user in self.director, self.outsider:
            self.assertTrue(approval.with_user(user).is_mine)

    def test_step_of_all_waits_for_who_is_switched_off_for_a_while(self):
        self.step.quorum = "all"
        approval = self.submit()
        approval.with_user(self.first).approve()
        approval.with_user(self.second).approve()
        self.third.active = False
        self.refresh_candidates()
        self.assertEqual(approval.state, "pending")

    def test_last_of_all_who_leaves_completes_step(self):
        self.step.quorum = "all"
        approval = self.submit()
        approval.with_user(self.first).approve()
        approval.with_user(self.second).approve()
        self.refresh_candidates()
        self.assertEqual(approval.state, "pending")
        self.leave(self.third)
        self.refresh_candidates()
        self.assertEqual((approval.state, approval.needed), ("approved", 3))
        self.assertIn("has left", " ".join(self.case.message_ids.mapped("body")))

    def test_departure_completes_no_step_without_vote(self):
        self.step.write({"quorum": "all", "user_ids": [Command.set(self.first.ids)]})
        approval = self.submit()
        self.leave(self.first)
        self.refresh_candidates()
        self.assertEqual(approval.state, "pending")
        self.assertIn("Nobody!", approval.candidates)

    def test_departure_lowers_no_number(self):
        approval = self.submit()
        approval.with_user(self.first).approve()
        approval.with_user(self.second).approve()
        self.leave(self.third)
        self.refresh_candidates()
        self.assertEqual(approval.state, "pending")
        self.assertIn("Nobody can decide", self.rule.activity_ids.summary)

    def test_departure_grants_no_changed_values(self):
        self.step.quorum = "all"
        approval = self.submit()
        approval.with_user(self.first).approve()
        approval.with_user(self.second).approve()
        self.leave(self.third)
        self.env.flush_all()
        self.env.cr.execute("UPDATE kehu_test_case SET amount = 9999 WHERE id = %s", [self.case.id])
        self.env.invalidate_all()
        self.refresh_candidates()
        self.assertEqual(approval.state, "pending")

    def test_step_begins_anew_when_everybody_asked_has_left(self):
        self.step.write({"user_ids": False, "group_ids": [Command.set(self.directors.ids)], "quorum": "one"})
        approval = self.submit()
        self.directors.user_ids |= self.outsider
        self.leave(self.director)
        self.refresh_candidates()
        self.assertFalse(approval.with_user(self.outsider).is_mine)
        self.leave(self.deputy)
        self.refresh_candidates()
        approval.invalidate_recordset()
        self.assertTrue(approval.with_user(self.outsider).is_mine)
        self.assertEqual(
            self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)]).user_id, self.outsider
        )
        approval.with_user(self.outsider).approve()
        self.assertEqual(approval.state, "approved")

    # === FORGED ===

    def test_administrator_with_access_right_writes_no_run(self):
        approval = self.submit()
        admin = self.env.ref("base.user_admin")
        for model in ("kehu.approval", "kehu.approval.decision"):
            self.env["ir.model.access"].create(
                {
                    "name": "all",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": self.env.ref("base.group_system").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
            )
        run = approval.with_user(admin)
        for values in (
            {"needed": 1},
            {"state": "approved"},
            {"route": []},
            {"step_id": self.step.id},
            {"asked_user_ids": [Command.set(self.outsider.ids)]},
            {"named_user_ids": [Command.link(self.outsider.id)]},
            {"asked_group_ids": [Command.link(self.directors.id)]},
            {"decision_ids": [Command.clear()]},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                run.write(values)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.case.with_user(admin).write({"approval_ids": [Command.update(approval.id, values)]})
        decision = {
            "approval_id": approval.id,
            "res_model": self.case._name,
            "res_id": self.case.id,
            "step_id": self.step.id,
            "user_id": self.first.id,
            "principal_id": self.first.id,
            "verdict": "approved",
        }
        for attack in (
            run.copy,
            run.unlink,
            lambda: run.create(approval.copy_data()),
            lambda: self.env["kehu.approval.decision"].with_user(admin).create(decision),
        ):
            with self.assertRaisesRegex(UserError, "by the server alone|cannot be deleted"), self.env.cr.savepoint():
                attack()
        self.assert_undecided(approval)
        self.assertEqual((approval.needed, approval.asked_user_ids), (3, self.people))

    def test_defaults_of_context_forge_nothing(self):
        forged = {
            "default_state": "approved",
            "default_needed": 1,
            "default_decision_count": 3,
            "default_date": "2020-01-01 00:00:00",
            "default_asked_user_ids": [Command.set(self.outsider.ids)],
            "default_named_user_ids": [Command.set(self.outsider.ids)],
            "default_date_closed": "2020-01-01 00:00:00",
        }
        self.case.with_user(self.clerk).with_context(**forged).workflow_move("submit")
        approval = self.approval_of(self.case)
        self.assertRecordValues(
            approval, [{"state": "pending", "needed": 3, "decision_count": 0, "date_closed": False}]
        )
        self.assertEqual(approval.asked_user_ids, self.people)
        approval.with_user(self.first).with_context(**forged).approve()
        self.assertEqual({approval.date.year, approval.decision_ids.date.year} & {2020}, set())
