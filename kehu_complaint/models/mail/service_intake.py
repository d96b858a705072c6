"""What was taken down when the customer turned to us stays as it was said, once somebody has begun with it (C2, T1)."""

from odoo import api, models
from odoo.exceptions import AccessError

from ...groups import SUPERVISOR


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    # === CRUD ===

    def write(self, vals):
        if "priority" in vals and not self.env.su:
            self._check_priority(vals["priority"])
        if not self.env.su and (names := self._service_intake_fields() & vals.keys()):
            begun = self.filtered(lambda document: document.sudo().state != "received")
            begun._check_intake_fields(names, vals)
            begun._keep_corrected(names, vals)
        return super().write(vals)

    def _check_priority(self, priority):
        """Refuse a lower priority by others than supervisors (C7).

        :raise AccessError: a lower priority gives more time, and who enters it is no supervisor
        """
        if not self.env.user.has_group(SUPERVISOR) and any(
            str(priority or "0") < document.priority for document in self.sudo()
        ):
            raise AccessError(self.env._("A supervisor lowers the priority, which gives more time."))

    def _check_intake_fields(self, names, vals):
        """Only a supervisor corrects what was taken down.

        :raise AccessError: naming the fields
        """
        if self.env.user.has_group(SUPERVISOR):
            return
        if changed := {
            name for document in self.sudo() for name in names if document._settled_changes(name, vals[name])
        }:
            labels = self.fields_get(sorted(changed), ["string"])
            raise AccessError(
                self.env._(
                    "What was taken down is corrected by a supervisor from now on: %s.",
                    ", ".join(description["string"] for description in labels.values()),
                )
            )

    # === BUSINESS ===

    @api.model
    def _service_intake_fields(self):
        """Return the names of the fields that the intake writes: all that people write, except for what goes on
        afterwards.
        """
        return self._settled_but(*self._service_later_fields()) - self._kehu_final_fields()

    @api.model
    def _service_later_fields(self):
        """Return the names of the fields that the service writes after the intake as well (hook)."""
        parts = set(self._service_parts).union(self._impartial_roles, *self._service_parts.values())
        return parts | {"priority", "waiting_reason", "contact_name", "contact_phone", "contact_email", "kehu_own_tier"}
