from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .markers import QUIET, groups_without_clearance

_ENGINES = (("inline_template", "{{ object.%s }}"), ("qweb", "<p><t t-out='object.%s'/></p>"))


@tagged("post_install", "-at_install")
class TestTemplateNames(TransactionCase):
    """X3: templates and reports of a document that the sender reads call its customer as the sender sees the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sender = new_test_user(cls.env, "names_sender", "base.group_user", name="Sender", email="s@example.com")
        cls.sender.group_ids += groups_without_clearance(cls.env)
        cls.company, cls.other = cls.env["res.partner"].create(
            [
                {
                    "name": "Marked company",
                    "is_company": True,
                    "vat": "MARKERVAT",
                    "child_ids": [Command.create({"name": "Marked person", "email": "marker@example.com"})],
                },
                {"name": "Other marked company", "is_company": True},
            ]
        )
        cls.person = cls.company.child_ids
        goods = cls.env["product.product"].create({"name": "Thing", "type": "consu", "is_storable": True})
        line = {"product_id": goods.id, "product_uom_qty": 2}
        cls.order = cls.env["sale.order"].create(
            {"partner_id": cls.person.id, "user_id": cls.sender.id, "order_line": [Command.create(line)]}
        )
        (cls.company + cls.other).kehu_tier = "2"
        cls.env.flush_all()

    def render(self, expression, record=None, engine="inline_template", source="{{ object.%s }}"):
        record = record or self.order
        self.env.invalidate_all()
        templates = self.env["mail.template"].with_user(self.sender).with_context(lang="en_US")
        rendered = templates._render_template(source % expression, record._name, record.ids, engine=engine)
        return str(rendered[record.id])

    def assertRefused(self, *args, **kwargs):
        with self.assertRaises(Exception) as refused, mute_logger(*QUIET), self.env.cr.savepoint():
            self.render(*args, **kwargs)
        self.assertNotRegex(str(refused.exception), "(?i)marke")

    def test_template_names_the_customer_as_shown(self):
        for engine, source in _ENGINES:
            for expression, name in (
                ("partner_id.name", "Marked person"),
                ("partner_id.parent_id.name", "Marked company"),
                ("partner_id.commercial_partner_id.name", "Marked company"),
            ):
                self.assertIn(name, self.render(expression, engine=engine, source=source), (engine, expression))

    def test_particulars_are_refused(self):
        for engine, source in _ENGINES:
            for name in ("email", "vat", "phone", "street", "comment", "email_formatted"):
                self.assertRefused(f"partner_id.{name}", engine=engine, source=source)

    def test_hidden_document_is_refused(self):
        for name in ("name", "parent_id.name"):
            self.assertRefused(name, record=self.person)
        self.company.kehu_tier = "3"
        self.assertRefused("partner_id.name")

    def test_names_do_not_stay_in_the_cache(self):
        self.assertIn("Marked person", self.render("partner_id.name"))
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.person.with_user(self.sender).name

    def test_bank_statement_is_printed_with_names(self):
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        lines = [
            {"journal_id": journal.id, "amount": 5, "payment_ref": str(customer.id), "partner_id": customer.id}
            for customer in self.company + self.other
        ]
        statement = self.env["account.bank.statement"].create(
            {"name": "S1", "line_ids": [Command.create(line) for line in lines]}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(self.sender).with_context(lang="en_US")
        content = str(reports._render_qweb_html("account.action_report_account_statement", statement.ids)[0])
        for customer in self.company + self.other:
            self.assertIn(customer.name, content)

    def test_reception_report_names_customers(self):
        self.order.action_confirm()
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        line = {"product_id": self.order.order_line.product_id.id, "product_qty": 5}
        purchase = self.env["purchase.order"].create({"partner_id": vendor.id, "order_line": [Command.create(line)]})
        purchase.button_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["report.stock.report_reception"].with_user(self.sender)
        told = str(reports.get_report_data(purchase.picking_ids.ids, {})["sources_info"])
        self.assertIn("Marked person", told)

    def test_mail_of_a_delivery_leaves(self):
        self.env.company.stock_move_email_validation = True
        self.order.action_confirm()
        picking = self.order.picking_ids
        self.env.flush_all()
        self.env.invalidate_all()
        mine = picking.with_user(self.sender).with_context(lang="en_US")
        mine.move_ids.write({"quantity": 2, "picked": True})
        mine.button_validate()
        self.assertEqual(picking.state, "done")
        message = picking.message_ids.filtered(lambda message: self.person in message.partner_ids)
        self.assertIn("Marked person", message.body)
        self.assertNotIn("marker@", message.body)
