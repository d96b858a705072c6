from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestTierGuard(TierCase):
    """X3: labels, particulars and references of a hidden customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Marker Ltd",
                "is_company": True,
                "kehu_tier": "2",
                "email": "marker@example.com",
                "vat": False,
                "street": "Marker Road",
                "child_ids": [Command.create({"name": "Marker Person", "phone": "133-MARKER"})],
                "bank_ids": [Command.create({"acc_number": "MARKER-123"})],
            }
        )
        cls.visible = cls.env["res.partner"].create({"name": "Open Ltd", "is_company": True})

    def test_address_on_the_blacklist_is_hidden(self):
        admin = new_test_user(self.env, "test_admin", "base.group_system")
        entries = self.env["mail.blacklist"].create([{"email": "Marker@example.com"}, {"email": "open@example.com"}])
        self.visible.email = "open@example.com"
        mine = entries.with_user(admin)
        self.assertEqual(mine.search([("id", "in", entries.ids)]), entries[1])
        self.assertFalse(mine.search_count([("email", "=like", "marker%")]))
        self.assertNotIn("marker", mine[0].display_name)
        with self.assertRaises(AccessError):
            mine[0].read(["email"])
        typed = mine.create([{"email": "own@example.com"}])
        self.customer.email = "own@example.com"
        self.assertTrue(mine.search([("id", "=", typed.id)]), "whoever typed an address learns nothing by it")
        self.customer.email = "marker@example.com"
        self.customer.kehu_tier = "0"
        self.assertEqual(mine.search([("id", "in", entries.ids)]), entries)
        self.assertTrue(self.customer.is_blacklisted)

    def label(self, user, **context):
        self.env.invalidate_all()
        return self.customer.with_user(user).with_context(**context).sudo().display_name

    def test_confidential_is_named_and_top_secret_is_not(self):
        for context in (
            {},
            {"show_email": True},
            {"show_address": True},
            {"formatted_display_name": True, "show_email": True},
        ):
            self.assertEqual(self.label(self.employee, **context), "Marker Ltd")
        self.assertIn("marker@example.com", self.label(self.cleared, show_email=True))
        self.customer.kehu_tier = "3"
        for user in (self.employee, self.cleared):
            self.assertEqual(self.label(user, show_email=True), f"Confidential customer #{self.customer.id}")
        self.assertEqual(self.label(self.officer), "Marker Ltd")
        self.customer.user_id = self.employee
        self.assertEqual(self.label(self.employee), "Marker Ltd")

    def test_the_masking_tier_is_a_setting(self):
        self.env["ir.config_parameter"].set_param("kehu_confidential.masking_tier", "2")
        self.assertEqual(self.label(self.employee), f"Confidential customer #{self.customer.id}")
        self.env["ir.config_parameter"].set_param("kehu_confidential.masking_tier", "none")
        self.assertEqual(self.label(self.employee), "Marker Ltd")

    def test_one_users_label_is_not_anothers(self):
        self.customer.kehu_tier = "3"
        self.assertEqual(self.customer.with_user(self.officer).display_name, "Marker Ltd")
        self.assertNotIn("Marker", self.customer.with_user(self.employee).sudo().display_name)

    def test_particulars_go_with_the_customer(self):
        account = self.customer.bank_ids
        self.assertTrue(account.with_user(self.cleared).has_access("read"))
        accounts = self.env["res.partner.bank"].with_user(self.employee)
        self.assertFalse(accounts.search([("acc_number", "=", "MARKER-123")]))
        with self.assertRaises(AccessError) as refused:
            accounts.browse(account.id).read(["acc_number"])
        self.assertNotIn("MARKER", str(refused.exception))

    def test_nobody_refers_to_what_is_hidden(self):
        mine = self.env["res.partner"].with_user(self.clerk).create({"name": "Mine"})
        account = self.env["res.partner.bank"].with_user(self.clerk)
        person = self.customer.child_ids
        for label, attack in {
            "create": lambda: account.create({"acc_number": "1", "partner_id": self.customer.id}),
            "default": lambda: account.with_context(default_partner_id=self.customer.id).create({"acc_number": "1"}),
            "write": lambda: mine.write({"parent_id": self.customer.id}),
            "link": lambda: mine.write({"child_ids": [Command.link(person.id)]}),
            "set": lambda: mine.write({"child_ids": [Command.set(person.ids)]}),
            "other line": lambda: mine.write({"bank_ids": [Command.link(self.customer.bank_ids.id)]}),
            "onchange": lambda: mine.onchange(
                {"parent_id": self.customer.id}, ["parent_id"], {"vat": {}, "street": {}}
            ),
            "onchange pair": lambda: mine.onchange(
                {"parent_id": [self.customer.id, "x"]}, ["parent_id"], {"street": {}}
            ),
            "onchange dict": lambda: mine.onchange(
                {"parent_id": {"id": self.customer.id}}, ["parent_id"], {"street": {}}
            ),
            "onchange line": lambda: mine.onchange(
                {"child_ids": [(0, "v1", {"parent_id": self.customer.id})]},
                ["child_ids"],
                {"child_ids": {"fields": {"street": {}}}},
            ),
        }.items():
            with self.subTest(label), self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                attack()
            self.assertNotIn("Marker", str(refused.exception))
        self.assertEqual(person.parent_id, self.customer)

    def test_account_of_hidden_customer_cannot_be_named(self):
        account = new_test_user(self.env, "test_buyer", "base.group_portal", name="Marker buyer")
        account.partner_id.parent_id = self.customer
        mine = self.env["res.partner"].with_user(self.clerk).create({"name": "Mine"})
        for attack in (
            lambda: mine.write({"user_id": account.id}),
            lambda: mine.create({"name": "Other", "user_id": account.id}),
            lambda: mine.with_context(default_user_id=account.id).create({"name": "Other"}),
            lambda: mine.onchange({"user_id": account.id}, ["user_id"], {"user_id": {"fields": {"display_name": {}}}}),
        ):
            with self.assertRaisesRegex(AccessError, "may not read") as refused, self.env.cr.savepoint():
                attack()
            self.assertNotIn("Marker", str(refused.exception))
        mine.write({"user_id": self.salesman.id})

    def test_an_id_in_another_guise_is_the_same_id(self):
        """PostgreSQL takes 12.0, '12' and, rounded, 11.6 for 12."""
        hidden = self.customer.id
        dialog = self.env["mail.compose.message"].with_user(self.clerk)
        for same in (float(hidden), str(hidden), hidden - 0.4, f"{hidden + 0.4}"):
            for commands in (
                [Command.link(same)],
                [Command.set([same])],
                [same],
                [Command.link(self.visible.id), (4, same, 0)],
            ):
                with self.assertRaisesRegex(AccessError, "may not read"), self.env.cr.savepoint():
                    dialog.create({"partner_ids": commands})
        template = self.env["mail.template"].create(
            {"name": "x", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        for reference in (f"res.partner,{hidden}", f"res.partner, {hidden}", f"res.partner,+{hidden}"):
            with self.assertRaisesRegex(AccessError, "may not read"), self.env.cr.savepoint():
                self.env["mail.template.preview"].with_user(self.clerk).create(
                    {"mail_template_id": template.id, "resource_ref": reference}
                )

    def test_a_hidden_default_is_none(self):
        self.env["ir.default"].set("res.partner", "parent_id", self.customer.id, user_id=self.clerk.id)
        contacts = self.env["res.partner"].with_user(self.clerk)
        self.assertNotIn("parent_id", contacts.default_get(["parent_id"]))
        self.assertFalse(contacts.create({"name": "Plain"}).parent_id)
        spec = {"parent_id": {"fields": {"display_name": {}}}, "street": {}}
        values = contacts.with_context(default_parent_id=self.customer.id).onchange({}, [], spec)
        self.assertNotIn("Marker", str(values))

    def test_ordinary_work_goes_on(self):
        contacts = self.env["res.partner"].with_user(self.clerk)
        with Form(contacts) as form:
            form.name = "Person"
            form.parent_id = self.visible
        person = form.save()
        person.parent_id = self.visible
        person.write({"parent_id": self.visible.id, "phone": "1"})
        self.assertEqual(
            self.env["res.partner.bank"]
            .with_user(self.clerk)
            .create({"acc_number": "1", "partner_id": person.id})
            .partner_id,
            person,
        )
        self.customer.user_id = self.clerk
        self.customer.with_user(self.clerk).write({"child_ids": [Command.create({"name": "New Person"})]})

    def test_an_export_of_labels_does_not_fail(self):
        team = self.env["res.partner"].create({"name": "Unit", "child_ids": [Command.create({"name": "Part"})]})
        rows = team.with_user(self.employee).export_data(["name", "parent_id"])
        self.assertEqual(rows["datas"], [["Unit", ""]])
        self.assertFalse((self.customer + team).with_user(self.employee).fetch(["display_name"]))

    def test_no_token_for_a_hidden_customer(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.clerk).signup_get_auth_param()

    def test_same_code_elsewhere_is_not_told(self):
        self.customer.vat = "91440300MA5XX0001"
        double = self.env["res.partner"].with_user(self.clerk).create({"name": "Double", "vat": "91440300MA5XX0001"})
        self.assertFalse(double.same_vat_partner_id)
        self.assertTrue(double.with_user(self.officer).same_vat_partner_id)

    def test_portal_account_of_a_hidden_customer(self):
        portal = new_test_user(self.env, "test_hidden_portal", "base.group_portal", name="Marker Portal")
        portal.partner_id.parent_id = self.customer
        self.assertFalse(self.env["res.users"].with_user(self.employee).search([("login", "=", "test_hidden_portal")]))
        self.assertEqual(portal.with_user(portal).name, "Marker Portal")
