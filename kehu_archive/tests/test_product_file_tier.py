from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestProductFileTier(ArchiveCase):
    """X1, X2: a product file is as close as its customer, or closer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.customer = cls.env["res.partner"].create({"name": "Secret Customer", "is_company": True, "kehu_tier": "3"})

    def ask(self, user, **vals):
        return (
            self.env["kehu.tier.lowering"]
            .with_user(user)
            .create({"partner_id": self.customer.id, "tier": "1", "reason": "The contract was published.", **vals})
        )

    def test_raised_document_returns_the_request_about_it(self):
        director = new_test_user(
            self.env,
            "test_director",
            "kehu_archive.group_archive_user,kehu_confidential.group_clearance_top_secret",
            name="Gao",
        )
        file = self.env["kehu.product.file"].create(
            {"name": "SN-1", "partner_id": self.customer.id, "kehu_own_tier": "2"}
        )
        other = self.env["kehu.product.file"].create(
            {"name": "SN-2", "partner_id": self.customer.id, "kehu_own_tier": "2"}
        )
        requests = [self.ask(director, document=f"{document._name},{document.id}") for document in (file, other)]
        for request in requests:
            request.workflow_move("submit")
        file.with_user(self.officer).kehu_own_tier = "3"
        self.assertEqual([request.state for request in requests], ["draft", "pending"])

    def test_document_of_another_customer_is_as_close_as_before(self):
        file = self.env["kehu.product.file"].create({"name": "SN-1", "partner_id": self.customer.id})
        normal = self.env["res.partner"].create({"name": "Normal", "is_company": True})
        file.with_user(self.officer).partner_id = normal
        self.assertEqual((file.kehu_own_tier, file.kehu_tier), ("3", "3"))
        self.assertFalse(file.with_user(self.employee).has_access("read"))
