"""Filters that open others' lists, so that they do not see what is in them: those of administrators alone (X5). What
somebody looks for, and shares with nobody, is theirs (X3).
"""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

# Models by which officers and auditors watch: nobody shares filters on them.
_WATCHING = ("kehu.right.change", "kehu.access.log", "kehu.leak.report")


class IrFilters(models.Model):
    _name = "ir.filters"
    _inherit = ["ir.filters", "kehu.watched.settings"]

    _kehu_is_mailed = True

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        filters = super().create(vals_list)
        filters._kehu_check_shared()
        return filters

    def write(self, vals):
        self._kehu_check_shared()
        result = super().write(vals)
        self._kehu_check_shared()
        return result

    # === RULE ===

    @api.model
    def _kehu_domain(self, mode="read"):
        """A filter names customers as who saved it typed them; Odoo shows administrators all of them."""
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID:
            return domain
        mine = Domain("user_ids", "in", [False, self.env.uid]) | Domain("create_uid", "=", self.env.uid)
        return domain & mine

    # === BUSINESS ===

    def _kehu_filter_watched(self):
        """Return the filters with which others' lists open."""
        actions = self.env["ir.actions.act_window"]
        return self.filtered(
            lambda shared: (
                shared.is_default
                and shared.user_ids != self.env.user
                and actions._kehu_concerns(str(shared.model_id or ""))
            )
        )

    def _kehu_check_shared(self):
        """Refuse filters that would be imposed on others.

        :raise AccessError: a user makes or changes a filter of others, by which they would not see what is there
        """
        if self.env["kehu.right.change"]._is_servers_own():
            return
        is_administrator = self.env.user.has_group("base.group_system")
        for shared in self.sudo().filtered(lambda shared: shared.user_ids != self.env.user):
            model = str(shared.model_id or "")
            if model in _WATCHING:
                raise AccessError(
                    self.env._("Filters on what officers and auditors watch are everybody's own: do not share them.")
                )
            if shared.is_default and (model.startswith(OURS) or model == "mail.activity"):
                raise AccessError(
                    self.env._(
                        "A filter that opens with the lists of others could hide from them what they decide: "
                        "share it without making it the default."
                    )
                )
            if not is_administrator and (shared.is_default or model.startswith(OURS)):
                raise AccessError(
                    self.env._(
                        "Only an administrator shares default filters, or filters on customer archives and service."
                    )
                )
