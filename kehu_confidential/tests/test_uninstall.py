from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TierCase


@tagged("post_install", "-at_install")
class TestUninstall(TierCase):
    """A14, X3: nobody takes the tiers or the evidence away by uninstalling, unless an officer releases it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Admin")
        cls.customer = cls.file_customer()
        cls.customer.sudo().kehu_tier = "2"
        cls.modules = cls.env["ir.module.module"].with_user(cls.admin)
        cls.ours = cls.modules.search([("name", "in", ("kehu_workflow", "kehu_confidential"))])

    def module(self, name):
        return self.modules.search([("name", "=", name)])

    def release(self, user=None, **vals):
        return (
            self.env["kehu.uninstall.release"]
            .with_user(user or self.officer)
            .create({"reason": "We move to another system", **vals})
        )

    def assertRefused(self, attack):
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            attack()
        self.assertIn("is refused", str(refused.exception))
        self.assertRegex(str(refused.exception), "Confidential and above[^:]*: [0-9]+")
        self.assertIn("Release of Uninstalling", str(refused.exception))
        self.env.invalidate_all()
        self.assertEqual(set(self.ours.mapped("state")), {"installed"})

    def test_our_addon_is_not_marked(self):
        module = self.module("kehu_confidential")
        for attack in (
            module.button_uninstall,
            module.module_uninstall,
            *(
                lambda state=state: module.write({"state": state})
                for state in ("to remove", "uninstalled", "uninstallable", "to install")
            ),
            lambda: module.write({"name": "kehu_confidential_old"}),
            lambda: module.with_context(_force_unlink=True).unlink(),
            lambda: module.sudo().button_uninstall(),
            lambda: module.with_user(1).write({"state": "to remove"}),
            lambda: module.with_context(kehu_uninstall_release=True, _force_unlink=True).button_uninstall(),
        ):
            self.assertRefused(attack)

    def test_what_our_addons_need_is_not_marked(self):
        for name in ("kehu_workflow", "contacts", "sales_team", "auth_signup", "mail", "resource"):
            module = self.module(name)
            self.assertRefused(module.button_uninstall)
            self.assertRefused(lambda module=module: module.write({"state": "to remove"}))

    def test_dependencies_that_are_struck_out_count(self):
        self.ours.dependencies_id.unlink()
        self.assertRefused(self.module("contacts").button_uninstall)

    def test_other_addons_go_as_ever(self):
        other = next(
            module
            for module in self.modules.search([("state", "=", "installed")], order="id desc")
            if not module.name.startswith("kehu_") and not (module.downstream_dependencies() & self.ours)
        )
        other.write({"state": "to remove"})
        self.assertEqual(other.state, "to remove")

    def test_no_second_addon_of_that_name_is_entered(self):
        """Or it would be marked in place of the first."""
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.modules.create({"name": "kehu_confidential", "state": "to remove"})
            self.env.flush_all()

    def test_officer_releases_for_a_day(self):
        release = self.release()
        module = self.module("kehu_confidential")
        with self.env.cr.savepoint() as savepoint:
            module.button_uninstall()
            self.assertEqual(module.state, "to remove")
            savepoint.rollback()
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.assertRefused(module.button_uninstall)
        self.assertEqual(release.user_id, self.officer)
        told = self.env["mail.message"].sudo().search([("model", "=", release._name), ("res_id", "=", release.id)])
        self.assertIn(self.admin.partner_id, told.notified_partner_ids | told.partner_ids)

    def test_nobody_else_releases(self):
        for user in (self.admin, self.manager, self.clerk, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.release(user)

    def test_release_is_not_forged_changed_or_deleted(self):
        late = fields.Datetime.now() + timedelta(days=365)
        release = self.release(date_until=late, user_id=self.clerk.id)
        other = (
            self.env["kehu.uninstall.release"]
            .with_user(self.officer)
            .with_context(default_date_until=late, default_user_id=self.clerk.id)
            .create({"reason": "x"})
        )
        for row in release + other:
            self.assertEqual(row.user_id, self.officer)
            self.assertLess(row.date_until, late)
        with self.assertRaisesRegex(UserError, "Say why"), self.env.cr.savepoint():
            self.release(reason=" ")
        for attack in (
            lambda: release.write({"date_until": late}),
            lambda: release.sudo().write({"date_until": late}),
            lambda: release.unlink(),
            lambda: release.sudo().unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
