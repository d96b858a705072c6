from odoo.tests import tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveSettings(ArchiveCase):
    """The settings of archives have a check box for what goes with them."""

    def test_box_installs_the_search_indexes(self):
        administrator = self.env.ref("base.user_admin")
        module = self.env["ir.module.module"]._get("kehu_partner_search")
        module.sudo().state = "uninstalled"
        installed = []
        self.patch(type(module), "button_immediate_install", lambda modules: installed.extend(modules.mapped("name")))
        self.env["res.config.settings"].with_user(administrator).create({"module_kehu_partner_search": True}).execute()
        self.assertEqual(installed, ["kehu_partner_search"])
        menu = self.env.ref("kehu_archive.kehu_archive_settings_menu")
        self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(administrator)._visible_menu_ids())
        self.assertNotIn(menu.id, self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids())
