from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .markers import QUIET, groups_without_clearance


class MadeFilesCase(HttpCase, MockEmail):
    """Documents of a confidential customer, and a user of all apps without clearance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spy = new_test_user(cls.env, "files_spy", "base.group_user", name="Spy", email="spy@example.com")
        cls.spy.group_ids += groups_without_clearance(cls.env)
        cls.customer, cls.open = cls.env["res.partner"].create(
            [
                {"name": "Marker", "street": "Marker street", "kehu_tier": "2", "email": "marker@example.com"},
                {"name": "Open customer", "street": "Open street", "email": "open@example.com"},
            ]
        )
        cls.files = cls.env["ir.attachment"]

    def mine(self, record):
        return record.with_user(self.spy).sudo(False)

    def make_invoice(self, customer=None):
        """Return an invoice, not sent yet, of the confidential customer or another one."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (customer or self.customer).id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 100.0, "tax_ids": False})],
            }
        )
        invoice.action_post()
        return invoice

    def sent_to(self, mails, address):
        """Return the contents of the files that an address was sent."""
        mails = [mail for mail in mails if any(address in to for to in mail["email_to"])]
        self.assertTrue(mails, address)
        return b" ".join(content for mail in mails for _name, content, _type in mail["attachments"])

    def assertUnread(self, file):
        self.env.invalidate_all()
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.mine(file).read(["raw"])
        self.authenticate("files_spy", "files_spy")
        for address in (f"/web/content/{file.id}", f"/web/content/ir.attachment/{file.id}/datas"):
            with mute_logger(*QUIET):
                self.assertNotIn("Marker street", self.url_open(address).text)

    def call_quietly(self, route, params):
        with mute_logger(*QUIET):
            return self.url_open(route, json={"jsonrpc": "2.0", "method": "call", "params": params})
