from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestClearedAddress(TierCase):
    """X5: the mails of users with clearance are led elsewhere by nobody without a line, and word to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhao")
        cls.addresses = {user: f"{user.login}@example.com" for user in (cls.officer, cls.cleared, cls.employee)}
        for user, email in cls.addresses.items():
            user.email = email
        cls.classPatch(cls.registry["mail.mail"], "send", lambda mails, *args, **kwargs: None)  # they would be deleted
        cls.earlier = cls.env["kehu.right.change"].search([])

    def changes(self):
        return self.env["kehu.right.change"].search([]) - self.earlier

    def notes(self, user):
        return (
            self.env["kehu.access.log"]
            .search([("action", "=", "right"), ("res_model", "=", "res.users"), ("res_id", "=", user.id)])
            .mapped("note")
        )

    def mails(self, user):
        return self.env["mail.mail"].search([("email_to", "ilike", self.addresses[user])])

    def test_address_changed_by_another_is_told_to_the_old_one(self):
        for attack in (
            lambda: self.cleared.partner_id.with_user(self.admin).write({"email": "spy@evil.example"}),
            lambda: self.cleared.with_user(self.admin).write({"email": "spy@elsewhere.example"}),
        ):
            attack()
        self.assertEqual(len([note for note in self.notes(self.cleared) if "spy@" in note]), 2)
        changes = self.changes()
        self.assertEqual(changes.requester_id, self.admin)
        self.assertEqual(changes.activity_ids.user_id, self.officer)
        self.assertIn(f"{self.cleared.login}@example.com → spy@evil.example", "".join(changes.mapped("before_label")))
        self.assertIn(self.admin.name, self.mails(self.cleared)[:1].body_html)

    def test_login_and_notification_changed_by_another_are_told(self):
        self.officer.with_user(self.admin).write({"login": "other", "notification_type": "inbox"})
        self.assertEqual(len(self.changes()), 1)
        self.assertTrue(any("test_officer → other" in note for note in self.notes(self.officer)))
        self.assertTrue(self.mails(self.officer))

    def test_company_and_password_changed_by_another_are_told(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.cleared.with_user(self.admin).write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertTrue(any("Elsewhere" in note for note in self.notes(self.cleared)))
        self.officer.with_user(self.admin).write({"password": "not-to-be-told"})
        self.assertTrue(any("•••" in note for note in self.notes(self.officer)))
        self.assertNotIn("not-to-be-told", str(self.notes(self.officer)))
        self.assertEqual(len(self.changes()), 2)
        self.assertTrue(self.mails(self.officer))

    def test_company_of_those_who_decide_is_told(self):
        step = self.env["kehu.approval.step"].search([], limit=1)
        step.user_ids = self.employee
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.employee.with_user(self.admin).company_ids = [Command.link(company.id)]
        self.assertTrue(any("Elsewhere" in note for note in self.notes(self.employee)))

    def test_company_changed_from_its_own_side_is_told(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere.with_user(self.admin).user_ids = [Command.link(self.cleared.id)]
        self.assertTrue(any("Elsewhere" in note for note in self.notes(self.cleared)))
        self.cleared.company_id.with_user(self.admin).write({"user_ids": [Command.unlink(self.cleared.id)]})
        self.assertEqual(self.cleared.company_ids, elsewhere)
        self.assertEqual(len(self.changes()), 2)
        self.assertEqual(len(self.mails(self.cleared)), 2)

    def test_no_field_by_which_one_logs_in_is_left_out(self):
        users = self.env["res.users"]
        names = users._get_session_token_fields() - {"id", "active", "auth_passkey_key_ids"}
        writable = {name for name in names if users._fields[name].groups != fields.NO_ACCESS}
        self.assertEqual(writable - {*users._kehu_account_fields()}, set())

    def test_field_of_any_app_is_told(self):
        self.officer.with_user(self.admin).write({"out_of_office_to": "2041-01-01 00:00:00"})
        self.assertTrue(any("2041-01-01" in note for note in self.notes(self.officer)))
        self.officer.with_user(self.admin).write({"manual_im_status": "away"})
        self.assertEqual(len(self.changes()), 1)

    def test_second_factor_is_switched_off_by_officers_alone(self):
        self.cleared.sudo().totp_secret = "A" * 32
        with self.assertRaisesRegex(AccessError, "or by a confidentiality officer"), self.env.cr.savepoint():
            self.cleared.with_user(self.admin).sudo().write({"totp_secret": False})
        self.cleared.with_user(self.officer).sudo().totp_secret = False
        self.assertFalse(self.cleared.totp_enabled)
        self.assertEqual(self.changes().requester_id, self.officer)
        self.cleared.sudo().totp_secret = "A" * 32
        self.cleared.with_user(self.cleared).sudo().totp_secret = False
        self.assertFalse(self.cleared.totp_enabled)

    def passkeys(self, user):
        self.env.cr.execute(
            "INSERT INTO auth_passkey_key (name, credential_identifier, public_key, create_uid) VALUES (%s, %s, '', %s) "
            "RETURNING id",
            [f"Key of {user.name}", user.login, user.id],
        )
        self.env.invalidate_all()
        return self.env["auth.passkey.key"].browse(self.env.cr.fetchone())

    def test_passkey_removed_by_another_is_told(self):
        self.passkeys(self.officer).with_user(self.admin).unlink()
        self.assertTrue(any(f"Key of {self.officer.name} → —" in note for note in self.notes(self.officer)))
        self.assertEqual((self.changes().requester_id, len(self.mails(self.officer))), (self.admin, 1))

    def test_own_passkey_and_that_of_others_are_free(self):
        key = self.passkeys(self.officer)
        self.officer.with_user(self.officer).sudo().write({"auth_passkey_key_ids": [Command.delete(key.id)]})
        self.passkeys(self.employee).with_user(self.admin).unlink()
        self.assertFalse(self.changes())
        self.assertNotIn("Key of", str(self.notes(self.officer)))

    def test_own_address_and_that_of_others_are_free(self):
        self.cleared.with_user(self.cleared).write({"email": "new@example.com", "notification_type": "inbox"})
        self.employee.with_user(self.admin).write({"email": "leaver@example.com", "login": "leaver"})
        self.officer.with_user(self.admin).write({"email": self.officer.email, "login": self.officer.login})
        self.assertFalse(self.changes())
