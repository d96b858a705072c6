from unittest.mock import patch

from markupsafe import Markup

from odoo import Command
from odoo.tests import tagged

from .flow_case import FlowCase
from .markers import CONTENT


@tagged("post_install", "-at_install")
class TestLinkTokens(FlowCase):
    """X3: the token that opens the page of a document with all particulars is shown to no colleague who may read the
    document, and not its customer.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.markers.customers["2"]
        cls.goods = cls.env["product.product"].create(
            {"name": "Thing", "type": "consu", "is_storable": True, "list_price": 100.0, "invoice_policy": "order"}
        )
        line = {"product_id": cls.goods.id, "product_uom_qty": 2}
        cls.order = cls.env["sale.order"].create({"partner_id": cls.customer.id, "order_line": [Command.create(line)]})
        cls.order.action_confirm()
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()
        cls.purchase = cls.env["purchase.order"].create({"partner_id": cls.customer.id})
        cls.documents = [cls.order, cls.invoice, cls.purchase]
        cls.tokens = [document._portal_ensure_token() for document in cls.documents]
        cls.env.flush_all()

    def pages(self, document, token=""):
        for way in ("", "&report_type=html"):
            yield self.url_open(f"{document.access_url}?access_token={token}{way}").text

    def test_page_shows_a_colleague_no_token(self):
        for login in ("flow_clerk", "flow_cleared"):
            self.authenticate(login, login)
            for document, token in zip(self.documents, self.tokens, strict=True):
                texts = list(self.pages(document))
                self.assertIn(document.name, texts[0])
                shown = [any(other in text for text in texts) for other in self.tokens]
                self.assertEqual(any(shown), login == "flow_cleared", document)
                self.assertEqual(document.access_token, token, "the customer's link stays as it is")
        self.authenticate(None, None)
        page, _report = self.pages(self.order, self.tokens[0])
        self.assertIn(self.tokens[0], page)
        self.assertIn(f"{CONTENT}2", page)

    def test_address_after_a_payment_has_no_token(self):
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].search([], limit=1).id,
                "payment_method_id": self.env["payment.method"].with_context(active_test=False).search([], limit=1).id,
                "amount": 1,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": self.customer.id,
                "reference": "Deposit",
                "landing_route": self.order.get_portal_url(),
            }
        )
        self.env.flush_all()
        fits = [("id", "=", payment.id), ("landing_route", "=like", f"%{self.tokens[0][:8]}%")]
        for user, is_shown in ((self.clerk, False), (self.cleared, True)):
            mine = payment.with_user(user)
            self.assertEqual(self.tokens[0] in str(mine.read(["landing_route"])), is_shown)
            self.assertEqual(mine.search_count(fits), int(is_shown))

    def test_printed_code_has_no_token(self):
        self.env.company.link_qr_code = True
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        self.env.flush_all()
        reports = self.env["ir.actions.report"]
        for user, is_shown in ((self.clerk, False), (self.cleared, True)):
            coded = []
            with patch.object(
                type(reports),
                "barcode",
                lambda _self, barcode_type, value, coded=coded, **_options: coded.append(value) or b"",
            ):
                reports.with_user(user)._render_qweb_html("account.report_invoice", self.invoice.ids)
            self.env.invalidate_all()
            self.assertTrue(coded)
            self.assertEqual(self.tokens[1] in str(coded), is_shown)

    def test_message_keeps_no_token_and_customer_gets_it(self):
        url, token = self.purchase.get_confirm_url(confirm_type="reminder"), self.tokens[2]
        links = (
            f"{self.purchase.get_base_url()}{url}",
            "https://example.com/?access_token=",
            f"/shop/cart?id=5&access_token={token}",
        )
        body = Markup().join(Markup('<a href="%s">Link</a>') % link for link in links)
        template = self.env["mail.template"].create(
            {"name": "x", "model_id": self.env["ir.model"]._get_id("purchase.order"), "subject": "x", "body_html": body}
        )
        message = self.purchase.with_user(self.cleared).message_post_with_source(template)
        scheduled = self.env["mail.scheduled.message"].create(
            {
                "model": "purchase.order",
                "res_id": self.purchase.id,
                "body": body,
                "author_id": self.cleared.partner_id.id,
                "scheduled_date": "2099-01-01",
            }
        )
        for row in (message, scheduled):
            self.assertIn("access_token=", row.body)
            self.assertNotIn(token, row.body)
        people = self.customer | self.customer.child_ids[0] | self.open | self.cleared.partner_id
        told = self.tokens_told(message, people)
        self.assertEqual([told[contact] for contact in people], [2, 2, 2, 0], "whom its author chose, no colleague")
        forged = self.purchase.with_user(self.clerk).message_post(body=message.body)
        told = self.tokens_told(forged, people)
        self.assertEqual([told[contact] for contact in people], [2, 2, 0, 0])

    def tokens_told(self, message, people):
        """Return ``{contact: how often the token stands in the mail to the contact}``."""
        mail = self.env["mail.mail"].create(
            {"mail_message_id": message.id, "body_html": message.body, "recipient_ids": [Command.set(people.ids)]}
        )
        return {out["partner_id"]: out["body"].count(self.tokens[2]) for out in mail._prepare_outgoing_list()}

    def test_invoice_mailed_to_another_has_no_token(self):
        for user, people, is_shown in (
            (self.clerk, self.open, False),
            (self.clerk, self.customer.child_ids[0], True),
            (self.cleared, self.open, True),
        ):
            message = self.invoice.with_user(user).message_post(
                body="Look", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=people.ids
            )
            mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
            mails = mails.filtered(lambda mail, people=people: people in mail.recipient_ids)
            self.assertTrue(mails)
            self.assertEqual(self.tokens[1] in str(mails.mapped("body_html")), is_shown, (user.name, people.name))


@tagged("post_install", "-at_install")
class TestNamedInApps(FlowCase):
    """X3: what one may read is read by itself too, and names the customer."""

    def test_numbers_of_a_line_are_read_by_themselves(self):
        goods = self.env["product.product"].create({"name": "Thing", "is_storable": True})
        line = {"product_id": goods.id, "product_uom_qty": 2}
        order = self.env["sale.order"].create(
            {"partner_id": self.markers.customers["2"].id, "order_line": [Command.create(line)]}
        )
        order.action_confirm()
        self.env.flush_all()
        for name in ("qty_available_today", "virtual_available_at_date", "translated_product_name"):
            self.env.invalidate_all()
            self.assertIn(name, order.order_line.with_user(self.clerk).read([name])[0])

    def test_invoice_is_printed_from_its_form(self):
        goods = self.env["product.product"].create({"name": "Thing"})
        line = {"product_id": goods.id, "quantity": 1, "price_unit": 10}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.markers.customers["2"].id,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        invoice.action_post()
        self.env.flush_all()
        for name in ("action_print_pdf", "get_extra_print_items"):
            self.env.invalidate_all()
            self.assertIsInstance(getattr(invoice.with_user(self.clerk), name)(), (dict, list))
        self.assertTellsNothing(invoice.with_user(self.clerk).action_print_pdf)

    def test_purchase_order_is_confirmed(self):
        goods = self.env["product.product"].create({"name": "Thing", "is_storable": True})
        line = {"product_id": goods.id, "product_qty": 1, "price_unit": 3}
        orders = self.env["purchase.order"].create(
            [
                {"partner_id": self.markers.customers["2"].id, "order_line": [Command.create(line)]},
                {
                    "partner_id": self.markers.customers["2"].id,
                    "order_line": [Command.create(line)],
                    "state": "to approve",
                },
            ]
        )
        self.env.flush_all()
        for order, name in zip(orders, ("button_confirm", "button_approve"), strict=True):
            self.env.invalidate_all()
            getattr(order.with_user(self.clerk), name)()
            self.assertEqual(order.state, "purchase")
            self.assertTrue(order.picking_ids)
