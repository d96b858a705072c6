"""Clocks of documents that are no case at all: neither met nor missed, and going on from their first start if they are
one (C7).
"""

from odoo import models


class DeadlineMixin(models.AbstractModel):
    _inherit = "kehu.deadline.mixin"

    # === BUSINESS ===

    def _deadline_take_out(self, reason):
        """End the open clocks of these records as taken out.

        :param reason: kept with each clock
        """
        self._deadline_open_clocks()._end("taken_out", reason)

    def _deadline_put_back(self):
        """Have the clocks that were taken out go on from their first start, their pauses included."""
        clocks = (
            self.env["kehu.deadline"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", "taken_out")], order="id"
            )
        )
        continued = self.env["kehu.deadline"].sudo().search([("previous_id", "in", clocks.ids)]).previous_id
        self._deadline_sync(handed=clocks - continued)
