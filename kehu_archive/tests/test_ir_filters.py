from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestIrFilters(ArchiveCase):
    """X5: nobody hides from others what is in their lists by a filter that opens with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")

    def create_filter(self, user, model, users=(), **vals):
        return (
            self.env["ir.filters"]
            .with_user(user)
            .create(
                {
                    "name": model,
                    "model_id": model,
                    "user_ids": [Command.set([user.id for user in users])],
                    "domain": "[('id', '=', 0)]",
                    **vals,
                }
            )
        )

    def test_filter_of_officers_is_shared_by_nobody(self):
        for user in (self.salesman, self.admin):
            for model in ("kehu.right.change", "kehu.access.log", "kehu.leak.report"):
                for users in ((), (user, self.officer)):
                    with (
                        self.subTest(user=user.name, model=model),
                        self.assertRaisesRegex(AccessError, "do not share"),
                        self.env.cr.savepoint(),
                    ):
                        self.create_filter(user, model, users, is_default=True)
        own = self.create_filter(self.officer, "kehu.right.change", self.officer, is_default=True)
        with self.assertRaisesRegex(AccessError, "do not share"), self.env.cr.savepoint():
            own.user_ids = False

    def test_filter_of_archives_is_shared_by_administrators(self):
        for model, vals in (("kehu.archive", {}), ("res.partner", {"is_default": True})):
            with (
                self.subTest(model),
                self.assertRaisesRegex(AccessError, "Only an administrator"),
                self.env.cr.savepoint(),
            ):
                self.create_filter(self.salesman, model, **vals)
            shared = self.create_filter(self.admin, model, **vals)
            with self.assertRaisesRegex(AccessError, "Only an administrator"), self.env.cr.savepoint():
                shared.with_user(self.salesman).write({"domain": "[]", "user_ids": [Command.set(self.salesman.ids)]})
        self.create_filter(self.salesman, "kehu.archive", self.salesman, is_default=True)
        self.create_filter(self.salesman, "res.partner")

    def test_default_filter_of_deciders_is_shared_by_nobody(self):
        models = [name for name in self.env if name.startswith("kehu.") and not self.env[name]._abstract]
        for model in {*models, "mail.activity"} - {"kehu.right.change", "kehu.access.log", "kehu.leak.report"}:
            for users in ((), self.officer):
                with (
                    self.subTest(model=model, users=users),
                    self.assertRaisesRegex(AccessError, "without making it the default"),
                    self.env.cr.savepoint(),
                ):
                    self.create_filter(self.admin, model, users, is_default=True)
        shared = self.create_filter(self.admin, "kehu.approval")
        with self.assertRaisesRegex(AccessError, "without making it the default"), self.env.cr.savepoint():
            shared.is_default = True

    def test_default_filter_on_customers_is_noted_and_told(self):
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.officer
        self.create_filter(self.admin, "res.partner", is_default=True, name="Hides all")
        line = self.env["kehu.access.log"].search([("res_model", "=", "ir.filters"), ("user_id", "=", self.admin.id)])
        self.assertIn("Hides all", line.note)
        self.assertTrue(self.env["kehu.right.change"].search([("res_model", "=", "ir.filters")]))
