from odoo.tests import HttpCase, new_test_user, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestFirstPage(ComplaintCase, HttpCase):
    """Users begin with the app of their work, or with what waits for them, unless they chose another page."""

    def session_of(self, user):
        self.authenticate(user.login, user.login)
        return self.url_open("/web/session/get_session_info", json={"params": {}}).json()["result"]

    def first_page(self, user):
        return self.session_of(user)["home_action_id"]

    def test_users_begin_where_they_work(self):
        other = new_test_user(self.env, "test_newcomer", "base.group_user")
        for user, action in (
            (self.taker, "kehu_complaint.kehu_complaint_action"),
            (self.general_manager, "kehu_workflow.kehu_approval_action_mine"),
            (self.clerk, "kehu_archive.kehu_archive_action"),
            (other, "kehu_workflow.kehu_approval_action_mine"),
        ):
            with self.subTest(user.login):
                self.assertEqual(self.first_page(user), self.env.ref(action).id)

    def test_page_that_a_user_chose_stays(self):
        chosen = self.env.ref("base.action_partner_form")
        self.taker.action_id = chosen.id
        self.assertEqual(self.first_page(self.taker), chosen.id)

    def test_help_leads_to_the_manuals_of_the_company(self):
        parameters = self.env["ir.config_parameter"]
        for address, is_taken in (("https://intranet.example.com/kehu", True), ("javascript:alert(1)", False)):
            with self.subTest(address):
                parameters.set_param("kehu_workflow.manuals_url", address)
                self.assertEqual(self.session_of(self.taker)["support_url"] == address, is_taken)
