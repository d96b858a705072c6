from odoo import fields
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintBatch(ComplaintCase):
    """What taking complaints down may cost (C1): the same few queries, however many they are."""

    def count_create(self, count):
        customers = self.env["res.partner"].create(
            [{"name": f"Shop {number}", "email": f"shop{number}@example.com"} for number in range(count)]
        )
        vals = [
            {
                "name": "Chargers get hot",
                "partner_id": customer.id,
                "kind_id": self.kind.id,
                "product_id": self.product.id,
                "serial": "SN-1",
                "description": "<p>Three of ten get hot.</p>",
                "user_id": self.taker.id,
            }
            for customer in customers
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        complaints = self.env["kehu.complaint"].with_user(self.taker).create(vals)
        self.env.flush_all()
        return complaints, self.env.cr.sql_log_count - before

    def test_a_hundred_take_hardly_more_queries_than_one(self):
        self.count_create(1)  # rules, kinds, subtypes: what the server remembers
        for count, most in ((1, 36), (20, 39), (100, 41)):  # one of them reads the grades, where there are any
            complaints, queries = self.count_create(count)
            self.assertLessEqual(queries, most, f"{count} complaints")
            self.assertEqual(len(complaints.sudo().deadline_ids.mapped("res_id")), 2 * count)
            self.assertEqual(len(set(complaints.mapped("number"))), count)
            self.assertEqual(complaints.message_partner_ids, self.taker.partner_id)
            lines = self.env["kehu.archive.journal"].search(
                [("res_model", "=", complaints._name), ("res_id", "in", complaints.ids)]
            )
            self.assertEqual(lines.mapped("kind_id.code"), ["complaint"] if count else [])
            self.assertEqual(len(lines), count)
            self.assertEqual(set(complaints.mapped("compensation_amount")), {0.0})

    def test_the_handler_follows_and_is_told_if_it_is_another(self):
        complaint = self.complain(user=self.taker)
        self.assertEqual(complaint.message_partner_ids, self.taker.partner_id | self.handler.partner_id)
        told = self.env["mail.message"].search(
            [("model", "=", complaint._name), ("res_id", "=", complaint.id), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(told.partner_ids, self.handler.partner_id)

    def test_handler_follows_what_others_take_down(self):
        complaint = (
            self.env["kehu.complaint"]
            .with_user(self.taker)
            .with_context(mail_create_nosubscribe=True)
            .create({"name": "Hot", "partner_id": self.customer.id, "user_id": self.taker.id})
        )
        self.assertEqual(complaint.message_partner_ids, self.taker.partner_id)

    def test_confirmations_wake_no_worker_for_each_complaint(self):
        self.env.cr.postcommit.clear()
        self.complain()
        self.assertNotIn(self.env["ir.cron"]._notifydb, self.env.cr.postcommit._funcs)
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("kehu_complaint.ir_cron_confirm").id)], order="id desc", limit=1
        )
        self.assertLessEqual(trigger.call_at, fields.Datetime.now(), "due when the workers look around the next time")

    def test_a_kind_that_comes_to_mean_major_does_so_at_once(self):
        kind = self.env["kehu.complaint.kind"].create({"name": "Fire"})
        self.assertFalse(self.complain(kind_id=kind.id).is_major)
        kind.tells_major = "return"
        self.assertTrue(self.complain(kind_id=kind.id, partner_id=self.partner("Another").id).is_major)
        kind.tells_major = False
        self.assertFalse(self.complain(kind_id=kind.id, partner_id=self.partner("A third").id).is_major)

    def partner(self, name):
        return self.env["res.partner"].create({"name": name, "user_id": self.salesman.id})
