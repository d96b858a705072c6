from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .made_files_case import MadeFilesCase
from .markers import QUIET


@tagged("post_install", "-at_install")
class TestStoredInvoices(MadeFilesCase):
    """X3: stored invoices and e-invoices of a confidential customer are printed anew for users who may not read the
    customer; the customer gets them.
    """

    def send(self, invoice, **values):
        """Return the mails by which an invoice is sent."""
        wizards = invoice.env["account.move.send.wizard"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        with self.mock_mail_gateway():
            wizard = wizards.create({"sending_methods": ["email"], **values})
            invoice.env.invalidate_all()
            wizard.action_send_and_print()
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        return self._mails

    def test_stored_invoice_is_read_with_the_customer(self):
        invoice = self.make_invoice()
        self.send(invoice)
        file = invoice.invoice_pdf_report_id
        self.assertIn(b"Marker street", file.raw)
        for sent in file | self.files.search([("res_model", "=", "mail.message"), ("checksum", "=", file.checksum)]):
            self.assertUnread(sent)
        mine = self.mine(invoice)
        self.assertTrue(mine.has_access("read"))
        self.assertFalse(mine.read(["invoice_pdf_report_file"])[0]["invoice_pdf_report_file"])
        self.assertEqual(mine.read(["invoice_pdf_report_id"])[0]["invoice_pdf_report_id"][0], file.id)

    def test_electronic_invoice_is_read_with_the_customer(self):
        invoice = self.make_invoice()
        self.send(invoice)
        # As Odoo makes them, in the rights of the sender.
        document = (
            self.mine(self.files)
            .sudo()
            .create(
                {
                    "name": "ubl.xml",
                    "raw": b"<a>Marker street</a>",
                    "mimetype": "application/xml",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "res_field": "ubl_cii_xml_file",
                }
            )
        )
        self.env.invalidate_all()
        self.assertEqual(invoice.ubl_cii_xml_id, document)
        self.assertUnread(document)
        mine = self.mine(invoice)
        self.assertFalse(mine.read(["ubl_cii_xml_file"])[0]["ubl_cii_xml_file"])
        self.assertFalse(mine._get_invoice_legal_documents("ubl", allow_fallback=True))
        self.assertNotIn("Marker street", str(mine._get_invoice_legal_documents_all()))
        self.assertIn("Marker street", str(invoice._get_invoice_legal_documents("ubl")))
        self.assertEqual(len(invoice._get_invoice_legal_documents_all()), 2)

    def test_uncleared_user_opens_and_downloads_sent_invoice(self):
        invoice = self.make_invoice()
        self.send(invoice)
        self.env.flush_all()
        self.env.invalidate_all()
        wizards = self.mine(self.env["account.move.send.wizard"]).with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizards.create({"sending_methods": ["manual"]})
        action = wizard.action_send_and_print()
        self.env.flush_all()
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)
        self.authenticate("files_spy", "files_spy")
        page = self.url_open(action["url"])
        self.assertEqual(page.status_code, 200)
        self.assertIn(b"Marker", page.content)
        self.assertNotIn(b"Marker street", page.content)
        thread = {"thread_model": "account.move", "thread_id": invoice.id, "access_params": {}}
        params = {"fetch_params": [["mail.thread", thread | {"request_list": ["attachments", "followers"]}]]}
        answer = self.call_quietly("/mail/data", params).text
        self.assertNotIn('"error"', answer)
        self.assertIn("mail.thread", answer)

    def test_pages_print_the_invoice_anew(self):
        invoice = self.make_invoice()
        self.send(invoice)
        self.env.flush_all()
        addresses = [
            f"/my/invoices/{invoice.id}?report_type=pdf&download=true",
            f"/account/download_invoice_documents/{invoice.id}/pdf",
            f"/account/download_invoice_documents/{invoice.id}/all",
            f"/account/download_move_attachments/{invoice.id}",
        ]
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)
        self.authenticate("files_spy", "files_spy")
        for address in addresses:
            page = self.url_open(address)
            self.assertEqual(page.status_code, 200, address)
            self.assertNotIn(b"Marker street", page.content, address)
            self.assertTrue(page.content, address)
        self.assertIn(b"Marker", self.url_open(addresses[0]).content)
        # The customer gets the invoice that was sent: with an account, and by the link.
        new_test_user(
            self.env, "files_customer", "base.group_portal", partner_id=self.customer.id, email="marker@example.com"
        )
        self.env.flush_all()
        self.authenticate("files_customer", "files_customer")
        self.assertEqual(self.url_open(addresses[0]).content, invoice.invoice_pdf_report_id.raw)
        self.authenticate(None, None)
        page = self.url_open(f"{addresses[0]}&access_token={invoice._portal_ensure_token()}")
        self.assertEqual(page.content, invoice.invoice_pdf_report_id.raw)

    def test_uncleared_user_sends_invoice_again(self):
        invoice = self.make_invoice()
        self.send(invoice)
        file = invoice.invoice_pdf_report_id
        self.env.flush_all()
        self.env.invalidate_all()
        # Others get what the user may print.
        mails = self.send(self.mine(invoice), mail_partner_ids=[Command.set(self.open.ids)])
        content = self.sent_to(mails, "open@example.com")
        self.assertTrue(content)
        self.assertNotIn(b"Marker street", content)
        # The customer, whom apps send it to in the rights of the user, gets the invoice itself.
        with self.mock_mail_gateway():
            self.mine(self.env["account.move.send"])._generate_and_send_invoices(
                self.mine(invoice), sending_methods=["email"], mail_partner_ids=self.customer.ids
            )
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        self.assertIn(b"Marker street", self.sent_to(self._mails, "marker@example.com"))
        self.env.invalidate_all()
        self.assertEqual(invoice.invoice_pdf_report_id, file)

    def test_file_that_is_sent_unopened_is_named(self):
        invoice = self.make_invoice()
        self.send(invoice)
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.mine(invoice)
        [shown] = mine.env["account.move.send"]._get_invoice_extra_attachments_data(mine)
        self.assertEqual((shown["name"], shown["placeholder"]), (invoice.invoice_pdf_report_id.name, True))

    def test_provisional_print_is_read_with_the_customer(self):
        invoice = self.make_invoice()
        printed = {"pdf_report": self.env.ref("account.account_invoices")}
        self.env["account.move.send"]._prepare_invoice_proforma_pdf_report(invoice, printed)
        file = self.files.create(printed["proforma_pdf_attachment_values"])
        self.assertIn(b"Marker street", file.raw)
        self.assertUnread(file)

    def test_no_file_of_others_is_sent_along(self):
        invoice = self.make_invoice()
        self.send(invoice)
        secret = self.files.create({"name": "x", "raw": b"Marker street", "res_model": "res.company", "res_id": 0})
        self.assertFalse(self.mine(secret).has_access("read"))
        self.env.flush_all()
        for guise in (secret.id, f" {secret.id}", f"+{secret.id}", float(secret.id)):
            self.env.invalidate_all()
            widget = [{"id": guise, "name": "x", "manual": True}]
            values = {"mail_partner_ids": [Command.set(self.customer.ids)], "mail_attachments_widget": widget}
            with self.assertRaises(AccessError), mute_logger(*QUIET), self.env.cr.savepoint():
                self.send(self.mine(invoice), **values)

    def test_colleague_at_a_bare_address_gets_no_stored_invoice(self):
        invoice = self.make_invoice()
        self.send(invoice)
        file = invoice.invoice_pdf_report_id
        with self.mock_mail_gateway():
            self.env["mail.mail"].create(
                {"email_to": "Spy <SPY@example.com>", "subject": "x", "attachment_ids": [Command.link(file.id)]}
            ).send()
        self.assertNotIn(b"Marker street", self.sent_to(self._mails, "spy@example.com"))

    def test_file_stays_with_the_customer_of_then(self):
        invoice = self.make_invoice()
        self.send(invoice)
        file = invoice.invoice_pdf_report_id
        copies = self.files.search([("res_model", "=", "mail.message"), ("checksum", "=", file.checksum)])
        self.assertTrue(copies)
        self.assertEqual((file | copies).kehu_made_customer_ids, self.customer)
        invoice.button_draft()
        invoice.partner_id = self.open
        self.env.flush_all()
        for made in file | copies:
            self.assertUnread(made)
            found = self.mine(self.files).search([("res_model", "=", made.res_model), ("id", "=", made.id)])
            self.assertFalse(found)

    def test_uncleared_user_sends_invoice_first(self):
        invoice = self.make_invoice()
        self.env.flush_all()
        self.env.invalidate_all()
        mails = self.send(self.mine(invoice), mail_partner_ids=[Command.set(self.open.ids)])
        content = self.sent_to(mails, "open@example.com")
        self.assertIn(b"Marker", content)
        self.assertNotIn(b"Marker street", content)
        # What is stored is the invoice that the customer gets.
        self.env.invalidate_all()
        self.assertIn(b"Marker street", invoice.invoice_pdf_report_id.raw)
        self.assertUnread(invoice.invoice_pdf_report_id)

    def test_uncleared_user_offers_an_order(self):
        product = self.env["product.product"].create({"name": "Thing", "type": "service"})
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.mine(order)
        action = mine.action_quotation_send()
        composers = self.mine(self.env["mail.compose.message"]).with_context(**action["context"])
        with self.mock_mail_gateway():
            composer = composers.create({"partner_ids": [Command.link(self.open.id)]})
            composer.env.invalidate_all()
            composer.action_send_mail()
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        content = self.sent_to(self._mails, "open@example.com")
        self.assertIn(b"Marker", content)
        self.assertNotIn(b"Marker street", content)
        self.env.invalidate_all()
        self.assertIn(b"Marker", mine.message_ids.attachment_ids.raw)
        mine.action_confirm()
