from odoo import api, models

from ...closures import CLOSURES


class ClosureCheck(models.AbstractModel):
    _inherit = "kehu.closure.check"

    @api.model
    def _closures(self):
        return (*super()._closures(), *CLOSURES)
