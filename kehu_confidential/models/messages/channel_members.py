"""Who takes part in a conversation, and so reads it: who joins, who is told, and who sees that (X3, X5)."""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.kehu_workflow.models.system.linked_rows import as_ids

from ...at_work import client_uid
from ..rule.tier import masking_tier


class DiscussChannelMember(models.Model):
    _inherit = "discuss.channel.member"

    # === CRUD ===

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        private = self.env["discuss.channel"]._kehu_private_domain()
        if mode == "create" or private.is_true():
            return domain  # create() looks at the conversation
        return domain & (Domain("channel_id", "any!", private) | Domain("partner_id", "=", self.env.user.partner_id.id))

    @api.model_create_multi
    def create(self, vals_list):
        # Whoever is a member reads what was said before; in a new conversation, nothing was.
        is_new = self.env.context.get("mail_create_bypass_create_check") is self._bypass_create_check
        if not (self.env.su or is_new):
            named = [vals.get("channel_id", self.env.context.get("default_channel_id")) for vals in vals_list]
            channels = self.env["discuss.channel"].browse(set().union(*map(as_ids, named))).exists()
            channels._kehu_hidden().check_access("read")
        members = super().create(vals_list)
        caller = self.env["res.users"].browse(client_uid() or self.env.uid)
        # Of a chat that a visitor begins, the server chooses the first colleague.
        if self.env["discuss.channel"]._kehu_guest_field() and caller._is_internal():
            members._kehu_note_readers()
        return members

    # === BUSINESS ===

    def _kehu_note_readers(self):
        """Note, and tell the officers, which colleagues come to read what a customer says who is hidden from them
        (X5).
        """
        guests = self.env["discuss.channel"]._kehu_guest_field()
        classified = self.sudo().channel_id[guests]._kehu_classified()
        users = self.sudo().partner_id.user_ids.filtered(lambda user: not user.share)
        hidden = classified._kehu_hidden_from(users) if users else {}
        for channel, members in self.sudo().grouped("channel_id").items() if hidden else ():
            for customer in channel[guests] & classified:
                if readers := hidden[customer.id] & members.partner_id.user_ids:
                    self.env["kehu.right.change"]._keep_given(
                        customer.commercial_partner_id.with_env(self.env),
                        "channel_ids",
                        f"channel_ids + {', '.join(readers.mapped('name'))}",
                        readers,
                        customer.kehu_tier,
                    )

    # === LABELS ===

    def _kehu_masked(self):
        masked = self.sudo().partner_id._kehu_masked()
        return self.filtered(lambda member: member.sudo().partner_id in masked)

    def _kehu_masked_label(self):
        return self.sudo().partner_id._kehu_masked_label()

    def _get_html_link_title(self):
        # Whoever is in the conversation reads the sentence, whatever the one who invites may read.
        contact = self.sudo().partner_id
        if (contact.kehu_tier or "0") >= masking_tier(self.env):
            return contact.with_env(self.env)._kehu_masked_label()
        return super()._get_html_link_title()
