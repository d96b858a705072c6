from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestTierRaising(ArchiveCase):
    """X1: a tier is raised at once, up to one's own clearance, and the reason is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.file_archive(cls.cleared)
        cls.customer = cls.archive.partner_id
        cls.other = cls.env["res.partner"].create({"name": "Other", "is_company": True, "kehu_tier": "2"})

    def dialog(self, user, customers=None, **vals):
        return self.env["kehu.tier.raise"].with_user(user).create({
            "partner_ids": [Command.set((customers or self.customer).ids)], "tier": "2", "reason": "New product\nunder way", **vals})

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.flush()

    def notes(self, customer=None):
        return self.env["kehu.access.log"].search(
            [("partner_id", "=", (customer or self.customer).id), ("action", "=", "right")]).mapped("note")

    def test_the_dialog_keeps_the_reason(self):
        self.flush_tracking()  # as in another request than the one that filed him
        for record in (self.customer, self.archive):
            action = record.with_user(self.cleared).action_kehu_raise_tier()
            self.assertEqual(action["context"]["default_partner_ids"], self.customer.ids)
        with Form(self.env["kehu.tier.raise"].with_user(self.cleared).with_context(action["context"])) as form:
            form.tier = "2"
            form.reason = "New product\nunder way"
        form.record.action_apply()
        self.assertEqual((self.customer.kehu_tier, self.archive.kehu_tier), ("2", "2"))
        self.assertEqual(self.notes(), ["Tier Normal → Confidential: New product under way"])
        self.flush_tracking()
        self.assertIn("New product under way", str(self.customer.sudo().message_ids.filtered("tracking_value_ids")[0].body))

    def test_a_tier_raised_without_the_dialog_says_so(self):
        """By an import, say: closing is never held up."""
        self.customer.with_user(self.cleared).write({"kehu_tier": "2"})
        self.assertEqual(self.notes(), ["Tier Normal → Confidential: no reason given"])
        self.customer.with_user(self.officer).with_context(kehu_tier_reason="Import of May").kehu_tier = "3"
        self.assertEqual(self.notes()[0], "Tier Confidential → Top secret: Import of May")
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
        self.env.ref("kehu_archive.group_tier_officer").user_ids = self.officer
        self.customer.with_user(self.cleared).kehu_tier = "2"
        request = self.env["kehu.tier.lowering"].with_user(self.cleared).create(
            {"partner_id": self.customer.id, "tier": "0", "reason": "It was published."})
        request.workflow_move("submit")
        request.with_user(self.officer).action_approval_approve()
        self.assertEqual(self.notes()[0], "Tier Confidential → Normal: It was published.")
