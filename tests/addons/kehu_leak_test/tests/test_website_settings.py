from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestWebsiteSettings(TransactionCase):
    """X5: where a website is, and what all its pages load, is set by administrators, in the open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.designer = new_test_user(
            cls.env, "test_designer", "base.group_user,website.group_website_designer", name="Designer"
        )
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")
        cls.website = cls.env["website"].search([], limit=1)

    def test_designer_leads_no_website_elsewhere(self):
        for vals in (
            {"domain": "https://evil.example"},
            {"cdn_activated": True, "cdn_url": "https://evil.example"},
            {"custom_code_head": "<script>EVIL()</script>"},
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(AccessError, "Only administrators"),
                self.env.cr.savepoint(),
            ):
                self.website.with_user(self.designer).write(vals)
        self.website.with_user(self.designer).name = "Shop"

    def test_administrator_sets_it_in_the_open(self):
        self.website.with_user(self.admin).domain = "https://shop.example"
        line = self.env["kehu.access.log"].search([("res_model", "=", "website"), ("user_id", "=", self.admin.id)])
        self.assertIn("https://shop.example", line.note)

    def test_form_opened_by_an_administrator_is_told(self):
        self.env["ir.model"]._get("res.partner").website_form_access = False
        self.env["ir.model"]._get("res.partner").with_user(self.admin).website_form_access = True
        lines = self.env["kehu.access.log"].search([("res_model", "=", "ir.model"), ("user_id", "=", self.admin.id)])
        self.assertEqual(len(lines), 1)

    def test_address_that_leads_elsewhere_is_told(self):
        rewrite = (
            self.env["website.rewrite"]
            .with_user(self.admin)
            .create({"name": "x", "redirect_type": "404", "url_from": "/my/complaints"})
        )
        rewrite.url_from = "/my/tickets"
        lines = self.env["kehu.access.log"].search([("res_model", "=", "website.rewrite")])
        self.assertEqual(len(lines), 2)
        self.assertIn("/my/complaints", str(lines.mapped("note")))
        self.assertTrue(self.env["kehu.right.change"].search_count([("res_model", "=", "website.rewrite")]))

    def test_field_opened_to_forms_is_told(self):
        fields = self.env["ir.model.fields"].with_user(self.designer)
        fields.formbuilder_whitelist("res.partner", ["parent_id", "name"])
        fields.formbuilder_whitelist("res.partner", ["parent_id"])
        lines = self.env["kehu.access.log"].search([("res_model", "=", "ir.model"), ("user_id", "=", self.designer.id)])
        self.assertEqual(len(lines), 1, "what is open already changes nothing")
        self.assertIn("Related Company", lines.note)

    def test_visitors_say_nothing_of_whose_contact_they_are(self):
        values = {"name": "x", "email": "x@example.com", "parent_id": 1, "user_id": 1, "kehu_tier": "0"}
        kept = self.env["res.partner"].website_form_input_filter(None, values)
        self.assertEqual(kept.keys(), {"name", "email"})

    def test_designer_makes_pages_and_styles_of_the_website(self):
        website = self.website.with_user(self.designer).with_context(website_id=self.website.id)
        page = website.new_page("Offers")
        view = website.env["ir.ui.view"].browse(page["view_id"])
        view.arch = view.arch.replace("</t>", "<p>Cheap</p></t>", 1)
        layout = self.env.ref("website.layout").with_env(website.env)
        layout.arch = layout.arch.replace("</data>", "<!-- ours --></data>", 1)
        website.env["website.assets"].save_asset(
            "/website/static/src/scss/options/user_values.scss", "web.assets_frontend", "$x: 1;", "scss"
        )
        website.env["website.assets"].save_asset(
            "/website/static/src/scss/options/user_values.scss", "web.assets_frontend", "$x: 2;", "scss"
        )
