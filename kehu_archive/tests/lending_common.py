from odoo import Command
from odoo.tests import new_test_user

from .common import CODE, ArchiveCase


class LendingCase(ArchiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "test_director", "kehu_archive.group_marketing_director", name="Director")
        cls.rule_manager = new_test_user(
            cls.env,
            "test_rule_manager",
            "kehu_archive.group_archive_user,kehu_workflow.group_workflow_manager",
            name="Zhu",
        )
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhao")
        cls.colleague = new_test_user(
            cls.env,
            "test_officer_2",
            "kehu_confidential.group_tier_officer,kehu_confidential.group_clearance_top_secret",
            name="Feng",
        )
        # Those of the demo company decide nothing here.
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer | cls.colleague
        cls.env.ref("kehu_archive.group_marketing_director").user_ids = cls.director
        cls.step = cls.env.ref("kehu_archive.approval_step_filing_unit")
        cls.later_step = cls.env.ref("kehu_archive.approval_step_filing_director")
        # Users come to decide later by becoming members: a changed step counts for what is asked for afterwards.
        cls.deputies = cls.env["res.groups"].create({"name": "Deputies"})
        cls.step.group_ids = cls.deputies
        cls.archive = cls.file_archive(vat=CODE, legal_representative="Zhao", kehu_team_id=cls.unit.id).with_env(
            cls.env
        )
        cls.archive.kehu_custodian_id = cls.clerk
        cls.earlier = cls.env["kehu.right.change"].search([])

    def submit(self, tier="2"):
        self.archive.sudo().kehu_tier = tier
        self.archive.with_user(self.clerk).workflow_move("submit")
        return self.archive.approval_ids.filtered(lambda approval: approval.state == "pending")

    def join(self, user, by=None, group=None):
        user.with_user(by or self.admin).group_ids = [Command.link((group or self.deputies).id)]

    def reads(self, user):
        self.env.invalidate_all()
        readable = {record.with_user(user).has_access("read") for record in (self.archive, self.archive.partner_id)}
        found = bool(self.env["res.partner"].with_user(user).search_count([("id", "=", self.archive.partner_id.id)]))
        self.assertEqual(readable, {found})
        return found

    def requests(self, state="pending"):
        return (
            self.env["kehu.right.change"].search([("res_model", "=", "kehu.approval"), ("state", "=", state)])
            - self.earlier
        )

    def log(self):
        return self.env["kehu.access.log"].search(
            [
                ("action", "=", "right"),
                ("note", "like", "kehu_lent_user_ids"),
                ("partner_id", "=", self.archive.partner_id.id),
            ]
        )

    def told(self, approval):
        return self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)]).user_id
