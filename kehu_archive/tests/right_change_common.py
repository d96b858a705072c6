from odoo.tests import new_test_user

from .common import ArchiveCase

TOP_SECRET = "kehu_confidential.group_clearance_top_secret"


class RightChangeCase(ArchiveCase):
    """A top secret customer, two officers, an administrator and an auditor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system,sales_team.group_sale_manager", name="Zhao")
        cls.auditor = new_test_user(cls.env, "test_auditor", "kehu_confidential.group_tier_auditor", name="Zhou")
        cls.colleague = new_test_user(
            cls.env,
            "test_officer_2",
            "kehu_confidential.group_tier_officer,kehu_confidential.group_clearance_top_secret",
            name="Feng",
        )
        # Those of the demo company decide nothing here.
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer | cls.colleague
        cls.secret = cls.file_archive(cls.officer, name="Secret Customer", kehu_custodian_id=cls.clerk.id).partner_id
        cls.secret.kehu_tier = "3"
        cls.open = cls.file_archive(name="Open Customer").partner_id
        cls.cleared_top = new_test_user(
            cls.env, "test_cleared_top", f"kehu_archive.group_archive_user,{TOP_SECRET}", name="Kong"
        )
        cls.top_secret = cls.env.ref(TOP_SECRET)
        cls.earlier = cls.env["kehu.right.change"].search([])  # of the demo company

    def requests(self, **values):
        domain = [(name, "=", value) for name, value in {"state": "pending", **values}.items()]
        return self.env["kehu.right.change"].search(domain) - self.earlier

    def reads(self, user, customer=None):
        self.env.invalidate_all()
        return (customer or self.secret).with_user(user).has_access("read")

    def told(self, change):
        return change.activity_ids.user_id

    def log(self, note):
        return self.env["kehu.access.log"].search([("action", "=", "right"), ("note", "like", note)])
