from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestCustodianReview(ArchiveCase):
    """X7: custodians read their customers; the access review lists them, and takes it away."""

    def test_custodian_is_listed_and_withdrawn(self):
        boss = new_test_user(self.env, "test_boss", "base.group_user", name="Gao")
        archive = self.file_archive(
            self.officer, name="Secret Customer", kehu_tier="3", kehu_custodian_id=self.clerk.id, kehu_team_id=False
        )
        review = self.env["kehu.access.review"]._open_review(f"{fields.Date.today()} test")
        review.with_user(self.officer).reviewer_id = boss
        line = review.line_ids.filtered(lambda line: line.user_id == self.clerk)
        self.assertEqual((line.reason, line.tier, line.customer_count), ("custodian", "3", 1))
        line.with_user(boss).decision = "withdraw"
        (review.line_ids - line).filtered(lambda other: not other.decision).with_user(boss).action_keep()
        review.with_user(boss).workflow_move("sign")
        self.assertFalse(archive.kehu_custodian_id)
        self.assertFalse(archive.with_user(self.clerk).has_access("read"))
