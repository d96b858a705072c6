from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestServiceFollowers(ComplaintCase):
    """C8, C14: followers, recipients and ratings of a complaint are told only to users who may read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.bring_to(cls.complain(), "replied").sudo()
        cls.complaint._service_rate(1, "Nobody called", cls.complaint.partner_id)
        cls.complaint.message_subscribe((cls.director | cls.handler).partner_id.ids)
        message = cls.complaint.message_post(
            body="Look at it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=cls.director.partner_id.id,
        )
        about = [("res_model", "=", "kehu.complaint"), ("res_id", "=", cls.complaint.id)]
        cls.kinds = (
            cls.env["mail.followers"].sudo().search(about),
            cls.env["rating.rating"].sudo().search(about),
            cls.env["mail.notification"]
            .sudo()
            .search([("mail_message_id", "=", message.id), ("res_partner_id", "=", cls.handler.partner_id.id)]),
        )

    def check_rows(self, user, are_shown):
        for rows in self.kinds:
            self.env.invalidate_all()
            mine = rows.with_user(user).sudo(False)
            self.assertTrue(rows, rows._name)
            self.assertEqual(
                mine.search([("id", "in", rows.ids)]), mine if are_shown else mine.browse(), (user.name, rows._name)
            )
            groups = mine.formatted_read_group([("id", "in", rows.ids)], [], ["__count"])
            self.assertEqual(groups[0]["__count"], len(rows) if are_shown else 0)
            if are_shown:
                mine.read(["res_id"] if "res_id" in mine else ["res_partner_id"])
                continue
            self.assertNotRegex(
                str(mine.read(["display_name"])), f"{self.director.name}|{self.handler.name}|{self.complaint.number}"
            )
            with self.assertRaises(AccessError):
                mine[0].read(["res_id"] if "res_id" in mine else ["res_partner_id"])

    def test_employee_without_part_is_told_nothing(self):
        self.check_rows(self.employee, False)

    def test_reader_of_complaint_is_told(self):
        self.check_rows(self.taker, True)
        complaint = self.complaint.with_user(self.taker).sudo(False)
        self.assertIn(self.director.partner_id, complaint.message_partner_ids)
        self.assertIn(complaint, complaint.search([("message_partner_ids", "in", self.director.partner_id.ids)]))
        self.assertIn(
            complaint, complaint.search([("message_follower_ids.partner_id", "in", self.director.partner_id.ids)])
        )

    def test_accused_is_told_nothing(self):
        self.check_rows(self.director, True)
        self.complaint.accused_user_ids = self.director
        # The accused is unsubscribed.
        self.kinds = [rows.exists() for rows in self.kinds[:2]]
        self.check_rows(self.director, False)

    def test_former_reader_keeps_own_notification(self):
        self.complaint.write({"user_id": self.taker.id})
        self.handler.group_ids = self.env.ref("base.group_user")
        self.env.invalidate_all()
        notification = self.kinds[2].with_user(self.handler).sudo(False)
        self.assertEqual(notification.search([("id", "=", notification.id)]), notification)

    def test_search_by_follower_finds_readable_complaints_only(self):
        mine = self.env["kehu.complaint"].with_user(self.employee)
        for path in ("message_partner_ids", "message_follower_ids.partner_id"):
            self.assertFalse(mine.search([(path, "in", self.director.partner_id.ids)]))
            self.assertFalse(mine.search([(path, "!=", self.taker.partner_id.id)]))
            self.assertFalse(
                mine.formatted_read_group([(path, "in", self.director.partner_id.ids)], ["state"], ["__count"])
            )

    def test_colleague_alone_chooses_what_to_be_told(self):
        note = self.env.ref("mail.mt_note")
        follower = self.kinds[0].filtered(lambda row: row.partner_id == self.director.partner_id)
        before = follower.subtype_ids
        stranger = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        mine = self.complaint.with_user(self.handler).sudo(False)
        mine.message_subscribe((self.director.partner_id | stranger).ids, subtype_ids=note.ids)
        self.assertEqual(follower.subtype_ids, before)
        rows = self.complaint.message_follower_ids
        self.assertEqual(rows.filtered(lambda row: row.partner_id == stranger).subtype_ids, note)
        mine.message_subscribe((self.supervisor.partner_id).ids, subtype_ids=note.ids)
        self.assertEqual(
            self.complaint.message_follower_ids.filtered(
                lambda row: row.partner_id == self.supervisor.partner_id
            ).subtype_ids,
            before,
            "a colleague who is added is told what is told by default",
        )
        for user in (self.handler, self.director):
            self.complaint.with_user(user).sudo(False).message_subscribe(user.partner_id.ids, subtype_ids=note.ids)
            row = self.complaint.message_follower_ids.filtered(lambda row, user=user: row.partner_id == user.partner_id)
            self.assertEqual(row.subtype_ids, note)
