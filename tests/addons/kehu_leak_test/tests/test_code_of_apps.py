from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .markers import QUIET


@tagged("post_install", "-at_install")
class TestCodeOfApps(TransactionCase):
    """X3: code that apps run as superuser is written by administrators, whoever Odoo leaves it to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager, cls.admin = (
            new_test_user(cls.env, f"code_{group}", f"base.group_user,base.group_{group}", name=group)
            for group in ("erp_manager", "system")
        )
        cls.admin.group_ids += cls.env.ref("base.group_erp_manager")
        customer = cls.env["res.partner"].create({"name": "Marker", "kehu_tier": "3", "comment": "MARKER"})
        cls.content = f"env['res.partner'].sudo().browse({customer.id}).comment"

    def test_tip_shows_nothing_by_expressions_of_others(self):
        shown = f'<p><t t-out="object.{self.content}"/></p>'
        tips = self.env["digest.tip"].with_user(self.manager).with_context(lang="en_US")
        with mute_logger(*QUIET):
            with self.assertRaisesRegex(AccessError, "Only administrators"), self.env.cr.savepoint():
                tips.create({"name": "T", "tip_description": shown})
            tip = tips.create({"name": "T"})
            with self.assertRaisesRegex(AccessError, "Only administrators"), self.env.cr.savepoint():
                tip.tip_description = shown
            tip.sudo().tip_description = "<p>Tip</p>"
            with self.assertRaisesRegex(AccessError, "Only administrators"), self.env.cr.savepoint():
                tip.update_field_translations("tip_description", {"en_US": {"Tip": "<t t-out='object'/>"}})
        tip.with_user(self.admin).tip_description = shown

    def test_goal_counts_by_no_code_of_others(self):
        manager, admin = self.manager, self.admin
        code = f"object.definition_id.sudo().description = {self.content}"
        vals = {"name": "Goal", "condition": "higher", "computation_mode": "python"}
        expression = "user.sudo().env.cr.rollback()"
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
