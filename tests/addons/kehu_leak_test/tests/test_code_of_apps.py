from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .markers import QUIET


@tagged("post_install", "-at_install")
class TestCodeOfApps(TransactionCase):
    """X3: code that apps run as superuser is written by administrators, whoever Odoo leaves it to."""

    def test_goal_counts_by_no_code_of_others(self):
        manager, admin = (
            new_test_user(self.env, f"code_{group}", f"base.group_user,base.group_{group}", name=group)
            for group in ("erp_manager", "system")
        )
        admin.group_ids += self.env.ref("base.group_erp_manager")
        customer = self.env["res.partner"].create({"name": "Marker", "kehu_tier": "3", "comment": "MARKER"})
        code = f"object.definition_id.sudo().description = env['res.partner'].sudo().browse({customer.id}).comment"
        vals = {"name": "Goal", "condition": "higher", "computation_mode": "python"}
        expression = "user.sudo().env.cr.commit()"
        definitions = self.env["gamification.goal.definition"]
        with mute_logger(*QUIET):
            for written in (
                {"compute_code": code},
                {"domain": f"[('id', '=', {expression})]"},
                {"batch_user_expression": expression},
                {"res_id_field": expression},
            ):
                with self.assertRaisesRegex(AccessError, "Only administrators"), self.env.cr.savepoint():
                    definitions.with_user(manager).create({**vals, **written})
                definition = definitions.with_user(manager).create({**vals, "domain": "[('id', '=', 1)]"})
                with self.assertRaisesRegex(AccessError, "Only administrators"), self.env.cr.savepoint():
                    definition.write(written)
        lines = self.env["kehu.access.log"].sudo()
        before = lines.search_count([("action", "=", "right")])
        definition.with_user(admin).write({"compute_code": "result = 1"})
        self.assertEqual(lines.search_count([("action", "=", "right")]), before + 1)
