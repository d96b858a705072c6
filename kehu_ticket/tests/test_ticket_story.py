from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SIGNATURE, TicketCase


@tagged("post_install", "-at_install")
class TestTicketStory(TicketCase):
    """T1–T8: from the call to the customer's signature, each step by whom it belongs to."""

    def test_a_repair_from_the_call_to_the_signature(self):
        with freeze_time("2026-06-01 01:00:00"):
            ticket = self.call()
        self.assertRegex(ticket.number, r"^FW-\d{5}$")
        self.assertEqual((ticket.product_file_id, ticket.warranty), (self.file, "in"))
        self.assertFalse(ticket.with_user(self.technician).has_access("read"))
        with freeze_time("2026-06-01 02:00:00"):
            ticket.with_user(self.handler).workflow_move("take")
        self.assertEqual(str(ticket.date_first_response), "2026-06-01 02:00:00")

        order = self.send(ticket)
        self.assertEqual((order.state, ticket.technician_ids), ("approved", self.technician))
        visit = order.with_user(self.technician)
        self.assertTrue(visit.contact_phone)
        visit.workflow_move("leave")
        mine = ticket.with_user(self.technician)
        mine.write(
            {
                "log_ids": [
                    Command.create(
                        {
                            "work": "Exchanged the device",
                            "date_from": "2026-06-01 03:00:00",
                            "date_to": "2026-06-01 04:30:00",
                            "part_ids": [Command.create({"product_id": self.product.id, "quantity": 2})],
                        }
                    )
                ],
                "device_ids": [
                    Command.create(
                        {
                            "serial": "粤B12345",
                            "fault": "No signal",
                            "old_number": "GPS-100",
                            "new_number": "GPS-200",
                            "old_sim": "1390000",
                            "new_sim": "1380000",
                        }
                    )
                ],
                "solution": "The device was exchanged under warranty.",
            }
        )
        self.assertEqual(
            (ticket.log_ids.user_id, ticket.log_ids.duration, ticket.amount_to_charge), (self.technician, 1.5, 0)
        )
        self.assertFalse(ticket._service_result(), "the customer reads it when it is done")
        visit.workflow_move("end")
        mine.workflow_move("finish")
        self.assertEqual(
            (ticket._service_result(), ticket._service_stage_label()),
            ("The device was exchanged under warranty.", "Finished"),
        )
        self.assertEqual((self.file.device_number, self.file.sim_number), ("GPS-200", "1380000"))
        self.assertEqual(self.file.history_ids.filtered(lambda row: row.what == "replaced").res_id, ticket.id)

        with self.assertRaisesRegex(UserError, "has not signed"), self.env.cr.savepoint():
            ticket.with_user(self.handler).workflow_move("close")
        mine.write({"signature": SIGNATURE, "signed_by": "Mr Deng", "satisfaction": "5"})
        self.assertTrue(ticket.date_signed)
        self.assertIn("Mr Deng", ticket.message_ids.filtered("attachment_ids").body)
        ticket.with_user(self.handler).workflow_move("close")
        self.assertEqual(ticket.state, "closed")
        self.assertTrue(ticket.date_closed)
        self.assertIn("service", self.file.history_ids.mapped("what"))
        self.assertEqual(self.file.with_user(self.handler).service_ticket_count, 1)

    def test_an_inquiry_needs_an_answer_and_no_signature(self):
        ticket = self.call(kind_id=self.env.ref("kehu_ticket.service_kind_inquiry").id)
        ticket.with_user(self.handler).workflow_move("take")
        with self.assertRaisesRegex(UserError, "What Was Done"), self.env.cr.savepoint():
            ticket.with_user(self.handler).workflow_move("finish")
        ticket.with_user(self.handler).solution = "Press the red button."
        ticket.with_user(self.handler).workflow_move("finish")
        ticket.with_user(self.handler).workflow_move("close")
        self.assertEqual(set(ticket.sudo().deadline_ids.mapped("state")), {"met"})

    def test_no_visit_without_order_nor_without_log(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        ticket.with_user(self.handler).solution = "Nothing."
        with self.assertRaisesRegex(UserError, "dispatch order that is approved.*service log"), self.env.cr.savepoint():
            ticket.with_user(self.handler).workflow_move("finish")

    def test_technician_who_finishes_ends_the_visit(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        visits = self.send(ticket)
        with freeze_time("2026-06-01 01:30:00"):
            visits.with_user(self.technician).workflow_move("leave")
        default = self.env["kehu.service.log"].with_user(self.technician).default_get(["date_from"])
        self.assertEqual(str(default["date_from"]), "2026-06-01 01:30:00")
        self.log(ticket)
        ticket.with_user(self.technician).solution = "A new device."
        ticket.with_user(self.technician).workflow_move("finish")
        self.assertEqual(visits.state, "done")

    def test_a_reason_stands_in_for_the_signature(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        ticket.with_user(self.technician).unsigned_reason = "Nobody there; confirmed by telephone with Mr Deng"
        ticket.with_user(self.handler).workflow_move("close")
        self.assertEqual(ticket.state, "closed")

    def test_signing_again_keeps_first_signature(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        mine = ticket.with_user(self.technician)
        mine.write({"signature": SIGNATURE, "signed_by": "Mr Deng"})
        ticket.with_user(self.supervisor).workflow_move("again", "Silent again after an hour")
        self.assertFalse(ticket.signature or ticket.date_signed or ticket.date_repaired)
        self.assertEqual(ticket.message_ids.attachment_ids.mapped("name"), [f"{ticket.number}.png"])
        self.log(ticket)

    def test_clocks_of_the_kinds_and_priorities(self):
        with freeze_time("2026-03-02 02:00:00"):
            inquiry = self.call(kind_id=self.env.ref("kehu_ticket.service_kind_inquiry").id)
            repair = self.call()
            urgent = self.call(priority="1")
        due = {
            ticket: {clock.rule_id: str(clock.date_due) for clock in ticket.sudo().deadline_ids}
            for ticket in (inquiry, repair, urgent)
        }

        def rule(name):
            return self.env.ref(f"kehu_ticket.deadline_rule_{name}")

        self.assertEqual(due[inquiry], {rule("inquiry"): "2026-03-03 02:00:00"})
        self.assertEqual(set(due[repair]), {rule("response_normal"), rule("repair_normal")})
        self.assertEqual(due[urgent][rule("response_urgent")], "2026-03-02 06:00:00")
        self.assertEqual(due[urgent][rule("repair_urgent")], "2026-03-03 02:00:00")
        with freeze_time("2026-03-02 03:00:00"):
            urgent.waiting_reason = "Looking for the key"
        waiting = self.env.ref("kehu_ticket.deadline_rule_waiting")
        clocks = urgent.sudo().deadline_ids.filtered(lambda clock: clock.rule_id != waiting)
        self.assertEqual(set(clocks.mapped("state")), {"paused"})
        with freeze_time("2026-03-02 05:00:00"):
            urgent.waiting_reason = False
        clock = urgent.sudo().deadline_ids.filtered(lambda clock: clock.rule_id == rule("repair_urgent"))
        self.assertEqual(str(clock.date_due), "2026-03-03 04:00:00")
        pause = clock.pause_ids
        self.assertEqual((pause.date_to - pause.date_from).total_seconds(), 7200)

    def test_late_tickets_climb_to_the_general_manager_once(self):
        with freeze_time("2026-03-02 02:00:00"):
            ticket = self.call(priority="2")
        rule = self.env.ref("kehu_ticket.deadline_rule_response_very_urgent")
        told = ticket.sudo().activity_ids
        for hour, user in (
            ("2026-03-02 03:05:00", self.handler),
            ("2026-03-02 04:05:00", self.supervisor),
            ("2026-03-02 07:05:00", self.director),
            ("2026-03-02 11:05:00", self.general_manager),
        ):
            for _run in range(2):
                with freeze_time(hour), self.enter_registry_test_mode():
                    self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
            news = (
                ticket.sudo().activity_ids.filtered(lambda activity: activity.kehu_deadline_id.rule_id == rule) - told
            )
            self.assertEqual(news.user_id, user, hour)
            told |= news

    def test_mail_to_the_desk_makes_a_ticket(self):
        desk = self.env["kehu.service.desk"].create(
            {
                "name": "Service",
                "intake": "kehu.service.ticket",
                "alias_name": "service-desk",
                "user_id": self.handler.id,
            }
        )
        self.assertEqual(desk.alias_id.alias_model_id.model, "kehu.service.ticket")
        ticket = self.env["kehu.service.ticket"].message_new(
            {"subject": "How do I switch it on?", "email_from": "deng@bright.example.com", "body": "<p>How?</p>"},
            {"desk_id": desk.id, "company_id": self.env.company.id, "channel": "email"},
        )
        self.assertEqual(
            (ticket.kind_id, ticket.user_id, ticket.state),
            (self.env.ref("kehu_ticket.service_kind_inquiry"), self.handler, "received"),
        )

    def test_customers_are_told_and_asked(self):
        ticket = self.call(kind_id=self.phone.id)
        ticket.sudo()._service_confirm()
        mails = self.env["mail.mail"].sudo()
        to_customer = [
            ("model", "=", ticket._name),
            ("res_id", "=", ticket.id),
            ("email_to", "=", "office@bright.example.com"),
        ]
        told = mails.search(to_customer)
        self.assertIn(ticket.number, told.subject)
        self.assertIn(f"/my/tickets/{ticket.id}", told.body_html)
        self.bring_ticket_to(ticket, "closed")
        asked = mails.search(to_customer) - told
        self.assertIn("/rate/", asked.body_html)
        self.assertEqual(ticket._service_stage(), "closed")

    def test_whoever_has_rated_is_not_asked_again(self):
        ticket = self.bring_ticket_to(self.call(kind_id=self.phone.id), "done")
        ticket.sudo()._service_rate(4, "Quick", ticket.partner_id)
        ticket.with_user(self.handler).workflow_move("close")
        self.assertFalse(
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", ticket._name), ("res_id", "=", ticket.id), ("body_html", "ilike", "/rate/")])
        )

    def test_the_order_group_replies_in_writing(self):
        ticket = self.call()
        handover = (
            self.env["kehu.ticket.handover"]
            .with_user(self.handler)
            .create({"ticket_id": ticket.id, "team_id": self.unit.id, "question": "Is it the batch of May?"})
        )
        self.assertEqual((handover.asked_user_id, handover.user_id), (self.leader, self.handler))
        with self.assertRaisesRegex(ValidationError, "somebody else"), self.env.cr.savepoint():
            handover.create(
                {"ticket_id": handover.ticket_id.id, "asked_user_id": self.handler.id, "question": "Is it done?"}
            )
        self.assertIn(self.leader, handover.sudo().activity_ids.user_id)
        theirs = handover.with_user(self.leader)
        self.assertTrue(ticket.with_user(self.leader).has_access("read"))
        with self.assertRaisesRegex(UserError, "Written Reply"), self.env.cr.savepoint():
            theirs.workflow_move("reply")
        for user, vals in (
            (self.handler, {"reply": "Yes"}),
            (self.leader, {"question": "?"}),
            (self.leader, {"asked_user_id": self.employee.id}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                handover.with_user(user).write(vals)
        theirs.reply = "It is."
        theirs.workflow_move("reply")
        self.assertTrue(handover.date_replied)
        self.assertIn("It is.", "".join(ticket.message_ids.mapped("body")))
        for attack in (lambda: theirs.write({"reply": "It is not."}), theirs.unlink):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
        handover.with_user(self.handler).workflow_move("ask_again", "Which serial numbers?")
        self.assertEqual(handover.state, "asked")

    def test_a_reply_that_is_waited_for_keeps_the_ticket_open(self):
        ticket = self.bring_ticket_to(self.call(kind_id=self.phone.id), "done")
        self.env["kehu.ticket.handover"].with_user(self.handler).create(
            {"ticket_id": ticket.id, "asked_user_id": self.employee.id, "question": "Which batch?"}
        )
        with self.assertRaisesRegex(UserError, "written reply"), self.env.cr.savepoint():
            ticket.with_user(self.handler).workflow_move("close")

    def test_cancelling_frees_the_technician(self):
        ticket = self.call()
        order = self.send(ticket)
        ticket.with_user(self.supervisor).workflow_move("cancel", "Repaired by the customer")
        self.assertEqual(order.state, "cancelled")
        self.send(self.call())

    def test_device_of_another_customer_is_not_exchanged(self):
        other = self.env["res.partner"].create({"name": "Another Customer"})
        self.env["kehu.product.file"].create({"name": "粤B99999", "kind": "plate", "partner_id": other.id})
        ticket = self.call(serial="粤B99999")
        self.assertFalse(ticket.product_file_id)
        self.assertEqual(ticket.warranty, "unknown")
        ticket.with_user(self.handler).workflow_move("take")
        self.send(ticket)
        self.log(ticket)
        ticket.with_user(self.technician).write(
            {"solution": "…", "device_ids": [Command.create({"serial": "粤B99999", "new_number": "GPS-300"})]}
        )
        with self.assertRaisesRegex(UserError, "no product file"), self.env.cr.savepoint():
            ticket.with_user(self.technician).workflow_move("finish")
        device = ticket.device_ids.with_user(self.technician)
        device.write({"serial": "粤B12345", "old_number": "GPS-999"})
        with self.assertRaisesRegex(UserError, "does not have the number"), self.env.cr.savepoint():
            ticket.with_user(self.technician).workflow_move("finish")

    def test_signing_needs_a_name(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        with self.assertRaisesRegex(ValidationError, "name of the person"), self.env.cr.savepoint():
            ticket.with_user(self.technician).write({"signature": SIGNATURE, "signed_by": " "})
