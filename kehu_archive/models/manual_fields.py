"""Fields that an administrator adds show what the reader may see (X3).

A related field is followed like those of code (followed_fields.py). Refused is what nothing could follow: code, which runs as
superuser, files and tables that keep the content of another record.
"""
from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, ValidationError

from .tier import TOP_SECRET


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    @api.constrains("compute")
    def _check_kehu_compute(self):
        user = self.env.user
        if user.id == SUPERUSER_ID or user.has_group("kehu_archive.group_tier_officer") and user.kehu_clearance == TOP_SECRET:
            return
        if self.filtered(lambda field: field.state == "manual" and field.compute):
            raise AccessError(self.env._(
                "The code of a field reads every record, whoever looks at the field. Ask a confidentiality officer who is cleared for all "
                "customers to enter it, or use a related field."))

    @api.constrains("related", "store", "ttype")
    def _check_kehu_stored_file(self):
        for field in self.filtered(lambda field: field.state == "manual" and field.related and field.store and field.ttype == "binary"):
            model = self.env[field.model]
            if any(map(model._kehu_is_followed, model._kehu_paths_along(field.related))):
                raise ValidationError(self.env._(
                    "A copy of this file would not follow the confidentiality of the record that it is taken from. Untick “Stored”."))

    @api.constrains("relation_table")
    def _check_kehu_relation_table(self):
        # The members of a group, or who may read what, would be seen and changed without the checks of the real field.
        for field in self.filtered(lambda field: field.state == "manual" and field.relation_table):
            if not field.relation_table.startswith("x_"):
                raise ValidationError(self.env._(
                    "The table of a custom field begins with “x_”: leave “Relation Table” empty, and a name is chosen."))
