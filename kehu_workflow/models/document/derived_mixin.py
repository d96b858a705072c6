from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache


class DerivedMixin(models.AbstractModel):
    """Fields that only the server fills: what is computed and stored, and what moves and jobs stamp.

    The ORM lets whoever may write a record overwrite a stored computed field, such as a tier or a total, until it is
    computed the next time. Here nobody can.
    """

    _name = "kehu.derived.mixin"
    _description = "Fields that only the server fills"
    _inherit = ["kehu.code.defaults.mixin"]

    @api.model
    def _kehu_fields_of_code(self):
        return super()._kehu_fields_of_code() | self._kehu_final_fields()

    @api.model
    def _kehu_server_fields(self):
        """Return the names of the fields that no client fills, besides the computed ones (hook)."""
        return set()

    @api.model
    @ormcache("self._name")
    def _kehu_final_fields(self):
        derived = {name for name, field in self._fields.items() if field.compute and field.store and field.readonly}
        return frozenset(derived | self._kehu_server_fields())

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Neither said nor slipped in as a default.
            final = self._kehu_final_fields()
            self = self.with_env(
                self.env(
                    context={
                        key: value
                        for key, value in self.env.context.items()
                        if key.removeprefix("default_") not in final
                    }
                )
            )
            vals_list = [{name: value for name, value in vals.items() if name not in final} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and (forged := self._kehu_final_fields() & vals.keys()):
            labels = self.fields_get(sorted(forged), ["string"])
            raise AccessError(
                self.env._(
                    "These are filled by the system: %s.", ", ".join(labels[name]["string"] for name in sorted(labels))
                )
            )
        return super().write(vals)
