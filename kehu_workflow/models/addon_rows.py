"""Rows of Odoo from which follows who may do what with our documents: they come with the addons, and no client changes them (X3).

Administrators configure by groups, approval rules and settings. With these rows they could rewrite what was decided, read the log,
or give the rights of one group to the members of another, without a trace.
"""

from odoo import api, models
from odoo.exceptions import AccessError

OURS = "kehu."


class AddonRowsMixin(models.AbstractModel):
    """Rows that only the server changes, as far as they are about our addons."""

    _name = "kehu.addon.rows.mixin"
    _description = "Comes with an Addon"

    _kehu_free_fields = frozenset()  # everybody with access may write these

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._kehu_check_not_ours()
        return records

    def write(self, vals):
        if vals.keys() <= self._kehu_free_fields:
            return super().write(vals)
        self._kehu_check_not_ours()
        result = super().write(vals)
        self._kehu_check_not_ours()
        return result

    def unlink(self):
        self._kehu_check_not_ours()
        return super().unlink()

    # === BUSINESS ===

    def _kehu_check_not_ours(self):
        """
        :raise AccessError: a client would change what comes with an addon
        """
        if not self.env.su and (ours := self.sudo()._kehu_filter_ours()):
            raise AccessError(self.env._(
                "This comes with an addon, which relies on it, and cannot be changed: %s. Use groups and approval rules to say who "
                "may do what.", ", ".join(record.display_name or "" for record in ours[:10])))

    def _kehu_filter_ours(self):
        """Return those of ``self`` on which our addons rely (hook)."""
        raise NotImplementedError


class IrModelData(models.Model):
    _name = "ir.model.data"
    _inherit = ["ir.model.data", "kehu.addon.rows.mixin"]

    _kehu_free_fields = frozenset({"noupdate"})

    def _kehu_filter_ours(self):
        # By their names code finds groups and users, those of Odoo included.
        installed = self.env.registry._init_modules
        return self.filtered(lambda name: name.module.startswith("kehu_") or (
            name.module in installed and name.model in ("res.groups", "res.users")))


class IrModelAccess(models.Model):
    _name = "ir.model.access"
    _inherit = ["ir.model.access", "kehu.addon.rows.mixin"]

    def _kehu_filter_ours(self):
        return self.filtered(lambda access: (access.model_id.model or "").startswith(OURS))


class IrRule(models.Model):
    _name = "ir.rule"
    _inherit = ["ir.rule", "kehu.addon.rows.mixin"]

    def _kehu_filter_ours(self):
        return self.filtered(lambda rule: (rule.model_id.model or "").startswith(OURS))
