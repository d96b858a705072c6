from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketCharge(TicketCase):
    """T5: the warranty decides what is charged; cash is handed in the same day."""

    def part(self, ticket, **vals):
        return (
            self.env["kehu.service.log.part"]
            .with_user(self.technician)
            .create({"log_id": self.log(ticket).id, "product_id": self.product.id, "quantity": 3, **vals})
        )

    def sent(self, **vals):
        ticket = self.call(**vals)
        ticket.with_user(self.handler).workflow_move("take")
        self.send(ticket)
        return ticket

    def test_price_is_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create({"name": "ZZZ", "symbol": "Z"})
        company = self.env["res.company"].create({"name": "Abroad", "currency_id": currency.id})
        currency.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"name": "2000-01-01", "currency_id": self.product.currency_id.id, "company_id": company.id, "rate": 4}
        )
        self.taker.company_ids += company
        self.taker.company_id = company
        ticket = self.call(company_id=company.id, kind_id=self.phone.id, user_id=False)
        log = self.log(ticket, self.taker)
        part = (
            self.env["kehu.service.log.part"]
            .with_user(self.taker)
            .create({"log_id": log.id, "product_id": self.product.id})
        )
        self.assertEqual((part.currency_id, part.price_unit, part.amount), (currency, 20, 20))
        part.with_user(self.taker).price_unit = 20
        with self.assertRaisesRegex(AccessError, "price list"), self.env.cr.savepoint():
            part.with_user(self.taker).price_unit = 10

    def test_out_of_warranty_parts_are_charged(self):
        ticket = self.sent(date_received="2026-05-01 02:00:00")
        part = self.part(ticket)
        self.assertEqual((part.is_charged, ticket.amount_to_charge, ticket._prepare_charge_lines()), (False, 0, []))
        part.is_excluded = True
        self.assertEqual(ticket.amount_to_charge, 240)
        part.is_excluded = False
        with freeze_time("2027-02-01"):
            ticket.sudo().date_received = "2027-01-11 02:00:00"
        self.assertEqual((ticket.warranty, ticket.amount_to_charge), ("out", 240))
        self.assertEqual(
            ticket._prepare_charge_lines(),
            [{"product_id": self.product.id, "name": part.name, "quantity": 3, "price_unit": 80}],
        )

    def test_fees_are_charged_where_the_kind_says_so(self):
        labour = self.env["product.product"].create({"name": "Labour", "type": "service", "list_price": 50})
        ticket = self.sent(serial="NEW-77")
        part, fee = self.part(ticket, quantity=1), self.part(ticket, product_id=labour.id, quantity=1)
        self.assertEqual((ticket.warranty, part.is_charged, fee.is_charged), ("unknown", True, False))
        self.assertEqual(ticket.amount_to_charge, 80, "out of warranty parts alone are charged")
        fee.is_excluded = True
        self.assertEqual(ticket.amount_to_charge, 130, "agreed with the customer")
        fee.is_excluded = False
        other = self.repair.copy({"name": "Paid repair", "is_fee_charged": True})
        ticket.with_user(self.supervisor).kind_id = other
        self.assertEqual(ticket.amount_to_charge, 130)

    def test_product_file_made_later_reaches_the_ticket(self):
        ticket = self.sent(serial="new-77")
        self.part(ticket)
        closed = self.call(serial="NEW-77")
        closed.with_user(self.supervisor).workflow_move("cancel", "Called twice")
        self.assertEqual((ticket.warranty, ticket.amount_to_charge), ("unknown", 240))
        file = self.env["kehu.product.file"].create(
            {"name": "NEW-77", "partner_id": self.other_customer().id, "date_warranty_end": "2099-01-01"}
        )
        self.assertEqual(ticket.warranty, "unknown", "somebody else's")
        file.partner_id = self.customer
        self.assertEqual((ticket.product_file_id, ticket.warranty, ticket.amount_to_charge), (file, "in", 0))
        self.assertFalse(closed.product_file_id)

    def other_customer(self):
        return self.env["res.partner"].create({"name": "Dark Phones", "is_company": True})

    def test_finance_receives_the_cash(self):
        ticket = self.sent()
        cash = self.env["kehu.ticket.cash"].with_user(self.technician).create({"ticket_id": ticket.id, "amount": 240})
        finance = self.service_user("test_finance", "kehu_archive.group_finance", "Qian")
        mine = cash.with_user(finance)
        self.assertIn("confirm", mine.workflow_moves)
        self.assertEqual(self.env["kehu.ticket.cash"].with_user(finance).search([("state", "=", "taken")]) & cash, cash)
        mine.web_search_read([("id", "=", cash.id)], {"ticket_id": {"fields": {"display_name": {}}}, "amount": {}})
        for vals in ({"amount": 40}, {"user_id": finance.id}, {"state": "confirmed"}):
            with self.assertRaises(AccessError, msg=vals), self.env.cr.savepoint():
                mine.write(vals)
        mine.action_confirm()
        self.assertEqual((cash.state, cash.confirmed_user_id), ("confirmed", finance))
        secret = self.env["kehu.ticket.cash"].with_user(self.technician).create({"ticket_id": ticket.id, "amount": 1})
        self.customer.sudo().write({"kehu_tier": "3"})
        self.env.invalidate_all()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            secret.with_user(finance).action_confirm()

    def test_the_last_day_counts_where_the_company_is(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        with freeze_time("2027-02-01"):
            self.assertEqual(self.call(date_received="2027-01-10 15:59:00").warranty, "in")
            self.assertEqual(self.call(date_received="2027-01-10 16:01:00").warranty, "out")

    def test_a_supervisor_decides_otherwise_with_a_reason(self):
        ticket = self.sent()
        with self.assertRaisesRegex(ValidationError, "Say why"), self.env.cr.savepoint():
            ticket.with_user(self.supervisor).warranty_decision = "out"
        self.part(ticket)
        ticket.with_user(self.supervisor).write({"warranty_decision": "out", "warranty_reason": "Fell into the water"})
        self.assertEqual((ticket.warranty, ticket.amount_to_charge), ("out", 240))

    def test_the_warranty_cannot_be_forged(self):
        ticket = self.sent()
        part = self.part(ticket, is_excluded=True)
        for record, user, vals in (
            (ticket, self.handler, {"warranty": "in"}),
            (ticket, self.handler, {"warranty_decision": "in", "warranty_reason": "A friend"}),
            (ticket, self.technician, {"warranty_decision": "in", "warranty_reason": "A friend"}),
            (ticket, self.technician, {"serial": "粤B54321"}),
            (ticket, self.handler, {"amount_to_charge": 1}),
            (ticket, self.handler, {"product_file_id": self.file.id}),
            (part, self.technician, {"is_charged": False}),
            (part, self.technician, {"amount": 1}),
            (part, self.technician, {"price_unit": 1}),
            (
                ticket,
                self.technician,
                {
                    "log_ids": [
                        Command.update(part.log_id.id, {"part_ids": [Command.update(part.id, {"price_unit": 1})]})
                    ]
                },
            ),
        ):
            with self.assertRaises(AccessError, msg=vals), self.env.cr.savepoint():
                record.with_user(user).write(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.call(warranty_decision="in", warranty_reason="A friend")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["kehu.service.ticket"].with_user(self.taker).with_context(
                default_warranty_decision="in", default_warranty_reason="A friend"
            ).create({"name": "x"})
        self.assertNotEqual(self.call(serial="1", warranty="in").warranty, "in")
        self.assertEqual(ticket.amount_to_charge, 240)
        part.with_user(self.supervisor).price_unit = 70
        self.assertEqual(ticket.amount_to_charge, 210)

    def test_unit_of_the_client_changes_no_price(self):
        ticket = self.sent()
        minutes = self.env["uom.uom"].search([], order="factor", limit=1)
        self.assertLess(minutes.factor, 1)
        part = {"product_id": self.product.id, "quantity": 3}
        log = self.env["kehu.service.log"].with_user(self.technician).with_context(uom=minutes.id)
        log = log.create(
            {
                "ticket_id": ticket.id,
                "work": "Looked at it",
                "date_from": "2026-06-01 01:00:00",
                "date_to": "2026-06-01 02:30:00",
                "part_ids": [Command.create(part)],
            }
        )
        self.assertEqual(log.part_ids.price_unit, 80)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            log.part_ids.price_unit = 80 * minutes.factor

    def test_cash_is_handed_in_to_somebody_else_the_same_day(self):
        ticket = self.sent()
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        with freeze_time("2026-06-01 06:00:00"):
            ticket.with_user(self.technician).cash_ids = [Command.create({"amount": 240})]
        cash = ticket.cash_ids
        self.assertEqual(cash.user_id, self.technician)
        self.assertEqual(str(cash.sudo().deadline_ids.date_due), "2026-06-01 16:00:00")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            cash.with_user(self.technician).workflow_move("confirm")
        self.technician.group_ids += self.env.ref("kehu_complaint.group_service_user")
        with self.assertRaisesRegex(UserError, "somebody else"), self.env.cr.savepoint():
            cash.with_user(self.technician).workflow_move("confirm")
        with freeze_time("2026-06-01 09:00:00"):
            cash.with_user(self.taker).workflow_move("confirm")
        self.assertEqual((cash.confirmed_user_id, cash.sudo().deadline_ids.state), (self.taker, "met"))
        with self.assertRaisesRegex(UserError, "handed in already"), self.env.cr.savepoint():
            cash.with_user(self.technician).amount = 40

    def test_cash_cannot_be_forged(self):
        ticket = self.sent()
        Cash = self.env["kehu.ticket.cash"]
        cash = Cash.with_user(self.technician).create({"ticket_id": ticket.id, "amount": 240})
        self.log(ticket)
        for record, user, vals in (
            (cash, self.handler, {"amount": 40}),
            (cash, self.technician, {"state": "confirmed"}),
            (cash, self.technician, {"confirmed_user_id": self.taker.id}),
            (cash, self.technician, {"user_id": self.handler.id}),
            (cash, self.technician, {"ticket_id": self.sent_elsewhere().id}),
        ):
            with self.assertRaises(AccessError, msg=vals), self.env.cr.savepoint():
                record.with_user(user).write(vals)
        for vals in ({"state": "confirmed"}, {"user_id": self.handler.id}):
            with self.assertRaises(AccessError, msg=vals), self.env.cr.savepoint():
                Cash.with_user(self.technician).create({"ticket_id": ticket.id, "amount": 1, **vals})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            ticket.with_user(self.technician).cash_ids = [Command.delete(cash.id)]
        ticket.with_user(self.technician).solution = "…"
        ticket.with_user(self.technician).workflow_move("finish")
        ticket.with_user(self.handler).unsigned_reason = "By telephone"
        with self.assertRaisesRegex(UserError, "handed in"), self.env.cr.savepoint():
            ticket.with_user(self.handler).workflow_move("close")

    def sent_elsewhere(self):
        ticket = self.call()
        self.send(ticket, date_from="2099-07-01 01:00:00", date_to="2099-07-01 03:00:00")
        return ticket

    def test_what_was_charged_stays_explained(self):
        ticket = self.bring_ticket_to(self.call(), "closed")
        self.assertEqual(ticket.warranty, "in")
        self.file.date_warranty_end = "2020-01-01"
        self.assertEqual(ticket.warranty, "in")
