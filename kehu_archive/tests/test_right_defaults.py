from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestRightDefaults(ArchiveCase):
    """X2: nobody comes to read what others file by a default that was set for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system,kehu_archive.group_archive_user", name="Zhao")
        cls.fields = [("res.partner", "user_id"), *(
            (model, name) for model in ("res.partner", "kehu.archive") for name in ("kehu_custodian_id", "kehu_team_id"))]

    def value(self, name):
        return self.unit.id if name == "kehu_team_id" else self.admin.id

    def test_default_for_others_gives_no_reading(self):
        for model, name in self.fields:
            defaults = self.env["ir.default"].with_user(self.admin)
            for user in (False, self.officer.id):
                with self.subTest(model=model, name=name), self.assertRaisesRegex(AccessError, "yourself only"), self.env.cr.savepoint():
                    defaults.set(model, name, self.value(name), user_id=user)
            defaults.set(model, name, self.value(name), user_id=True)
            own = defaults.search([("field_id.name", "=", name), ("field_id.model", "=", model), ("user_id", "=", self.admin.id)])
            with self.assertRaisesRegex(AccessError, "yourself only"), self.env.cr.savepoint():
                own.user_id = False
        self.env["ir.default"].with_user(self.admin).set("res.partner", "city", "Shenzhen")

    def test_favorite_of_others_gives_no_reading(self):
        Filters = self.env["ir.filters"].with_user(self.clerk)
        shared = {"name": "Mine", "model_id": "kehu.archive", "is_default": True}
        for context in (f"{{'default_kehu_custodian_id': {self.clerk.id}}}", r"{'default_kehu_cust\x6fdian_id': 1}", "{'default_' + 'user_id': 1}"):
            with self.subTest(context), self.assertRaisesRegex(AccessError, "yourself only"), self.env.cr.savepoint():
                Filters.create({**shared, "user_ids": [], "context": context})
            own = Filters.create({**shared, "user_ids": [self.clerk.id], "context": context})
            with self.assertRaisesRegex(AccessError, "yourself only"), self.env.cr.savepoint():
                own.user_ids = False
            own.unlink()
        self.assertTrue(Filters.create({**shared, "user_ids": [], "context": "{'group_by': ['kehu_team_id'], 'default_type_id': 1}"}))
