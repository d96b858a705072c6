import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.base.models.ir_cron import IrCron

from .common import TierCase

GIVE = "%s.with_user(%d).sudo().env['res.groups'].browse(%d).write({'user_ids': [(4, %d)]})"
LOWER = "%s.with_user(%d).env['res.partner'].browse(%d).write({'kehu_tier': '0'})"


@tagged("post_install", "-at_install")
class TestAtWork(TierCase):
    """X1, X2, X5: what expressions and calls do as OdooBot, or as an officer, is neither's own work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "test_admin", "base.group_system,mail.group_mail_template_editor", name="Zhou"
        )
        cls.group = cls.env.ref("kehu_confidential.group_clearance_top_secret")
        cls.customer = cls.env["res.partner"].create({"name": "Marker Ltd", "is_company": True, "kehu_tier": "3"})
        cls.open = cls.env["res.partner"].create({"name": "Open Ltd", "is_company": True})

    def requests(self):
        return self.env["kehu.right.change"].search([("state", "=", "pending"), ("name", "=", "group_ids")])

    def ways(self, code, *args):
        """Return calls that make and evaluate an expression as the administrator."""

        def render(name, value):
            template = (
                self.env["mail.template"]
                .with_user(self.admin)
                .create(
                    {
                        "name": "t",
                        "model_id": self.env["ir.model"]._get_id("res.partner"),
                        name: value % (code % ("object", *args)),
                    }
                )
            )
            template._render_field(name, self.open.ids)

        def rule():
            self.env["ir.rule"].with_user(self.admin).create(
                {
                    "name": "r",
                    "model_id": self.env["ir.model"]._get_id("res.country"),
                    "domain_force": f"[('id', '!=', 0 if {code % ('user', *args)} else 0)]",
                }
            )
            self.env["res.country"].with_user(self.admin).search([], limit=1)

        def view():
            view = (
                self.env["ir.ui.view"]
                .with_user(self.admin)
                .create({"name": "v", "type": "qweb", "arch": f'<t><p t-out="{code % ("env.user", *args)}"/></t>'})
            )
            self.env["ir.qweb"].with_user(self.admin)._render(view.id)

        return [lambda: render("subject", "{{ %s }}"), lambda: render("body_html", '<p t-out="%s"/>'), rule, view]

    # === EXPRESSIONS ===

    def test_expression_gives_no_clearance(self):
        for uid in (SUPERUSER_ID, self.officer.id):
            for attack in self.ways(GIVE, uid, self.group.id, self.admin.id):
                attack()
                self.env.invalidate_all()
                self.assertLess(self.admin.kehu_clearance, "2")
                self.assertFalse(self.customer.with_user(self.admin).has_access("read"))
                self.assertTrue(self.requests())
                self.requests().with_user(self.officer).workflow_move("refuse", "no")

    @mute_logger(
        "odoo.addons.mail.models.mail_render_mixin",
        "odoo.addons.mail.models.mail_template",
        "odoo.addons.base.models.ir_qweb",
    )
    def test_expression_lowers_no_tier(self):
        for attack in self.ways(LOWER, SUPERUSER_ID, self.customer.id):
            with self.assertRaises(Exception), self.env.cr.savepoint():
                attack()
            self.assertEqual(self.customer.kehu_tier, "3")

    def test_expression_carries_out_no_request(self):
        lowering = self.env["kehu.tier.lowering"].create({"partner_id": self.customer.id, "tier": "0", "reason": "x"})
        with self.assertRaisesRegex(AccessError, "on request"):
            safe_eval("request._after_apply()", {"request": lowering})
        self.salesman.with_user(self.admin).group_ids += self.group
        safe_eval("request._carry_out()", {"request": self.requests().sudo()})
        self.assertLess(self.salesman.kehu_clearance, "2")

    def test_expression_confirms_nothing(self):
        self.group.with_user(self.admin).user_ids += self.admin
        with self.assertRaisesRegex(AccessError, "by people"):
            safe_eval("request.workflow_move('confirm')", {"request": self.requests().with_user(self.officer)})

    def test_action_without_code_gives_no_reading(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "x",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "object_write",
                "update_path": "user_id",
                "evaluation_type": "value",
                "value": str(self.salesman.id),
            }
        )
        action.with_context(active_model="res.partner", active_id=self.customer.id).run()
        self.assertFalse(self.customer.user_id)
        self.assertTrue(self.env["kehu.right.change"].search([("state", "=", "pending"), ("name", "=", "user_id")]))

    def test_job_is_not_the_servers_own(self):
        seen = []
        with patch.object(
            IrCron, "_process_job", lambda *_args: seen.append(self.env["kehu.right.change"]._is_servers_own())
        ):
            self.registry["ir.cron"]._process_job(None, None)
        self.assertEqual(seen, [False])

    # === CALLS ===

    def test_call_as_superuser_is_the_callers(self):
        with patch.object(threading.current_thread(), "uid", self.admin.id, create=True):
            self.group.with_user(SUPERUSER_ID).write({"user_ids": [Command.link(self.admin.id)]})
            self.group.with_user(self.officer).sudo().write({"user_ids": [Command.link(self.salesman.id)]})
            with self.assertRaisesRegex(AccessError, "on request"):
                self.customer.with_user(SUPERUSER_ID).kehu_tier = "0"
            self.env["ir.config_parameter"].with_user(SUPERUSER_ID).set_param("mail.catchall.test", "x")
        self.assertLess(max(self.admin.kehu_clearance, self.salesman.kehu_clearance), "2")
        self.assertEqual(self.requests().requester_id, self.admin)
        entry = self.env["kehu.access.log"].search([("action", "=", "right")], limit=1)
        self.assertIn(f"(Zhou #{self.admin.id})", entry.note)
        self.assertEqual(entry.user_id.id, SUPERUSER_ID)

    def test_author_of_an_action_is_never_odoobot(self):
        actions, public = self.env["ir.actions.server"], self.env.ref("base.public_user")
        vals = {"name": "x", "model_id": self.env["ir.model"]._get_id("res.partner"), "state": "code", "code": "pass"}
        with patch.object(threading.current_thread(), "uid", self.admin.id, create=True):
            called = actions.with_user(SUPERUSER_ID).create(vals)
        self.assertEqual(called._kehu_authors(), self.admin)
        for user in (SUPERUSER_ID, self.officer):
            made = safe_eval("actions.create(vals)", {"actions": actions.with_user(user).sudo(), "vals": vals})
            copied = safe_eval("action.copy()", {"action": called.with_user(user).sudo()})
            for action in (made, copied):
                self.assertIn(public, action._kehu_authors())
        self.assertEqual(actions.create(vals).create_uid.id, SUPERUSER_ID)

    # === ORDINARY WORK ===

    def test_server_itself_goes_on(self):
        self.group.user_ids += self.salesman
        self.customer.kehu_tier = "0"
        self.assertEqual((self.salesman.kehu_clearance, self.customer.kehu_tier), ("3", "0"))

    def test_officers_own_call_gives_at_once(self):
        with patch.object(threading.current_thread(), "uid", self.officer.id, create=True):
            self.group.with_user(self.officer).sudo().write({"user_ids": [Command.link(self.salesman.id)]})
        self.assertEqual(self.salesman.kehu_clearance, "3")

    def test_modules_are_loaded_for_a_client(self):
        with (
            patch.object(threading.current_thread(), "uid", self.admin.id, create=True),
            patch.object(self.registry, "ready", False),
        ):
            self.group.user_ids += self.salesman
        self.assertEqual(self.salesman.kehu_clearance, "3")
