from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .made_files_case import MadeFilesCase
from .markers import QUIET


@tagged("post_install", "-at_install")
class TestOrdersByJob(MadeFilesCase):
    """X3, A9: what a job sends of orders is what the system sends; users send in their own rights and name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("sale.async_emails", "True")
        cls.director = new_test_user(
            cls.env,
            "orders_director",
            "base.group_user,kehu_confidential.group_clearance_top_secret",
            name="Director",
            email="director@example.com",
        )
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Confirmed",
                "model_id": cls.env["ir.model"]._get_id("sale.order"),
                "subject": "Confirmed",
                "body_html": "<p>Dear <t t-out='object.partner_id.name'/></p>",
                "email_from": "{{ object.user_id.email_formatted }}",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        cls.telling = cls.template.copy({"body_html": "<p><t t-out='object.partner_id.street'/></p>"})
        cls.env["ir.config_parameter"].set_param("sale.default_confirmation_template", str(cls.template.id))

    def order(self, customer):
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": self.director.id,
                "order_line": [
                    Command.create(
                        {"name": "Work", "product_id": self.env["product.product"].create({"name": "Thing"}).id}
                    )
                ],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return order

    def test_mail_of_a_user_leaves_at_once_in_their_name(self):
        for customer in (self.open, self.customer):
            order = self.order(customer)
            with self.mock_mail_gateway():
                self.mine(order).with_context(send_email=True).action_confirm()
            self.assertFalse(order.pending_email_template_id)
            self.assertEqual({mail["email_from"] for mail in self._mails}, {self.spy.email_formatted})
            self.assertIn(f"Dear {customer.name}", self._mails[0]["body"])

    def test_mail_of_the_system_waits_for_the_job(self):
        order = self.order(self.customer)
        order.with_context(send_email=True).action_confirm()
        self.assertEqual(order.pending_email_template_id, self.template)

    def test_no_client_names_a_mail_for_the_job(self):
        order, vals = self.order(self.customer), {"pending_email_template_id": self.telling.id}
        for call in (lambda: self.mine(order).write(vals), lambda: self.mine(order).write(vals=vals)):
            with self.assertRaises(AccessError), mute_logger(*QUIET), self.env.cr.savepoint():
                call()
        self.mine(order).write({"client_order_ref": "As before", "pending_email_template_id": False})
        orders, plain = self.mine(self.env["sale.order"]), {"partner_id": self.open.id}
        order.pending_email_template_id = self.telling
        made = (
            orders.create({**plain, **vals})
            + orders.create(vals_list=[{**plain, **vals}])
            + orders.with_context(default_pending_email_template_id=self.telling.id).create(plain)
            + self.mine(order).copy()
        )
        self.assertEqual(len(made), 4)
        self.assertFalse(made.pending_email_template_id)
