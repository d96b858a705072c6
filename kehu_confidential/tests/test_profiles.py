from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestProfiles(TierCase, HttpCase):
    """X3: no profile that administrators read keeps what colleagues with clearance write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", password="test_admin_password")
        cls.env["ir.config_parameter"].set_param("base.profiling_enabled_until", "2999-01-01 00:00:00")

    def test_only_who_reads_profiles_is_profiled(self):
        for user in (self.officer, self.cleared, self.clerk, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaisesRegex(UserError, "administrators without clearance"):
                self.env["ir.profile"].with_user(user).set_profiling(profile=True)
        self.authenticate("test_admin", "test_admin_password")
        self.assertEqual(self.url_open("/web/set_profiling?profile=1&collectors=sql").status_code, 200)
        self.assertEqual(self.url_open("/web/set_profiling?profile=0").status_code, 200)

    def test_administrator_with_clearance_is_not_profiled(self):
        self.admin.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        with self.assertRaisesRegex(UserError, "administrators without clearance"):
            self.env["ir.profile"].with_user(self.admin).set_profiling(profile=True)
