from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.mail.tests.common import MockEmail

from .markers import CONTENT, markers_in


@tagged("post_install", "-at_install")
class TestRecipientsShown(TransactionCase, MockEmail):
    """X3: the web client asks for the address of whom a dialog writes to; of a hidden customer it shows the label, and
    the dialog is sent.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales, cls.books = (
            new_test_user(cls.env, f"shown_{name}", groups, name=name.title(), email=f"{name}@example.com")
            for name, groups in (
                ("sales", "sales_team.group_sale_salesman_all_leads"),
                ("books", "account.group_account_invoice"),
            )
        )
        cls.goods = cls.env["product.product"].create(
            {"name": "Thing", "type": "consu", "list_price": 100.0, "invoice_policy": "order"}
        )
        cls.other = cls.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        word = f"{CONTENT}2"
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "is_company": True, "email": f"{word}@example.com", "phone": word, "kehu_tier": "2"}
        )
        line = {"product_id": cls.goods.id, "product_uom_qty": 2}
        cls.order = cls.env["sale.order"].create(
            {"partner_id": cls.customer.id, "user_id": cls.sales.id, "order_line": [Command.create(line)]}
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
        self.assertEqual(list(markers_in(repr(answer))), [], repr(answer))
        return answer

    def specification(self, dialog):
        """Return what the web client asks of the fields of a dialog."""
        nodes = etree.fromstring(dialog.get_view(view_type="form")["arch"]).findall(".//field")
        spec = {node.get("name"): {} for node in nodes if not node.xpath("ancestor::field")}
        for node in nodes:
            if node.get("widget") == "many2many_tags_email":
                asked = {"display_name": {}, "email": {}, "name": {}}
                spec[node.get("name")] = {"fields": asked, "context": {"show_email": True}}
            elif dialog._fields[node.get("name")].type == "many2one":
                spec[node.get("name")] = {"fields": {"display_name": {}}}
        return spec

    def send(self, user, action, records, name, method):
        context = {
            **action["context"],
            "active_model": records._name,
            "active_id": records.id,
            "active_ids": records.ids,
        }
        dialog = self.env[action["res_model"]].with_user(user).with_context(**context)
        # Storing recipients, Odoo asks for the rights of the user of the request, and not of the environment.
        self.enterContext(patch.object(self.env.transaction, "default_env", self.env(user=user, su=False)))
        spec = self.specification(dialog)
        values = self.request(lambda: dialog.onchange({}, [], spec))["value"]
        self.assertRecipients([row for _code, _id, row in values[name]], self.customer)
        filled = {
            field: value["id"] if value and dialog._fields[field].type == "many2one" else value
            for field, value in values.items()
            if not dialog._fields[field].readonly
        }
        filled[name] = [
            *(Command.link(contact_id) for _code, contact_id, _row in values[name]),
            Command.link(self.other.id),
        ]
        changed = self.request(lambda: dialog.onchange({**values, **filled}, [name], spec))
        self.assertFalse(changed.get("warning"))
        (row,) = self.request(lambda: dialog.web_save(filled, spec))
        self.assertRecipients(row[name], self.customer + self.other)
        dialog = dialog.browse(row["id"])
        self.request(lambda: dialog.web_read(spec))
        with self.mock_mail_gateway():
            self.request(getattr(dialog, method))
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        addresses = str([mail["email_to"] for mail in self._mails]).lower()
        for contact in self.customer + self.other:
            self.assertIn(contact.email.lower(), addresses)

    def assertRecipients(self, rows, contacts):
        self.assertEqual(sorted(row["id"] for row in rows), sorted(contacts.ids))
        for row in rows:
            if row["id"] == self.other.id:
                self.assertEqual((row["name"], row["email"]), ("Other", "other@example.com"))
            else:
                self.assertEqual((row["display_name"], row["name"], row["email"]), ("Customer",) * 3)

    def test_quotation_is_sent_from_the_client(self):
        action = self.request(self.order.with_user(self.sales).action_quotation_send)
        self.send(self.sales, action, self.order, "partner_ids", "action_send_mail")

    def test_invoice_is_sent_from_the_client(self):
        self.order.action_confirm()
        invoice = self.order._create_invoices()
        invoice.action_post()
        action = self.request(invoice.with_user(self.books).action_send_and_print)
        self.send(self.books, action, invoice, "mail_partner_ids", "action_send_and_print")

    def test_line_of_a_draft_is_hidden_as_its_record_is(self):
        contacts = self.env["res.partner"].with_user(self.sales).with_context(show_email=True)
        draft = contacts.new(origin=contacts.browse(self.customer.id))
        self.assertEqual(self.request(draft._kehu_hidden), draft)
        self.assertEqual(self.request(lambda: draft.display_name), "Customer")
        self.customer.kehu_tier = "3"
        self.assertNotIn("Customer", self.request(lambda: draft.display_name))

    def test_document_is_asked_once_on_the_way(self):
        asked = []

        def named_by(records, documents):
            asked.extend(document for records in documents for document in records if document._name == "sale.order")
            return frozenset(self.customer.ids)

        with patch.object(self.env.registry["base"], "_kehu_named_by", named_by):
            orders = self.order.with_user(self.sales)
            with orders._kehu_looking_up([orders]):
                orders.action_confirm()
        self.assertEqual(asked, [orders])

    def test_contact_that_is_gone_stops_nothing(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        ids = [gone.id, self.customer.id]
        gone.unlink()
        found = self.env["res.partner"].browse(ids)._kehu_filter_looked_up(self.customer.ids)
        self.assertEqual(found, self.customer)
