from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketSettings(TicketCase):
    """The check box in the settings of complaints installs tickets, and uninstalls none."""

    def settings(self, **vals):
        return self.env["res.config.settings"].with_user(self.env.ref("base.user_admin")).create(vals)

    def test_box_is_read_only_once_there_are_tickets(self):
        self.assertNotIn("module_kehu_ticket", self.settings().kehu_modules_in_use or [])
        self.call()
        settings = self.settings()
        self.assertIn("module_kehu_ticket", settings.kehu_modules_in_use)
        with self.assertRaisesRegex(AssertionError, "readonly"):
            Form(settings).module_kehu_ticket = False

    def test_unticked_box_uninstalls_nothing(self):
        for _with_ticket in (False, True):
            with self.assertRaisesRegex(UserError, "only install"), self.env.cr.savepoint():
                self.settings(module_kehu_ticket=False).execute()
            self.call()
        self.settings().set_values()
