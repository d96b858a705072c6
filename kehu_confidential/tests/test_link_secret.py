from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TierCase

KEY = "database.secret"


@tagged("post_install", "-at_install")
class TestLinkSecret(TierCase):
    """X3: what signs the links that open a document without a login is read and set by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "secret_admin", "base.group_user,base.group_system,base.group_allow_export")
        cls.parameters = cls.env["ir.config_parameter"].with_user(cls.admin)
        cls.secret = cls.env["ir.config_parameter"].search([("key", "=", KEY)])

    def test_administrator_does_not_find_the_secret(self):
        value = self.secret.value
        self.assertTrue(value)
        self.assertFalse(self.parameters.search([("key", "=", KEY)]))
        self.assertFalse(self.parameters.search([("value", "=like", f"{value[:2]}%")]))
        self.assertNotIn(value, str(self.parameters.search_read([], ["key", "value"])))
        self.assertNotIn(value, str(self.parameters.formatted_read_group([], ["value"], ["__count"])))
        own = self.secret.with_user(self.admin)
        own.invalidate_recordset()
        for call in (
            lambda: own.read(["value"]),
            lambda: own.export_data(["value"]),
            own.copy,
            lambda: own.web_read({"value": {}}),
            lambda: self.parameters.get_param(KEY),
        ):
            with self.assertRaises(UserError) as refused:
                call()
            self.assertNotIn(value, str(refused.exception))

    def test_administrator_does_not_set_the_secret(self):
        own, value = self.secret.with_user(self.admin), self.secret.value
        for call in (
            lambda: own.write({"value": "known"}),
            own.unlink,
            lambda: self.parameters.set_param(KEY, "known"),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(self.secret.value, value)

    def test_other_parameters_are_the_administrators(self):
        self.parameters.set_param("web.base.url", "https://example.com")
        self.assertEqual(self.parameters.get_param("web.base.url"), "https://example.com")
        self.assertTrue(self.env["ir.config_parameter"].sudo().get_param(KEY))

    def test_secret_of_a_link_is_found_as_a_whole_only(self):
        spy = new_test_user(self.env, "secret_spy", "base.group_user")
        files = self.env["ir.attachment"].with_user(spy)
        file = files.create({"name": "File", "raw": b"x"})
        file.sudo().access_token = "abc"
        self.env.flush_all()
        own = [("id", "=", file.id)]
        for operator, value in (
            ("=like", "a%"),
            ("not =like", "b%"),
            ("ilike", "b"),
            ("not ilike", "x"),
            (">=", "a"),
            ("<", "b"),
        ):
            self.assertFalse(files.search([*own, ("access_token", operator, value)]), operator)
        self.assertEqual(files.search([*own, ("access_token", "=", "abc")]), file)
        self.assertEqual(files.search([*own, ("access_token", "!=", False)]), file)
        for call in (
            lambda: files.search(own, order="access_token"),
            lambda: files.formatted_read_group(own, ["access_token"], ["__count"]),
            lambda: files.formatted_read_group(own, [], ["access_token:max"]),
        ):
            with self.assertRaisesRegex(AccessError, "neither sorted nor grouped"):
                call()
