from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketDismissal(TicketCase):
    """C1: spam, duplicates and what is not for us leave the tickets as they leave the complaints."""

    def propose(self, ticket, kind="spam", user=None, **originals):
        ticket.with_user(user or self.taker).action_propose_dismissal(kind, "An advertisement.", **originals)
        return ticket.sudo().dismissal_ids.filtered(lambda dismissal: dismissal.state == "proposed")

    def take_out(self, ticket, *arguments, **originals):
        self.propose(ticket, *arguments, **originals).with_user(self.supervisor).action_approval_approve()
        return ticket

    # === SPAM ===

    def test_supervisor_takes_out_what_a_clerk_proposed(self):
        ticket = self.call()
        dismissal = self.propose(ticket)
        self.assertFalse(ticket.with_user(self.taker).is_dismissal_mine)
        for user in (self.taker, self.handler):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                dismissal.approval_ids.with_user(user).approve()
        ticket.with_user(self.supervisor).action_approve_dismissal()
        self.assertEqual(
            (ticket.state, ticket.dismissal, ticket.dismissed_by_id), ("dismissed", "spam", self.supervisor)
        )
        self.assertEqual(set(ticket.sudo().deadline_ids.mapped("state")), {"taken_out"})
        self.assertFalse(ticket.sudo().activity_ids)
        self.env.flush_all()
        report = self.env["kehu.service.ticket.report"].with_user(self.director)
        self.assertFalse(report.search([("ticket_id", "=", ticket.id)]), "statistics do not count it")
        with self.assertRaisesRegex(UserError, "“Take” is not possible"):
            ticket.with_user(self.supervisor).workflow_move("take")
        with self.assertRaisesRegex(UserError, "was taken out"):
            ticket.with_user(self.taker).action_new_complaint()

    def test_put_back_goes_on_with_its_clocks(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        order = self.send(ticket)
        self.take_out(ticket)
        self.assertEqual(order.state, "cancelled")
        with self.assertRaisesRegex(UserError, "“Reopen” is not possible"):
            ticket.with_user(self.supervisor).workflow_move("reopen", "x")
        ticket.sudo().dismissal_ids.with_user(self.supervisor).workflow_move("reverse", "A customer after all.")
        self.assertEqual((ticket.state, ticket.dismissal), ("working", False))
        self.assertIn("running", ticket.sudo().deadline_ids.mapped("state"))

    def test_finished_ticket_is_not_taken_out(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        with self.assertRaisesRegex(UserError, "is finished"):
            self.propose(ticket)

    def test_nothing_is_forged(self):
        ticket = self.call()
        vals = {"ticket_id": ticket.id, "kind": "spam", "reason": "x", "state": "approved"}
        for user in (self.taker, self.supervisor):
            for attack in (
                lambda user: self.env["kehu.ticket.dismissal"].with_user(user).create(vals),
                lambda user: ticket.with_user(user).write({"dismissal_ids": [Command.create(vals)]}),
                lambda user: ticket.with_user(user).write({"dismissal": "spam"}),
                lambda user: ticket.with_user(user).workflow_move("dismiss", "x"),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attack(user)
        with self.assertRaises(AccessError):
            self.propose(ticket, user=self.technician)

    def test_card_tells_of_no_complaint_that_is_hidden(self):
        complaint = self.complain(partner_id=self.customer.id, accused_user_ids=self.employee.ids)
        dismissal = self.propose(self.call(complaint_id=complaint.id))
        label = "Of a Complaint That Is Major or against an Employee"
        self.assertEqual(
            dismissal.approval_ids.rule_id, self.env.ref("kehu_ticket.approval_rule_ticket_dismissal_weighty")
        )
        mine = dismissal.with_user(self.taker)
        self.assertTrue(mine.is_weighty)
        self.assertIn(label, str(mine._approval_essentials("dismissal")))
        model = self.env["ir.model"]._get_id(complaint._name)
        self.env["ir.rule"].create({"name": "x", "model_id": model, "domain_force": f"[('id', '!=', {complaint.id})]"})
        self.env.invalidate_all()
        self.assertFalse(mine.is_weighty)
        self.assertNotIn(label, str(mine._approval_essentials("dismissal")))
        self.assertTrue(dismissal.is_weighty)

    # === DUPLICATES ===

    def test_duplicate_ticket_goes_on_in_its_original(self):
        for original in (self.call(), self.complain(partner_id=self.customer.id)):
            ticket = self.call(name="Once more", description="<p>As I said on Monday</p>", channel="phone")
            field = "ticket_id" if original._name == ticket._name else "complaint_id"
            wizard = self.env["kehu.service.dismissal.wizard"].with_user(self.taker)
            values = {"document_model": ticket._name, "document_ids": ticket.ids, "kind": "duplicate", "reason": "x"}
            self.assertIn(original, wizard.create(values)[f"joinable_{field}s"])
            self.take_out(ticket, "duplicate", **{field: original.id})
            self.assertEqual(ticket._service_goes_on_in(), original)
            self.assertIn("As I said on Monday", "".join(original.sudo().message_ids.mapped("body")))
            self.assertEqual(original.sudo().joined_ticket_ids.ticket_id, ticket)

    def test_duplicate_is_kept_from_whoever_is_accused_later(self):
        original = self.call()
        ticket = self.call(user_id=False)
        self.take_out(ticket, "duplicate", ticket_id=original.id)
        self.assertTrue(ticket.with_user(self.taker).has_access("read"))
        complaint = self.complain(partner_id=self.customer.id, accused_user_ids=self.taker.ids, user=self.supervisor)
        original.with_user(self.supervisor).complaint_id = complaint
        self.env.invalidate_all()
        self.assertEqual(ticket.sudo().complaint_id, complaint)
        for document in (original, ticket, ticket.sudo().dismissal_ids):
            self.assertFalse(document.with_user(self.taker).has_access("read"))

    def test_ticket_is_not_joined_with_what_others_are_kept_from(self):
        ticket = self.call(complaint_id=self.complain(partner_id=self.customer.id).id)
        with self.assertRaisesRegex(UserError, "Only what the same customer"):
            self.propose(ticket, "duplicate", ticket_id=self.call().id)
