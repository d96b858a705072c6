import contextlib
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestKeptReaders(ArchiveCase):
    """X2, X5, A14: users and units on whom confidentiality rests are switched off, not deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system,base.group_partner_manager", name="Zhao")
        cls.rights = new_test_user(
            cls.env, "test_rights", "base.group_erp_manager,base.group_partner_manager", name="Tang"
        )
        cls.seller_in_chief = new_test_user(cls.env, "test_chief", "sales_team.group_sale_manager", name="Han")

    def assertKept(self, attack, *records):
        with self.assertRaisesRegex(UserError, "(?i)archive them"), self.env.cr.savepoint():
            attack()
        for record in records:
            self.assertTrue(record.exists())

    def test_members_of_watched_groups_stay(self):
        auditor = new_test_user(self.env, "test_auditor", "kehu_confidential.group_tier_auditor", name="Sui")
        deputy = new_test_user(self.env, "test_deputy", "base.group_system", name="Deng")
        for user in (self.officer, self.cleared, auditor, deputy):
            for attacker in (self.admin, self.rights):
                self.assertKept(user.with_user(attacker).unlink, user)
                self.assertKept(user.with_user(attacker).sudo().unlink, user)
        for holder in (self.officer.partner_id, self.env.ref("base.group_user"), self.unit):
            name = "member_ids" if holder == self.unit else "user_ids"
            # The user who calls, as with a request: Odoo deletes users by commands as whoever began the transaction.
            with (
                patch.object(self.env.transaction, "default_env", self.env(user=self.rights)),
                contextlib.suppress(UserError),
                self.env.cr.savepoint(),
            ):
                holder.with_user(self.rights).write({name: [Command.delete(self.officer.id)]})
            self.env.invalidate_all()
            self.assertTrue(self.officer.exists(), holder)
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            self.officer.partner_id.with_user(self.rights).unlink()

    def test_whoever_once_was_a_member_stays(self):
        self.officer.with_user(self.rights).active = False
        self.assertKept(self.officer.with_user(self.rights).unlink, self.officer)
        self.officer.with_user(self.rights).group_ids = self.env.ref("base.group_user")
        self.assertKept(self.officer.with_user(self.rights).unlink, self.officer)
        self.assertFalse(self.admin in self.env["kehu.right.change"]._get_removals().requester_id)
        self.assertTrue(self.rights in self.env["kehu.right.change"]._get_removals().requester_id)

    def test_users_of_classified_customers_stay(self):
        users = self.env["res.users"].union(
            *(
                new_test_user(self.env, f"test_of_{name}", "base.group_user")
                for name in ("seller", "custodian", "leader")
            )
        )
        seller, custodian, leader = users
        unit = self.env["crm.team"].create({"name": "Special Projects", "user_id": leader.id})
        self.env["res.partner"].create(
            {
                "name": "Secret",
                "is_company": True,
                "kehu_tier": "2",
                "user_id": seller.id,
                "kehu_custodian_id": custodian.id,
                "kehu_team_id": unit.id,
                "active": False,
            }
        )
        for user in users:
            self.assertKept(user.with_user(self.rights).unlink, user)
        self.assertKept(unit.with_user(self.seller_in_chief).unlink, unit)

    def test_custodian_and_unit_of_a_filed_archive_stay(self):
        keeper = new_test_user(self.env, "test_keeper", "base.group_user")
        unit = self.env["crm.team"].create({"name": "Special Projects"})
        archive = self.file_archive(kehu_team_id=unit.id)
        archive.sudo().kehu_custodian_id = keeper
        archive.flush_recordset()
        self.env.cr.execute("UPDATE kehu_archive SET date_filed = '2026-01-02' WHERE id = %s", [archive.id])
        self.env.invalidate_all()
        self.assertKept(keeper.with_user(self.rights).unlink, keeper)
        self.assertKept(unit.with_user(self.seller_in_chief).unlink, unit)
        self.assertEqual((archive.kehu_custodian_id, archive.kehu_team_id), (keeper, unit))

    def test_others_are_deleted_as_ever(self):
        newcomer = self.env["res.users"].with_user(self.rights).create({"name": "Typo", "login": "test_typo"})
        unit = self.env["crm.team"].create({"name": "Never used"})
        self.env["res.partner"].create({"name": "Normal", "is_company": True, "kehu_team_id": unit.id})
        newcomer.with_user(self.rights).unlink()
        unit.unlink()
        self.assertFalse(newcomer.exists() or unit.exists())
