from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestServiceRating(ComplaintCase):
    """C6: customers rate, nobody in their name, and ratings are hidden with the complaint."""

    def alerted(self, complaint):
        kind = self.env.ref("kehu_complaint.mail_activity_type_customer_wrote")
        return complaint.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind).user_id

    def test_rating_below_the_threshold_alerts_a_supervisor(self):
        for state in ("replied", "closed"):
            complaint = self.bring_to(self.complain(product_id=False, serial=False), state)
            complaint.sudo()._service_rate(3, "So so", complaint.partner_id)
            self.assertFalse(self.alerted(complaint))
            complaint.sudo()._service_rate(2, "Nobody called", complaint.partner_id)
            self.assertEqual(self.alerted(complaint), self.supervisor)
        self.env.company.kehu_rating_alert = 0
        quiet = self.bring_to(self.complain(product_id=False, serial=False), "replied")
        quiet.sudo()._service_rate(1, "", quiet.partner_id)
        self.assertFalse(self.alerted(quiet))

    def test_own_rating_counts_in_the_statistics(self):
        complaint = self.bring_to(self.complain(), "closed")
        complaint.sudo()._service_rate(1, "It broke again", complaint.partner_id)
        self.env.flush_all()
        row = self.env["kehu.complaint.report"].with_user(self.supervisor).search([("complaint_id", "=", complaint.id)])
        self.assertEqual((row.customer_rating, row.solved), (20, 0))

    def test_rating_of_customer_is_deleted_by_nobody(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.sudo()._service_rate(1, "Nobody called", complaint.partner_id)
        rating = complaint.sudo()._service_rating()
        admin = self.service_user("test_rating_admin", "service_user", "Admin")
        admin.group_ids += self.env.ref("base.group_system")
        for attack in (
            lambda: rating.with_user(admin).unlink(),
            lambda: complaint.with_user(admin).write({"rating_ids": [Command.delete(rating.id)]}),
            lambda: complaint.with_user(admin).write({"rating_ids": [Command.clear()]}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
        self.assertEqual(complaint.sudo()._service_rating().rating, 1)

    def test_later_rating_replaces_the_first(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.sudo()._service_rate(5, "", complaint.partner_id)
        self.assertFalse(self.alerted(complaint))
        complaint.sudo()._service_rate(1, "Nobody called", complaint.partner_id)
        self.assertEqual(len(complaint.sudo().rating_ids), 1, "a later one replaces it")
        self.assertEqual(complaint.sudo()._service_rating().rating, 1)

    def test_rating_is_that_of_the_contact_who_rates(self):
        complaint = self.bring_to(self.complain(), "replied").sudo()
        huang, li = self.env["res.partner"].create(
            [{"name": name, "parent_id": self.customer.id} for name in ("Huang", "Li")]
        )
        complaint._service_rate(5, "Wonderful", huang)
        complaint._service_rate(4, "Good, on the whole", huang)
        complaint._service_rate(1, "Not at all", li)
        said = complaint.message_ids
        for text, author in (("whole", huang), ("Not at all", li)):
            self.assertEqual(said.filtered(lambda message, text=text: text in message.body).author_id, author)
        self.assertEqual((complaint._service_rating().partner_id, complaint._service_rating().rating), (li, 1))
        self.assertNotIn(self.customer, said.author_id)

    def test_rating_from_unknown_address_names_no_contact(self):
        complaint = self.bring_to(self.complain(), "replied").sudo()
        complaint.contact_email = "private@salesman.example.net"
        complaint._service_rate(5, "Wonderful", complaint._service_speaker(self.env.ref("base.public_user")))
        said = complaint.message_ids.filtered(lambda message: "Wonderful" in message.body)
        self.assertFalse(said.author_id or complaint._service_rating().partner_id)
        self.assertEqual(complaint._service_portal_author(said), ("private@salesman.example.net", True))

    def test_no_colleague_rates_in_the_customers_name(self):
        complaint = self.bring_to(self.complain(), "replied")
        rating = complaint.sudo().rating_ids
        self.assertTrue(rating)
        mine = rating.with_user(self.handler)
        with self.assertRaises(AccessError):
            mine.read(["access_token"])
        for vals in ({"rating": 5, "consumed": True}, {"feedback": "Great"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                mine.write(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.create(
                {"res_model_id": self.env["ir.model"]._get_id("kehu.complaint"), "res_id": complaint.id, "rating": 5}
            )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.handler).rating_apply(5, rating=mine)

    def test_who_is_complained_about_does_not_see_the_rating(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.sudo()._service_rate(1, "Rude", complaint.partner_id)
        rating = complaint.sudo().rating_ids
        ratings = self.env["rating.rating"].with_user(self.salesman)
        self.assertIn(rating, ratings.search([]))
        complaint.accused_user_ids = self.salesman
        self.env.invalidate_all()
        self.assertNotIn(rating, ratings.search([]))
        with self.assertRaises(AccessError):
            ratings.browse(rating.id).read(["feedback"])

    def test_reading_of_rating_is_noted_under_the_complaint(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.sudo()._service_rate(1, "Rude", complaint.partner_id)
        complaint.sudo().kehu_own_tier = "2"
        self.supervisor.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        ratings, log = self.env["rating.rating"].with_user(self.supervisor), self.env["kehu.access.log"]
        ways = (
            lambda: ratings.browse(complaint.sudo().rating_ids.ids).read(["feedback"]),
            lambda: ratings.formatted_read_group(
                [("id", "in", complaint.sudo().rating_ids.ids)], ["feedback"], ["__count"]
            ),
        )
        for way in ways:
            before = log.search([])
            way()
            self.assertIn(
                ("kehu.complaint", complaint.id), [(entry.res_model, entry.res_id) for entry in log.search([]) - before]
            )
