from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_confidential.expressions import expressions, rows, shows_fields

from .common import TierCase

READ = "object.with_user(1).browse(%d).street"


@tagged("post_install", "-at_install")
class TestTemplateAuthors(TierCase):
    """X3: whoever is no administrator writes no code in a template."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = new_test_user(
            cls.env,
            "test_editor",
            "base.group_user,base.group_partner_manager,mail.group_mail_template_editor",
            name="Zhou",
        )
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Feng")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Marker Ltd", "is_company": True, "kehu_tier": "3", "street": "Marker street"}
        )
        cls.open = cls.env["res.partner"].create({"name": "Open Ltd", "is_company": True, "email": "open@example.com"})

    def template(self, user, **vals):
        return (
            self.env["mail.template"]
            .with_user(user)
            .create({"name": "t", "model_id": self.env["ir.model"]._get_id("res.partner"), **vals})
        )

    def compose(self, subject, **vals):
        return (
            self.env["mail.compose.message"]
            .with_user(self.editor)
            .create(
                {
                    "model": "res.partner",
                    "res_ids": str(self.open.ids),
                    "composition_mode": "mass_mail",
                    "subject": subject,
                    "body": "x",
                    **vals,
                }
            )
        )

    def test_code_of_one_model_is_not_taken_to_another(self):
        # What opens the account of a user would open that of a customer.
        kind = self.env["ir.model"]._get_id
        code = "{{ object.partner_id.signup_get_auth_param() }}"
        self.template(self.admin, model_id=kind("res.users"), subject=code)
        users = self.template(self.editor, model_id=kind("res.users"), subject=code)
        banks = self.template(self.editor, model_id=kind("res.partner.bank"), subject="Account")
        others = self.template(self.editor, model_id=kind("res.users"), subject="User")
        templates = users.create
        for attack in (
            lambda: users.write({"model_id": kind("res.partner.bank")}),
            lambda: users.copy({"model_id": kind("res.partner.bank")}),
            lambda: (banks | others).write({"subject": code}),
            lambda: (banks | users).write({"subject": code}),
            lambda: templates(
                [{"name": "a", "model_id": kind(name), "subject": code} for name in ("res.users", "res.partner.bank")]
            ),
        ):
            with self.assertRaisesRegex(AccessError, "expressions"), self.env.cr.savepoint():
                attack()
        users.write({"name": "As it was"})
        others.write({"subject": code})
        banks.write({"model_id": kind("res.users")})

    def test_editor_writes_no_code(self):
        code = READ % self.customer.id
        own = self.template(self.editor, subject="Dear {{ object.name }}")
        for attack in (
            lambda: self.template(self.editor, subject="{{ %s }}" % code),
            lambda: self.template(self.editor, body_html=f'<p t-out="{code}"/>'),
            lambda: own.write({"subject": "{{ %s }}" % code}),
            lambda: own.write({"body_html": f'<p t-att-title="{code}">x</p>'}),
            lambda: own.update_field_translations("subject", {"en_US": "{{ %s }}" % code}),
            lambda: own.write({"body_html": '<t t-call="web.layout"/>'}),
            lambda: own.write({"body_html": """<t t-set="{'street': %s}"/><p t-out="street"/>""" % code}),
            lambda: own.write({"subject": "{{ '%(access_token)s' % object }}"}),
            lambda: own.write({"body_html": """<t t-set="text" t-value="'%(street)s'"/><p t-out="text % object"/>"""}),
            lambda: own.write({"body_html": "<p t-attf-title=\"#{'%(street)s' % object['parent_id']}\">x</p>"}),
        ):
            with self.assertRaisesRegex(AccessError, "administrator"), self.env.cr.savepoint():
                attack()

    def test_editor_sends_no_code(self):
        for code in (READ % self.customer.id, "'%(access_token)s' % object"):
            composer = self.compose("{{ %s }}" % code)
            with self.assertRaisesRegex(AccessError, "administrator"):
                composer._render_field("subject", self.open.ids)

    def test_editor_shows_fields(self):
        body = (
            '<p t-if="object.email" t-att-title="object.name or \'x\'"><t t-out="format_date(object.create_date)"/></p>'
        )
        template = self.template(self.editor, subject="{{ object.name.upper() }}", body_html=body)
        self.assertEqual(template._render_field("subject", self.open.ids)[self.open.id], "OPEN LTD")
        self.assertIn("Open Ltd", template._render_field("body_html", self.open.ids)[self.open.id])
        self.assertEqual(
            self.compose("{{ object.name }}!")._render_field("subject", self.open.ids)[self.open.id], "Open Ltd!"
        )

    def test_editor_shows_neither_secrets_nor_other_customers(self):
        for name in ("access_token", "category_id.partner_ids"):
            for code in (f"object.{name}", f"object['{name}']", "object['access' + '_token']"):
                with self.assertRaisesRegex(AccessError, "administrator"), self.env.cr.savepoint():
                    self.template(self.editor, subject="{{ %s }}" % code)
        body = '<t t-foreach="object.category_id.partner_ids" t-as="p"><t t-out="p.street"/></t>'
        with self.assertRaisesRegex(AccessError, "administrator"), self.env.cr.savepoint():
            self.template(self.editor, body_html=body)
        with self.assertRaisesRegex(AccessError, "administrator"), self.env.cr.savepoint():
            self.compose("{{ object.access_token }}")._render_field("subject", self.open.ids)
        self.template(self.editor, body_html='<t t-foreach="object.category_id" t-as="tag"><t t-out="tag.name"/></t>')

    def test_editor_keeps_code_of_administrator(self):
        code = "{{ object.get_base_url() }}"
        template = self.template(self.admin, subject=code)
        template.with_user(self.editor).write({"subject": f"Changed {code}", "name": "Changed"})
        copy = template.with_user(self.editor).copy()
        self.assertIn("http", copy._render_field("subject", self.open.ids)[self.open.id])
        composer = self.compose(f"To you: {code}")
        self.assertIn("http", composer._render_field("subject", self.open.ids)[self.open.id])

    def test_what_shows_fields(self):
        names = {"name", "partner_id", "date"}
        for expression, is_harmless in (
            ("object.partner_id.name or ''", True),
            ("object.name if object.date else 'x'", True),
            ("len(object.name) > 2", True),
            ("object['name']", True),
            ("object['secret']", False),
            ("object['na' + 'me']", False),
            ("object.name[:3][-1]", True),
            ("object.env.user", False),
            ("env.user", False),
            ("object.sudo().name", False),
            ("object.name.format(object)", False),
            ("[x for x in object]", False),
            ("(lambda: 1)()", False),
            ("object._name", False),
            ("object.partner_id.search([])", False),
            ("getattr(object, 'sudo')", False),
            ("(object or object).sudo", False),
            ("1 +", False),
            ("'%(secret)s' % object", False),
            ("object.name % object.partner_id", False),
            ("text % (object or object)", False),
            ("'%(secret)s' % max(object)", False),
            ("object.name % object['partner_id']", False),
            ("'%s, %s' % (object.name, object.partner_id)", True),
            ("'%(name)s' % {'name': object.partner_id}", True),
            ("index % 2", True),
        ):
            self.assertEqual(shows_fields(expression, names.__contains__), is_harmless, expression)

    def test_rows_of_a_template_are_found(self):
        loop = '<t t-foreach="%s" t-as="%s"/>'
        lines, others = loop % ("object.lines.parts", "line"), loop % ("object.partner_id", "line")
        for template, found in (
            (f"<!-- rows -->{lines}", {"line": ["lines", "parts"]}),
            (lines + others, {}),
            (others.replace("object", "user"), {}),
            (lines + '<t t-set="object" t-value="object.partner_id"/>', {}),
            (loop % ("object.lines", "line_value") + others, {"line": ["partner_id"]}),
        ):
            self.assertEqual(rows(template, "qweb"), found, template)
        self.assertEqual(rows("{{ line }}", "inline_template"), {})

    def test_expressions_of_a_template_are_found(self):
        self.assertEqual(expressions("A {{ a ||| b }} {{ c }}", "inline_template"), {"a", "c"})
        self.assertEqual(
            expressions('<p t-attf-title="#{a} {{b}}" T-Out="c"><t t-set="x" t-value="d"/><t t-call="e"/></p>', "qweb"),
            {"a", "b", "c", "d", "t-call: e"},
        )
        self.assertEqual(expressions("""<t t-set="{'x': a}"/>""", "qweb"), {"t-set: {'x': a}"})
