from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SIGNATURE, TicketCase


@tagged("post_install", "-at_install")
class TestTicketAccess(TicketCase):
    """Who may what on tickets, whatever is sent to the server."""

    def test_an_employee_without_a_part_sees_nothing(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        rows = (
            ticket,
            ticket.log_ids,
            ticket.dispatch_ids,
            self.env["kehu.ticket.device"].create({"ticket_id": ticket.id, "serial": "1"}),
        )
        for record in rows:
            self.assertFalse(record.with_user(self.employee).has_access("read"), record)
            self.assertFalse(record.with_user(self.employee).search([("id", "in", record.ids)]), record)
            self.assertFalse(record.with_user(self.employee).has_access("write"), record)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.call(self.employee)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.log(ticket, self.employee)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ticket.with_user(self.employee).workflow_move("close")

    def test_technician_writes_own_log_only(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        self.send(ticket)
        self.send(ticket, technician_id=self.other_technician.id)
        theirs = self.log(ticket, self.other_technician)
        mine = ticket.with_user(self.technician)
        self.assertTrue(theirs.with_user(self.technician).has_access("read"))
        for attack in (
            lambda: theirs.with_user(self.technician).write({"work": "Broke it"}),
            lambda: theirs.with_user(self.technician).unlink(),
            lambda: mine.write({"log_ids": [Command.update(theirs.id, {"work": "Broke it"})]}),
            lambda: mine.write({"log_ids": [Command.delete(theirs.id)]}),
            lambda: self.log(ticket, user_id=self.other_technician.id),
            lambda: (
                self.env["kehu.service.log.part"]
                .with_user(self.technician)
                .create({"log_id": theirs.id, "product_id": self.product.id})
            ),
            lambda: self.log(ticket).write({"user_id": self.other_technician.id}),
            lambda: self.log(self.call()),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
        theirs.with_user(self.supervisor).work = "Looked at it, and at the antenna"

    def test_technician_writes_own_part_of_ticket_only(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        order = self.send(ticket).with_user(self.technician)
        mine = ticket.with_user(self.technician)
        mine.solution = "…"
        for vals in (
            {"user_id": self.technician.id},
            {"kind_id": self.phone.id},
            {"waiting_reason": "Lunch"},
            {"priority": "0"},
            {"dispatch_ids": [Command.create({"date_from": "2099-01-01", "date_to": "2099-01-02"})]},
            {"complaint_id": False},
            {"date_repaired": "2026-01-01"},
            {"technician_ids": [Command.clear()]},
            {"kehu_own_tier": "3"},
        ):
            with self.assertRaises(AccessError, msg=vals), self.env.cr.savepoint():
                mine.write(vals)
        for vals in ({"instruction": "Nothing"}, {"date_to": "2099-06-01 02:00:00"}, {"state": "done"}):
            with self.assertRaises(AccessError, msg=vals), self.env.cr.savepoint():
                order.write(vals)
        for move in ("cancel", "close"):
            with self.assertRaises(AccessError, msg=move), self.env.cr.savepoint():
                mine.workflow_move(move, "Tired")

    def test_states_numbers_and_times_cannot_be_forged(self):
        for vals in ({"state": "closed"}, {"state": "done"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.call(**vals)
        plan = self.env.ref("kehu_ticket.service_plan_week")
        forged = self.call(
            number="FW-1",
            date_repaired="2020-01-01",
            date_first_response="2020-01-01",
            date_signed="2020-01-01",
            date_closed="2020-01-01",
            plan_id=plan.id,
            date_delivered="2020-01-01",
            technician_ids=[Command.link(self.employee.id)],
        )
        self.assertNotEqual(forged.number, "FW-1")
        self.assertFalse(
            forged.date_repaired
            or forged.date_first_response
            or forged.date_signed
            or forged.date_closed
            or forged.plan_id
            or forged.date_delivered
            or forged.technician_ids
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["kehu.dispatch.order"].with_user(self.handler).create(
                {
                    "ticket_id": forged.id,
                    "state": "approved",
                    "technician_id": self.technician.id,
                    "date_from": "2099-01-01",
                    "date_to": "2099-01-02",
                }
            )

    def test_signature_comes_once_after_work_before_closing(self):
        ticket = self.call()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.call(signature=SIGNATURE, signed_by="Me")
        ticket.with_user(self.handler).workflow_move("take")
        order = self.send(ticket).with_user(self.technician)
        order.workflow_move("leave")
        self.log(ticket)
        mine = ticket.with_user(self.technician)
        with self.assertRaisesRegex(UserError, "not finished"), self.env.cr.savepoint():
            mine.write({"signature": SIGNATURE, "signed_by": "Me"})
        mine.solution = "…"
        mine.workflow_move("finish")
        mine.write({"signature": SIGNATURE, "signed_by": "Mr Deng"})
        for attack in (
            lambda: mine.write({"signature": False}),
            lambda: mine.write({"signed_by": "Mrs Deng"}),
            lambda: self.log(ticket),
            lambda: ticket.log_ids.with_user(self.technician).write({"work": "More"}),
            lambda: (
                self.env["kehu.ticket.device"]
                .with_user(self.technician)
                .create({"ticket_id": ticket.id, "serial": "1"})
            ),
            lambda: mine.write({"date_signed": "2020-01-01"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
        self.assertEqual(order.state, "done")
        ticket.with_user(self.handler).workflow_move("close")
        for vals in (
            {"signature": SIGNATURE},
            {"satisfaction": "1"},
            {"solution": "Nothing"},
            {"unsigned_reason": "None"},
        ):
            for user in (self.technician, self.handler, self.supervisor):
                with self.assertRaises(UserError, msg=vals), self.env.cr.savepoint():
                    ticket.with_user(user).write(vals)

    def test_what_is_in_the_product_file_stays(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        self.send(ticket)
        self.log(ticket)
        mine = ticket.with_user(self.technician)
        mine.write({"solution": "…", "device_ids": [Command.create({"serial": "粤B12345", "new_number": "GPS-200"})]})
        mine.workflow_move("finish")
        self.assertEqual(self.file.device_number, "GPS-200")
        mine.workflow_move("again", "Silent again")
        for attack in (
            lambda: ticket.device_ids.with_user(self.technician).write({"new_number": "GPS-300"}),
            lambda: ticket.device_ids.with_user(self.technician).unlink(),
            lambda: ticket.device_ids.with_user(self.technician).write({"date_recorded": False}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
        mine.workflow_move("finish")
        self.assertEqual(len(self.file.history_ids.filtered(lambda row: row.what == "replaced")), 1)


@tagged("post_install", "-at_install")
class TestTicketOfComplaint(TicketCase):
    """A ticket of a complaint is as close as the complaint, and hidden from whoever is complained about (C8)."""

    def test_a_complaint_leads_to_a_ticket(self):
        complaint = self.complain(serial="粤B12345")
        action = complaint.with_user(self.handler).action_new_ticket()
        ticket = self.env["kehu.service.ticket"].browse(action["res_id"])
        self.assertEqual(
            (ticket.complaint_id, ticket.partner_id, ticket.product_file_id), (complaint, self.customer, self.file)
        )
        self.assertEqual(complaint.with_user(self.handler).ticket_count, 1)
        self.assertEqual(
            ticket.with_user(self.handler).copy().complaint_id, complaint, "its copy is hidden from the same people"
        )
        bystander = self.bring_to(self.complain(), "investigating").with_user(self.investigator)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            bystander.action_new_ticket()

    def test_service_leads_to_a_complaint(self):
        ticket = self.bring_ticket_to(self.call(), "closed")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ticket.with_user(self.technician).action_new_complaint()
        action = ticket.with_user(self.taker).action_new_complaint()
        complaint = self.env["kehu.complaint"].browse(action["res_id"])
        self.assertEqual((ticket.complaint_id, complaint.partner_id), (complaint, self.customer))
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            ticket.with_user(self.taker).action_new_complaint()

        self.assertTrue(ticket.with_user(self.technician).has_access("read"))
        complaint.with_user(self.taker).accused_user_ids = self.technician
        for record in (ticket, ticket.log_ids, ticket.dispatch_ids, ticket.message_ids[:1]):
            self.assertFalse(record.with_user(self.technician).has_access("read"), record)
        self.assertNotIn(self.technician, ticket.sudo().technician_ids)

    def test_what_a_third_party_reported_stays_a_third_partys(self):
        for channel, expected in (("third", "third"), ("phone", "follow_up")):
            ticket = self.call(channel=channel, contact_name="Mr Wang")
            complaint = self.env["kehu.complaint"].browse(ticket.with_user(self.taker).action_new_complaint()["res_id"])
            self.assertEqual(complaint.channel, expected)
            self.assertEqual(bool(complaint.sudo().is_confirmation_due), ticket.sudo().is_confirmation_due)

    def test_accusing_takes_open_tickets_and_visits_away(self):
        complaint = self.complain()
        complaint.with_user(self.taker).action_new_ticket()
        ticket = complaint.ticket_ids.with_user(self.taker)
        ticket.write({"user_id": self.handler.id, "kind_id": self.repair.id})
        order = self.send(ticket)
        complaint.with_user(self.supervisor).accused_user_ids = self.technician | self.handler
        self.assertFalse(ticket.user_id)
        self.assertEqual((order.sudo().state, order.sudo().technician_id.id), ("draft", False))
        self.assertNotIn(self.technician, order.with_user(self.taker).suggested_user_ids)
        with self.assertRaisesRegex(UserError, "takes part in what concerns them"), self.env.cr.savepoint():
            order.with_user(self.taker).technician_id = self.technician
        with self.assertRaisesRegex(UserError, "takes part in what concerns them"), self.env.cr.savepoint():
            ticket.callback_user_id = self.handler

    def test_the_ticket_stays_with_its_complaint_and_under_its_tier(self):
        complaint = self.complain()
        ticket = self.call(complaint_id=complaint.id)
        with self.assertRaisesRegex(AccessError, "supervisor decides"), self.env.cr.savepoint():
            ticket.with_user(self.handler).complaint_id = False
        other_clerk = self.service_user("test_clerk_2", "service_user", "You")
        self.assertTrue(ticket.with_user(other_clerk).has_access("read"))
        complaint.sudo().kehu_own_tier = "2"
        self.assertEqual(ticket.sudo().kehu_tier, "2")
        self.assertFalse(ticket.with_user(other_clerk).has_access("read"))
        self.env["kehu.complaint"].browse(complaint.id).kehu_own_tier = "0"
        ticket.with_user(self.supervisor).complaint_id = False
