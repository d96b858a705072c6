from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.kehu_confidential.expressions import chains


@tagged("post_install", "-at_install")
class TestTemplateParticulars(TransactionCase):
    """X3: a mail stands in the chatter of its document: what a template shows of the customer besides the name is
    written by who is cleared.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,mail.group_mail_template_editor,sales_team.group_sale_manager"
        cls.editor = new_test_user(cls.env, "telling_editor", groups, name="Editor")
        cls.cleared = new_test_user(
            cls.env, "telling_cleared", f"{groups},kehu_confidential.group_clearance_top_secret", name="Cleared"
        )
        cls.customer, cls.open = cls.env["res.partner"].create(
            [{"name": "Marker", "kehu_tier": "2", "vat": "MARKERVAT"}, {"name": "Open"}]
        )
        cls.env["sale.order"].create({"partner_id": cls.open.id})
        cls.env.flush_all()

    def template(self, user, expression):
        return (
            self.env["mail.template"]
            .with_user(user)
            .create(
                {
                    "name": "t",
                    "model_id": self.env["ir.model"]._get_id("sale.order"),
                    "email_to": "{{ object.partner_id.email }}",
                    "body_html": f'<p>Order: <t t-out="{expression}"/></p>',
                }
            )
        )

    def test_template_tells_of_no_customer_without_clearance(self):
        for expression in (
            "object.partner_id.vat",
            "object.partner_id.main_user_id.vat",
            "object.create_uid.vat",
            "object.partner_id\" t-options=\"{'widget': 'contact'}",
            'user.partner_id.vat"/><t t-set="user" t-value="o',
        ):
            with self.assertRaisesRegex(AccessError, "cleared"), self.env.cr.savepoint():
                self.template(self.editor, expression)
            self.assertTrue(self.template(self.cleared, expression))
        own = self.template(self.editor, "object.partner_id.name or object.partner_id")
        with self.assertRaisesRegex(AccessError, "cleared"), self.env.cr.savepoint():
            own.body_html = '<p t-out="object.partner_id.comment"/>'
        with self.assertRaisesRegex(AccessError, "cleared"), self.env.cr.savepoint():
            own.update_field_translations("body_html", {"en_US": '<p t-out="object.partner_id.comment"/>'})
        kept = self.template(self.cleared, "object.partner_id.vat").with_user(self.editor)
        kept.body_html = kept.body_html.replace("Order", "Your order")
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        mail = kept.with_user(self.cleared)._render_field("body_html", order.ids)[order.id]
        self.assertIn("Your order: MARKERVAT", mail)

    def test_rows_of_a_document_are_shown(self):
        loop = 'object.name"/><t t-foreach="object.order_line" t-as="line"><p t-out="%s"/></t><t t-out="object.name'
        shown = "format_amount(line.price_subtotal, line.currency_id), line.product_id.barcode, line.create_date"
        self.assertTrue(self.template(self.editor, loop % shown))
        for expression in (
            "line.order_partner_id.vat",
            "line.order_id.partner_id.street",
            'line.name"/><t t-set="line" t-value="object.partner_id"/><p t-out="line.barcode',
            'line.name"/><t t-foreach="object.partner_id" t-as="line"><p t-out="line.barcode"/></t><p t-out="line.name',
            'line.name"/><t t-set="object" t-value="object.partner_id"/><p t-out="line.barcode',
        ):
            with self.assertRaisesRegex(AccessError, "cleared"), self.env.cr.savepoint():
                self.template(self.editor, loop % expression)

    def test_what_tells_of_a_customer(self):
        templates = self.env["mail.template"].with_user(self.editor)
        for expression, is_telling in (
            ("object.name", False),
            ("object.partner_id.name", False),
            ("object.partner_id.display_name or object.partner_id.lang", False),
            ("object.user_id.partner_id.email or user.phone", False),
            ("object.company_id.phone", False),
            ("object.partner_id.user_id.email", False),
            ("line.name or line.order_partner_id.name", False),
            ("object.partner_id.street", True),
            ("object['partner_id']['vat']", True),
            ("object.partner_id.commercial_partner_id.country_id.code", True),
            ("format_addr(object.partner_shipping_id.email)", True),
            ("(object.partner_id or object).comment", True),
            ("object.partner_id", True),  # with a widget, its address
            ("object.partner_id.user_ids.phone", True),
            ("object.partner_id.user_ids[0].login", True),
            ("object.partner_id.main_user_id.vat", True),
            ("object['partner_id'].user_ids.partner_id.email", True),
            ("object.create_uid.street", True),
            ("object.write_uid.partner_id.phone", True),
            ("object.partner_id.create_uid", True),  # with a widget
            ("object.create_uid.name or object.user_id.login", False),
            ("object.user_id.create_uid.email or object.user_id", False),
            ("line.street", True),
            ("line.order_partner_id", True),
        ):
            found = any(
                templates._kehu_is_telling("sale.order", variable, names, has_widgets=True)
                for variable, *names in chains(expression)
            )
            self.assertEqual(found, is_telling, expression)
