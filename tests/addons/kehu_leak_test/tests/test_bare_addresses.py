from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from .markers import groups_without_clearance

ADDRESS = "marker2@example.com"
NAMES = ("incoming_email_cc", "incoming_email_to", "outgoing_email_to")


@tagged("post_install", "-at_install")
class TestBareAddresses(TransactionCase):
    """X3: addresses in messages of an order whose customer is hidden may be the customer's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spy = new_test_user(cls.env, "rows_spy", "base.group_user", name="Spy", email="spy@example.com")
        cls.spy.group_ids += groups_without_clearance(cls.env)
        cls.customers = cls.env["res.partner"].create(
            [{"name": name, "email": ADDRESS, "is_company": True} for name in ("Marker 2", "Open customer")]
        )
        cls.orders = cls.env["sale.order"].create([{"partner_id": customer.id} for customer in cls.customers])
        cls.messages = cls.env["mail.message"].union(
            *(order.message_post(body="x", **dict.fromkeys(NAMES, ADDRESS)) for order in cls.orders)
        )
        cls.customers[0].kehu_tier = "2"
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_addresses_are_not_read(self):
        hidden, shown = (message.with_user(self.spy).sudo(False) for message in self.messages)
        self.assertTrue(hidden.has_access("read"))
        for message, value in ((hidden, False), (shown, ADDRESS)):
            self.assertEqual([message.read([name])[0][name] for name in NAMES], [value] * 3)
        told = str(Store().add(hidden).get_result())
        self.assertNotIn(ADDRESS, told)
        self.assertIn(ADDRESS, str(Store().add(shown).get_result()))
        self.assertEqual(self.messages.mapped("outgoing_email_to"), [ADDRESS] * 2, "the server has them")

    def test_addresses_are_not_found(self):
        order = self.orders[0].with_user(self.spy).sudo(False)
        self.assertTrue(order.has_access("read"))
        paths = [f"message_ids.{name}" for name in NAMES] + ["message_ids.notification_ids.mail_email_address"]
        self.env["mail.notification"].create(
            {"mail_message_id": self.messages[0].id, "notification_type": "email", "mail_email_address": ADDRESS}
        )
        self.env.flush_all()
        for path in paths:
            with self.subTest(path):
                self.assertFalse(order.search_count([("id", "=", order.id), (path, "=like", "marker%")]))
                self.assertTrue(self.orders[0].search_count([("id", "=", order.id), (path, "=like", "marker%")]))
        for name in NAMES:
            mine = self.messages[0].with_user(self.spy).sudo(False)
            self.assertFalse(mine.search([("id", "=", mine.id), (name, "=like", "marker%")]))
