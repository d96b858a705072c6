"""Conversations of a few people are theirs: Odoo lets administrators read, and join, all of them (X3)."""

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from ..rule.tier import CONFIDENTIAL

_PRIVATE = ("chat", "group")


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        return domain if mode == "create" else domain & self._kehu_private_domain()

    @api.model
    def _kehu_private_domain(self):
        """Return the domain of the conversations that are not those of others."""
        if (
            self.env.uid == SUPERUSER_ID
            or not self.env.user._is_internal()
            or self.env["res.partner"]._kehu_hidden_domain(CONFIDENTIAL).is_false()
        ):
            return Domain.TRUE
        mine = Domain("channel_member_ids", "any!", [("partner_id", "=", self.env.user.partner_id.id)])
        return Domain("channel_type", "not in", _PRIVATE) | mine | Domain("parent_channel_id", "any!", mine)


class DiscussChannelRtcSession(models.Model):
    """Who is in a call of a conversation."""

    _inherit = "discuss.channel.rtc.session"

    @api.model
    def _kehu_domain(self, mode="read"):
        private = self.env["discuss.channel"]._kehu_private_domain()
        return super()._kehu_domain(mode) & (private if private.is_true() else Domain("channel_id", "any!", private))
