from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestWatchedSettings(ArchiveCase):
    """X5: settings by which content could be led elsewhere, or a bound be lifted, are changed in the open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_archive.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")

    def noted(self, model):
        return self.env["kehu.access.log"].search(
            [("user_id", "=", self.admin.id), ("action", "=", "right"), ("res_model", "=", model)]).mapped("note")

    def told(self, model):
        changes = self.env["kehu.right.change"].search([("res_model", "=", model), ("requester_id", "=", self.admin.id)])
        return self.env["mail.activity"].search(
            [("res_model", "=", "kehu.right.change"), ("res_id", "in", changes.ids), ("user_id", "=", self.officer.id)])

    def test_new_and_changed_mail_server_is_noted_and_told(self):
        server = self.env["ir.mail_server"].with_user(self.admin).create({"name": "x", "smtp_host": "mine.example", "smtp_pass": "secret"})
        server.smtp_host = "other.example"
        server.sequence = server.sequence
        notes = self.noted("ir.mail_server")
        self.assertEqual(len(notes), 2)
        self.assertIn("mine.example → other.example", str(notes))
        self.assertNotIn("secret", str(notes))
        server.unlink()
        self.assertIn("other.example → —", str(self.noted("ir.mail_server")))
        self.assertEqual(len(self.told("ir.mail_server")), 3)
        changes = self.env["kehu.right.change"].with_user(self.officer).search([("res_model", "=", "ir.mail_server")])
        self.assertIn("mine.example → other.example", str(changes.mapped("before_label")))

    def test_changed_mailbox_is_noted_and_told(self):
        self.env["fetchmail.server"].with_user(self.admin).create({"name": "x", "server": "mine.example", "user": "u", "password": "secret"})
        self.assertIn("mine.example", str(self.noted("fetchmail.server")))
        self.assertTrue(self.told("fetchmail.server"))

    def test_changed_parameter_is_noted_and_told(self):
        parameters = self.env["ir.config_parameter"].with_user(self.admin)
        for key, value in (("kehu_archive.training_months", "0"), ("kehu_archive.masking_tier", "3"), ("mail.default.from_filter", "x")):
            parameters.set_param(key, "7")
            parameters.set_param(key, value)
            self.assertIn(f"7 → {value}", str(self.noted("ir.config_parameter")))
        before = len(self.told("ir.config_parameter"))
        parameters.set_param("web.something", "1")
        parameters.set_param("kehu_archive.masking_tier", "3")
        self.assertEqual(len(self.told("ir.config_parameter")), before)

    def test_changed_step_of_rule_is_noted(self):
        rule = self.env["kehu.approval.rule"].search([], limit=1)
        step = rule.step_ids[:1]
        self.admin.group_ids |= self.env.ref("kehu_workflow.group_workflow_manager")
        step.with_user(self.admin).write({"quorum": "one", "domain": "[('id', '=', 0)]"})
        self.assertIn("[] → [('id', '=', 0)]", str(self.noted("kehu.approval.step")))
        rule.with_user(self.admin).domain = "[('id', '=', 0)]"
        self.assertIn("[('id', '=', 0)]", str(self.noted("kehu.approval.rule")))
        self.assertFalse(self.told("kehu.approval.step"))

    # === BOUNDS ===

    def test_absurd_parameter_is_bounded_where_it_is_used(self):
        parameters = self.env["ir.config_parameter"]
        customer = self.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "2"})
        line = self.env["kehu.access.log"].create({
            "date": fields.Datetime.now() - timedelta(days=170), "user_id": self.officer.id, "action": "read", "res_model": "res.partner",
            "res_id": customer.id})
        for value in ("0", "-1", "9" * 30, "x", "", " 7"):
            for key in ("access_log_days", "grant_longest_days", "journal_correction_hours"):
                parameters.set_param(f"kehu_archive.{key}", value)
            self.env["kehu.access.log"]._gc_access_log()
            self.assertTrue(line.exists(), value)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["kehu.grant"].with_user(self.officer).create({
                    "user_id": self.employee.id, "partner_id": customer.id, "purpose": "x",
                    "date_until": fields.Datetime.now() + timedelta(days=400)})
            self.assertLessEqual(self.env["kehu.archive.journal"]._correction_hours(), 7 * 24)
