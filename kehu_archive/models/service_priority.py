from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _kehu_service_priority(self):
        """Tell who is served first (hook: whoever grades customers overrides it).

        :return: dict partner id -> int for all of ``self``; the higher, the earlier. 0 for everybody here.
        """
        return dict.fromkeys(self.ids, 0)
