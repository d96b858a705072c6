from datetime import date

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketBatch(TicketCase):
    """Many tickets at once, by people and by the plan (T7)."""

    def count_create(self, count):
        vals = [
            {
                "name": f"Ticket {number}",
                "partner_id": self.customer.id,
                "kind_id": self.repair.id,
                "serial": f"粤B{number:05}",
            }
            for number in range(count)
        ]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets = self.env["kehu.service.ticket"].with_user(self.taker).create(vals)
        self.env.flush_all()
        return tickets, self.env.cr.sql_log_count - before

    def test_a_hundred_tickets_take_few_more_queries_than_one(self):
        self.count_create(1)
        one = self.count_create(1)[1]
        tickets, hundred = self.count_create(100)
        self.assertEqual(len(tickets.sudo().deadline_ids), 200)
        self.assertEqual(len(set(tickets.mapped("number"))), 100)
        self.assertLess(hundred, one + 10)
        self.assertLess(self.count_create(300)[1], 90)

    def test_counts_of_a_list_take_one_query(self):
        complaints = self.complain() | self.complain()
        complaints[0].action_new_ticket()
        self.env.invalidate_all()
        complaints = complaints.with_user(self.handler)
        complaints.mapped("name")
        self.env["kehu.service.ticket"].with_user(self.handler).search_count([])
        with self.assertQueryCount(2):
            self.assertEqual(complaints.mapped("ticket_count"), [1, 0])


@tagged("post_install", "-at_install")
class TestServicePlan(TicketCase):
    """T7: after each delivery a follow-up, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["kehu.service.plan"].search([]).active = False
        cls.plan = cls.env["kehu.service.plan"].create(
            {"name": "After a week", "days": 7, "date_start": "2026-06-01", "user_id": cls.handler.id}
        )
        cls.env["kehu.product.file"].create(
            [
                {"name": f"SN-{number}", "partner_id": cls.customer.id, "date_sold": sold}
                for number, sold in (
                    (1, "2026-05-28"),
                    (2, "2026-05-28"),
                    (3, "2026-05-20"),
                    (4, "2026-05-30"),
                    (5, False),
                )
            ]
        )
        cls.tickets = cls.env["kehu.service.ticket"]

    def run_on(self, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("kehu_ticket.ir_cron_follow_up").method_direct_trigger()
        return self.tickets.search([("plan_id", "=", self.plan.id)], order="id")

    def test_each_delivery_is_followed_up_once(self):
        self.assertFalse(self.run_on("2026-06-03"))
        ticket = self.run_on("2026-06-04")
        self.assertEqual(len(ticket), 1)
        self.assertEqual(
            (ticket.kind_id, ticket.user_id, ticket.partner_id, str(ticket.date_delivered)),
            (self.env.ref("kehu_ticket.service_kind_follow_up"), self.handler, self.customer, "2026-05-28"),
        )
        self.assertIn("SN-1, SN-2", ticket.description)
        self.assertEqual(self.run_on("2026-06-04"), ticket)
        # The job did not run for a while: what was due is made up for.
        self.assertEqual(len(self.run_on("2026-06-20")), 2)

    def test_a_job_that_is_killed_goes_on_where_it_was(self):
        with freeze_time("2026-06-20"):
            plans = self.env["kehu.service.plan"]
            plans._create_tickets(plans._find_due()[:1])
            self.assertEqual(plans._count_due(), 1)
        self.assertEqual(len(self.run_on("2026-06-20")), 2)

    def test_the_database_has_each_follow_up_once(self):
        ticket = self.run_on("2026-06-04")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["kehu.service.plan"]._create_tickets(
                [
                    {
                        "plan_id": self.plan.id,
                        "company_id": ticket.company_id.id,
                        "partner_id": self.customer.id,
                        "customer_id": self.customer.id,
                        "date": date(2026, 5, 28),
                        "serials": ["SN-1"],
                    }
                ]
            )
            self.env.flush_all()
