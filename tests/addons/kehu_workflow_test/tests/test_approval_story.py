from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .approval_common import ApprovalCommon


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
                {
                    "user_id": self.manager.id,
                    "principal_id": self.manager.id,
                    "verdict": "approved",
                    "reason": "known customer",
                },
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

    def test_kind_that_watches_nothing_is_decided(self):
        self.create_rule(kind="consent")
        self.case.with_user(self.clerk)._approval_ask("consent")
        approval = self.approval_of(self.case)
        self.env.invalidate_all()
        self.case.with_user(self.clerk).amount = 7
        approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "approved")
        self.case._approval_check_unchanged()

    def test_requester_is_told_how_it_ended(self):
        def told():
            return self.case.activity_ids.filtered(lambda activity: "What you asked for" in activity.summary)

        self.clerk.lang = "en_US"
        approval = self.submit()
        approval.with_user(self.manager).approve()
        self.assertFalse(told())
        approval.with_user(self.director).refuse("licence expired")
        self.assertEqual(
            (told().user_id, told().summary), (self.clerk, "What you asked for is returned: read the reason")
        )
        told().unlink()
        again = self.submit() - approval
        again.with_user(self.clerk).withdraw()
        self.assertFalse(told(), "who withdraws knows it")
        last = self.submit() - approval - again
        last.with_user(self.manager).approve()
        last.with_user(self.director).approve()
        self.assertEqual(told().summary, "What you asked for is approved")

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

    def test_dismissed_reminder_stays_away_and_returner_is_told(self):
        approval = self.submit()
        approval.with_user(self.manager).approve()
        reminders = self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)])
        reminders.filtered(lambda activity: activity.user_id == self.director).unlink()
        self.directors.user_ids = [Command.link(self.outsider.id), Command.unlink(self.deputy.id)]
        self.refresh_candidates()
        self.assertFalse(self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)]))
        sent = self.env["mail.mail"].search([])
        self.directors.user_ids = [Command.link(self.deputy.id)]
        self.refresh_candidates()
        self.assertEqual(
            self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)]).user_id, self.deputy
        )
        told = (self.env["mail.mail"].search([]) - sent).recipient_ids
        self.assertEqual(told & (self.director | self.deputy | self.outsider).partner_id, self.deputy.partner_id)

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

    def test_approver_reads_secret_case_during_turn(self):
        self.case.is_secret = True
        self.case.user_id = self.clerk
        self.env["ir.rule"].search(
            [("model_id.model", "=", "kehu.test.case")]
        ).domain_force = "['|', '|', '|', ('is_secret', '=', False), ('manager_id', '=', user.id), ('user_id', '=', user.id), ('approval_is_mine', '=', True)]"
        approval = self.submit()
        with self.assertRaises(AccessError):
            self.case.with_user(self.director).read(["name"])
        with self.assertRaises(AccessError):
            approval.with_user(self.director).read(["kind"])
        approval.with_user(self.manager).approve()
        self.env.invalidate_all()
        self.assertEqual(self.case.with_user(self.director).read(["name"])[0]["name"], "Case 0")
        self.assertEqual(
            self.env["kehu.test.case"].with_user(self.director).search([("is_secret", "=", True)]), self.case
        )
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
