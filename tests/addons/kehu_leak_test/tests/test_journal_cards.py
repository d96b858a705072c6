import json

from odoo import Command, fields
from odoo.tests import tagged

from .flow_case import FlowCase
from .markers import CONTENT


@tagged("post_install", "-at_install")
class TestJournalCards(FlowCase):
    """X3: cards of accounting journals tell neither amounts nor activities of a hidden document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        income, receivable = cls.env["account.account"].create(
            [
                {"name": "Income", "code": "KINC", "account_type": "income"},
                {"name": "Receivable", "code": "KREC", "account_type": "asset_receivable", "reconcile": True},
            ]
        )
        cls.journal = cls.env["account.journal"].create(
            {"name": "Sales", "code": "KSAL", "type": "sale", "default_account_id": income.id}
        )
        (cls.open | cls.hidden).property_account_receivable_id = receivable
        cls.shown = cls.invoice(cls.open, 7)

    @classmethod
    def invoice(cls, customer, amount):
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "journal_id": cls.journal.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create({"name": "x", "quantity": 1, "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    def card(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.journal.with_user(user).read(["kanban_dashboard", "kanban_dashboard_graph", "json_activity_data"])[
            0
        ]

    def test_card_without_hidden_documents_is_whole(self):
        card = self.card(self.clerk)
        self.assertIn("7.00", json.loads(card["kanban_dashboard"])["sum_waiting"])
        self.assertTrue(any(point["value"] for point in json.loads(card["kanban_dashboard_graph"])[0]["values"]))

    def test_card_with_hidden_document_has_no_amounts(self):
        hidden = self.invoice(self.hidden[1], 4321)
        hidden.activity_schedule("mail.mail_activity_data_todo", summary=f"{CONTENT}3", user_id=self.cleared.id)
        self.shown.activity_schedule("mail.mail_activity_data_todo", summary="Call", user_id=self.clerk.id)
        card, whole = self.card(self.clerk), self.card(self.cleared)
        self.assertNotIn("4,3", str(card))
        self.assertFalse(any(point["value"] for point in json.loads(card["kanban_dashboard_graph"])[0]["values"]))
        self.assertEqual(json.loads(card["kanban_dashboard"])["sum_waiting"], "—")
        self.assertIn("4,328.00", json.loads(whole["kanban_dashboard"])["sum_waiting"])
        self.assertTrue(any(point["value"] for point in json.loads(whole["kanban_dashboard_graph"])[0]["values"]))
        self.assertNotIn(CONTENT, card["json_activity_data"])
        self.assertIn("Call", card["json_activity_data"])
        self.assertIn(CONTENT, whole["json_activity_data"])

    def test_running_balance_skips_no_hidden_line(self):
        self.invoice(self.hidden[1], 4321)
        domain = [("journal_id", "=", self.journal.id)]
        for user, is_shown in ((self.clerk, False), (self.cleared, True)):
            self.env.flush_all()
            self.env.invalidate_all()
            lines = (
                self.env["account.move.line"]
                .with_user(user)
                .with_context(domain_cumulated_balance=domain, order_cumulated_balance="id")
            )
            balances = [
                row["cumulated_balance"] for row in lines.search_read(domain, ["cumulated_balance"], order="id")
            ]
            self.assertTrue(balances)
            self.assertEqual(any(balances), is_shown)
