from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestTierLowering(TierCase):
    """X1, X2: what was closed is opened by two people, with a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.customer = cls.env["res.partner"].create({"name": "Secret Customer", "is_company": True, "kehu_tier": "3"})
        cls.director = new_test_user(
            cls.env,
            "test_director",
            "base.group_user,base.group_partner_manager,kehu_confidential.group_clearance_top_secret",
            name="Gao",
        )

    def ask(self, user, **vals):
        return (
            self.env["kehu.tier.lowering"]
            .with_user(user)
            .create({"partner_id": self.customer.id, "tier": "1", "reason": "The contract was published.", **vals})
        )

    def test_an_officer_agrees_and_the_tier_falls(self):
        request = self.ask(self.director)
        request.workflow_move("submit")
        self.assertEqual(self.customer.kehu_tier, "3")
        request.with_user(self.officer).action_approval_approve()
        self.assertEqual((request.state, self.customer.kehu_tier), ("applied", "1"))
        self.assertIn("published", str(request.approval_ids.sudo().mapped("snapshot")))

    def test_nobody_lowers_alone(self):
        lonely = self.ask(self.officer)
        with self.assertRaisesRegex(UserError, "Not enough people"), self.env.cr.savepoint():
            lonely.workflow_move("submit")
        request = self.ask(self.director)
        request.workflow_move("submit")
        for user in (self.director, self.cleared, self.employee):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                request.sudo().approval_ids.with_user(user).approve()
        for vals in ({"state": "applied"}, {"tier": "0"}, {"partner_id": self.env.company.partner_id.id}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                request.write(vals)
        self.assertEqual(self.customer.kehu_tier, "3")

    def test_officer_agrees_only_up_to_own_clearance(self):
        self.officer.group_ids -= self.env.ref("kehu_confidential.group_clearance_top_secret")
        request = self.ask(self.director)
        with self.assertRaisesRegex(UserError, "Not enough people"):
            request.workflow_move("submit")

    def test_rule_makes_nobody_an_officer(self):
        """Neither a step nor a rule before it lets others decide, cleared or not."""
        accomplice = new_test_user(
            self.env,
            "test_accomplice",
            "base.group_user,base.group_partner_manager,kehu_confidential.group_clearance_top_secret",
            name="Ding",
        )
        group = self.env.ref("kehu_confidential.group_tier_officer")
        rule = self.env.ref("kehu_confidential.approval_rule_lowering")
        rule.step_ids.write({"user_ids": [Command.set((accomplice + self.cleared).ids)]})
        request = self.ask(self.director)
        request.workflow_move("submit")
        for user in (accomplice, self.cleared):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                request.sudo().approval_ids.with_user(user).approve()
        request.with_user(self.officer).action_approval_approve()
        self.assertEqual(self.customer.kehu_tier, "1")
        self.customer.kehu_tier = "3"
        group.user_ids = False
        alone = self.ask(self.director)
        with self.assertRaisesRegex(UserError, "Not enough people"):
            alone.workflow_move("submit")

    def test_the_uncleared_cannot_ask_about_a_hidden_customer(self):
        for user in (self.employee, self.cleared):
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                self.ask(user)
            self.assertNotIn("Secret", str(refused.exception))

    def test_raising_is_no_lowering(self):
        self.customer.kehu_tier = "2"
        request = self.ask(self.director, tier="3")
        with self.assertRaisesRegex(UserError, "not lower"):
            request.workflow_move("submit")

    def test_raising_returns_a_request_for_a_laxer_tier(self):
        self.customer.kehu_tier = "2"
        request = self.ask(self.director)
        request.workflow_move("submit")
        approval = request.sudo().approval_ids
        self.customer.with_user(self.officer).kehu_tier = "3"
        self.assertEqual((request.state, approval.state), ("draft", "lapsed"))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            approval.with_user(self.officer).approve()
        self.assertEqual(self.customer.kehu_tier, "3")

    def test_request_holds_for_the_tier_it_was_made_for(self):
        self.customer.kehu_tier = "2"
        request = self.ask(self.director)
        request.workflow_move("submit")
        # Below the guards, as a merge would.
        self.env.cr.execute("UPDATE res_partner SET kehu_tier = '3' WHERE id = %s", [self.customer.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not those that were asked for"), self.env.cr.savepoint():
            request.with_user(self.officer).action_approval_approve()
        self.assertEqual(self.customer.kehu_tier, "3")
