from odoo import SUPERUSER_ID, Command
from odoo.tests import tagged

from .flow_case import FlowCase


@tagged("post_install", "-at_install")
class TestQuotationForms(FlowCase):
    """X3: what is filled into a quotation by a path, which core follows as superuser, is what its reader may see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tag = cls.env["res.partner.category"].create({"name": "Regular"})
        (cls.hidden | cls.open).category_id = tag
        cls.orders = cls.env["sale.order"].create([{"partner_id": partner.id} for partner in cls.hidden | cls.open])
        cls.field = cls.env["sale.pdf.form.field"].search(
            [("document_type", "=", "quotation_document"), ("name", "=", "client_order_ref")]
        )

    def filled(self, path, order, user):
        self.field.path = path
        self.env.flush_all()
        self.env.invalidate_all()
        # Odoo prints for visitors as superuser.
        env = self.env(user=user, su=user._is_public() or user.id == SUPERUSER_ID)
        return env["ir.actions.report"]._get_value_from_path(self.field.with_env(env), order.with_env(env))

    def test_path_leads_to_no_other_confidential_customer(self):
        order = self.orders[-1]
        for user in (self.clerk, self.cleared, self.env.ref("base.public_user"), self.env.ref("base.user_root")):
            for name in ("phone", "email", "street", "category_id.name"):
                with self.subTest(user=user.login, name=name):
                    self.assertEqual(self.filled(f"partner_id.category_id.partner_ids.{name}", order, user), "")
            self.assertEqual(self.filled("partner_id.category_id.partner_ids", order, user), "")
            self.assertEqual(self.filled("partner_id.phone", order, user), self.open.phone)
            self.assertEqual(self.filled("partner_id", order, user), self.open.name)

    def test_own_customer_is_shown_to_who_may_read(self):
        confidential = self.hidden.filtered(lambda partner: partner.kehu_tier == "2")
        order = self.orders.filtered(lambda order: order.partner_id == confidential)
        self.assertEqual(self.filled("partner_id.phone", order, self.cleared), confidential.phone)
        self.assertEqual(self.filled("partner_id.phone", order, self.env.ref("base.public_user")), confidential.phone)
        self.assertEqual(self.filled("partner_id.phone", order, self.clerk), "")
        self.assertEqual(self.filled("partner_id.name", order, self.clerk), confidential.name)

    def test_other_path_is_noted_and_told(self):
        admin = self.env["res.users"].create(
            {
                "name": "Admin",
                "login": "form_admin",
                "group_ids": [Command.link(self.env.ref("base.group_system").id)],
            }
        )
        self.field.with_user(admin).path = "partner_id.phone"
        change = self.env["kehu.right.change"].search([("res_model", "=", "sale.pdf.form.field")])
        self.assertEqual(len(change), 1)
        line = self.env["kehu.access.log"].search([("res_model", "=", "sale.pdf.form.field")])
        self.assertIn("partner_id.phone", line.note)
