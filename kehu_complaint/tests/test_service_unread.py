from odoo import Command
from odoo.tests import tagged

from .test_service_mail import ServiceMailCase


@tagged("post_install", "-at_install")
class TestServiceUnread(ServiceMailCase):
    """C1: what nobody handles yet reaches at once whoever may read it; where nobody may, those who can help."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.supervisor | cls.director | cls.general_manager | cls.officer).lang = "en_US"
        cls.desk.user_id = False

    def notices(self, user):
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("user_id", "=", user.id), ("res_model", "=", False)])
            .mapped("summary")
        )

    def turns(self, complaint):
        return complaint.sudo().activity_ids.user_id

    def hide(self):
        self.customer.sudo().write({"kehu_tier": "3", "user_id": False, "kehu_team_id": False})

    def test_it_reaches_the_supervisor_who_may_read_it(self):
        complaint = self.mail()
        self.assertIn(self.supervisor, self.turns(complaint))
        self.assertFalse(self.notices(self.supervisor) + self.notices(self.officer))

    def test_it_reaches_the_next_superior_who_may_read_it(self):
        self.hide()
        self.director.group_ids += self.env.ref("kehu_confidential.group_clearance_top_secret")
        self.assertEqual(self.turns(self.mail()), self.director)
        self.assertFalse(self.notices(self.supervisor))

    def test_where_nobody_may_read_officers_and_managers_are_told(self):
        self.hide()
        complaint = self.mail(subject="A secret subject")
        self.assertFalse(self.turns(complaint))
        for user in (self.officer, self.general_manager):
            self.assertEqual(len(self.notices(user)), 1, user.name)
            self.assertIn(complaint.number, self.notices(user)[0])
        [notice] = self.notices(self.supervisor)
        for secret in (complaint.number, "secret subject", self.customer.name):
            self.assertNotIn(secret, notice)
        self.mail(subject="Once more")
        self.assertEqual(len(self.notices(self.supervisor)), 1, "one notice as long as it waits")

    def test_accused_superior_is_told_nothing(self):
        self.hide()
        complaint = (
            self.env["kehu.complaint"]
            .sudo()
            .create(
                {
                    "name": "About the boss",
                    "partner_id": self.customer.id,
                    "accused_user_ids": [Command.set((self.general_manager | self.supervisor).ids)],
                }
            )
        )
        self.assertFalse(self.notices(self.general_manager) + self.notices(self.supervisor))
        self.assertTrue(any(complaint.number in notice for notice in self.notices(self.officer)))

    def test_customer_who_is_found_later_counts(self):
        self.hide()
        complaint = self.mail(sender="stranger@nowhere.example.com").sudo()
        before = len(self.notices(self.officer))
        complaint.partner_id = self.customer
        self.assertEqual(len(self.notices(self.officer)), before + 1)
