from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ArchiveCase

VIEW = "kehu_archive.kehu_business_unit_view_form"


@tagged("post_install", "-at_install")
class TestBusinessUnit(ArchiveCase):
    """A2, X2: archive managers enter the business units; a leader of classified customers is confirmed."""

    def test_archive_manager_enters_a_unit_with_leader_and_members(self):
        with Form(self.env["crm.team"].with_user(self.manager), VIEW) as form:
            form.name = "Chargers"
            form.user_id = self.leader
            form.member_ids.add(self.employee)
        unit = self.env["crm.team"].search([("name", "=", "Chargers")])
        self.assertEqual((unit.user_id, unit.member_ids), (self.leader, self.employee))
        menus = self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids()
        self.assertIn(self.env.ref("kehu_archive.kehu_business_unit_menu").id, menus)
        for user in (self.clerk, self.employee):
            with self.assertRaises(AccessError):
                self.env["crm.team"].with_user(user).create({"name": "Mine"})
            with self.assertRaises(AccessError):
                unit.with_user(user).member_ids = [Command.link(user.id)]

    def test_new_leader_of_classified_customers_waits_for_officer(self):
        secret = self.file_archive(self.officer, name="Secret Customer", kehu_tier="2").partner_id
        secret.sudo().kehu_team_id = self.unit
        self.env.flush_all()
        with Form(self.unit.with_user(self.manager), VIEW) as form:
            form.user_id = self.salesman
        self.assertEqual(self.unit.user_id, self.leader)
        waiting = self.env["kehu.right.change"].search([("state", "=", "pending"), ("res_model", "=", "crm.team")])
        self.assertEqual(waiting.beneficiary_ids, self.salesman)
