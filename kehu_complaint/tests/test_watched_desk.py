from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestWatchedDesk(ComplaintCase):
    """X5: where complaints arrive, and who reads major ones, is changed in the open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhao")
        cls.env.company.alias_domain_id = cls.env["mail.alias.domain"].create(
            {"name": "ruida.example.com", "bounce_alias": "bounce", "catchall_alias": "catchall"}
        )
        cls.desk = cls.env["kehu.service.desk"].create(
            {"name": "Complaints", "alias_name": "complaints", "user_id": cls.handler.id}
        )

    def notes(self, user, model):
        return str(
            self.env["kehu.access.log"]
            .search([("user_id", "=", user.id), ("action", "=", "right"), ("res_model", "=", model)])
            .mapped("note")
        )

    def told(self, user, model):
        return (
            self.env["kehu.right.change"]
            .search([("requester_id", "=", user.id), ("res_model", "=", model)])
            .activity_ids.user_id
        )

    def test_mails_of_customers_are_led_away_in_the_open(self):
        desk = self.desk.with_user(self.director)
        desk.write({"alias_name": "elsewhere"})
        self.assertIn("complaints → elsewhere", self.notes(self.director, "mail.alias"))
        self.assertIn(self.officer, self.told(self.director, "mail.alias"))
        desk.write({"active": False, "user_id": self.director.id})
        self.assertIn("Feng → Shen", self.notes(self.director, "kehu.service.desk"))
        self.assertIn(self.officer, self.told(self.director, "kehu.service.desk"))

    def test_mails_of_customers_are_shut_out_by_nobody(self):
        with self.assertRaisesRegex(ValidationError, "Customers can write to this address"), self.env.cr.savepoint():
            self.desk.with_user(self.director).alias_contact = "followers"
        with self.assertRaisesRegex(ValidationError, "Customers can write to this address"), self.env.cr.savepoint():
            self.desk.alias_id.with_user(self.admin).alias_force_thread_id = self.complain().id

    def test_renamed_kind_is_noted(self):
        self.kind.with_user(self.director).name = "Praise"
        self.assertIn("→ Praise", self.notes(self.director, "kehu.complaint.kind"))

    def test_desk_moved_in_the_list_is_free(self):
        self.desk.with_user(self.director).sequence = 3
        self.assertEqual(self.notes(self.director, "kehu.service.desk"), "[]")

    # === GROUPS ===

    def test_new_reader_of_major_complaints_is_noted_and_told(self):
        crisis = self.env.ref("kehu_complaint.group_crisis_team")
        self.employee.with_user(self.admin).group_ids = [Command.link(crisis.id)]
        self.assertIn("Crisis", self.notes(self.admin, "res.users"))
        change = self.env["kehu.right.change"].search(
            [("requester_id", "=", self.admin.id), ("beneficiary_ids", "in", self.employee.ids)]
        )
        self.assertEqual(change.state, "direct")
        self.assertIn(self.officer, change.activity_ids.user_id)

    def test_new_clerk_is_not_told(self):
        self.employee.with_user(self.admin).group_ids = [
            Command.link(self.env.ref("kehu_complaint.group_service_user").id)
        ]
        self.assertFalse(self.told(self.admin, "res.users"))
