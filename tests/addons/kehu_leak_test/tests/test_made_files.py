import io

from pypdf import PdfWriter

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from .made_files_case import MadeFilesCase
from .markers import QUIET


@tagged("post_install", "-at_install")
class TestMadeFiles(MadeFilesCase):
    """X3: files that the server made of a document for colleagues, printed or sent, show no particulars to users who
    read the document but not its customer.
    """

    def make_order(self, partner):
        """Return an order, and the offer that a colleague printed and sent."""
        order = self.env["sale.order"].create({"partner_id": partner.id})
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf("sale.action_report_saleorder", order.ids)
        self.assertIn(b"street", content)
        order.message_post(body="Our offer", attachments=[("offer.html", content), ("photo.txt", b"seen by all")])
        return order, order.message_ids.attachment_ids.filtered(lambda file: file.name == "offer.html")

    def test_sent_file_is_read_with_the_customer(self):
        (order, sent), (other, open_file) = self.make_order(self.customer), self.make_order(self.open)
        self.assertTrue(self.mine(order).has_access("read"))
        copies = self.files.create(
            [{"name": "again.html", "raw": sent.raw, "res_model": order._name, "res_id": order.id}]
        )
        for file in sent | sent.copy() | copies:
            self.assertUnread(file)
        # What people put there themselves, and files of others, are read as before.
        found = self.mine(self.files).search([("res_model", "=", "sale.order"), ("res_id", "in", (order | other).ids)])
        self.assertEqual(sorted(found.mapped("name")), ["offer.html", "photo.txt", "photo.txt"])
        self.assertIn(b"Open street", self.mine(open_file).raw)
        self.authenticate("files_spy", "files_spy")
        self.set_registry_readonly_mode(False)  # that they were read is noted
        self.addCleanup(self.set_registry_readonly_mode, True)
        thread = {"thread_model": "sale.order", "thread_id": order.id}
        messages = self.call_quietly("/mail/thread/messages", thread).text
        files = ["mail.thread", thread | {"access_params": {}, "request_list": ["attachments"]}]
        for answer in (messages, self.call_quietly("/mail/data", {"fetch_params": [files]}).text):
            self.assertIn("photo.txt", answer)
            self.assertNotIn('"error"', answer)

    def test_content_written_later_is_known(self):
        order, sent = self.make_order(self.customer)
        file = self.files.create({"name": "x", "raw": b"x", "res_model": order._name, "res_id": order.id})
        self.assertTrue(self.mine(file).has_access("read"))
        file.raw = sent.raw
        self.assertUnread(file)

    def test_searches_find_no_made_file(self):
        order, sent = self.make_order(self.customer)
        invoice = self.make_invoice()
        stored = self.files.create(
            {"name": "i.txt", "raw": b"Marker street", "res_model": "account.move", "res_id": invoice.id,
             "res_field": "invoice_pdf_report_file"}
        )  # fmt: skip
        self.env.flush_all()
        self.assertEqual(sent.index_content and "Marker street" in sent.index_content, True)
        fields = ["name", "index_content", "store_fname", "datas", "raw"]
        for file in (sent, stored):
            for domain in (
                [("res_model", "=", file.res_model), ("res_field", "=", file.res_field)],
                [("res_model", "in", [file.res_model, "res.company"]), ("res_field", "in", [file.res_field, "x"])],
                [("res_model", "=", file.res_model), ("res_id", "=", file.res_id)],
                [("res_model", "=", file.res_model), ("index_content", "ilike", "Marker street")],
                [("index_content", "ilike", "Marker street"), ("res_field", "=", file.res_field)],
                [("id", "=", file.id)],
                [("checksum", "=", file.checksum), ("res_field", "=", file.res_field)],
            ):
                self.env.invalidate_all()
                rows = self.mine(self.files).search_read(domain, fields)
                self.assertNotIn(file.id, [row["id"] for row in rows], domain)
                self.assertNotIn("Marker street", str(rows), domain)
                self.assertFalse(self.mine(self.files).search_count([*domain, ("id", "=", file.id)]), domain)
                grouped = self.mine(self.files).formatted_read_group(
                    [*domain, ("id", "=", file.id)], ["name"], ["__count"]
                )
                self.assertFalse(grouped, domain)
        for model, path in (("mail.message", "attachment_ids"), ("sale.order", "message_ids.attachment_ids")):
            domain = [(f"{path}.index_content", "ilike", "Marker street")]
            self.assertFalse(self.mine(self.env[model]).search(domain), path)
        self.assertTrue(self.mine(self.files).search([("res_model", "=", "sale.order"), ("name", "=", "photo.txt")]))

    def test_file_is_neither_mailed_on_nor_moved(self):
        order, sent = self.make_order(self.customer)
        other = self.mine(self.env["sale.order"]).create({"partner_id": self.open.id})
        mine = self.mine(sent)
        for attempt in (
            lambda: self.mine(order).message_post(body="x", attachment_ids=sent.ids, partner_ids=self.open.ids),
            lambda: other.message_post(body="x", attachment_ids=sent.ids, partner_ids=self.open.ids),
            lambda: self.mine(self.env["mail.compose.message"]).create({"attachment_ids": [Command.link(sent.id)]}),
            lambda: mine.write({"res_id": other.id}),
            lambda: mine.copy({"res_id": other.id}),
        ):
            with self.assertRaises(AccessError), mute_logger(*QUIET):
                attempt()

    def test_own_print_has_but_the_name(self):
        order, _sent = self.make_order(self.customer)
        reports = self.mine(self.env["ir.actions.report"])
        content, _kind = reports._render_qweb_pdf("sale.action_report_saleorder", order.ids)
        own = self.mine(self.files).create(
            {"name": "own.html", "raw": content, "res_model": "sale.order", "res_id": order.id}
        )
        self.env.invalidate_all()
        self.assertIn(b"Marker", self.mine(own).raw)
        self.assertNotIn(b"Marker street", self.mine(own).raw)

    def test_colleagues_are_mailed_no_file_they_do_not_open(self):
        order, sent = self.make_order(self.customer)
        self.spy.notification_type = "email"
        with self.mock_mail_gateway():
            order.message_post(
                body="Our offer",
                attachments=[("offer.html", sent.raw), ("photo.txt", b"seen by all")],
                partner_ids=(self.spy.partner_id | self.customer).ids,
                force_send=True,
            )
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        self.assertIn(b"Marker street", self.sent_to(self._mails, "marker@example.com"))
        seen = self.sent_to(self._mails, "spy@example.com")
        self.assertIn(b"seen by all", seen)
        self.assertNotIn(b"Marker street", seen)

    def test_link_to_large_file_opens_for_the_customer_alone(self):
        order, sent = self.make_order(self.customer)
        self.spy.notification_type = "email"
        self.env["ir.config_parameter"].sudo().set_param("base.default_max_email_size", "0.0001")
        with self.mock_mail_gateway():
            order.message_post(
                body="Our offer",
                attachments=[("offer.html", sent.raw)],
                partner_ids=(self.spy.partner_id | self.customer).ids,
                force_send=True,
            )
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        bodies = {mail["email_to"][0]: mail["body"] + mail["body_alternative"] for mail in self._mails}
        [of_customer] = [body for address, body in bodies.items() if "marker@example.com" in address]
        [of_spy] = [body for address, body in bodies.items() if "spy@example.com" in address]
        self.assertIn("access_token=", of_customer)
        self.assertIn("offer.html", of_spy)
        self.assertNotIn("access_token=", of_spy.partition("offer.html")[0].rpartition("/web/content/")[2])

    def test_kept_print_is_not_reloaded(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        report = self.env.ref("sale.action_report_saleorder")
        report.write({"attachment": "'kept.pdf'", "attachment_use": True})
        page, shown = io.BytesIO(), []
        writer = PdfWriter()
        writer.add_blank_page(width=100, height=100)
        writer.write(page)

        def run(reports, bodies, **options):
            shown.extend(bodies)
            return page.getvalue()

        def printed(user):
            """Return what is printed, nothing if the file is reloaded."""
            shown.clear()
            reports = self.env["ir.actions.report"].with_user(user).with_context(force_report_rendering=True)
            reports._render_qweb_pdf(report, order.ids)
            return "".join(shown)

        def kept():
            return self.files.search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)])

        self.patch(type(report), "_run_wkhtmltopdf", run)
        own = printed(self.spy)
        self.assertIn("Marker", own)
        self.assertNotIn("Marker street", own)
        self.assertFalse(kept())
        self.assertIn("Marker street", printed(self.env.user))
        self.assertEqual(len(kept()), 1)
        self.assertUnread(kept())
        self.assertFalse(printed(self.env.user))
        self.assertEqual(printed(self.spy), own)
        self.assertEqual(len(kept()), 1)

    def test_search_asks_few_queries(self):
        orders = [self.make_order(self.customer)[0] for _number in range(3)]
        domain = [("res_model", "=", "sale.order"), ("res_id", "in", [order.id for order in orders])]
        mine = self.mine(self.files)

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            mine.search(domain)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            mine.search(domain)
            return self.cr.sql_log_count - before

        protected = queries()
        self.patch(type(self.files), "_kehu_not_made_domain", lambda self, names: Domain.TRUE)
        # The highest tier, twice, which is remembered as soon as the transaction that wrote it has ended.
        self.assertLessEqual(protected - queries(), 2)
