from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_manual_fields import ManualFieldsCase


@tagged("post_install", "-at_install")
class TestManualFieldRules(ManualFieldsCase):
    """X3: which fields an administrator may add."""

    def test_code_in_field_is_for_officers(self):
        admin = new_test_user(self.env, "test_admin", "base.group_system,base.group_erp_manager")
        vals = {
            "name": "x_code",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "ttype": "char",
            "field_description": "Code",
            "compute": "for record in self:\n    record['x_code'] = record.sudo().parent_id.barcode",
            "depends": "parent_id",
        }
        for fields in (
            self.env["ir.model.fields"].with_user(admin),
            self.env["ir.model.fields"].with_user(admin).sudo(),
        ):
            with self.assertRaisesRegex(AccessError, "confidentiality officer"), self.env.cr.savepoint():
                fields.create(vals)
        plain = self.env["ir.model.fields"].with_user(admin).create({**vals, "compute": False, "depends": False})
        self.addCleanup(plain.sudo().unlink)
        with self.assertRaisesRegex(AccessError, "confidentiality officer"), self.env.cr.savepoint():
            plain.write({"compute": vals["compute"]})
        self.officer.group_ids += self.env.ref("base.group_system")
        plain.with_user(self.officer).write({"compute": vals["compute"], "depends": "parent_id"})

    def test_related_field_changes_no_other_record(self):
        admin = new_test_user(self.env, "test_admin", "base.group_system,base.group_partner_manager")
        rule = self.env["ir.rule"].search([("model_id.model", "=like", "kehu.%"), ("groups", "!=", False)], limit=1)
        group = self.env["res.groups"].create({"name": "G", "rule_groups": [Command.link(rule.id)]})
        colleague = self.env["res.partner"].create({"name": "Colleague", "user_id": self.spy.id})
        self.spy.group_ids = [Command.link(group.id), *map(Command.unlink, (self.spy.group_ids - group).ids)]
        self.add_fields(
            {
                "x_mail": {"related": "parent_id.email", "readonly": False},
                "x_active": {"related": "user_id.group_ids.rule_groups.active", "readonly": False},
            }
        )
        self.open.email = "open@example.com"
        for record, path, value in (
            (self.open_branch, "x_mail", "other@example.com"),
            (colleague, "x_active", "False"),
        ):
            self.assertTrue(record.fields_get([path])[path]["readonly"])
            record.with_user(admin).write({path: value != "False" and value})
            action = (
                self.env["ir.actions.server"]
                .with_user(admin)
                .create(
                    {
                        "name": "A",
                        "model_id": self.env["ir.model"]._get_id("res.partner"),
                        "state": "object_write",
                        "update_path": path,
                        "value": value,
                        "update_boolean_value": "false",
                    }
                )
            )
            action.with_context(active_model="res.partner", active_id=record.id, active_ids=record.ids).run()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.open.email, "open@example.com")
        self.assertTrue(rule.active)

    def test_table_of_another_field_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Relation Table"):
            self.env["ir.model.fields"].create(
                {
                    "name": "x_group_ids",
                    "model_id": self.env["ir.model"]._get_id("res.users"),
                    "ttype": "many2many",
                    "relation": "res.groups",
                    "relation_table": "res_groups_users_rel",
                    "column1": "uid",
                    "column2": "gid",
                    "field_description": "Groups",
                }
            )

    def test_what_deletes_its_record_is_refused(self):
        values = {
            "ttype": "many2one",
            "relation": "res.partner.category",
            "field_description": "Evil",
            "name": "x_evil",
        }
        fields = self.env["ir.model.fields"].with_user(new_test_user(self.env, "test_admin", "base.group_system"))
        for model in ("mail.message", "kehu.grant", "ir.attachment", "kehu.clearance.record", "res.country"):
            with self.subTest(model), self.assertRaisesRegex(ValidationError, "On Delete"), self.env.cr.savepoint():
                fields.create({**values, "model_id": self.env["ir.model"]._get_id(model), "on_delete": "cascade"})

    def test_added_relation_takes_no_row_out_of_its_record(self):
        below = self.env["ir.rule"]._kehu_rows_below()
        child, [name, *_others] = next(
            (model, names)
            for model, names in sorted(below.items(), reverse=True)
            if any(self.env[model]._fields[name].comodel_name < model for name in names)
        )
        parent = self.env[child]._fields[name].comodel_name
        field = self.create_manual(
            "ir.model.fields",
            {
                "name": "x_child_id",
                "model_id": self.env["ir.model"]._get_id(parent),
                "ttype": "many2one",
                "relation": child,
                "field_description": "Child",
            },
        )
        self.env[parent]._fields[field.name].ondelete = "cascade"  # as one that was added before the addon
        self.registry.clear_all_caches()
        self.assertIn(name, self.env["ir.rule"]._kehu_rows_below()[child])
