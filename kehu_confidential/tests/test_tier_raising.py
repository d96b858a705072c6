from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestTierRaising(TierCase):
    """X1: a tier is raised at once, up to one's own clearance, and the reason is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.file_customer(cls.cleared)
        cls.other = cls.env["res.partner"].create({"name": "Other", "is_company": True, "kehu_tier": "2"})

    def dialog(self, user, customers=None, **vals):
        return (
            self.env["kehu.tier.raise"]
            .with_user(user)
            .create(
                {
                    "partner_ids": [Command.set((customers or self.customer).ids)],
                    "tier": "2",
                    "reason": "New product\nunder way",
                    **vals,
                }
            )
        )

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.flush()

    def notes(self, customer=None):
        return (
            self.env["kehu.access.log"]
            .search([("partner_id", "=", (customer or self.customer).id), ("action", "=", "right")])
            .mapped("note")
        )

    def test_the_dialog_keeps_the_reason(self):
        self.flush_tracking()  # as in another request than the one that filed the customer
        for record in (self.customer,):
            action = record.with_user(self.cleared).action_kehu_raise_tier()
            self.assertEqual(action["context"]["default_partner_ids"], self.customer.ids)
        with Form(self.env["kehu.tier.raise"].with_user(self.cleared).with_context(action["context"])) as form:
            form.tier = "2"
            form.reason = "New product\nunder way"
        form.record.action_apply()
        self.assertEqual((self.customer.kehu_tier, self.customer.kehu_tier), ("2", "2"))
        self.assertEqual(self.notes(), ["Tier Normal → Confidential: New product under way"])
        self.flush_tracking()
        self.assertIn(
            "New product under way", str(self.customer.sudo().message_ids.filtered("tracking_value_ids")[0].body)
        )

    def test_a_tier_raised_without_the_dialog_says_so(self):
        """By an import, say: closing is never held up."""
        self.customer.with_user(self.cleared).write({"kehu_tier": "2"})
        self.assertEqual(self.notes(), ["Tier Normal → Confidential: no reason given"])
        self.customer.with_user(self.officer).with_context(kehu_tier_reason="Import of May").kehu_tier = "3"
        self.assertIn("Tier Confidential → Top secret: Import of May", self.notes())
        self.other.sudo().write({"kehu_tier": "2"})
        self.assertFalse(self.notes(self.other))

    def test_the_dialog_lends_no_rights(self):
        for user, vals in ((self.clerk, {}), (self.cleared, {"tier": "3"})):
            with self.assertRaisesRegex(AccessError, "above your own clearance"), self.env.cr.savepoint():
                self.dialog(user, **vals).action_apply()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.dialog(self.employee, tier="1").action_apply()  # may not write contacts
        with self.assertRaisesRegex(AccessError, "may not read") as refused, self.env.cr.savepoint():
            self.dialog(self.clerk, self.other)
        self.assertNotIn("Other", str(refused.exception))
        self.assertEqual(self.customer.kehu_tier, "0")

    def test_no_reason_no_raising_by_the_dialog_and_no_lowering(self):
        with self.assertRaisesRegex(UserError, "Say why"), self.env.cr.savepoint():
            self.dialog(self.cleared, reason="  \n")
        self.customer.with_user(self.officer).kehu_tier = "3"
        for tier in ("1", "2", "3"):
            with self.assertRaisesRegex(UserError, "not higher"), self.env.cr.savepoint():
                self.dialog(self.officer, tier=tier).action_apply()
        self.dialog(self.officer, self.customer + self.other, tier="3").action_apply()
        self.assertEqual((self.customer + self.other).mapped("kehu_tier"), ["3", "3"])

    def test_an_approved_lowering_keeps_its_reason_too(self):
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.officer
        self.customer.with_user(self.cleared).kehu_tier = "2"
        request = (
            self.env["kehu.tier.lowering"]
            .with_user(self.cleared)
            .create({"partner_id": self.customer.id, "tier": "0", "reason": "It was published."})
        )
        request.workflow_move("submit")
        request.with_user(self.officer).action_approval_approve()
        self.assertEqual(self.notes()[0], "Tier Confidential → Normal: It was published.")

    def test_portal_users_of_a_contact_moved_below_are_told_of(self):
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.officer
        secret, firm = self.env["res.partner"].create(
            [{"name": "Secret", "is_company": True, "kehu_tier": "3"}, {"name": "Firm", "is_company": True}]
        )
        mover = new_test_user(
            self.env,
            "test_mover",
            "base.group_partner_manager,kehu_confidential.group_clearance_top_secret",
            name="Mover",
        )
        for way in ("parent", "merge"):
            portal = new_test_user(self.env, f"test_portal_{way}", "base.group_portal")
            contact = portal.partner_id
            contact.write({"parent_id": firm.id if way == "parent" else False, "email": "same@example.com"})
            if way == "parent":
                contact.with_user(mover).parent_id = secret
            else:
                firm.email = secret.email = contact.email
                contact.parent_id = firm
                self.env["base.partner.merge.automatic.wizard"].with_user(mover).create({})._merge(
                    (firm + secret).ids, secret.with_user(mover)
                )
            change = self.env["kehu.right.change"].search(
                [("requester_id", "=", mover.id), ("beneficiary_ids", "in", portal.ids)]
            )
            self.assertEqual(len(change), 1, way)
            self.assertEqual(
                (change.res_ids, change.tier, change.activity_ids.user_id), (secret.ids, "3", self.officer)
            )
            log = self.env["kehu.access.log"].search(
                [("partner_id", "=", secret.id), ("note", "like", f"portal: {portal.name}")]
            )
            self.assertEqual(len(log), 1, way)

    def test_portal_users_made_below_are_told_of(self):
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.officer
        secret, plain = self.env["res.partner"].create(
            [{"name": "Secret", "is_company": True, "kehu_tier": "3"}, {"name": "Plain", "is_company": True}]
        )
        maker = new_test_user(
            self.env,
            "test_maker",
            "base.group_erp_manager,base.group_partner_manager,kehu_confidential.group_clearance_top_secret",
            name="Maker",
        )
        portal = self.env.ref("base.group_portal")

        def contact(way, customer):
            return self.env["res.partner"].create(
                {"name": way, "parent_id": customer.id, "email": f"{way}@{customer.name}.example"}
            )

        def by_wizard(partner):
            wizard = self.env["portal.wizard"].with_user(maker).with_context(active_ids=partner.ids).create({})
            wizard.user_ids.action_grant_access()

        def by_hand(partner, **vals):
            values = {"name": partner.name, "login": partner.email, "partner_id": partner.id, **vals}
            values["group_ids"] = [Command.set(portal.ids)]
            return self.env["res.users"].with_user(maker).with_context(no_reset_password=True).create(values)

        def back(partner):
            by_hand(partner, active=False).active = True

        for way in (by_wizard, by_hand, back):
            for customer, tiers in ((secret, ["3"]), (plain, [])):
                partner = contact(way.__name__, customer)
                way(partner)
                user = self.env["res.users"].search([("partner_id", "=", partner.id)])
                self.assertTrue(user._is_portal())
                changes = self.env["kehu.right.change"].search(
                    [("requester_id", "=", maker.id), ("beneficiary_ids", "in", user.ids)]
                )
                self.assertEqual(changes.mapped("tier"), tiers, way.__name__)
                self.assertEqual(changes.activity_ids.user_id, self.officer if tiers else user.browse())
