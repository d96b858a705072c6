from odoo import SUPERUSER_ID
from odoo.http import root
from odoo.service.security import compute_session_token
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestSuperuserSession(HttpCase):
    """X3: nobody works as the system's own user, whom no rule holds and no log names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", password="test_admin_password")

    def setUp(self):
        super().setUp()
        self.logged_in = self.authenticate("test_admin", "test_admin_password")

    def whoami(self):
        answer = self.url_open("/web/session/get_session_info", json={"params": {}})
        return answer.json().get("result", {}).get("uid")

    def test_administrator_does_not_become_the_system(self):
        with mute_logger("odoo.http"):
            answer = self.url_open("/web/become", allow_redirects=False)
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(self.whoami(), self.admin.id)

    def test_session_of_the_system_is_nobodys(self):
        self.logged_in.uid = SUPERUSER_ID
        self.logged_in.session_token = compute_session_token(self.logged_in, self.env)
        root.session_store.save(self.logged_in)
        with mute_logger("odoo.http"):
            self.assertFalse(self.whoami())
