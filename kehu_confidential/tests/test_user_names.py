from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestUserNames(TierCase):
    """A9, X5: the names by which messages and histories show who acted are changed in the open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(cls.env, "test_keeper", "base.group_user,base.group_partner_manager", name="Feng")
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system,base.group_partner_manager", name="Zhao")

    def notes(self, user):
        return str(
            self.env["kehu.access.log"]
            .search([("action", "=", "right"), ("res_model", "=", "res.users"), ("res_id", "=", user.id)])
            .mapped("note")
        )

    def test_contact_of_a_colleague_is_renamed_by_no_keeper(self):
        for user in (self.employee, self.env.ref("base.user_root")):
            partner = user.partner_id.with_user(self.keeper)
            for attack in (
                lambda partner=partner: partner.write({"name": "Somebody else"}),
                lambda partner=partner: partner.with_context(install_mode=True, tracking_disable=True).write(
                    {"name": "Somebody else"}
                ),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attack()
        partner.write({"name": partner.name, "function": "x"})  # nothing but what is there

    def test_administrator_renames_with_a_line(self):
        name = self.employee.name
        self.employee.with_user(self.admin).write({"name": "Married"})
        self.assertEqual(self.employee.partner_id.name, "Married")
        self.assertIn(f"{name} → Married", self.notes(self.employee))

    def test_own_name_and_those_of_customers_are_free(self):
        self.keeper.with_user(self.keeper).write({"name": "Feng the Younger"})
        self.assertIn("Feng the Younger", self.notes(self.keeper))
        portal = new_test_user(self.env, "test_portal", "base.group_portal", name="Customer")
        portal.partner_id.with_user(self.keeper).write({"name": "Customer Ltd"})
        self.assertEqual(portal.name, "Customer Ltd")

    def test_contact_of_a_colleague_is_nobody_elses(self):
        portal = new_test_user(self.env, "test_portal", "base.group_portal", name="Customer")
        users = self.env["res.users"].with_user(self.admin)
        for contact in (self.officer.partner_id, portal.partner_id, portal.partner_id.copy()):
            with self.assertRaisesRegex(AccessError, "keeps the contact"), self.env.cr.savepoint():
                self.admin.with_user(self.admin).write({"partner_id": contact.id})
        for contact, group in (
            (self.officer.partner_id, "base.group_user"),
            (self.officer.partner_id, "base.group_portal"),
            (portal.partner_id, "base.group_user"),
        ):
            with self.assertRaisesRegex(ValidationError, "contact of their own"), self.env.cr.savepoint():
                users.create(
                    {"name": "x", "login": "x", "partner_id": contact.id, "group_ids": self.env.ref(group).ids}
                )
        self.officer.active = False
        with self.assertRaisesRegex(ValidationError, "contact of their own"), self.env.cr.savepoint():
            users.create({"name": "x", "login": "x", "partner_id": self.officer.partner_id.id})

    def test_contact_without_user_gets_one(self):
        contact = self.env["res.partner"].create({"name": "Newcomer"})
        user = (
            self.env["res.users"]
            .with_user(self.admin)
            .create({"name": "Newcomer", "login": "new", "partner_id": contact.id})
        )
        user.write({"partner_id": contact.id, "name": "Colleague"})
        self.assertEqual(contact.name, "Colleague")

    def test_signature_and_absence_note_are_written_by_oneself(self):
        for name in ("signature", "out_of_office_message"):
            self.officer.with_user(self.officer).write({name: "<p>Mine</p>"})
            theirs = self.officer.with_user(self.admin)
            with self.assertRaisesRegex(AccessError, "words of the user"), self.env.cr.savepoint():
                theirs.write({name: "<p>I approve</p>"})
            theirs.write({name: False})
            self.assertFalse(self.officer[name])
