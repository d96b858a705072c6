import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_ticket.tests.common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketInvoice(TicketCase):
    """T5: out of warranty, parts and fees of a closed ticket are on one draft invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["account.journal"].search_count(
            [("type", "=", "sale"), ("company_id", "=", cls.env.company.id)]
        ):
            cls.env["account.chart.template"].try_loading("generic_coa", cls.env.company, install_demo=False)
        cls.product.taxes_id = False
        cls.accountant = new_test_user(cls.env, "test_accountant", "account.group_account_invoice", name="Lü")

    def charged(self, state="closed", serial="unknown"):
        """Return a ticket with three parts of 80; without a product file they are charged."""
        ticket = self.call(serial=serial)
        part = {"product_id": self.product.id, "quantity": 3}
        return self.bring_ticket_to(ticket, state, part_ids=[(0, 0, part)])

    def test_the_service_drafts_and_accounting_posts(self):
        ticket = self.charged()
        ticket.with_user(self.handler).action_create_invoice()
        invoice = ticket.sudo().invoice_id
        self.assertRecordValues(
            invoice,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "amount_untaxed": 240,
                    "invoice_origin": ticket.number,
                }
            ],
        )
        self.assertIn(self.accountant, invoice.activity_ids.user_id)
        invoice.with_user(self.accountant).action_post()
        with self.assertRaisesRegex(UserError, "invoiced"), self.env.cr.savepoint():
            ticket.with_user(self.supervisor).workflow_move("reopen", "Silent again")

    def test_it_is_invoiced_once_until_the_invoice_is_cancelled(self):
        ticket = self.charged()
        ticket.with_user(self.handler).action_create_invoice()
        with self.assertRaisesRegex(UserError, "cannot be invoiced"), self.env.cr.savepoint():
            ticket.with_user(self.handler).action_create_invoice()
        ticket.sudo().invoice_id.button_cancel()
        ticket.with_user(self.handler).action_create_invoice()
        self.assertEqual(ticket.sudo().invoice_id.state, "draft")

    def test_cancelled_invoice_is_not_taken_up_beside_another(self):
        ticket = self.charged()
        ticket.with_user(self.handler).action_create_invoice()
        first = ticket.sudo().invoice_id.with_user(self.accountant)
        first.button_cancel()
        ticket.with_user(self.handler).action_create_invoice()
        second = ticket.sudo().invoice_id.with_user(self.accountant)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            first.button_draft()
            self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            second.kehu_ticket_id = False
        second.button_cancel()
        self.env.flush_all()
        first.button_draft()
        self.assertEqual(ticket.sudo().invoice_id, first)
        with self.assertRaisesRegex(UserError, "cannot be invoiced"), self.env.cr.savepoint():
            ticket.with_user(self.handler).action_create_invoice()

    def test_nothing_is_invoiced_early_in_warranty_or_by_others(self):
        unfinished = self.charged(state="done")
        free = self.charged(serial="粤B12345")
        for ticket in (unfinished, free):
            with self.assertRaisesRegex(UserError, "cannot be invoiced"), self.env.cr.savepoint():
                ticket.with_user(self.handler).action_create_invoice()
        closed = self.charged()
        for user in (self.technician, self.accountant, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                closed.with_user(user).action_create_invoice()

    def test_the_link_cannot_be_forged(self):
        ticket = self.charged(state="done")
        other = self.env["account.move"].create({"move_type": "out_invoice", "partner_id": self.customer.id})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ticket.with_user(self.supervisor).invoice_id = other
        forged = (
            self.env["kehu.service.ticket"]
            .with_user(self.taker)
            .with_context(default_invoice_id=other.id)
            .create({"name": "x", "invoice_id": other.id})
        )
        self.assertFalse(forged.sudo().invoice_id)
