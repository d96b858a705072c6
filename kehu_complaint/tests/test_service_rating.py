from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestServiceRating(ComplaintCase):
    """C6: customers rate, nobody in their name, and ratings are hidden with the complaint."""

    def test_a_discontent_rating_comes_to_a_supervisor(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.sudo()._service_rate(5, "")
        self.assertFalse(complaint.activity_ids.filtered(lambda activity: activity.user_id == self.supervisor))
        complaint.sudo()._service_rate(1, "Nobody called")
        self.assertEqual(len(complaint.sudo().rating_ids), 1, "a later one replaces it")
        self.assertEqual(complaint.sudo()._service_rating().rating, 1)

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
            mine.create({"res_model_id": self.env["ir.model"]._get_id("kehu.complaint"), "res_id": complaint.id, "rating": 5})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.handler).rating_apply(5, rating=mine)

    def test_who_is_complained_about_does_not_see_the_rating(self):
        complaint = self.bring_to(self.complain(), "replied")
        complaint.sudo()._service_rate(1, "Rude")
        rating = complaint.sudo().rating_ids
        ratings = self.env["rating.rating"].with_user(self.salesman)
        self.assertIn(rating, ratings.search([]))
        complaint.accused_user_ids = self.salesman
        self.env.invalidate_all()
        self.assertNotIn(rating, ratings.search([]))
        with self.assertRaises(AccessError):
            ratings.browse(rating.id).read(["feedback"])
