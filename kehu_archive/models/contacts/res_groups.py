from odoo import api, models


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _kehu_noted_groups(self):
        return (*super()._kehu_noted_groups(), "kehu_archive.group_archive_manager")
