from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import CaseCommon

MAIL = """From: Officer <{sender}>
To: release@example.com
Subject: Released
Message-ID: <forged@example.com>

Go on."""


@tagged("post_install", "-at_install")
class TestAddonRows(CaseCommon):
    """X3: who may do what with our documents comes with the addons; an administrator changes it by
    groups, not by rows.
    """

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
        name = self.env["ir.model.data"].search(
            [("module", "=", "kehu_workflow"), ("model", "=", "res.groups")], limit=1
        )
        system = self.env.ref("base.group_system")
        names = name | self.env["ir.model.data"].search([("model", "=", "res.groups"), ("res_id", "=", system.id)])
        for record in names.with_user(self.admin):
            self.assert_refused(lambda record=record: record.write({"res_id": self.user_group.id}))
            self.assert_refused(lambda record=record: record.write({"name": "another_name"}))
            self.assert_refused(record.unlink)
        name.with_user(self.admin).noupdate = True

    def test_external_id_of_odoo_is_not_pointed_elsewhere(self):
        note = self.env.ref("mail.mt_note").id
        names = self.env["ir.model.data"].with_user(self.admin)
        for xmlid in (
            "mail.mt_comment",
            "mail.mail_activity_data_todo",
            "mail.ir_cron_mail_scheduler_action",
            "mail.mail_notification_layout",
            "base.main_company",
        ):
            module, name = xmlid.split(".")
            row = names.search([("module", "=", module), ("name", "=", name)])
            self.assert_refused(lambda row=row: row.write({"res_id": note}))
            self.assert_refused(row.unlink)

    def test_external_id_in_addon_is_not_taken(self):
        create = self.env["ir.model.data"].with_user(self.admin).create
        row = {"module": "__custom__", "name": "forged", "model": "res.groups", "res_id": self.user_group.id}
        own = create(row)
        self.assert_refused(lambda: create({**row, "module": "kehu_workflow"}))
        self.assert_refused(lambda: create({**row, "module": "base"}))
        self.assert_refused(lambda: own.write({"module": "kehu_workflow"}))
        own.name = "renamed"

    def test_external_id_in_addon_is_not_imported(self):
        tags = self.env["res.partner.category"]
        for user in (self.admin, new_test_user(self.env, "rows_keeper", "base.group_user,base.group_partner_manager")):
            own = tags.with_user(user)
            loaded = own.load(["id", "name"], [["__import__.rows_tag", "Tag"], ["kehu_workflow.rows_tag", "Forged"]])
            self.assertIn("comes with an addon", loaded["messages"][0]["message"])
            own.load(["id", "name"], [["__import__.rows_tag", "Tag"]])
            self.assertEqual(self.env.ref("__import__.rows_tag").name, "Tag")
            self.assertFalse(self.env.ref("kehu_workflow.rows_tag", raise_if_not_found=False))
        groups = self.env["res.groups"].with_user(self.admin)
        self.assertTrue(groups.load(["id", "name"], [["base.rows_group", "Forged"]])["messages"])
        self.assertFalse(groups.load(["id", "comment"], [["base.group_user", "All of us"]])["messages"])

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
        others = rule.create(
            {"name": "Others", "model_id": self.env["ir.model"]._get_id("res.partner.category"), "domain_force": "[]"}
        )
        self.assert_refused(lambda: others.write({"model_id": rule.model_id.id}))

    def test_rule_is_not_lifted_from_the_side_of_groups(self):
        rule = self.env.ref("kehu_workflow_test.test_case_rule_secret")
        manager = new_test_user(self.env, "rows_manager", groups="base.group_user,base.group_erp_manager")
        groups, link = self.env["res.groups"].with_user(manager), [Command.link(rule.id)]
        own = groups.create({"name": "Own"})
        self.assert_refused(lambda: groups.create({"name": "Allowed", "rule_groups": link}))
        self.assert_refused(lambda: groups.with_context(default_rule_groups=link).create({"name": "Allowed"}))
        self.assert_refused(lambda: own.write({"rule_groups": link}))
        for command in ([4, float(rule.id)], [6, 0, [float(rule.id)]]):  # PostgreSQL takes them for ids
            with suppress(AccessError, TypeError), self.env.cr.savepoint():
                own.write({"rule_groups": [command]})
                self.env.flush_all()
            self.env.invalidate_all()
            self.assertNotIn(own, rule.groups)
        rule.groups |= own.sudo()
        for command in (Command.unlink(rule.id), Command.clear(), Command.set([])):
            self.assert_refused(lambda command=command: own.write({"rule_groups": [command]}))
        others = rule.create(
            {"name": "Others", "model_id": self.env["ir.model"]._get_id("res.partner.category"), "domain_force": "[]"}
        )
        own.write({"rule_groups": [*link, Command.link(others.id)]})  # that of ours stays
        self.assertEqual(others.groups, own)

    def test_progress_and_triggers_of_jobs_are_the_servers(self):
        job = self.env["ir.cron"].search([])._kehu_filter_ours()[:1]
        mails = self.env.ref("mail.ir_cron_mail_scheduler_action")
        job._trigger()
        triggers = self.env["ir.cron.trigger"].search([]).with_user(self.admin)
        progress = self.env["ir.cron.progress"].with_user(self.admin)
        self.assertTrue(triggers)
        for call in (
            lambda: progress.create([{"cron_id": cron.id, "timed_out_counter": 9} for cron in job | mails]),
            lambda: triggers.write({"call_at": "2099-01-01 00:00:00"}),
            triggers.unlink,
        ):
            with self.assertRaisesRegex(AccessError, "by the server alone"):
                call()

    def test_message_is_told_anew_by_nobody(self):
        message = self.case.message_post(body="What was said")
        rows = self.env["mail.message.schedule"]
        values = {"mail_message_id": message.id, "scheduled_datetime": "2020-01-01 00:00:00"}
        with self.assertRaisesRegex(AccessError, "by the server alone"):
            rows.with_user(self.admin).create({**values, "notification_parameters": '{"subtitles": ["We pay"]}'})
        row = rows.create(values)
        with self.assertRaisesRegex(AccessError, "by the server alone"):
            row.with_user(self.admin).unlink()
        row.with_user(self.admin).force_send()
        self.assertFalse(row.exists())

    def test_no_context_lifts_it(self):
        rule = self.env.ref("kehu_workflow_test.test_case_rule_secret").with_user(self.admin)
        for key in ("install_mode", "module", "_force_unlink", "import_file", "kehu_permit"):
            self.assert_refused(lambda key=key: rule.with_context(**{key: True}).write({"active": False}))

    def test_forged_uninstalling_drops_no_column_and_no_table(self):
        Fields, Model = self.env["ir.model.fields"], self.env["ir.model"]
        rows = (
            Fields._get("kehu.workflow.log", "reason"),
            Fields._get("res.partner", "name"),
            Model._get("kehu.workflow.log"),
            Model._get("decimal.precision"),
        )
        for row in rows:
            # Who may read all that is tracked: Odoo looks there first.
            forged = row.with_user(self.env.ref("base.user_admin")).with_context(lang="en_US", _force_unlink=True)
            with (
                self.subTest(row=row),
                self.assertRaisesRegex(UserError, "contains module data|comes with an addon"),
                self.env.cr.savepoint(),
            ):
                forged.unlink()

    def test_schema_of_addon_stays(self):
        manager = new_test_user(self.env, "rows_manager", groups="base.group_user,base.group_erp_manager")
        value = self.env["ir.model.fields.selection"].search(
            [("field_id", "=", self.env["ir.model.fields"]._get("kehu.approval", "state").id)]
        )[0]
        rows = [
            value,
            *(
                self.env[name].search([("module.name", "=like", module)], limit=1)
                for name in ("ir.model.constraint", "ir.model.relation")
                for module in ("kehu\\_%", "base", "mail")
            ),
        ]
        for row in rows:
            self.assertTrue(row)
            for user in (manager, self.admin):
                self.assert_refused(row.with_user(user).with_context(_force_unlink=True).unlink)
        self.assert_refused(lambda: value.with_user(self.admin).write({"value": "anything"}))
        self.assert_refused(lambda: rows[-1].with_user(self.admin).write({"name": "anything"}))

    def test_values_in_rows_of_other_addons_stay(self):
        """Odoo would write another value into all messages that have it, past what keeps them."""
        said = self.env["res.partner"].create({"name": "Shop"}).message_post(body="I agree.", message_type="comment")
        self.env.flush_all()
        field = self.env["ir.model.fields"]._get("mail.message", "message_type")
        value = self.env["ir.model.fields.selection"].search([("field_id", "=", field.id), ("value", "=", "comment")])
        manager = new_test_user(self.env, "values_manager", groups="base.group_user,base.group_erp_manager")
        for user in (manager, self.admin):
            self.assert_refused(lambda user=user: value.with_user(user).write({"value": "zq"}))
        said.invalidate_recordset()
        self.assertEqual(said.message_type, "comment")

    def test_custom_field_is_added_renamed_and_deleted(self):
        partner = self.env["ir.model"]._get("res.partner").with_user(self.admin)
        partner.write(
            {"field_id": [Command.create({"name": "x_zq_colour", "field_description": "Colour", "ttype": "char"})]}
        )
        field = self.env["ir.model.fields"]._get("res.partner", "x_zq_colour").with_user(self.admin)
        for change in (lambda: field.write({"name": "x_zq_color"}), field.unlink):
            field.env["ir.ui.view"].search([], limit=1)  # the user's groups are known
            change()
        self.assertFalse(self.env["ir.model.fields"]._get("res.partner", "x_zq_color"))

    def test_forged_uninstalling_skips_no_check(self):
        day = self.env["kehu.workday"].create({"name": "New Year", "date": "2041-01-01", "source": "filled"})
        keeper = new_test_user(self.env, "rows_keeper", groups="base.group_user,kehu_workflow.group_workflow_manager")
        for mine in (day.with_user(keeper), day.with_user(keeper).sudo()):
            with self.assertRaisesRegex(UserError, "instead of deleting"), self.env.cr.savepoint():
                mine.with_context(_force_unlink=True).unlink()
        day.with_context(_force_unlink=True).unlink()  # as Odoo does when the addon goes
        self.assertFalse(day.exists())

    def test_mail_becomes_no_document_of_ours(self):
        officer = new_test_user(
            self.env, "rows_officer", groups="base.group_user,base.group_system", email="rows_officer@example.com"
        )
        name = "kehu.uninstall.release"
        before = self.env[name].search_count([])
        with self.assertRaisesRegex(ValidationError, "A mail cannot become"):
            self.env["mail.alias"].with_user(self.admin).create(
                {"alias_name": "forged", "alias_model_id": self.env["ir.model"]._get_id(name)}
            )
        with self.assertRaisesRegex(AccessError, "A mail cannot become"):
            self.env["mail.thread"].with_user(self.admin).message_process(name, MAIL.format(sender=officer.email))
        self.assertEqual(self.env[name].search_count([]), before)
