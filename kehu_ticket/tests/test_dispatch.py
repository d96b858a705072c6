from psycopg2.errors import ExclusionViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestDispatch(TicketCase):
    """T2: the manager approves, the technician is free and able, an outside firm goes only if nobody is."""

    def setUp(self):
        super().setUp()
        self.ticket = self.call()
        self.ticket.with_user(self.handler).workflow_move("take")

    def test_technicians_begin_with_their_visits(self):
        visits = self.env.ref("kehu_ticket.kehu_dispatch_order_action_visit")
        self.assertEqual(self.technician._kehu_home_action_id(), visits.id)
        self.assertNotEqual(self.taker._kehu_home_action_id(), visits.id)

    def test_technician_is_told_until_the_visit_is_done(self):
        order = self.send(self.ticket)
        self.assertEqual(
            order.sudo().activity_ids.user_id, self.technician | self.handler, "who asked hears of the approval"
        )
        order.with_user(self.technician).workflow_move("leave")
        self.assertIn(self.technician, order.sudo().activity_ids.user_id)
        order.with_user(self.technician).workflow_move("end")
        self.assertFalse(order.sudo().activity_ids)

    def test_app_opens_on_the_visits_of_a_technician(self):
        app = self.env.ref("kehu_complaint.kehu_service_menu_root").id
        visits = self.env.ref("kehu_ticket.kehu_dispatch_order_action_visit").id

        def opened(user):
            return self.env["ir.ui.menu"].with_user(user).load_web_menus(False)[app]["actionID"]

        self.assertEqual(opened(self.technician), visits)
        self.handler.kehu_skill_ids = self.skill
        self.assertNotEqual(opened(self.handler), visits, "the service opens on what comes in")
        self.assertNotEqual(opened(self.employee), visits)

    def test_technician_sees_what_is_wrong_before_leaving(self):
        self.repair.checklist = "Meter, spare antenna"
        self.ticket.with_user(self.supervisor).description = "<p>Silent since Monday</p>"
        order = self.send(self.ticket)
        with Form(order.with_user(self.technician), "kehu_ticket.kehu_dispatch_order_view_form_visit") as visit:
            self.assertEqual(visit.checklist, "Meter, spare antenna")
            self.assertIn("Silent since Monday", visit.said)
            self.assertEqual(
                (visit.product_file_id, visit.serial, visit.contact_phone), (self.file, "粤B12345", order.contact_phone)
            )
        moves = order._workflow_move_map().values()
        self.assertEqual(next(move.name for move in moves if move.is_for_people and "approved" in move.source), "leave")

    def test_the_manager_approves(self):
        order = self.order(self.ticket)
        self.assertRegex(order.number, r"^PG-\d{5}$")
        order.workflow_move("submit")
        for user in (self.handler, self.technician):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                order.sudo().approval_ids.with_user(user).approve()
        with self.assertRaisesRegex(UserError, "asked for or approved"), self.env.cr.savepoint():
            order.technician_id = self.other_technician
        order.sudo().approval_ids.with_user(self.supervisor).approve()
        self.assertIn(self.technician, order.sudo().activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "asked for or approved"), self.env.cr.savepoint():
            order.date_to = "2099-06-01 09:00:00"
        for vals in ({"instruction": "Collect the old debts, too."}, {"skill_ids": [Command.clear()]}):
            with self.assertRaisesRegex(UserError, "asked for or approved"), self.env.cr.savepoint():
                order.write(vals)
            order.invalidate_recordset()

    def test_supervising_technician_approves_no_own_visit(self):
        self.supervisor.kehu_skill_ids = self.skill
        order = self.order(self.ticket, technician_id=self.supervisor.id)
        order.workflow_move("submit")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            order.sudo().approval_ids.with_user(self.supervisor).approve()
        order.sudo().approval_ids.with_user(self.director).approve()

    def test_whoever_is_able_free_and_least_busy_is_suggested(self):
        shenzhen, beijing = self.env.ref("base.state_cn_GD"), self.env.ref("base.state_cn_BJ")
        self.customer.state_id = shenzhen
        self.technician.kehu_area_ids = shenzhen
        self.other_technician.kehu_area_ids = shenzhen | beijing
        far = self.technician_user("test_technician_3", "Hu")
        far.kehu_area_ids = beijing
        unable = self.technician_user("test_technician_4", "Guo")
        unable.kehu_skill_ids = self.env["kehu.service.skill"].create({"name": "Locks"})
        order = self.order(self.ticket, technician_id=False)
        self.assertEqual(order.area_id, shenzhen)
        self.assertEqual(order.suggested_user_ids, self.other_technician | self.technician)
        order.action_suggest()
        self.assertEqual(order.technician_id, self.other_technician)
        order.workflow_move("submit")
        self.assertEqual(self.order(self.ticket, technician_id=False).suggested_user_ids, self.technician)
        later = self.order(
            self.ticket, technician_id=False, date_from="2099-06-01 03:00:00", date_to="2099-06-01 04:00:00"
        )
        self.assertEqual(later.suggested_user_ids, self.other_technician | self.technician)

    def test_a_booked_technician_is_refused(self):
        first = self.send(self.ticket)
        second = self.order(self.ticket, date_from="2099-06-01 02:59:00", date_to="2099-06-01 05:00:00")
        with self.assertRaisesRegex(UserError, f"booked for that time: {first.number}"), self.env.cr.savepoint():
            second.workflow_move("submit")
        second.date_from = "2099-06-01 03:00:00"
        second.workflow_move("submit")

    def test_the_database_books_nobody_twice(self):
        first, second = (
            self.order(self.ticket),
            self.order(self.ticket, date_from="2099-06-01 02:00:00", date_to="2099-06-01 05:00:00"),
        )
        self.env.flush_all()
        first.workflow_move("submit")
        with self.assertRaises(ExclusionViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE kehu_dispatch_order SET state = 'pending' WHERE id = %s", [second.id])
        # What the other dispatcher has not committed yet is not seen; the one who comes second is told in their own
        # language.
        unseen = self.patch(type(second), "_busy_with", lambda orders: {})
        for lang, message in (
            ("en_US", "Somebody has just sent this technician elsewhere"),
            ("zh_CN", "刚有人将该技术员派往他处"),
        ):
            with self.assertRaisesRegex(UserError, message), mute_logger("odoo.sql_db"):
                second.with_context(lang=lang).workflow_move("submit")
        self.assertEqual((second.state, second.sudo().approval_ids.ids), ("draft", []), unseen)

    def test_an_outside_firm_goes_only_if_nobody_is_free(self):
        firm = self.env["res.partner"].create({"name": "Quick Repairs"})
        values = {"technician_id": False, "vendor_id": firm.id, "instruction": "Exchange it.", "vendor_amount": 300}
        order = self.order(self.ticket, **values)
        with self.assertRaisesRegex(UserError, "nobody of ours is free"), self.env.cr.savepoint():
            order.workflow_move("submit_vendor")
        (self.technician | self.other_technician).kehu_skill_ids = False
        order.workflow_move("submit_vendor")
        approval = order.sudo().approval_ids
        self.assertEqual(approval.kind, "vendor")
        approval.with_user(self.supervisor).approve()
        self.assertEqual(order.state, "pending")
        approval.with_user(self.director).approve()
        self.assertEqual(order.state, "approved")
        with self.assertRaisesRegex(UserError, "asked for or approved"), self.env.cr.savepoint():
            order.vendor_amount = 3000

    def test_whoever_may_not_read_about_the_customer_is_not_sent(self):
        clearance = self.env.ref("kehu_confidential.group_clearance_confidential")
        (self.handler | self.supervisor).group_ids += clearance
        self.customer.sudo().kehu_tier = "2"
        order = self.order(self.ticket)
        with self.assertRaisesRegex(UserError, "Xu may not read about this customer"), self.env.cr.savepoint():
            order.workflow_move("submit")
        self.assertFalse(order.suggested_user_ids)
        self.technician.group_ids += clearance
        order.invalidate_recordset()
        self.assertEqual(order.suggested_user_ids, self.technician)
        order.workflow_move("submit")
        order.sudo().approval_ids.with_user(self.supervisor).approve()
        self.assertTrue(self.ticket.with_user(self.technician).has_access("read"))

    def test_an_order_is_for_its_ticket_alone_and_is_kept(self):
        order = self.send(self.ticket)
        other = self.call()
        with self.assertRaisesRegex(AccessError, "one ticket"), self.env.cr.savepoint():
            order.ticket_id = other
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.unlink()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            other.with_user(self.handler).write({"dispatch_ids": [Command.link(order.id)]})

    def test_suggestions_for_a_list_take_few_queries(self):
        orders = self.env["kehu.dispatch.order"].create(
            [
                {
                    "ticket_id": self.ticket.id,
                    "date_from": f"2099-06-{day:02} 01:00:00",
                    "date_to": f"2099-06-{day:02} 02:00:00",
                }
                for day in range(1, 31)
            ]
        )
        self.env.invalidate_all()
        orders.mapped("date_from")
        with self.assertQueryCount(20):
            orders.mapped("suggested_user_ids")

    def test_approver_reads_no_contact_of_hidden_ticket(self):
        (self.handler | self.technician).group_ids += self.env.ref("kehu_confidential.group_clearance_top_secret")
        self.ticket.with_user(self.handler).write({"contact_name": "Mr Deng", "contact_phone": "0755 99"})
        order = self.order(self.ticket)
        self.customer.sudo().kehu_tier = "3"
        order.workflow_move("submit")
        self.env.invalidate_all()
        theirs = order.with_user(self.supervisor)
        self.assertFalse(self.ticket.with_user(self.supervisor).has_access("read"))
        (row,) = theirs.read(["contact_name", "contact_phone", "address", "instruction", "company_id"])
        self.assertFalse(row["contact_name"] or row["contact_phone"] or row["address"])
        self.assertTrue(row["company_id"])
        for name in ("contact_name", "contact_phone"):
            self.assertFalse(theirs.search([("id", "=", order.id), (name, "!=", False)]))
        self.assertEqual(
            order.with_user(self.technician).read(["contact_name", "contact_phone"])[0]["contact_name"], "Mr Deng"
        )
