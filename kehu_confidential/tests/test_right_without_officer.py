from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TierCase

OFFICER = "kehu_confidential.group_tier_officer"
TOP_SECRET = "kehu_confidential.group_clearance_top_secret"


@tagged("post_install", "-at_install")
class TestRightWithoutOfficer(TierCase):
    """X2: an administrator takes the place of officers who are gone, but not one who has sent them away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group, cls.top_secret = cls.env.ref(OFFICER), cls.env.ref(TOP_SECRET)
        cls.group.user_ids = cls.officer
        cls.officer.write({"email": "qian@example.com", "lang": "en_US"})
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhao")
        cls.other = new_test_user(cls.env, "test_admin_2", "base.group_system", name="Yun")
        cls.auditor = new_test_user(cls.env, "test_auditor", "kehu_confidential.group_tier_auditor", name="Zhou")
        cls.secret = cls.file_customer(cls.officer, name="Secret Customer", user_id=cls.clerk.id)
        cls.secret.kehu_tier = "3"
        cls.classPatch(cls.registry["mail.mail"], "send", lambda mails, *args, **kwargs: None)  # they would be deleted
        cls.earlier = cls.env["kehu.right.change"].search([])  # of the demo company

    def requests(self, **values):
        domain = [(name, "=", value) for name, value in {"state": "pending", **values}.items()]
        return self.env["kehu.right.change"].search(domain) - self.earlier

    def give(self, giver, user, group):
        user.with_user(giver).write({"group_ids": [Command.link(group.id)]})
        return group in user.group_ids

    def mails(self):
        return self.env["mail.mail"].search([("email_to", "ilike", "qian@example.com")])

    def later(self, days):
        """Let days go by since officers were taken away."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE kehu_right_change SET create_date = create_date - %s * interval '1 day'", [days])
        self.env.invalidate_all()

    def test_administrator_appoints_when_no_officer_is_left(self):
        self.officer.active = False
        self.assertTrue(self.give(self.admin, self.manager, self.group))
        change = self.requests(state="direct", is_taken=False)
        self.assertTrue(change.is_by_administrator)
        self.assertLessEqual(self.auditor | self.manager | self.other, change.activity_ids.user_id)

    def test_administrator_never_gives_to_themselves(self):
        self.officer.active = False
        self.assertFalse(self.give(self.admin, self.admin, self.top_secret))
        change = self.requests()
        with self.assertRaises(AccessError):
            change.with_user(self.admin).workflow_move("confirm")
        change.with_user(self.other).workflow_move("confirm")
        self.assertEqual(self.admin.kehu_clearance, "3")
        self.assertTrue(
            self.env["kehu.access.log"].search([("action", "=", "right"), ("note", "like", "no other officer")])
        )

    def test_only_officer_concerned_is_confirmed_by_administrator(self):
        self.secret.with_user(self.officer).write({"user_id": self.officer.id})
        change = self.requests()
        self.assertIn(self.admin, change.activity_ids.user_id)
        change.with_user(self.admin).workflow_move("confirm")
        self.assertEqual(self.secret.user_id, self.officer)
        self.assertIn(self.auditor, change.activity_ids.user_id)

    def test_bundle_with_officers_gives_others_nothing(self):
        Group, auditors = self.env["res.groups"].with_user(self.admin), "kehu_confidential.group_tier_auditor"
        noted = self.env.ref("kehu_workflow.group_workflow_manager")
        bundle = Group.create(
            {"implied_ids": [Command.set((self.top_secret | self.env.ref(auditors)).ids)], "name": "Bundle"}
        )
        members = Group.create(
            {
                "implied_ids": [Command.link(noted.id)],
                "name": "Members",
                "user_ids": [Command.set((self.officer | self.employee).ids)],
            }
        )
        members.implied_ids = [Command.link(bundle.id)]
        self.assertNotIn(bundle, members.implied_ids)
        self.assertNotEqual(self.employee.kehu_clearance, "3")
        self.assertFalse(self.employee.has_group(auditors))
        change = self.requests(name="implied_ids")
        for user in self.admin | self.other | self.officer:
            with self.assertRaises(AccessError):
                change.with_user(user).workflow_move("confirm")

    def check_remover(self, vals):
        """Check that the administrator who writes ``vals`` on the only officer neither decides nor gains; the other one
        decides.
        """
        self.officer.with_user(self.admin).write(vals)
        self.assertFalse(self.env["kehu.right.change"]._kehu_officers())
        self.assertFalse(self.give(self.admin, self.salesman, self.top_secret))
        change = self.requests()
        self.assertEqual(change.activity_ids.user_id & (self.admin | self.other), self.other)
        self.assertFalse(self.give(self.other, self.admin, self.top_secret))
        gain = self.requests() - change
        for refused, user in ((change, self.admin), (gain, self.admin), (gain, self.other)):
            with self.assertRaisesRegex(AccessError, "not for you"):
                refused.with_user(user).workflow_move("confirm")
        change.with_user(self.other).workflow_move("confirm")
        self.assertEqual(self.salesman.kehu_clearance, "3")

    def test_who_deactivated_officers_neither_decides_nor_gains(self):
        self.check_remover({"active": False})

    def test_who_took_officers_out_neither_decides_nor_gains(self):
        self.check_remover({"group_ids": [Command.unlink(self.group.id)]})

    def test_officer_who_resigns_appoints_a_successor(self):
        self.officer.group_ids += self.env.ref("base.group_system")
        self.officer.with_user(self.officer).write({"group_ids": [Command.unlink(self.group.id)]})
        self.assertTrue(self.give(self.officer, self.manager, self.group))

    def test_remover_waits_for_days_that_have_a_least(self):
        self.env["ir.config_parameter"].set_param("kehu_confidential.officer_removal_days", "0")
        self.officer.with_user(self.admin).active = False
        self.later(2)
        self.assertFalse(self.give(self.admin, self.manager, self.group))
        self.later(2)
        self.requests().with_user(self.admin).workflow_move("confirm")
        self.assertIn(self.group, self.manager.group_ids)

    def test_removal_by_code_as_superuser_counts_for_everybody(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "x",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "state": "code",
                "code": f"env['res.users'].with_user({SUPERUSER_ID}).browse({self.officer.id}).write({{'active': False}})",
            }
        )
        action.with_user(self.admin).run()
        self.assertFalse(self.officer.active)
        for giver in (self.admin, self.other):
            self.assertFalse(self.give(giver, self.salesman, self.top_secret))

    def test_removal_is_told_and_mailed(self):
        before = self.mails()
        self.officer.with_user(self.admin).active = False
        change = self.requests(state="direct", is_taken=True).filtered(lambda change: change._takes_officers())
        self.assertLessEqual(self.other | self.auditor, change.activity_ids.user_id)
        first = self.mails() - before
        self.assertIn("taken out of the confidentiality officers", first.body_html)
        self.assertIn(self.admin.name, first.body_html)
        self.give(self.other, self.manager, self.group)
        self.assertIn("given by an administrator", (self.mails() - before - first).body_html)

    def test_new_officer_decides_at_once(self):
        self.officer.with_user(self.admin).active = False
        self.give(self.other, self.manager, self.group)
        self.manager.group_ids += self.top_secret
        self.assertFalse(self.give(self.admin, self.salesman, self.top_secret))
        self.requests().with_user(self.manager).workflow_move("confirm")
        self.assertEqual(self.salesman.kehu_clearance, "3")
