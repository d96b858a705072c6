from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .ir_module import PRESENT
from ..message.mail_message import EDIT_MOST, EDIT_PARAMETER

_BOX, _OURS = "module_", "module_kehu_"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_note_edit_minutes = fields.Integer(
        "Internal Notes Can Be Edited For (Minutes)", config_parameter=EDIT_PARAMETER
    )
    kehu_modules_in_use = fields.Json(
        string="Addons in Use",
        compute="_compute_kehu_modules_in_use",
        help="The check boxes of our addons that hold documents. They stay installed.",
    )

    # === COMPUTE ===

    def _compute_kehu_modules_in_use(self):
        modules = self._kehu_box_modules()
        self.kehu_modules_in_use = [
            f"{_BOX}{module.name}"
            for module in modules
            if any(
                self.env[model].sudo().with_context(active_test=False).search_count([], limit=1)
                for model in modules._kehu_evidence_models([module.name])
            )
        ]

    # === CONSTRAINT ===

    @api.constrains("kehu_note_edit_minutes")
    def _check_kehu_note_edit_minutes(self):
        if any(not 0 <= settings.kehu_note_edit_minutes <= EDIT_MOST for settings in self):
            raise ValidationError(
                self.env._("Internal notes can be edited for %s minutes at most; 0 for not at all.", EDIT_MOST)
            )

    # === CRUD ===

    def set_values(self):
        self._kehu_check_boxes()
        return super().set_values()

    # === BUSINESS ===

    @api.model
    def _kehu_box_modules(self):
        """Return the installed addons of ours that have a check box ``module_…`` in the settings, in sudo."""
        names = [name.removeprefix(_BOX) for name in self._fields if name.startswith(_OURS)]
        return self.env["ir.module.module"].sudo().search([("name", "in", names), ("state", "in", PRESENT)])

    def _kehu_check_boxes(self):
        """Check boxes of our addons install, and never uninstall.

        :raise UserError: an installed one is not ticked any more
        """
        if gone := self._kehu_box_modules().filtered(lambda module: not self[f"{_BOX}{module.name}"]):
            raise UserError(
                self.env._(
                    "These check boxes only install. What is no longer needed is uninstalled in Apps: %s.",
                    ", ".join(gone.mapped("shortdesc")),
                )
            )
