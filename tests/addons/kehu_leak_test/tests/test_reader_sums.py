import pprint

from odoo import Command, fields
from odoo.tests import tagged

from .flow_case import FlowCase
from .number_finder import NumberFinder

AMOUNT = 4321.99


@tagged("post_install", "-at_install")
class TestReaderSums(FlowCase):
    """X3: no number that a record or a method tells includes what is hidden from the reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        cls.colleague = cls.cleared.copy({"login": "flow_colleague", "name": "Colleague"})
        cls.income, cls.receivable, cls.payable = env["account.account"].create(
            [
                {"name": "Income", "code": "KINC", "account_type": "income"},
                {"name": "Receivable", "code": "KREC", "account_type": "asset_receivable", "reconcile": True},
                {"name": "Payable", "code": "KPAY", "account_type": "liability_payable", "reconcile": True},
            ]
        )
        cls.journals = {
            kind: env["account.journal"].create(
                {"name": kind, "code": f"K{kind[:3]}", "type": kind, "default_account_id": cls.income.id}
            )
            for kind in ("sale", "purchase")
        }
        (cls.open | cls.hidden).write(
            {"property_account_receivable_id": cls.receivable.id, "property_account_payable_id": cls.payable.id}
        )
        cls.team = env["crm.team"].create({"name": "Team"})
        cls.campaign = env["utm.campaign"].create({"name": "Campaign", "title": "Campaign"})
        cls.source = env["utm.source"].create({"name": "Source"})
        cls.tag = env["crm.tag"].create({"name": "Tag"})
        plan = env["account.analytic.plan"].search([], limit=1)
        cls.analytic = env["account.analytic.account"].create({"name": "Analytic", "plan_id": plan.id})
        cls.project = env["project.project"].create(
            {
                "name": "Shared project",
                "allow_billable": True,
                "privacy_visibility": "employees",
                "account_id": cls.analytic.id,
            }
        )
        cls.service = env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "service_tracking": "task_global_project",
                "project_id": cls.project.id,
                "list_price": 1,
                "purchase_ok": True,
            }
        )
        cls.goods = env["product.product"].create(
            {"name": "Goods", "type": "consu", "list_price": 1, "purchase_ok": True}
        )
        cls.all_about(cls.open, 7)
        env.flush_all()

    @classmethod
    def all_about(cls, customer, amount):
        """Make what there is about a customer whose numbers may be added to those of others."""
        env = cls.env
        today = fields.Date.today()
        utm = {"campaign_id": cls.campaign.id, "source_id": cls.source.id}
        lead = env["crm.lead"].create(
            {
                "name": "Chance",
                "type": "opportunity",
                "partner_id": customer.id,
                "team_id": cls.team.id,
                "user_id": cls.colleague.id,
                "expected_revenue": amount,
                "tag_ids": cls.tag.ids,
                **utm,
            }
        )
        order = env["sale.order"].create(
            {
                "partner_id": customer.id,
                "team_id": cls.team.id,
                "user_id": cls.colleague.id,
                "tag_ids": cls.tag.ids,
                "opportunity_id": lead.id,
                **utm,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 3, "price_unit": amount, "tax_ids": False}
                    )
                    for product in (cls.service, cls.goods)
                ],
            }
        )
        order.action_confirm()
        purchase = env["purchase.order"].create(
            {
                "partner_id": customer.id,
                "project_id": cls.project.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": 3, "price_unit": amount, "tax_ids": False})
                    for product in (cls.service, cls.goods)
                ],
            }
        )
        purchase.button_confirm()
        for kind, journal in cls.journals.items():
            move = env["account.move"].create(
                {
                    "move_type": {"sale": "out_invoice", "purchase": "in_invoice"}[kind],
                    "partner_id": customer.id,
                    "ref": f"{amount}",
                    "journal_id": journal.id,
                    "invoice_date": today,
                    "team_id": cls.team.id,
                    **utm,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": cls.service.id,
                                "name": "x",
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": False,
                                "account_id": cls.income.id,
                                "analytic_distribution": {str(cls.analytic.id): 100},
                            }
                        )
                    ],
                }
            )
            move.action_post()
            env.flush_all()
            env.cr.execute("UPDATE account_move SET payment_state = 'paid' WHERE id = %s", (move.id,))
            env.invalidate_all()
        task = order.order_line.task_id or env["project.task"].create(
            {"name": "Task", "project_id": cls.project.id, "partner_id": customer.id, "allocated_hours": amount}
        )
        env["rating.rating"].create(
            {
                "res_model_id": env["ir.model"]._get_id("project.task"),
                "res_id": task.id,
                "rating": 1,
                "consumed": True,
                "partner_id": customer.id,
                "parent_res_model_id": env["ir.model"]._get_id("project.project"),
                "parent_res_id": cls.project.id,
            }
        )
        env.flush_all()

    def test_sums_of_teams_and_campaigns_are_the_readers(self):
        self.assertEqual(self.as_clerk("crm.team").browse(self.team.id).invoiced, 7)
        self.assertEqual(
            self.as_clerk("utm.campaign").browse(self.campaign.id).invoiced_amount, 0
        )  # a bill as high as the invoice
        self.all_about(self.hidden[1], AMOUNT)
        self.env.invalidate_all()
        self.assertEqual(self.as_clerk("crm.team").browse(self.team.id).invoiced, 7)
        self.env.invalidate_all()
        self.assertAlmostEqual(self.team.with_user(self.cleared).invoiced, 7 + AMOUNT)

    def test_panel_of_a_project_sums_what_one_may_read(self):
        before = self.told(lambda: self.panel(self.clerk))
        self.assertIn("21", before)
        self.all_about(self.hidden[1], AMOUNT)
        self.assertEqual(self.told(lambda: self.panel(self.clerk)), before)
        self.assertIn("12986.97", self.told(lambda: self.panel(self.cleared)))

    def panel(self, user):
        project = self.project.with_user(user)
        return project.get_panel_data()["profitability_items"], [
            (item["id"], item["product_uom_qty"])
            for item in project.get_sale_items_data(0, 10, True, "service_revenues")["sol_items"]
        ]

    def test_no_number_includes_what_is_hidden(self):
        finder = NumberFinder(self, lambda: self.all_about(self.hidden[1], AMOUNT))
        leaks = finder.find(self.clerk)
        self.assertGreater(len(finder.seen_by_others), 20)  # there is something to be found
        self.assertFalse(leaks, pprint.pformat(leaks, width=180))
