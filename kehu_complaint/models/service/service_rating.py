"""How the customers themselves rate us: a supervisor hears of it when they are dissatisfied (C6, T6)."""

from odoo import SUPERUSER_ID, models


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    def rating_apply(self, rate, token=None, rating=None, feedback=None, subtype_xmlid=None, notify_delay_send=False):
        applied = super().rating_apply(
            rate,
            token=token,
            rating=rating,
            feedback=feedback,
            subtype_xmlid=subtype_xmlid,
            notify_delay_send=notify_delay_send,
        )
        # Whoever rates, by the link or in the portal, may write nothing.
        for document in self.sudo().with_user(SUPERUSER_ID):
            if applied.sudo().rating < document.company_id.kehu_rating_alert:
                document._service_tell_supervisor()
        return applied
