from odoo import api, models


class ColleaguesMixin(models.AbstractModel):
    """Documents of which no customer ever hears: their followers and the readers of their messages
    are colleagues (G6).
    """

    _name = "kehu.colleagues.mixin"
    _description = "Document among Colleagues"
    _inherit = ["mail.thread"]

    # === MAIL ===

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        return super().message_subscribe(self._colleagues(partner_ids), subtype_ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        colleagues = set(self._colleagues([recipient["id"] for recipient in recipients if recipient["id"]]))
        return [recipient for recipient in recipients if recipient["id"] in colleagues]

    @api.model
    def _colleagues(self, partner_ids):
        """Return the ids among ``partner_ids`` that are internal users'."""
        users = self.env["res.users"].sudo().with_context(active_test=False)
        partner_ids = list(partner_ids) if isinstance(partner_ids, (list, tuple, set)) else []  # clients send anything
        return users.search([("partner_id", "in", partner_ids), ("share", "=", False)]).partner_id.ids

    # === BUSINESS ===

    @api.model
    def _free_fields(self):
        """Return the names of the fields that chatter, activities and confidentiality write, whatever the state."""
        return {name for name in self._fields if name.startswith(("message_", "activity_", "website_message"))} | {
            "kehu_own_tier"
        }
