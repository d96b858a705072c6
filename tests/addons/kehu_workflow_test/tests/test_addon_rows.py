from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import CaseCommon

MAIL = """From: Officer <{sender}>
To: release@example.com
Subject: Released
Message-ID: <forged@example.com>

Go on."""


@tagged("post_install", "-at_install")
class TestAddonRows(CaseCommon):
    """X3: who may do what with our documents comes with the addons; an administrator changes it by groups, not by rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "rows_admin", groups="base.group_user,base.group_system")
        cls.model = cls.env["ir.model"]._get("kehu.approval")
        cls.user_group = cls.env.ref("base.group_user")

    def assert_refused(self, call):
        with self.assertRaisesRegex(AccessError, "comes with an addon"), self.env.cr.savepoint():
            call()
            self.env.flush_all()

    def test_external_id_of_addon_is_not_pointed_elsewhere(self):
        name = self.env["ir.model.data"].search([("module", "=", "kehu_workflow"), ("model", "=", "res.groups")], limit=1)
        system = self.env.ref("base.group_system")
        names = name | self.env["ir.model.data"].search([("model", "=", "res.groups"), ("res_id", "=", system.id)])
        for record in names.with_user(self.admin):
            self.assert_refused(lambda record=record: record.write({"res_id": self.user_group.id}))
            self.assert_refused(lambda record=record: record.write({"name": "another_name"}))
            self.assert_refused(record.unlink)
        name.with_user(self.admin).noupdate = True

    def test_external_id_in_addon_is_not_taken(self):
        create = self.env["ir.model.data"].with_user(self.admin).create
        row = {"module": "__custom__", "name": "forged", "model": "res.groups", "res_id": self.user_group.id}
        own = create(row)
        self.assert_refused(lambda: create({**row, "module": "kehu_workflow"}))
        self.assert_refused(lambda: create({**row, "module": "base"}))
        self.assert_refused(lambda: own.write({"module": "kehu_workflow"}))
        own.name = "renamed"

    def test_access_to_decisions_is_not_widened(self):
        access = self.env["ir.model.access"].search([("model_id", "=", self.model.id)]).with_user(self.admin)
        self.assertTrue(access)
        full = {f"perm_{mode}": True for mode in ("read", "write", "create", "unlink")}
        row = {"name": "forged", "group_id": self.user_group.id, **full}
        self.assert_refused(lambda: access[0].write(full))
        self.assert_refused(access[0].unlink)
        self.assert_refused(lambda: access.create({**row, "model_id": self.model.id}))
        own = access.create({**row, "model_id": self.env["ir.model"]._get_id("res.partner.category")})
        self.assert_refused(lambda: own.write({"model_id": self.model.id}))
        own.perm_unlink = False

    def test_rule_of_documents_is_not_lifted(self):
        rule = self.env.ref("kehu_workflow_test.test_case_rule_secret").with_user(self.admin)
        for vals in ({"active": False}, {"domain_force": "[]"}, {"groups": [Command.link(self.user_group.id)]}):
            self.assert_refused(lambda vals=vals: rule.write(vals))
        self.assert_refused(rule.unlink)
        self.assert_refused(lambda: rule.create({"name": "forged", "model_id": rule.model_id.id, "domain_force": "[]"}))
        others = rule.create({"name": "Others", "model_id": self.env["ir.model"]._get_id("res.partner.category"), "domain_force": "[]"})
        self.assert_refused(lambda: others.write({"model_id": rule.model_id.id}))

    def test_no_context_lifts_it(self):
        rule = self.env.ref("kehu_workflow_test.test_case_rule_secret").with_user(self.admin)
        for key in ("install_mode", "module", "_force_unlink", "import_file", "kehu_permit"):
            self.assert_refused(lambda key=key: rule.with_context(**{key: True}).write({"active": False}))

    def test_mail_becomes_no_document_of_ours(self):
        officer = new_test_user(self.env, "rows_officer", groups="base.group_user,base.group_system", email="rows_officer@example.com")
        name = "kehu.uninstall.release"
        before = self.env[name].search_count([])
        with self.assertRaisesRegex(ValidationError, "A mail cannot become"):
            self.env["mail.alias"].with_user(self.admin).create({"alias_name": "forged", "alias_model_id": self.env["ir.model"]._get_id(name)})
        with self.assertRaisesRegex(AccessError, "A mail cannot become"):
            self.env["mail.thread"].with_user(self.admin).message_process(name, MAIL.format(sender=officer.email))
        self.assertEqual(self.env[name].search_count([]), before)
