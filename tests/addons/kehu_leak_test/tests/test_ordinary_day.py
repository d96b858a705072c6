from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .markers import CONTENT, QUIET, markers_in

_SEARCHED = (
    "res.partner",
    "sale.order",
    "account.move",
    "stock.picking",
    "crm.lead",
    "project.task",
    "account.payment",
)


@tagged("post_install", "-at_install")
class TestOrdinaryDay(HttpCase, MockEmail):
    """X3: the daily work of users without clearance, for customers whose documents they read, shows neither an error nor
    anything but the name of a confidential customer.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales, cls.store, cls.books = (
            new_test_user(cls.env, f"day_{name}", groups, name=name.title(), email=f"{name}@example.com")
            for name, groups in (
                ("sales", "sales_team.group_sale_salesman_all_leads,project.group_project_user"),
                ("store", "stock.group_stock_user"),
                ("books", "account.group_account_invoice"),
            )
        )
        cls.goods, cls.work = cls.env["product.product"].create(
            [
                {"name": "Thing", "type": "consu", "list_price": 100.0, "invoice_policy": "order"},
                {"name": "Work", "type": "service", "list_price": 50.0, "service_tracking": "task_in_project"},
            ]
        )

    def make_customer(self, tier):
        word = f"{CONTENT}{tier}"
        return self.env["res.partner"].create(
            {
                "name": "Customer",
                "is_company": True,
                "street": word,
                "email": f"{word}@example.com",
                "phone": word,
                "vat": word,
                "country_id": self.env.ref("base.cn").id,
                "kehu_tier": tier,
            }
        )

    def make_order(self, customer):
        line = {"product_id": self.goods.id, "product_uom_qty": 2}
        return self.env["sale.order"].create(
            {"partner_id": customer.id, "user_id": self.sales.id, "order_line": [Command.create(line)]}
        )

    def request(self, call):
        """Return what a call answers that comes as a request of its own."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            answer = call()
            self.env.flush_all()
        finally:
            self.env.invalidate_all()
        self.assertFalse([found[0] for found in markers_in(repr(answer)) if found[2] == "2"])
        return answer

    def open(self, record, user):
        """Open a record in its form, and save it."""

        def opened():
            with Form(record.with_user(user)) as form:
                return form._values

        self.request(opened)

    def dialog(self, user, model, records, method, context=None, **values):
        """Open a dialog on records as the client does, fill it in, and press a button."""
        active = {"active_model": records._name, "active_id": records[:1].id, "active_ids": records.ids}

        def opened():
            form = Form(self.env[model].with_user(user).with_context(**{**(context or {}), **active}))
            for name, value in values.items():
                form[name] = value
            return form.save()

        wizard = self.request(opened)
        texts = [name for name, field in wizard._fields.items() if field.type in ("char", "text", "html", "json")]
        self.request(lambda: wizard.read(texts))
        with self.mock_mail_gateway():
            answer = self.request(getattr(wizard, method))
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        return answer

    def print(self, user, report, record):
        content = self.request(
            lambda: self.env["ir.actions.report"].with_user(user)._render_qweb_html(report, record.ids)
        )
        self.assertTrue(content)

    def sell(self, customer):
        order = self.make_order(customer)
        mine = order.with_user(self.sales)

        def edit():
            with Form(mine) as form, form.order_line.new() as line:
                line.product_id = self.work

        self.request(edit)
        self.dialog(self.sales, "sale.order.discount", order, "action_apply_discount", discount_percentage=0.1)
        self.print(self.sales, "sale.report_saleorder", order)
        self.request(mine.action_preview_sale_order)
        self.request(mine.action_confirm)
        self.assertEqual(order.state, "sale")
        self.print(self.sales, "sale.report_saleorder", order)
        self.open(order, self.sales)
        self.request(mine.copy)
        return order

    def offer(self, order):
        action = self.request(order.with_user(self.sales).action_quotation_send)
        self.dialog(self.sales, action["res_model"], order, "action_send_mail", action["context"])
        self.assertSentTo(order.partner_id)

    def assertSentTo(self, customer):
        self.assertIn(customer.email.lower(), str([mail["email_to"] for mail in self._mails]).lower())

    def deliver(self, order):
        picking = order.picking_ids
        self.open(picking, self.store)
        self.request(order.with_user(self.sales).action_view_delivery)
        self.print(self.store, "stock.report_deliveryslip", picking)
        picking.with_user(self.store).move_ids.write({"quantity": 2, "picked": True})
        self.request(picking.with_user(self.store).button_validate)

    def invoice(self, order):
        for values in (
            {"advance_payment_method": "percentage", "amount": 10},
            {"advance_payment_method": "fixed", "fixed_amount": 10},
            {"advance_payment_method": "delivered"},
        ):
            self.dialog(self.sales, "sale.advance.payment.inv", order, "create_invoices", **values)
        self.assertEqual(len(order.invoice_ids), 3)
        self.request(order.with_user(self.sales).action_view_invoice)
        spec = {"partner_id": {"fields": {"display_name": {}}}, "invoice_line_ids": {"fields": {"name": {}}}}
        self.request(lambda: order.invoice_ids.with_user(self.sales).web_read(spec))
        return order.invoice_ids

    def keep_books(self, invoices):
        def date(mine):
            with Form(mine) as form:
                form.invoice_date = "2026-01-01"

        for invoice in invoices:
            mine = invoice.with_user(self.books)
            self.request(lambda mine=mine: date(mine))
            self.request(mine.action_post)
            self.print(self.books, "account.report_invoice_with_payments", invoice)
            self.request(mine.preview_invoice)
        self.dialog(self.books, "account.move.send.batch.wizard", invoices, "action_send_and_print")
        register = "account.payment.register"
        self.dialog(self.books, register, invoices[:1], "action_create_payments")
        self.dialog(self.books, register, invoices[1:], "action_create_payments", group_payment=True)
        payments = self.env["account.payment"].search([("partner_id", "=", invoices.partner_id.id)])
        self.assertTrue(payments)
        for payment in payments:
            self.open(payment, self.books)
        self.dialog(self.books, "account.move.reversal", invoices[-1:], "refund_moves")

    def send(self, invoice):
        action = self.request(invoice.with_user(self.books).action_send_and_print)
        self.dialog(self.books, action["res_model"], invoice, "action_send_and_print", action["context"])
        self.assertSentTo(invoice.partner_id)

    def search(self, customer):
        for user in (self.sales, self.books, self.store):
            for model in _SEARCHED:
                records = self.env[model].with_user(user)
                if not records.has_access("read"):
                    continue
                view = etree.fromstring(records.get_view(view_type="list")["arch"])
                spec = {
                    name: {"fields": {"display_name": {}}} if records._fields[name].relational else {}
                    for name in {node.get("name") for node in view.findall("./field")}
                }
                domain = [("partner_id", "ilike", "Customer")] if "partner_id" in records._fields else []
                self.request(lambda records=records, spec=spec: records.web_search_read([], spec, limit=80))
                self.request(
                    lambda records=records, domain=domain: records.web_search_read(domain, {"display_name": {}})
                )
                self.request(lambda records=records: records.name_search("Customer"))
                if domain:
                    self.request(lambda records=records: records.formatted_read_group([], ["partner_id"], ["__count"]))

    def win(self, customer):
        values = {"name": "Chance", "type": "lead", "partner_id": customer.id, "user_id": self.sales.id}
        lead = self.env["crm.lead"].create(values)
        mine = lead.with_user(self.sales)
        self.open(lead, self.sales)
        self.dialog(self.sales, "crm.lead2opportunity.partner", lead, "action_apply", name="convert")
        self.assertEqual(lead.type, "opportunity")
        action = self.request(mine.action_schedule_meeting)
        meetings = self.env["calendar.event"].with_user(self.sales).with_context(**action["context"])
        self.request(lambda: Form(meetings).save())
        self.request(mine.action_sale_quotations_new)
        action = self.request(mine.action_new_quotation)
        quotations = self.env["sale.order"].with_user(self.sales).with_context(**action["context"])
        self.assertEqual(self.request(lambda: Form(quotations).save()).partner_id.id, customer.id)
        self.request(lambda: mine.message_post(body="Called"))
        self.request(mine.action_set_won_rainbowman)

    def plan(self, order):
        for task in order.tasks_ids:
            self.open(task, self.sales)
            self.request(lambda task=task: task.with_user(self.sales).message_post(body="Done"))
        for project in order.project_ids:
            self.open(project, self.sales)

    def test_day_with_internal_customer(self):
        customer = self.make_customer("1")
        self.offer(self.make_order(customer))
        order = self.sell(customer)
        self.assertTrue(order.tasks_ids)
        self.deliver(order)
        self.plan(order)
        invoices = self.invoice(order)
        self.keep_books(invoices)
        self.send(invoices[0])
        self.win(customer)
        self.search(customer)

    def test_day_with_confidential_customer(self):
        # Their leads and tasks are hidden.
        customer = self.make_customer("2")
        order = self.sell(customer)
        self.deliver(order)
        self.keep_books(self.invoice(order))
        self.search(customer)

    def test_quotation_is_sent_to_confidential_customer(self):
        self.offer(self.make_order(self.make_customer("2")))

    def test_invoice_is_sent_to_confidential_customer(self):
        order = self.make_order(self.make_customer("2"))
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.send(invoice)

    def assertRefused(self, call):
        with self.assertRaises(AccessError), mute_logger(*QUIET), self.env.cr.savepoint():
            self.request(call)

    def test_customer_is_not_read_on_the_way(self):
        customer = self.make_customer("2")
        order = self.make_order(customer)
        mine = order.with_user(self.sales)
        self.request(mine.action_confirm)

        def invoiced():
            mine._create_invoices()
            return mine.partner_id.read(["email"])

        self.assertRefused(invoiced)

    def test_dialog_names_no_other_hidden_customer(self):
        order, other = self.make_order(self.make_customer("2")), self.make_customer("2")
        composers = self.env["mail.compose.message"].with_user(self.sales)
        about = {"model": "sale.order", "res_ids": repr(order.ids), "body": "x"}
        for vals in (
            {**about, "partner_ids": [Command.set(other.ids)]},
            {**about, "author_id": order.partner_id.id},
            {"model": "res.partner", "res_ids": repr(other.ids), "partner_ids": [Command.set(other.ids)]},
        ):
            with self.assertRaisesRegex(AccessError, "Ask for access"), self.env.cr.savepoint():
                composers.with_context(lang="en_US").create(vals)

    def test_documents_of_confidential_customer_are_copied(self):
        order = self.make_order(self.make_customer("2"))
        order.action_confirm()
        invoice = order._create_invoices()
        for document, user in ((order, self.sales), (invoice, self.books), (order.picking_ids, self.store)):
            copied = self.request(document.with_user(user).copy)
            self.assertEqual(copied.sudo().partner_id, document.partner_id)
        other = self.make_customer("2")
        with self.assertRaisesRegex(AccessError, "Ask for access"), self.env.cr.savepoint():
            invoice.with_user(self.books).with_context(lang="en_US").copy({"partner_id": other.id})

    def test_buttons_look_confidential_customer_up(self):
        self.books.group_ids += self.env.ref("purchase.group_purchase_user")
        customer = self.make_customer("2")
        line = {"product_id": self.goods.id, "product_qty": 2}
        purchase = self.env["purchase.order"].create({"partner_id": customer.id, "order_line": [Command.create(line)]})
        self.goods.purchase_method = "purchase"
        purchase.button_confirm()
        purchase.action_create_invoice()
        mine, bill = purchase.with_user(self.books), purchase.invoice_ids.with_user(self.books)
        for button in (mine.action_bill_matching, bill.action_purchase_matching):
            action = self.request(button)
            lines = self.env[action["res_model"]].with_user(self.books)
            self.request(
                lambda action=action, lines=lines: lines.web_search_read(action["domain"], {"display_name": {}})
            )
        self.request(mine.action_add_from_catalog)
        self.request(bill.action_update_fpos_values)
        payment = self.env["account.payment"].create(
            {"partner_id": customer.id, "amount": 5, "payment_type": "outbound", "partner_type": "supplier"}
        )
        self.request(payment.with_user(self.books).action_post)
        self.request(payment.with_user(self.books).action_validate)
        self.assertEqual(payment.state, "paid")
