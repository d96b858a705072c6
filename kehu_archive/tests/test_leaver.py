from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestLeaver(ArchiveCase):
    """X2: who leaves loses reading at once, and the unit's leader has the work handed over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system,sales_team.group_sale_manager", name="Zhao")
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.secret = cls.file_archive(cls.officer, name="Secret Customer", user_id=cls.salesman.id).partner_id
        cls.secret.write({"kehu_tier": "3", "kehu_team_id": cls.unit.id})
        cls.open = cls.file_archive(name="Open Customer", user_id=cls.salesman.id).partner_id
        cls.earlier = cls.env["kehu.right.change"].search([])

    def shown(self, action):
        return self.env[action["res_model"]].browse(action["res_id"]).body

    def tasks(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.salesman.partner_id.id)]
        )

    def test_salesperson_who_leaves_is_noted_as_taken(self):
        self.assertTrue(self.secret.with_user(self.salesman).has_access("read"))
        self.salesman.with_user(self.admin).action_archive()
        change = self.env["kehu.right.change"].search([("is_taken", "=", True)]) - self.earlier
        self.assertEqual((change.name, change.tier, change.requester_id), ("active", "3", self.admin))
        self.assertEqual(change.document_names, self.salesman.display_name)
        self.assertEqual(change.activity_ids.user_id, self.officer)
        self.assertTrue(
            self.env["kehu.access.log"].search(
                [("res_model", "=", "res.users"), ("res_id", "=", self.salesman.id), ("note", "=", "− Active")]
            )
        )

    def test_leaver_without_classified_customers_is_not_noted(self):
        self.employee.with_user(self.admin).action_archive()
        self.assertFalse(self.env["kehu.right.change"].search([("is_taken", "=", True)]) - self.earlier)

    def test_leader_is_asked_to_hand_over(self):
        self.salesman.with_user(self.admin).action_archive()
        self.assertEqual(self.tasks().user_id, self.leader)
        self.assertNotIn("Customer", f"{self.tasks().summary} {self.tasks().note}")
        partner = self.salesman.partner_id.with_user(self.leader)
        self.assertTrue(partner.kehu_has_left)
        body = self.shown(partner.action_kehu_open_held())
        self.assertIn("Secret Customer", body)
        self.assertIn("Open Customer", body)

    def test_leader_is_asked_when_active_is_written(self):
        self.salesman.with_user(self.admin).active = False
        self.assertEqual(self.tasks().user_id, self.leader)

    def test_administrator_sees_what_is_held_but_no_secret(self):
        self.open.with_user(self.clerk).activity_schedule(summary="Call back", user_id=self.salesman.id)
        action = self.salesman.with_user(self.admin).action_archive()
        self.assertEqual(action["views"], [(False, "form")], "The client's archive command cannot open it without.")
        body = self.shown(action)
        self.assertIn("Open Customer", body)
        self.assertIn("Call back", body)
        self.assertNotIn("Secret Customer", body)
        self.assertFalse(self.salesman.active)

    def test_several_users_leave_at_once(self):
        (self.salesman | self.employee).with_user(self.admin).action_archive()
        self.assertFalse((self.salesman | self.employee).filtered("active"))
        self.assertEqual(self.tasks().user_id, self.leader)

    def test_leaver_gets_no_mail_of_what_they_followed(self):
        left = self.salesman.partner_id
        self.open.message_subscribe(left.ids)
        self.salesman.with_user(self.admin).action_archive()
        said = {"body": "Prices", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        message = self.open.with_user(self.clerk).message_post(**said)
        self.assertNotIn(left, message.sudo().notification_ids.res_partner_id)
        written_to = self.open.with_user(self.clerk).message_post(**said, partner_ids=left.ids)
        self.assertIn(left, written_to.sudo().notification_ids.res_partner_id)
