from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache

# Odoo's own records of which a computed field says whose an address is, who somebody is, or what a template is about:
# nobody would see that it says something else.
_COMPUTED = frozenset({"mail.template", "res.partner", "res.users", "sms.template"})


class Base(models.AbstractModel):
    _inherit = "base"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and (computed := self._kehu_computed_alone()):
            self, vals_list = self._kehu_without(computed, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._kehu_refuse_computed(self._kehu_computed_alone() & vals.keys())
        return super().write(vals)

    # === BUSINESS ===

    @api.model
    def _kehu_is_computed_alone(self):
        """Return whether no client writes the computed fields of this model (hook)."""
        return self._name in _COMPUTED

    @api.model
    @ormcache("self._name")
    def _kehu_computed_alone(self):
        """Return the names of the computed fields that no client writes.

        The ORM lets whoever may write a record overwrite a stored computed field until it is computed the next time.
        """
        if not self._kehu_is_computed_alone():
            return frozenset()
        return frozenset(
            name for name, field in self._fields.items() if field.compute and field.store and field.readonly
        )

    @api.model
    def _kehu_without(self, names, vals_list):
        """Return ``self`` and values for new records in which these fields are neither said nor slipped in as defaults."""
        context = {key: value for key, value in self.env.context.items() if key.removeprefix("default_") not in names}
        return (
            self if len(context) == len(self.env.context) else self.with_env(self.env(context=context)),
            [
                {name: value for name, value in vals.items() if name not in names} if isinstance(vals, dict) else vals
                for vals in vals_list
            ],
        )

    @api.model
    def _kehu_refuse_computed(self, names):
        """
        :raise AccessError: there are some
        """
        if names:
            labels = self.fields_get(sorted(names), ["string"])
            raise AccessError(
                self.env._(
                    "These are filled by the system: %s.", ", ".join(labels[name]["string"] for name in sorted(labels))
                )
            )


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
            self, vals_list = self._kehu_without(self._kehu_final_fields(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._kehu_refuse_computed(self._kehu_final_fields() & vals.keys())
        return super().write(vals)
