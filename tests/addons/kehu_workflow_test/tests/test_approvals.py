from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CaseCommon


class ApprovalCommon(CaseCommon):
    """Filing goes to the case's manager, then to one of two directors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director, cls.deputy = (
            new_test_user(cls.env, f"case_{name}", groups="base.group_user", email=f"{name}@example.com")
            for name in ("director", "deputy")
        )
        cls.directors = cls.env["res.groups"].create({"name": "Directors", "user_ids": [Command.set((cls.director + cls.deputy).ids)]})
        cls.rule = cls.create_rule()
        cls.case.manager_id = cls.manager
        cls.env.flush_all()

    @classmethod
    def create_rule(cls, **values):
        return cls.env["kehu.approval.rule"].create(
            {
                "name": "Filing",
                "model_id": cls.env["ir.model"]._get_id("kehu.test.case"),
                "kind": "filing",
                "step_ids": [
                    Command.create({"name": "Manager", "role": "manager_id", "sequence": 1}),
                    Command.create({"name": "Director", "group_ids": [Command.set(cls.directors.ids)], "sequence": 2}),
                ],
                **values,
            }
        )

    def submit(self, case=None, user=None):
        case = case or self.case
        case.with_user(user or self.clerk).workflow_move("submit")
        return self.approval_of(case)

    def approval_of(self, case):
        return self.env["kehu.approval"].search([("res_model", "=", case._name), ("res_id", "in", case.ids)])

    def assert_undecided(self, approval, state="pending"):
        self.env.invalidate_all()
        self.assertEqual(approval.state, "pending")
        self.assertFalse(approval.decision_ids)
        self.assertEqual(self.case.state, state)


@tagged("post_install", "-at_install")
class TestApprovalStory(ApprovalCommon):
    """A6: asked for, decided step by step, and the document follows."""

    def test_manager_then_director_agree_and_the_case_is_filed(self):
        approval = self.submit()
        self.assertRecordValues(approval, [{"state": "pending", "requester_id": self.clerk.id, "kind_label": "Filing"}])
        self.assertEqual(self.case.state, "pending")
        self.assertEqual(approval.candidates, self.manager.name)
        self.assertEqual(approval.with_user(self.manager).is_mine, True)
        self.assertEqual(approval.with_user(self.director).is_mine, False)

        approval.with_user(self.manager).approve("known customer")
        self.assertEqual(approval.step_id.name, "Director")
        self.assertEqual(self.case.state, "pending")

        approval.with_user(self.deputy).approve()
        self.assertEqual((approval.state, self.case.state), ("approved", "filed"))
        self.assertRecordValues(
            self.case.approval_decision_ids,
            [
                {"user_id": self.manager.id, "principal_id": self.manager.id, "verdict": "approved", "reason": "known customer"},
                {"user_id": self.deputy.id, "principal_id": self.deputy.id, "verdict": "approved", "reason": False},
            ],
        )
        self.assertEqual(self.log_of(self.case).mapped("move"), ["grant", "submit"])
        self.assertIn("Filing – Director: Approved", " ".join(self.case.message_ids.mapped("body")))

    def test_refusal_sends_it_back_with_the_reason(self):
        approval = self.submit()
        with self.assertRaisesRegex(UserError, "needs a reason"):
            approval.with_user(self.manager).refuse("  ")
        approval.with_user(self.manager).refuse("licence expired")
        self.assertEqual((approval.state, self.case.state), ("refused", "new"))
        self.assertEqual(self.log_of(self.case)[0].reason, "licence expired")
        with self.assertRaisesRegex(UserError, "not pending any more"):
            approval.with_user(self.manager).approve()

    def test_requester_withdraws_corrects_and_asks_again(self):
        approval = self.submit()
        with self.assertRaisesRegex(AccessError, "Only case_clerk"):
            approval.with_user(self.manager).withdraw("mine now")
        approval.with_user(self.clerk).withdraw()
        self.assertEqual((approval.state, self.case.state), ("withdrawn", "new"))
        self.case.with_user(self.clerk).amount = 2000
        again = self.submit() - approval
        self.assertEqual(again.snapshot["amount"], 2000)

    def test_approvers_are_reminded_until_it_is_decided(self):
        def reminded():
            return self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)]).user_id

        approval = self.submit()
        self.assertEqual(reminded(), self.manager)
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.manager.partner_id.ids)])
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(f"/odoo/kehu.test.case/{self.case.id}", mail.body_html)
        approval.with_user(self.manager).approve()
        self.assertEqual(reminded(), self.director + self.deputy)
        approval.with_user(self.director).approve()
        self.assertFalse(reminded())
        self.assertNotIn(self.director.partner_id, self.case.message_partner_ids)

    def test_many_are_decided_at_once_or_none(self):
        cases = self.create_cases(3, manager_id=self.manager.id)
        cases.with_user(self.clerk).workflow_move("submit")
        approvals = self.approval_of(cases)
        cases[1].sudo()._move("expire")
        with self.assertRaises(UserError):
            approvals.with_user(self.manager).approve()
        self.assertFalse(approvals.decision_ids)
        pending = self.env["kehu.approval"].with_user(self.manager).search([("is_mine", "=", True)])
        self.assertEqual(pending, self.approval_of(cases[0] + cases[2]))
        pending.browse(pending.ids * 2).approve()
        self.assertEqual(len(pending.decision_ids), 2)
        self.assertEqual(set(pending.mapped("step_id.name")), {"Director"})

    def test_revising_a_filed_case_ends_its_approval(self):
        approval = self.submit()
        approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        self.case.with_user(self.clerk).workflow_move("revise", "new owner")
        self.assertEqual(approval.state, "lapsed")
        self.case.with_user(self.clerk).amount = 5
        self.assertEqual(self.submit()[0].state, "pending")

    def test_approver_reads_a_secret_case_while_it_is_his_to_decide(self):
        self.case.is_secret = True
        self.case.user_id = self.clerk
        self.env["ir.rule"].search([("model_id.model", "=", "kehu.test.case")]).domain_force = (
            "['|', '|', '|', ('is_secret', '=', False), ('manager_id', '=', user.id), ('user_id', '=', user.id), ('approval_is_mine', '=', True)]"
        )
        approval = self.submit()
        with self.assertRaises(AccessError):
            self.case.with_user(self.director).read(["name"])
        with self.assertRaises(AccessError):
            approval.with_user(self.director).read(["kind"])
        approval.with_user(self.manager).approve()
        self.env.invalidate_all()
        self.assertEqual(self.case.with_user(self.director).read(["name"])[0]["name"], "Case 0")
        self.assertEqual(self.env["kehu.test.case"].with_user(self.director).search([("is_secret", "=", True)]), self.case)
        approval.with_user(self.director).approve()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.case.with_user(self.director).read(["name"])

    def test_form_offers_the_decision_and_shows_the_history(self):
        self.submit()
        form = Form(self.case.with_user(self.manager))
        self.assertTrue(form.approval_is_mine)
        self.case.with_user(self.manager).action_approval_approve()
        self.assertEqual(self.approval_of(self.case).step_id.name, "Director")
        action = self.case.with_user(self.director).action_approval_refuse()
        wizard = Form(self.env[action["res_model"]].with_user(self.director).with_context(**action["context"]))
        wizard.reason = "no"
        wizard.save().action_confirm()
        self.assertEqual(self.case.state, "new")
        printed = self.env["ir.qweb"]._render("kehu_workflow.approval_history", {"doc": self.case})
        self.assertIn("case_director", printed)
        self.assertIn("Refused", printed)

    def test_why_it_waits(self):
        self.submit()
        action = self.case.with_user(self.clerk).action_workflow_explain()
        body = self.env[action["res_model"]].browse(action["res_id"]).body
        self.assertIn("Step “Manager” waits for: case_manager", body)


@tagged("post_install", "-at_install")
class TestWhoDecides(ApprovalCommon):
    """A6: separation of duties, at the moment of deciding."""

    def test_no_candidate_no_decision(self):
        approval = self.submit()
        for stranger in (self.outsider, self.director, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(AccessError, "not yours to decide"):
                approval.with_user(stranger).approve()
            with self.assertRaisesRegex(AccessError, "not yours to decide"):
                approval.with_user(stranger).sudo().refuse("no")
        self.assert_undecided(approval)

    def test_requester_does_not_decide_his_own(self):
        self.directors.user_ids += self.clerk
        self.rule.step_ids[0].unlink()
        approval = self.submit()
        self.assertFalse(approval.with_user(self.clerk).is_mine)
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.clerk).approve()
        self.assert_undecided(approval)

    def test_creator_does_not_decide(self):
        case = self.env["kehu.test.case"].with_user(self.manager).create({"name": "own", "manager_id": self.manager.id})
        with self.assertRaisesRegex(UserError, "Not enough people can decide step “Manager”"), self.env.cr.savepoint():
            self.submit(case)
        self.rule.step_ids[0].group_ids = self.directors
        approval = self.submit(case)
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.manager).approve()
        self.assertFalse(approval.decision_ids)

    def test_beneficiary_does_not_decide_even_if_named_later(self):
        self.case.beneficiary_id = self.director
        approval = self.submit()
        approval.with_user(self.manager).approve()
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.director).approve()
        self.patch(type(self.case), "_approval_excluded_users", lambda cases: {case.id: self.deputy for case in cases})
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "pending")

    def test_nobody_decides_two_steps(self):
        self.directors.user_ids += self.manager
        approval = self.submit()
        approval.with_user(self.manager).approve()
        with self.assertRaisesRegex(UserError, "already"):
            approval.with_user(self.manager).approve()
        self.assertEqual(len(approval.decision_ids), 1)

    def test_one_person_for_two_steps_is_found_out_when_asking(self):
        self.directors.user_ids = self.manager
        with self.assertRaisesRegex(UserError, "step “Director”"), self.env.cr.savepoint():
            self.submit()
        self.assertEqual(self.case.state, "new")

    def test_values_changed_behind_its_back_stop_the_decision(self):
        approval = self.submit()
        self.env.cr.execute("UPDATE kehu_test_case SET amount = 9999 WHERE id = %s", [self.case.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not those that were asked for"):
            approval.with_user(self.manager).approve()
        self.assert_undecided(approval)

    def test_snapshot_changed_behind_its_back_stops_the_decision(self):
        approval = self.submit()
        self.env.cr.execute(
            "UPDATE kehu_approval SET snapshot = jsonb_set(snapshot, '{amount}', '9999') WHERE id = %s", [approval.id]
        )
        self.env.cr.execute("UPDATE kehu_test_case SET amount = 9999 WHERE id = %s", [self.case.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not those that were asked for"):
            approval.with_user(self.manager).approve()
        self.assert_undecided(approval)

    def test_who_left_the_group_decides_no_more_and_who_came_does(self):
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.directors.user_ids -= self.director
        self.assertFalse(self.env["kehu.approval"].with_user(self.director).search([("is_mine", "=", True)]))
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.director).approve()
        implying = self.env["res.groups"].create({"name": "Board", "implied_ids": [Command.link(self.directors.id)]})
        self.outsider.group_ids += implying
        approval.with_user(self.outsider).approve()
        self.assertEqual(approval.state, "approved")

    def test_changed_step_passes_the_decision_on(self):
        self.case.user_id = self.deputy
        approval = self.submit()
        self.case.is_secret = True
        self.rule.step_ids[0].role = "user_id"
        approval.invalidate_recordset()
        self.assertTrue(approval.with_user(self.deputy).is_mine)
        self.assertFalse(approval.with_user(self.manager).is_mine)
        self.case.user_id = self.outsider
        self.assertTrue(approval.with_user(self.outsider).is_mine)
        self.assertFalse(self.case.with_user(self.deputy).has_access("read"))

    def test_changed_manager_passes_the_decision_on(self):
        approval = self.submit()
        self.case.manager_id = self.outsider
        self.assertTrue(approval.with_user(self.outsider).is_mine)
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.manager).approve()
        self.env["kehu.approval"]._cron_refresh_candidates()
        activities = self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)])
        self.assertEqual(activities.user_id, self.outsider)
        approval.with_user(self.outsider).approve()

    def test_document_that_cannot_be_read_cannot_be_decided(self):
        approval = self.submit()
        self.env["ir.rule"].create(
            {"name": "none", "model_id": self.env["ir.model"]._get_id("kehu.test.case"), "domain_force": "[('id', '=', 0)]"}
        )
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).approve()

    def test_all_and_a_number_of_them(self):
        director_step = self.rule.step_ids[1]
        director_step.quorum = "all"
        approval = self.submit()
        approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "pending")
        approval.with_user(self.deputy).approve()
        self.assertEqual(approval.state, "approved")
        director_step.write({"quorum": "count", "needed": 2})
        case = self.create_cases(1, manager_id=self.manager.id, beneficiary_id=self.director.id)
        with self.assertRaisesRegex(UserError, "step “Director”"):
            self.submit(case)

    def test_two_kinds_of_one_case_are_decided_at_once(self):
        self.create_rule(name="Copy", kind="copy", step_ids=[Command.create({"name": "?", "user_ids": self.director.ids})])
        filing = self.submit()
        filing.with_user(self.manager).approve()
        copy = self.case.with_user(self.clerk)._approval_ask("copy")
        (filing + copy).with_user(self.director).approve()
        self.assertEqual((filing + copy).mapped("state"), ["approved", "approved"])
        self.assertEqual(self.case.state, "filed")

    def test_one_refusal_among_many_ends_it(self):
        self.rule.step_ids[1].quorum = "all"
        approval = self.submit()
        approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        approval.with_user(self.deputy).refuse("too risky")
        self.assertEqual((approval.state, self.case.state), ("refused", "new"))


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCommon):
    """A6: who is away names who decides in his place, and gives no more than he has."""

    def delegate(self, delegator, delegate, start=0, end=3):
        today = fields.Date.today()
        return self.env["kehu.approval.delegation"].with_user(delegator).create(
            {"delegate_id": delegate.id, "date_from": today + timedelta(days=start), "date_to": today + timedelta(days=end)}
        )

    def test_delegate_decides_and_it_shows(self):
        self.delegate(self.manager, self.outsider)
        approval = self.submit()
        self.assertTrue(approval.with_user(self.outsider).is_mine)
        approval.with_user(self.outsider).approve()
        self.assertRecordValues(approval.decision_ids, [{"user_id": self.outsider.id, "principal_id": self.manager.id}])
        self.assertIn("in the place of case_manager", self.case.message_ids[0].body)

    def test_only_within_its_dates(self):
        self.delegate(self.manager, self.outsider, start=1, end=2)
        self.delegate(self.manager, self.outsider, start=-3, end=-1)
        approval = self.submit()
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
            self.outsider.tz = zone
            self.assertFalse(approval.with_user(self.outsider).is_mine)
            with self.assertRaisesRegex(AccessError, "not yours"):
                approval.with_user(self.outsider).with_context(tz=zone).approve()
        self.assert_undecided(approval)

    def test_it_does_not_chain(self):
        self.delegate(self.manager, self.outsider)
        self.delegate(self.outsider, self.deputy)
        with self.assertRaisesRegex(AccessError, "not yours"):
            self.submit().with_user(self.deputy).approve()

    def test_requester_gains_nothing(self):
        self.delegate(self.manager, self.clerk)
        approval = self.submit()
        self.assertFalse(approval.with_user(self.clerk).is_mine)
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.clerk).approve()

    def test_nobody_stands_in_for_the_requester(self):
        self.directors.user_ids += self.clerk
        self.rule.step_ids[0].unlink()
        self.delegate(self.clerk, self.outsider)
        approval = self.submit()
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()

    def test_delegator_and_delegate_have_one_voice(self):
        self.rule.step_ids[1].quorum = "all"
        self.delegate(self.director, self.outsider)
        approval = self.submit()
        approval.with_user(self.manager).approve()
        approval.with_user(self.outsider).approve()
        with self.assertRaisesRegex(UserError, "already"):
            approval.with_user(self.director).approve()

    def test_not_to_oneself_and_not_from_others(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.delegate(self.manager, self.manager)
        values = {"delegator_id": self.manager.id, "delegate_id": self.outsider.id, "date_to": fields.Date.today() + timedelta(days=3)}
        Delegation = self.env["kehu.approval.delegation"]
        for user in (self.outsider, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                Delegation.with_user(user).create(values)
        own = self.delegate(self.outsider, self.deputy)
        with self.assertRaises(AccessError):
            own.with_user(self.outsider).write({"delegator_id": self.manager.id, "delegate_id": self.outsider.id})
        mine = self.delegate(self.manager, self.outsider)
        with self.assertRaises(AccessError):
            mine.with_user(self.outsider).date_to = fields.Date.today() + timedelta(days=99)

    def test_delegation_taken_back_ends_at_once(self):
        delegation = self.delegate(self.manager, self.outsider)
        approval = self.submit()
        self.assertTrue(approval.with_user(self.outsider).is_mine)
        delegation.with_user(self.manager).unlink()
        approval.invalidate_recordset()
        self.assertFalse(approval.with_user(self.outsider).is_mine)
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()

    def test_delegator_who_left_lends_nothing(self):
        self.delegate(self.manager, self.outsider)
        approval = self.submit()
        self.manager.active = False
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()


@tagged("post_install", "-at_install")
class TestFrozenValues(ApprovalCommon):
    """A6: what was asked for stays as it is, from asking on."""

    def test_watched_values_are_frozen_while_pending_and_after(self):
        child = self.create_cases(1, parent_id=self.case.id)
        approval = self.submit()
        for _round in range(2):
            for values in (
                {"amount": 5},
                {"beneficiary_id": self.outsider.id},
                {"child_ids": [Command.update(child.id, {"amount": 5})]},
                {"child_ids": [Command.create({"name": "late", "amount": 5})]},
            ):
                with self.assertRaisesRegex(UserError, "Take it back first"), self.env.cr.savepoint():
                    self.case.with_user(self.clerk).write(values)
            self.env.invalidate_all()
            self.assertEqual((self.case.amount, child.amount, len(self.case.child_ids)), (1000, 1000, 1))
            self.case.with_user(self.clerk).write({"amount": 1000, "note": "free"})
            if approval.state == "pending":
                approval.with_user(self.manager).approve()
                approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "approved")

    def test_no_context_thaws_them(self):
        self.submit()
        for key in ("skip_validation_check", "kehu_workflow_permit", "install_mode", "tracking_disable"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.case.with_user(self.clerk).with_context(**{key: True}).write({"amount": 5})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.case.sudo().write({"amount": 5})

    def test_field_watched_by_a_rule_is_frozen_too(self):
        self.rule.watched_field_ids = self.env["ir.model.fields"]._get("kehu.test.case", "note")
        self.submit()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.case.note = "changed"

    def test_asked_for_document_is_not_deleted(self):
        self.case.with_user(self.clerk)._approval_ask("copy") if self.create_rule(kind="copy") else None
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.case.with_user(self.clerk).with_context(_force_unlink=True).unlink()

    def test_same_thing_is_not_asked_twice(self):
        self.create_rule(kind="copy")
        self.case.with_user(self.clerk)._approval_ask("copy")
        with self.assertRaisesRegex(UserError, "already and waits"):
            self.case.with_user(self.clerk)._approval_ask("copy")
        self.assertEqual(len(self.approval_of(self.case)), 1)


@tagged("post_install", "-at_install")
class TestNothingIsForged(ApprovalCommon):
    """A6: nobody but the server writes approvals and decisions."""

    def test_no_one_creates_writes_or_deletes(self):
        approval = self.submit()
        approval.with_user(self.manager).approve()
        decision = approval.decision_ids
        copies = {
            "kehu.approval": {**approval.copy_data()[0], "state": "approved"},
            "kehu.approval.decision": {**decision.copy_data()[0], "user_id": self.director.id, "principal_id": self.director.id},
        }
        for user in (self.clerk, self.manager, self.env.ref("base.user_admin")):
            for record, values in ((approval, {"state": "approved"}), (decision, {"verdict": "refused"})):
                mine = record.with_user(user).with_context(install_mode=True, _force_unlink=True)
                with self.assertRaises(AccessError):
                    mine.create(copies[record._name])
                with self.assertRaises(AccessError):
                    mine.write(values)
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.copy()
        self.assertRecordValues(approval, [{"state": "pending", "decision_count": 1}])
        self.assertEqual(approval.decision_ids, decision)

    def test_no_way_in_through_the_document(self):
        approval = self.submit()
        case = self.case.with_user(self.clerk)
        for commands in (
            {"approval_ids": [Command.update(approval.id, {"state": "approved"})]},
            {"approval_ids": [Command.delete(approval.id)]},
            {"approval_ids": [Command.clear()]},
            {"approval_ids": [Command.create({"kind": "filing", "state": "approved"})]},
            {"approval_decision_ids": [Command.create({"approval_id": approval.id, "verdict": "approved"})]},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                case.write(commands)
        self.assert_undecided(approval)

    def test_outcome_moves_are_not_for_clients(self):
        self.submit()
        for name in ("grant", "send_back"):
            with self.assertRaisesRegex(AccessError, "It follows when"):
                self.case.with_user(self.manager).workflow_move(name)
        self.assertEqual(self.case.state, "pending")

    def test_rules_are_for_administrators(self):
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                self.rule.with_user(user).write({"active": False})
            with self.assertRaises(AccessError):
                self.rule.step_ids.with_user(user).write({"user_ids": [Command.link(user.id)]})

    def test_used_rules_and_steps_stay(self):
        self.submit()
        with self.assertRaisesRegex(UserError, "Archive"):
            self.rule.unlink()
        with self.assertRaisesRegex(UserError, "Archive"):
            self.rule.step_ids[1].unlink()


@tagged("post_install", "-at_install")
class TestAuthorityTable(ApprovalCommon):
    """A6, C5: the table is filled by an administrator, and never passes anything silently."""

    def test_amount_decides_who(self):
        self.rule.write({"amount_path": "amount", "amount_to": 500})
        big = self.create_rule(name="Big", amount_path="amount", amount_from=500)
        for amount, rule in ((0, self.rule), (499.99, self.rule), (500, big), (10**6, big)):
            case = self.create_cases(1, amount=amount, manager_id=self.manager.id)
            self.assertEqual(self.submit(case).rule_id, rule)

    def test_amount_is_compared_in_company_currency(self):
        self.rule.write({"amount_path": "amount", "amount_to": 500})
        big = self.create_rule(name="Big", amount_path="amount", amount_from=500)
        currency = self.env["res.currency"].create({"name": "XKH", "symbol": "X"})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": 0.1, "name": fields.Date.today()})
        case = self.create_cases(1, amount=60, currency_id=currency.id, manager_id=self.manager.id)
        self.assertEqual(self.submit(case).rule_id, big)

    def test_condition_and_company_decide_which_rule(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rule.company_id = other
        with self.assertRaisesRegex(UserError, "No approval rule says who decides “Filing”"), self.env.cr.savepoint():
            self.submit()
        self.assertEqual(self.case.state, "new")
        secret = self.create_rule(name="Secret", domain="[('is_secret', '=', True)]")
        plain = self.create_rule(name="Plain")
        self.assertEqual(self.submit().rule_id, plain)
        case = self.create_cases(1, is_secret=True, manager_id=self.manager.id, user_id=self.manager.id)
        case.sudo()._move("submit")
        self.assertEqual(self.approval_of(case).rule_id, secret)

    def test_who_does_not_work_in_the_company_neither_decides_nor_hears_of_it(self):
        self.rule.step_ids[0].unlink()
        other = self.env["res.company"].create({"name": "Other"})
        case = self.create_cases(1, company_id=other.id, is_secret=True)
        with self.assertRaisesRegex(UserError, "Not enough people"), self.env.cr.savepoint():
            case._approval_ask("filing")
        self.director.company_ids += other
        approval = case._approval_ask("filing")
        self.assertEqual(approval.candidates, self.director.name)
        self.assertEqual(case.activity_ids.user_id, self.director)
        for user, mine in ((self.director, True), (self.deputy, False)):
            self.assertEqual(approval.with_user(user).is_mine, mine)
            self.assertEqual(case.with_user(user).has_access("read"), mine)

    def test_step_is_skipped_when_its_condition_fails(self):
        self.rule.step_ids[0].domain = "[('amount', '>', 5000)]"
        self.assertEqual(self.submit().step_id.name, "Director")
        self.rule.step_ids[1].domain = "[('amount', '>', 5000)]"
        with self.assertRaisesRegex(UserError, "No step of rule"):
            self.submit(self.create_cases(1, manager_id=self.manager.id))

    def test_empty_group_is_refused_at_configuration_and_at_asking(self):
        empty = self.env["res.groups"].create({"name": "Nobody"})
        with self.assertRaisesRegex(ValidationError, "have only 0 active"):
            self.rule.step_ids[1].group_ids = empty
        with self.assertRaisesRegex(ValidationError, "neither groups nor users"):
            self.create_rule(step_ids=[Command.create({"name": "?"})])
        with self.assertRaisesRegex(ValidationError, "no step"):
            self.create_rule(step_ids=False)
        (self.director + self.deputy).active = False
        self.env.invalidate_all()
        self.assertIn("have only 0 active", self.rule.problem)
        with self.assertRaisesRegex(UserError, "Not enough people can decide step “Director”"):
            self.submit()

    def test_case_without_manager_is_not_asked_for(self):
        self.case.manager_id = False
        with self.assertRaisesRegex(UserError, "step “Manager”"):
            self.submit()

    def test_approvers_who_leave_meanwhile_are_reported(self):
        approval = self.submit()
        (self.director + self.deputy).active = False
        approval.with_user(self.manager).approve()
        self.assertEqual(approval.state, "pending")
        self.assertIn("Nobody!", approval.candidates)
        self.assertIn("Nobody can decide", self.rule.activity_ids.summary)
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.env.ref("base.user_admin")).approve()
        approval.with_user(self.env.ref("base.user_admin")).withdraw("directors left")
        self.assertEqual(self.case.state, "new")

    def test_wrong_declarations_are_told(self):
        for wrong, message in (
            ({"kind": "publication"}, "“Publication” is not one of: Filing, Copy"),
            ({"domain": "[('no_such', '=', 1)]"}, "condition"),
            ({"domain": "__import__('os')"}, "condition"),
            ({"amount_path": "name"}, "not an amount"),
            ({"amount_path": "manager_id.no_such"}, "not an amount"),
            ({"step_ids": [Command.create({"name": "?", "role": "company_id"})]}, "leads to no users"),
            ({"step_ids": [Command.create({"name": "?", "role": "users"})]}, "leads to no users"),
            ({"model_id": self.env["ir.model"]._get_id("res.partner")}, "know no approvals"),
        ):
            with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                self.rule.write(wrong)

    def test_administrator_asks_who_would_decide(self):
        self.case.beneficiary_id = self.deputy
        action = self.rule.action_test()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        wizard.document = f"kehu.test.case,{self.case.id}"
        wizard.requester_id = self.clerk
        self.assertIn("Manager (One of them): case_manager", wizard.answer)
        self.assertIn("not: case_deputy", wizard.answer)
        self.assertFalse(self.approval_of(self.case))


@tagged("post_install", "-at_install")
class TestApprovalSpeed(ApprovalCommon):
    def test_queries_do_not_grow(self):
        counts = {}
        for size in (1, 1, 20, 100):
            cases = self.create_cases(size, manager_id=self.manager.id).with_user(self.clerk)
            self.env.flush_all()
            cases.invalidate_recordset()
            before = self.env.cr.sql_log_count
            cases._approval_ask("filing")
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
        self.assertEqual(counts[20], counts[1])
        self.assertEqual(counts[100], counts[1])
        self.assertLessEqual(counts[100], 20)

    def test_list_of_80(self):
        self.create_cases(80, manager_id=self.manager.id).with_user(self.clerk).workflow_move("submit")
        self.env.flush_all()
        self.env.invalidate_all()
        columns = dict.fromkeys(["document_name", "kind_label", "date", "state"], {}) | {
            "requester_id": {"fields": {"display_name": {}}},
            "step_id": {"fields": {"display_name": {}}},
        }
        Approval = self.env["kehu.approval"].with_user(self.manager)
        Approval.web_search_read([("is_mine", "=", True)], columns, limit=1)
        self.env.invalidate_all()
        # Ten, and what the record rules of other installed addons look up: twice for each of their models that is approved.
        with self.assertQueryCount(16):
            result = Approval.web_search_read([("is_mine", "=", True)], columns, limit=80)
        self.assertEqual(len(result["records"]), 80)
