from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_confidential.tests.test_manual_fields import ManualFieldsCase

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestManualOurs(ManualFieldsCase, ArchiveCase):
    """X3, X5, X8: what access rights close of our documents is not opened without code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system,base.group_partner_manager", name="Zhou")
        cls.auditor = new_test_user(
            cls.env, "test_auditor", "kehu_confidential.group_tier_auditor,base.group_system", name="Feng"
        )
        cls.report = (
            cls.env["kehu.leak.report"]
            .with_user(cls.salesman)
            .create(
                {
                    "name": "LEAKNAME",
                    "what": "LEAKWHAT",
                    "remedy": "LEAKREMEDY",
                    "supervisor_id": cls.officer.id,
                    "responsible_user_ids": [Command.set(cls.admin.ids)],
                }
            )
        )

    def add_reports(self, **fields):
        self.create_manual(
            "ir.model.fields",
            {
                "name": "x_reports",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "ttype": "one2many",
                "relation": "kehu.leak.report",
                "relation_field": "supervisor_id",
                "field_description": "Reports",
            },
        )
        return self.add_fields({name: {"related": f"x_reports.{path}"} for name, path in fields.items()}, "res.users")

    def test_field_of_report_is_empty_to_the_accused(self):
        names = self.add_reports(x_what="what", x_name="name", x_messages="message_ids")
        self.report.message_post(body="LEAKBODY")
        for name in names:
            for user, is_shown in ((self.admin, False), (self.officer, True)):
                self.env.invalidate_all()
                shown = str(self.officer.with_user(user).read([name]))
                self.assertEqual(
                    "LEAK" in shown or str(self.report.message_ids[0].id) in shown, is_shown, (name, user.login, shown)
                )

    def test_field_of_report_is_no_oracle_to_the_accused(self):
        self.add_reports(x_what="what")
        users = self.env["res.users"].with_user(self.admin)
        for operator, right, wrong in (
            ("=like", "LEAK%", "WRONG%"),
            ("not like", "LEAK", "WRONG"),
            ("=", "LEAKWHAT", "WRONG"),
            ("!=", "LEAKWHAT", "WRONG"),
            ("in", ["LEAKWHAT"], ["WRONG"]),
            ("not in", ["LEAKWHAT"], ["WRONG"]),
        ):
            for path in ("x_what", "partner_id.user_ids.x_what"):
                found = [
                    users.search_count([("id", "=", self.officer.id), (path, operator, value)])
                    for value in (right, wrong)
                ]
                self.assertEqual(*found, (path, operator))
        readers = users.with_user(self.officer)
        self.assertEqual(readers.search([("x_what", "=like", "LEAKW%")]), self.officer)
        self.assertNotIn(self.officer, readers.search([("x_what", "not like", "LEAKW")]))

    def test_what_the_server_keeps_takes_no_field(self):
        models = self.env["ir.model"]
        users, log = models._get_id("res.users"), models._get_id("kehu.access.log")
        for vals in (
            {"model_id": users, "ttype": "one2many", "relation": "kehu.access.log", "relation_field": "user_id"},
            {"model_id": users, "ttype": "many2one", "relation": "kehu.right.change"},
            {"model_id": log, "ttype": "char"},
            {"model_id": models._get_id("kehu.workflow.log"), "ttype": "char"},
        ):
            with self.assertRaisesRegex(AccessError, "server alone"), self.env.cr.savepoint():
                self.env["ir.model.fields"].with_user(self.admin).create(
                    {"name": "x_log", "field_description": "Log", "state": "manual", **vals}
                )

    def test_what_the_server_keeps_takes_no_action(self):
        for model in ("kehu.access.log", "kehu.workflow.log", "kehu.right.change"):
            for author in (self.admin, self.auditor):
                with self.assertRaisesRegex(AccessError, "server alone"), self.env.cr.savepoint():
                    self.env["ir.actions.server"].with_user(author).create(
                        {
                            "name": "Act",
                            "model_id": self.env["ir.model"]._get_id(model),
                            "state": "webhook",
                            "webhook_url": "https://example.com",
                        }
                    )

    def test_message_of_report_is_hidden_from_the_accused(self):
        message = self.report.message_post(body="LEAKBODY")
        self.assertEqual(message.with_user(self.admin)._kehu_untold(), message)
        self.assertFalse(message.with_user(self.officer)._kehu_untold())

    def test_field_of_readable_document_is_shown(self):
        self.create_manual(
            "ir.model.fields",
            {
                "name": "x_archive_id",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "ttype": "many2one",
                "relation": "kehu.archive",
                "field_description": "Archive",
            },
        )
        self.add_field("x_number", "x_archive_id.number", "res.partner.category")
        archive = self.file_archive(name="Plain Ltd")
        self.label.x_archive_id = archive
        labels = self.env["res.partner.category"].with_user(self.clerk)
        self.assertEqual(labels.browse(self.label.id).x_number, archive.number)
        self.assertEqual(labels.search([("x_number", "=", archive.number)]), self.label)
