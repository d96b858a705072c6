from odoo import api, models

from ...groups import ARCHIVE_MANAGER


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _kehu_noted_groups(self):
        return (*super()._kehu_noted_groups(), ARCHIVE_MANAGER)
