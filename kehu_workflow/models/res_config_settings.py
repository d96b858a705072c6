from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .mail_message import EDIT_MOST, EDIT_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_note_edit_minutes = fields.Integer("Internal Notes Can Be Edited For (Minutes)", config_parameter=EDIT_PARAMETER)

    @api.constrains("kehu_note_edit_minutes")
    def _check_kehu_note_edit_minutes(self):
        if any(not 0 <= settings.kehu_note_edit_minutes <= EDIT_MOST for settings in self):
            raise ValidationError(self.env._("Internal notes can be edited for %s minutes at most; 0 for not at all.", EDIT_MOST))
