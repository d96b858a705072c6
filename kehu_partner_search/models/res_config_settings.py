from odoo import api, fields, models

from .res_partner import PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_name_search = fields.Boolean(string="Search indexes for contacts")

    @api.model
    def get_values(self):
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return {**super().get_values(), "kehu_name_search": value == "True"}

    def set_values(self):
        self.check_access("write")  # core asks in execute() only, and sets everything as superuser
        result = super().set_values()
        if self.kehu_name_search != self.get_values()["kehu_name_search"]:
            self.env["res.partner"]._kehu_switch_search_indexes(self.kehu_name_search)
        return result
