"""A shared dashboard is a copy of what its author reads, for whoever has its address (X3, X6)."""
from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .tier import CONFIDENTIAL


class Base(models.AbstractModel):
    """The model is that of Odoo's dashboards, where they are installed."""
    _inherit = "base"

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID:
            return domain
        if self._kehu_is_snapshot():
            # Odoo lets all employees read them, with their addresses.
            domain &= Domain("create_uid", "=", self.env.uid)
        elif self._name == "spreadsheet.dashboard" and not self.env.user.active:
            # Odoo shows a snapshot while its author may read the dashboard: what a leaver has shared is shut with his account.
            domain = Domain.FALSE
        return domain

    def _validate_fields(self, field_names, excluded_names=()):
        if self._kehu_is_snapshot():
            field_names = set(field_names)  # Odoo may give an iterator
            if self._kehu_check_snapshot() and "dashboard_id" in field_names:
                self.env["kehu.access.log"]._log_noted("export", self, self.sudo().dashboard_id[:1].name)
        return super()._validate_fields(field_names, excluded_names)

    @api.model
    def _kehu_is_snapshot(self):
        """Return whether these are snapshots, which are kept from everybody but their author and the server."""
        return self._name == "spreadsheet.dashboard.share" and self.env.uid != SUPERUSER_ID

    def _kehu_check_snapshot(self):
        """Return whether something confidential may be in a snapshot that the current user makes.

        The client sends the numbers and names, so nobody can tell from whom they are.

        :raise AccessError: it may, and he has no permission to take it away
        """
        user = self.env.user
        customers = self.env["res.partner"].with_user(user).with_context(active_test=False)
        if user.kehu_clearance < CONFIDENTIAL and not customers.search_count([("kehu_tier", ">=", CONFIDENTIAL)], limit=1):
            return False
        if not user.has_group("kehu_archive.group_confidential_export"):
            raise AccessError(self.env._(
                "A shared dashboard shows to others what you may read of confidential customers. Sharing it needs the permission "
                "“Export and print confidential records”: ask a confidentiality officer."))
        return True
