from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestReturningUsers(ArchiveCase):
    """X2, X5: who comes back reads classified customers again when an officer confirms it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhao")
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.secret = cls.file_archive(cls.officer, name="Secret Customer").partner_id
        cls.secret.kehu_tier = "3"

    def requests(self, state="pending", user=None):
        return self.env["kehu.right.change"].search(
            [
                ("state", "=", state),
                ("name", "=", "active"),
                ("res_model", "=", "res.users"),
                ("value", "=", (user or self.salesman).id),
            ]
        )

    def leave(self, user=None):
        (user or self.salesman).with_user(self.admin).active = False
        self.env.invalidate_all()

    def come_back(self, by, user=None, **vals):
        (user or self.salesman).with_user(by).write({"active": True, **vals})
        self.env.invalidate_all()

    def give(self, name):
        if name == "leader":
            self.unit.user_id = self.salesman
            self.secret.kehu_team_id = self.unit
        elif name == "grant":
            now = fields.Datetime.now()
            self.env["kehu.grant"].with_user(self.officer).create(
                {
                    "user_id": self.salesman.id,
                    "partner_id": self.secret.id,
                    "purpose": "x",
                    "date_until": now + timedelta(days=5),
                }
            )
        else:
            self.secret[name] = self.salesman

    def test_return_to_a_relation_waits_for_officer(self):
        for name in ("user_id", "kehu_custodian_id", "leader", "grant"):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.give(name)
                self.leave()
                self.come_back(self.admin, login="came_back")
                self.assertEqual((self.salesman.active, self.salesman.login), (False, "came_back"))
                request = self.requests()
                self.assertEqual(
                    (request.requester_id, request.beneficiary_ids, request.tier), (self.admin, self.salesman, "3")
                )
                self.assertEqual(request.activity_ids.user_id, self.officer)
                with self.assertRaises(AccessError):
                    request.with_user(self.admin).workflow_move("confirm")
                request.with_user(self.officer).workflow_move("confirm")
                self.env.invalidate_all()
                self.assertTrue(self.salesman.active)
                self.assertTrue(self.secret.with_user(self.salesman).has_access("read"))
                savepoint.rollback()

    def test_officer_takes_back_directly(self):
        self.officer.group_ids += self.env.ref("base.group_erp_manager")
        self.give("user_id")
        self.leave()
        self.come_back(self.officer)
        self.assertTrue(self.salesman.active)
        self.assertEqual(self.requests("direct").beneficiary_ids, self.salesman)

    def test_return_without_relation_goes_on(self):
        self.leave()
        self.come_back(self.admin)
        self.assertTrue(self.salesman.active)
        self.assertFalse(self.requests())

    def test_others_of_a_batch_come_back(self):
        self.give("user_id")
        both = self.salesman | self.leader
        self.leave(both)
        self.come_back(self.admin, both)
        self.assertEqual((self.salesman.active, self.leader.active), (False, True))

    def test_who_is_named_by_a_step_leaves_a_line(self):
        step = self.env["kehu.approval.step"]._kehu_lending()[0]
        step.user_ids += self.salesman
        self.leave()
        self.come_back(self.admin)
        self.assertTrue(
            self.env["kehu.access.log"].search(
                [
                    ("res_model", "=", "res.users"),
                    ("res_id", "=", self.salesman.id),
                    ("note", "=", f"+ {step.rule_id.name} / {step.name}"),
                    ("user_id", "=", self.admin.id),
                ]
            )
        )
