"""What leaves the system as the client sends it: shared dashboards and pivot tables (X3, X6).

A shared dashboard is a copy of what its author reads, for everybody who has its address.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...groups import EXPORTER
from ..rule.tier import CONFIDENTIAL


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
            # Odoo shows a snapshot while its author may read the dashboard: what a leaver has shared is shut with the
            # account.
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

        :raise AccessError: it may, and they have no permission to take it away
        """
        if not self._kehu_reads_confidential():
            return False
        if not self.env.user.has_group(EXPORTER):
            raise AccessError(
                self.env._(
                    "A shared dashboard shows to others what you may read of confidential customers. Sharing it "
                    "needs the permission "
                    "“Export and print confidential records”: ask a confidentiality officer."
                )
            )
        return True

    @api.model
    def _kehu_reads_confidential(self):
        """Return whether the current user can read any confidential customer."""
        customers = self.env["res.partner"].with_user(self.env.user).with_context(active_test=False)
        return self.env.user.kehu_clearance >= CONFIDENTIAL or bool(
            customers.search_count([("kehu_tier", ">=", CONFIDENTIAL)], limit=1)
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _kehu_check_pivot(self, model_name):
        """Note that the current user takes a pivot table away, and return the line that marks it, if something
        confidential may be in it.

        :param model_name: the model that the client names
        :raise AccessError: there may be, and they have no permission to take it away
        """
        model = self.env[model_name] if model_name in self.env else None
        if model is None or not model._kehu_is_protected() or not self._kehu_reads_confidential():
            return ""
        if not self.env.user.has_group(EXPORTER):
            raise AccessError(
                self.env._(
                    "This table may hold numbers of confidential customers. Taking it out of the system needs the "
                    "permission "
                    "“Export and print confidential records”: ask a confidentiality officer."
                )
            )
        self.env["kehu.access.log"]._log_many(model, "pivot", "export")
        return self._kehu_watermark_line({(CONFIDENTIAL, 0)})
