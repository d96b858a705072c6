"""Fields that give reading of customers take no default but that of the code: nobody lets others read without knowing
(X2).

Nor does what the system fills in by itself: who gets a mail, the secret of a link. What else takes a default for others
is noted (X5).
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

# Models whose rows Odoo writes by itself, or from dialogs: what is sent, followed, kept or opened by a link.
_TECHNICAL = ("bus.", "discuss.", "fetchmail.", "ir.", "mail.", "rating.", "sms.", "snailmail.")


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "kehu.code.defaults.mixin"]

    @api.model
    def _kehu_fields_of_code(self):
        return frozenset(self._kehu_right_fields)


class IrDefault(models.Model):
    _name = "ir.default"
    _inherit = ["ir.default", "kehu.watched.settings"]

    @api.constrains("field_id")
    def _check_kehu_gives_no_right(self):
        names = self.env["res.partner"]._kehu_right_fields
        if any(
            default.field_id.name in names and self._kehu_is_of_customers(default.field_id.model)
            for default in self.sudo()
        ):
            raise AccessError(
                self.env._(
                    "This field gives reading of customers, as the salesperson does: no default can be set for it."
                )
            )

    @api.constrains("field_id")
    def _check_kehu_is_filled_in_by_people(self):
        for field in self.sudo().field_id if not self.env["kehu.right.change"]._is_servers_own() else ():
            if not self._kehu_takes_default(field.model, field.name):
                raise AccessError(
                    self.env._(
                        "No default can be set for “%(field)s” of “%(model)s”: the system fills it in, or it is "
                        "said each time.",
                        field=field.field_description,
                        model=field.model_id.name,
                    )
                )

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        defaults = super()._get_model_defaults(model_name, condition)
        return {name: value for name, value in defaults.items() if self._kehu_takes_default(model_name, name)}

    # === BUSINESS ===

    @api.model
    def _kehu_domain(self, mode="read"):
        """What users enter as their own default is what they write of customers: those who may read no hidden one read
        what they set themselves, and what is for everybody (X3).
        """
        domain = super()._kehu_domain(mode)
        if mode == "create" or self.env["res.partner"]._kehu_hidden_ones_domain().is_false():
            return domain
        me = self.env.uid
        return domain & (Domain("user_id", "in", [False, me]) | Domain("create_uid", "=", me))

    @api.model
    def _kehu_is_of_customers(self, model_name):
        """Return whether a model is that of contacts, or delegates to it."""
        model = self.env.get(model_name)
        return model_name == "res.partner" or model is not None and "res.partner" in model._inherits

    @api.model
    @ormcache("model_name", "name")
    def _kehu_takes_default(self, model_name, name):
        """Return whether a field takes a default other than that of the code: it is one that people fill in, in a form
        of a document.
        """
        model = self.env[model_name]
        if name not in model._fields:
            return False
        field = model._fields[name].base_field
        if field.company_dependent:
            return True  # a setting of the company, rather than a default
        is_servers = (
            field.readonly or not field.store or field.type == "one2many" or name in model._kehu_secret_fields()
        )
        return not (is_servers or model._transient or model_name.startswith(_TECHNICAL))

    def _kehu_filter_watched(self):
        """Those for others, all users or another one; of settings of a company, only ours."""
        return self.filtered(
            lambda default: (
                default.user_id != self.env.user
                and (not default.field_id.company_dependent or default.field_id.model.startswith(OURS))
            )
        )
