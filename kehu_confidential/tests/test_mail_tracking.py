from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import TierCase


@tagged("post_install", "-at_install")
class TestMailTracking(TierCase):
    """X3: a document that goes to another customer keeps the former one's name and particulars in its history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden = cls.file_customer(name="Marker Ltd", email="marker@example.com").with_env(cls.env)
        cls.open = cls.file_customer(name="Open Ltd").with_env(cls.env)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "email": "contact.marker@example.com", "parent_id": cls.open.id}
        )
        cls.hidden.write({"user_id": cls.officer.id, "kehu_tier": "3"})
        cls.field = cls.env["ir.model.fields"]._get("res.partner", "parent_id")

    def track(self, old, new, name, record=None, message=None):
        """Track a field as Odoo does, in a message of a contact that everybody reads."""
        record = record or self.contact
        info = record.fields_get([name])[name]
        message = message or self.contact.sudo()._message_log(body="")
        values = self.env["mail.tracking.value"]
        return values.create(
            {**values._create_tracking_values(old, new, name, info, record), "mail_message_id": message.id}
        )

    def shown(self, values, user):
        self.env.invalidate_all()
        data = Store().add(values.mail_message_id.with_user(user).sudo(False)).get_result()
        return [
            (row["oldValue"], row["newValue"]) for message in data["mail.message"] for row in message["trackingValues"]
        ]

    def test_former_customer_is_shown_by_the_mask(self):
        value = self.track(self.hidden, self.open, "parent_id")
        label = self.hidden.with_user(self.employee).display_name
        self.assertNotIn("Marker", label)
        self.assertEqual(self.shown(value, self.employee), [(label, "Open Ltd")])
        self.assertEqual(self.shown(value, self.officer), [("Marker Ltd", "Open Ltd")])
        value.kehu_about = False  # written before there were tiers
        self.assertEqual(self.shown(value, self.employee), [(label, "Open Ltd")])

    def test_name_alone_is_shown_where_documents_show_it(self):
        self.env["ir.config_parameter"].sudo().set_param("kehu_confidential.masking_tier", "3")
        other = self.file_customer(name="Second Ltd").with_env(self.env)
        other.write({"user_id": self.officer.id, "kehu_tier": "2"})
        value = self.track(other, self.open, "parent_id")
        mail = self.track("second@example.com", False, "email", message=value.mail_message_id)
        self.assertEqual(set(self.shown(value + mail, self.employee)), {("Second Ltd", "Open Ltd"), (False, False)})

    def test_text_tracked_with_hidden_customer_is_empty(self):
        value = self.track(self.hidden, self.open, "parent_id")
        mail = self.track("marker@example.com", "open@example.com", "email", message=value.mail_message_id)
        alone = self.track("a@example.com", "open@example.com", "email")
        self.assertIn((False, False), self.shown(value + mail, self.employee))
        self.assertEqual(self.shown(alone, self.employee), [("a@example.com", "open@example.com")])

    def test_text_copied_from_hidden_customer_is_empty_later(self):
        bank = self.env["res.partner.bank"].create({"acc_number": "555", "partner_id": self.hidden.id})
        value = self.track("555", "666", "acc_number", record=bank)
        self.assertEqual(value.kehu_about, {"res.partner": self.hidden.ids})
        bank.partner_id = self.open
        self.assertEqual(self.shown(value, self.employee), [(False, False)])
        self.assertEqual(self.shown(value, self.officer), [("555", "666")])

    def test_list_with_hidden_contact_is_empty(self):
        value = self.track(self.hidden + self.open, self.open, "child_ids")
        self.assertEqual(self.shown(value, self.employee), [(False, False)])

    def test_property_that_named_hidden_contact_is_empty(self):
        values = self.env["mail.tracking.value"]
        info = {"string": "Properties", "type": "properties"}
        for kind, value in (
            ("many2one", (self.hidden.id, "Marker Ltd")),
            ("many2many", [(self.hidden.id, "Marker Ltd")]),
        ):
            vals = (
                values._create_tracking_values_property(
                    {"type": kind, "string": "Agent", "comodel": "res.partner", "value": value},
                    "properties",
                    info,
                    self.contact,
                )
                if "properties" in self.contact._fields
                else {"field_id": False, "old_value_char": "Marker Ltd", "kehu_about": {"res.partner": self.hidden.ids}}
            )
            row = values.create({**vals, "mail_message_id": self.contact.sudo()._message_log(body="").id})
            self.assertNotIn("Marker", str(row.with_user(self.employee).sudo()._tracking_value_format()), kind)

    def test_deleted_customer_stays_masked(self):
        gone = self.env["res.partner"].create({"name": "Gone Marker"})
        value = self.track(gone, self.open, "parent_id")
        gone.unlink()
        [(old, new)] = self.shown(value, self.employee)
        self.assertNotIn("Marker", old)
        self.assertEqual(new, "Open Ltd")

    def test_search_in_history_does_not_find_hidden_name(self):
        value = self.track(self.hidden, self.open, "parent_id")
        for user, found in ((self.employee, False), (self.officer, True)):
            messages = (
                self.env["mail.message"]
                .with_user(user)
                ._message_fetch(None, thread=self.contact.with_user(user), search_term="Marker")["messages"]
            )
            self.assertEqual(value.mail_message_id in messages, found)
            self.assertNotIn("kehu_tracking", messages.env.context)

    def test_mail_about_a_change_tells_nobody_the_hidden_name(self):
        value = self.track(self.hidden, self.open, "parent_id")
        mail = self.track("marker@example.com", False, "email", message=value.mail_message_id)
        contact = self.contact.with_user(self.officer)
        context = contact._notify_by_email_prepare_rendering_context(value.mail_message_id.with_user(self.officer))
        self.assertEqual(context["tracking_values"], [])
        self.assertNotIn("arker", contact._generate_tracking_message(value.mail_message_id))
        self.assertTrue(mail.exists())

    def test_administrator_reads_no_rows_that_name_hidden_records(self):
        administrator = new_test_user(self.env, "test_admin", "base.group_system")
        about_hidden = self.track(
            "x", "y", "email", record=self.hidden, message=self.hidden.sudo()._message_log(body="")
        )
        rows = self.track(self.hidden, self.open, "parent_id") + about_hidden
        plain = self.track("a@example.com", "b@example.com", "email")
        mine = self.env["mail.tracking.value"].with_user(administrator)
        self.assertEqual(mine.search([("id", "in", (rows + plain).ids)]), plain)
        self.assertFalse(
            self.env["mail.message"]
            .with_user(administrator)
            .search([("tracking_value_ids.old_value_char", "ilike", "Marker")])
        )
        for row in rows:
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                row.with_user(administrator).read(["old_value_char", "kehu_about"])
            self.assertNotIn("Marker", str(refused.exception))
