"""Fields that an administrator adds show what the reader may see (X3).

A related field is followed like those of code (followed_fields.py), and changes nothing. Refused is what nothing could follow: code, which
runs as superuser, files and tables that keep the content of another record.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

from ...groups import OFFICER
from .tier import TOP_SECRET


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _instanciate_attrs(self, field_data):
        # Odoo writes through it to the other record, and server actions, mails and forms do so as superuser: to a hidden
        # customer, or to rows that are guarded against users.
        attrs = super()._instanciate_attrs(field_data)
        return {**attrs, "readonly": True} if attrs and attrs.get("related") else attrs

    @api.constrains("compute")
    def _check_kehu_compute(self):
        user = self.env.user
        if user.id == SUPERUSER_ID or user.has_group(OFFICER) and user.kehu_clearance == TOP_SECRET:
            return
        if self.filtered(lambda field: field.state == "manual" and field.compute):
            raise AccessError(
                self.env._(
                    "The code of a field reads every record, whoever looks at the field. Ask a confidentiality "
                    "officer who is cleared for all "
                    "customers to enter it, or use a related field."
                )
            )

    @api.constrains("related", "store", "ttype")
    def _check_kehu_stored_file(self):
        for field in self.filtered(
            lambda field: field.state == "manual" and field.related and field.store and field.ttype == "binary"
        ):
            model = self.env[field.model]
            if any(model._kehu_is_followed(path, is_manual=True) for path in model._kehu_paths_along(field.related)):
                raise ValidationError(
                    self.env._(
                        "A copy of this file would not follow the confidentiality of the record that it is taken "
                        "from. Untick “Stored”."
                    )
                )

    @api.constrains("relation_table")
    def _check_kehu_relation_table(self):
        # The members of a group, or who may read what, would be seen and changed without the checks of the real field.
        for field in self.filtered(lambda field: field.state == "manual" and field.relation_table):
            if not field.relation_table.startswith("x_"):
                raise ValidationError(
                    self.env._(
                        "The table of a custom field begins with “x_”: leave “Relation Table” empty, and a name is "
                        "chosen."
                    )
                )

    @api.constrains("model_id", "on_delete")
    def _check_kehu_cascade(self):
        # PostgreSQL would delete the rows, which no code of ours sees.
        for field in self.filtered(lambda field: field.state == "manual" and field.on_delete == "cascade"):
            if not field.model.startswith("x_"):
                raise ValidationError(
                    self.env._(
                        "Records of “%s” are not deleted along with others: choose another way “On Delete”.",
                        field.model_id.name,
                    )
                )

    @api.constrains("model_id", "relation")
    def _check_kehu_evidence(self):
        # Fields are read and written by who may do so with the record; what the server alone writes is nobody's to
        # shape.
        for field in self.filtered(lambda field: field.state == "manual"):
            self.env["ir.model"]._kehu_check_not_servers([field.model, field.relation])


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.model
    def _kehu_check_not_servers(self, names):
        """Refuse to make something without code of what the server alone does.

        :param names: of models, from which a client makes something without code: fields, actions, automation rules,
            webhooks
        :raise AccessError: the server alone writes the rows of one of them: logs, histories, changes of rights
        """
        ours = [name for name in names if name and name.startswith(OURS)]
        if not ours or self.env["kehu.right.change"]._is_servers_own():
            return
        rights = (
            self.env["ir.model.access"]
            .sudo()
            ._read_group([("model_id.model", "in", ours)], ["model_id"], ["perm_write:bool_or", "perm_create:bool_or"])
        )
        for model, *is_written in rights:
            if not any(is_written):
                raise AccessError(
                    self.env._(
                        "“%s” is kept by the server alone: custom fields, server actions and automation rules "
                        "cannot use it.",
                        model.name,
                    )
                )


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.constrains("model_id", "crud_model_id")
    def _check_kehu_evidence(self):
        # Automation rules and webhooks run by them.
        for action in self:
            self.env["ir.model"]._kehu_check_not_servers([action.model_id.model, action.crud_model_id.model])
