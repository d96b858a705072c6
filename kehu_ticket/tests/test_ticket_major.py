from itertools import product

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.major_common import MajorCase

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketOfMajorComplaint(MajorCase, TicketCase):
    """C9, T2: whoever works on a major complaint works on its tickets, and whoever decides on an
    order reads the order.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.service_user("test_stranger", "service_user", "Lei")
        cls.complaint = cls.major()

    def ticket_of_the_complaint(self):
        action = self.complaint.with_user(self.handler).action_new_ticket()
        ticket = self.env["kehu.service.ticket"].browse(action["res_id"]).with_user(self.handler)
        ticket.write({"kind_id": self.repair.id, "user_id": self.handler.id})
        ticket.workflow_move("take")
        return ticket

    def assertReads(self, record, *users):
        for user in users:
            self.assertTrue(record.with_user(user).has_access("read"), f"{record} {user.name}")
            self.assertTrue(record.with_user(user).search([("id", "=", record.id)]), f"{record} {user.name}")

    def assertHidden(self, record, *users):
        for user in users:
            self.assertFalse(record.with_user(user).has_access("read"), f"{record} {user.name}")
            self.assertFalse(record.with_user(user).search([("id", "=", record.id)]), f"{record} {user.name}")

    def test_only_those_on_complaint_work_on_its_tickets(self):
        ticket = self.ticket_of_the_complaint()
        self.assertEqual(ticket.kehu_tier, "2")
        order = self.send(ticket).with_user(self.technician)
        order.workflow_move("leave")
        log = self.log(ticket)
        order.workflow_move("end")
        for record in (ticket, order, log):
            self.assertReads(
                record,
                self.handler,
                self.supervisor,
                self.director,
                self.general_manager,
                self.crisis,
                self.lawyer,
                self.technician,
            )
            self.assertHidden(record, self.stranger, self.investigator, self.employee)
        ticket.with_user(self.supervisor).write({"solution": "A new device."})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ticket.with_user(self.stranger).write({"solution": "A new device."})

    def test_what_keeps_it_close_for_another_reason_still_does(self):
        ticket = self.ticket_of_the_complaint()
        team = self.supervisor | self.crisis | self.lawyer
        ticket.sudo().kehu_own_tier = "2"
        self.assertHidden(ticket, *team)
        self.env[ticket._name].browse(ticket.id).kehu_own_tier = "0"
        self.assertReads(ticket, *team)
        self.complaint.sudo().kehu_own_tier = "3"
        self.assertHidden(ticket, *team)
        self.env[self.complaint._name].browse(self.complaint.id).kehu_own_tier = "2"
        self.customer.kehu_tier = "2"
        self.assertHidden(ticket, *team)

    def test_statistics_row_is_readable_exactly_with_document(self):
        close, closer = self.ticket_of_the_complaint(), self.call(user_id=False, complaint_id=self.complaint.id)
        closer.sudo().kehu_own_tier = "3"
        rude = self.complain(
            serial="SN-7", product_id=False, accused_user_ids=[Command.set((self.crisis | self.stranger).ids)]
        )
        major = self.major(serial="SN-6", product_id=False, accused_user_ids=[Command.link(self.lawyer.id)])
        secret = self.complain(serial="SN-5", product_id=False, user_id=self.stranger.id)
        secret.sudo().kehu_own_tier = "3"
        documents = {
            "kehu.complaint": (self.complaint, rude, major, secret, self.complain(serial="SN-4", product_id=False)),
            "kehu.service.ticket": (
                close,
                closer,
                self.call(complaint_id=rude.id),
                self.call(complaint_id=major.id),
                self.call(),
            ),
        }
        team = (
            self.taker
            | self.handler
            | self.stranger
            | self.supervisor
            | self.crisis
            | self.lawyer
            | self.general_manager
        )
        # Whoever sees much is cleared, whoever sees little is accused; nobody sees all.
        self.supervisor.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        for (model, records), user in product(documents.items(), team):
            domain = [("id", "in", [record.id for record in records])]
            seen = self.env[model].with_user(user).search(domain)
            report = self.env[f"{model}.report"].with_user(user)
            self.assertEqual(set(report.search(domain).ids), set(seen.ids), f"{model} {user.name}")
            self.assertEqual(
                report.browse(domain[0][2])._filtered_access("read").ids,
                report.search(domain, order="id").ids,
                user.name,
            )
            self.assertEqual(report.search_count(domain), len(seen))
            self.assertTrue(0 < len(seen) < len(records), f"{model} {user.name}")

    def test_the_accused_of_the_crisis_team_sees_no_ticket(self):
        ticket = self.ticket_of_the_complaint()
        self.complaint.with_user(self.supervisor).accused_user_ids = self.crisis
        self.assertHidden(ticket, self.crisis)
        self.assertReads(ticket, self.lawyer)

    def test_ticket_stays_with_complaint_that_hides_it(self):
        ticket = self.ticket_of_the_complaint()
        ordinary = self.complain(serial="SN-9", product_id=False)
        for complaint in (self.env["kehu.complaint"], ordinary):
            with self.assertRaisesRegex(AccessError, "stays with it"), self.env.cr.savepoint():
                ticket.with_user(self.supervisor).complaint_id = complaint
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ordinary.with_user(self.supervisor).write({"ticket_ids": [Command.link(ticket.id)]})
        self.assertEqual(ticket.kehu_tier, "2")

    def test_approver_reads_order_only_and_only_during_turn(self):
        self.customer.kehu_tier = "2"
        clearance = self.env.ref("kehu_confidential.group_clearance_confidential")
        dispatcher = self.service_user("test_dispatcher", "service_user", "Peng")
        (dispatcher | self.technician).group_ids += clearance
        ticket = self.call(dispatcher, user_id=dispatcher.id)
        ticket.with_user(dispatcher).workflow_move("take")
        order = self.order(ticket, dispatcher)
        self.assertHidden(order, self.supervisor, self.director)
        order.workflow_move("submit")
        self.assertReads(order, self.supervisor)
        self.assertHidden(order, self.stranger, self.handler)
        self.assertHidden(ticket, self.supervisor)
        mine = order.with_user(self.supervisor)
        self.assertEqual(mine.read(["technician_id"])[0]["technician_id"][0], self.technician.id)
        for attack in (
            lambda: mine.write({"instruction": "Nothing"}),
            lambda: mine.unlink(),
            lambda: mine.workflow_move("cancel", "No"),
            lambda: mine.ticket_id.read(["name"]),
            lambda: mine.ticket_id.write({"solution": "…"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
        mine.action_approval_approve()
        self.assertEqual(order.sudo().state, "approved")
        self.assertHidden(order, self.supervisor)
        self.assertReads(order, self.technician, dispatcher)

    def test_an_accused_supervisor_reads_no_order_to_decide(self):
        ticket = self.ticket_of_the_complaint()
        order = self.order(ticket)
        order.workflow_move("submit")
        self.assertReads(order, self.supervisor)
        self.complaint.with_user(self.director).accused_user_ids = self.supervisor
        self.assertHidden(order, self.supervisor)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            order.sudo().approval_ids.with_user(self.supervisor).approve()
        order.sudo().approval_ids.with_user(self.director).approve()
