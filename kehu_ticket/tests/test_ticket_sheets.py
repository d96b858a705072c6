from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import format_date

from .common import TicketCase

SHEETS = ("kehu_ticket.service_order", "kehu_ticket.service_log_sheet", "kehu_ticket.feedback_sheet")
DISPATCH = "kehu_ticket.dispatch_sheet"


@tagged("post_install", "-at_install")
class TestTicketSheets(TicketCase, HttpCase):
    """T1–T4: 维修服务单, 派工单, 技术服务日志 and 客户问题反馈表 on paper."""

    def page(self, sheet, record, user):
        reports = self.env["ir.actions.report"].with_user(user).with_context(lang="en_US")
        return reports._render_qweb_html(sheet, record.ids)[0].decode()

    def finish(self, **vals):
        ticket = self.bring_ticket_to(self.call(description="<p>No position since Monday.</p>", **vals), "done")
        self.env["kehu.service.log.part"].with_user(self.technician).create(
            {"log_id": ticket.log_ids.id, "product_id": self.product.id, "quantity": 2}
        )
        self.env["kehu.ticket.device"].with_user(self.technician).create(
            {"ticket_id": ticket.id, "serial": "粤B12345", "fault": "Burnt", "old_sim": "139", "new_sim": "140"}
        )
        return ticket

    def test_service_order_shows_fault_work_and_parts(self):
        page = self.page(SHEETS[0], self.finish(), self.handler)
        bought = format_date(self.env, self.file.date_sold, lang_code="en_US")
        for words in (
            "Bright Phones",
            "粤B12345",
            bought,
            "No position since Monday",
            "A new device.",
            "Charger",
        ):
            self.assertIn(words, page)
        self.assertIn("Burnt", page)

    def test_signed_order_prints_with_the_signature(self):
        ticket = self.bring_ticket_to(self.call(), "closed")
        page = self.page(SHEETS[0], ticket, self.technician)
        self.assertIn("data:image/png;base64,", page)
        self.assertIn("Mr Deng", page)

    def test_service_log_shows_each_entry_with_parts(self):
        page = self.page(SHEETS[1], self.finish(), self.technician)
        for words in ("Looked at it", "Xu", "On site", "01:30", "Charger"):
            self.assertIn(words, page)

    def test_feedback_sheet_shows_question_and_reply(self):
        ticket = self.call(kind_id=self.phone.id)
        handover = (
            self.env["kehu.ticket.handover"]
            .with_user(self.handler)
            .create({"ticket_id": ticket.id, "asked_user_id": self.director.id, "question": "Which batch was it?"})
        )
        handover.with_user(self.director).reply = "Batch 7."
        handover.with_user(self.director).workflow_move("reply")
        page = self.page(SHEETS[2], ticket, self.handler)
        for words in ("Which batch was it?", "Batch 7.", "Shen", "The device is silent"):
            self.assertIn(words, page)

    def test_dispatch_sheet_names_technician_customer_and_decision(self):
        ticket = self.call()
        ticket.with_user(self.handler).workflow_move("take")
        page = self.page(DISPATCH, self.send(ticket), self.technician)
        for words in ("Xu", "Bright Phones", "Locating devices", "粤B12345", "Jiang"):
            self.assertIn(words, page)

    def test_approver_prints_order_without_its_ticket(self):
        ticket = self.call(description="<p>No position since Monday.</p>", contact_phone="13811112222")
        ticket.with_user(self.handler).workflow_move("take")
        order = self.order(ticket)
        approver = self.service_user("test_approver", "base.group_user", "Qin")
        rule = self.env["kehu.approval.rule"].search(
            [("res_model", "=", order._name), ("kind", "=", "dispatch")], limit=1
        )
        rule.step_ids.write({"group_ids": [Command.clear()], "user_ids": [Command.set(approver.ids)]})
        order.workflow_move("submit")
        self.assertFalse(ticket.with_user(approver).has_access("read"))
        page = self.page(DISPATCH, order, approver)
        self.assertIn(order.number, page)
        for words in ("No position since Monday", "13811112222", "粤B12345", "Bright Phones"):
            self.assertNotIn(words, page)

    def test_sheets_are_refused_without_a_part(self):
        ticket = self.finish()
        for sheet, record in (*((sheet, ticket) for sheet in SHEETS), (DISPATCH, ticket.dispatch_ids)):
            with self.assertRaises(AccessError):
                self.page(sheet, record, self.employee)

    def test_sheets_of_hidden_customer_are_not_opened_by_address(self):
        ticket = self.finish().sudo()
        ticket.kehu_own_tier = "2"
        self.authenticate("test_taker", "test_taker")
        for sheet, record in (*((sheet, ticket) for sheet in SHEETS), (DISPATCH, ticket.dispatch_ids)):
            response = self.url_open(f"/report/html/{sheet}/{record.id}")
            self.assertNotEqual(response.status_code, 200)
            for words in ("No position since Monday", "Looked at it", "粤B12345"):
                self.assertNotIn(words, response.text)

    def test_printing_confidential_ticket_is_logged(self):
        ticket = self.finish()
        ticket.sudo().kehu_own_tier = "2"
        self.handler.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential") + self.env.ref(
            "kehu_confidential.group_confidential_export"
        )
        for sheet in SHEETS:
            self.page(sheet, ticket, self.handler)
        printed = (
            self.env["kehu.access.log"]
            .sudo()
            .search([("action", "=", "print"), ("user_id", "=", self.handler.id), ("res_id", "=", ticket.id)])
        )
        self.assertEqual(printed.partner_id, self.customer)
