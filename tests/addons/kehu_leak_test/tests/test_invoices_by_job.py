from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .made_files_case import MadeFilesCase
from .markers import QUIET


@tagged("post_install", "-at_install")
class TestInvoicesByJob(MadeFilesCase):
    """A9: invoices that a job sends leave in the name of the user who asked for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(
            cls.env,
            "files_director",
            "base.group_user,kehu_confidential.group_clearance_top_secret",
            name="Director",
            email="director@example.com",
        )
        cls.job = cls.env["account.move.send"].with_user(cls.env.ref("base.user_root"))

    def invoices_of(self, user):
        invoices = self.make_invoice(self.open) + self.make_invoice(self.open)
        self.mine(invoices).invoice_user_id = user
        self.env.flush_all()
        self.env.invalidate_all()
        return invoices

    def senders(self, invoices):
        """Return from whom the mails leave that the job sends."""
        with self.mock_mail_gateway():
            self.job._generate_and_send_invoices(invoices.with_user(self.job.env.user), from_cron=True)
            mails = self.env["mail.mail"].search([("model", "=", "account.move"), ("res_id", "in", invoices.ids)])
            mails.filtered(lambda mail: mail.state == "outgoing").send()
        return {mail["email_from"] for mail in self._mails}

    def ask(self, invoices):
        wizards = self.mine(self.env["account.move.send.batch.wizard"])
        wizards.create({"move_ids": [Command.set(invoices.ids)]}).action_send_and_print()
        self.env.invalidate_all()

    def test_batch_leaves_in_the_name_of_who_asked(self):
        invoices = self.invoices_of(self.director)
        self.ask(invoices)
        self.assertEqual(self.senders(invoices), {self.spy.email_formatted})

    def test_client_names_nobody_else_as_who_asked(self):
        invoices = self.invoices_of(self.director)
        forged = {"author_user_id": self.director.id, "author_partner_id": self.director.partner_id.id}
        self.mine(invoices).write({"sending_data": forged})
        self.assertEqual(invoices[0].sending_data["author_user_id"], self.spy.id)
        self.assertEqual(invoices[1].sending_data["author_partner_id"], self.spy.partner_id.id)
        self.assertEqual(self.senders(invoices), {self.spy.email_formatted})

    def test_values_are_given_by_name_too(self):
        invoices = self.mine(self.env["account.move"])
        invoice = invoices.create(vals_list=[{"move_type": "out_invoice", "partner_id": self.open.id}])
        invoice.write(vals={"ref": "By name"})
        self.assertEqual(invoice.ref, "By name")

    def test_nothing_but_a_posted_invoice_waits_for_the_job(self):
        draft = self.env["account.move"].create({"move_type": "out_invoice", "partner_id": self.open.id})
        vals = {"move_type": "out_invoice", "partner_id": self.open.id}
        moves = self.mine(self.env["account.move"])
        for call in (
            lambda: self.mine(draft).write({"sending_data": ["x"]}),
            lambda: moves.create({**vals, "sending_data": {"author_user_id": self.director.id}}),
            lambda: moves.with_context(default_sending_data={"author_user_id": self.director.id}).create(vals),
        ):
            with self.assertRaises(UserError), mute_logger(*QUIET), self.env.cr.savepoint():
                call()

    def test_batch_of_the_salesperson_leaves_in_their_name(self):
        invoices = self.invoices_of(self.spy)
        self.ask(invoices)
        self.assertEqual(self.senders(invoices), {self.spy.email_formatted})
