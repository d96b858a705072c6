from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase

KEY = "database.secret"


@tagged("post_install", "-at_install")
class TestLinkSecret(ArchiveCase):
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
        for call in (lambda: own.read(["value"]), lambda: own.export_data(["value"]), own.copy, lambda: own.web_read({"value": {}}),
                     lambda: self.parameters.get_param(KEY)):
            with self.assertRaises(UserError) as refused:
                call()
            self.assertNotIn(value, str(refused.exception))

    def test_administrator_does_not_set_the_secret(self):
        own, value = self.secret.with_user(self.admin), self.secret.value
        for call in (lambda: own.write({"value": "known"}), own.unlink, lambda: self.parameters.set_param(KEY, "known")):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(self.secret.value, value)

    def test_other_parameters_are_the_administrators(self):
        self.parameters.set_param("web.base.url", "https://example.com")
        self.assertEqual(self.parameters.get_param("web.base.url"), "https://example.com")
        self.assertTrue(self.env["ir.config_parameter"].sudo().get_param(KEY))
