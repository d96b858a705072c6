"""Records show who acted by the present name of a user: it is changed by administrators and the users themselves, with
a line (A9, X5).
"""

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

_SENT_BY_MAIL = ("out_of_office_message", "signature")  # what is sent in the name of a user, kept in messages for ever


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD ===

    def write(self, vals):
        named = self.browse()
        if "name" in vals and not self.env["kehu.right.change"]._is_servers_own():
            named = self.filtered(
                lambda partner: partner.name != vals["name"] and any(not user.share for user in partner._kehu_users())
            )
            named._kehu_check_name_is_changed_by_administrator()
        before = {partner: partner.name for partner in named}
        result = super().write(vals)
        for partner, name in before.items():
            self.env["kehu.access.log"]._log_right(partner._kehu_users(), f"{name} → {partner.name}")
        return result

    # === BUSINESS ===

    def _kehu_users(self):
        return self.sudo().with_context(active_test=False).user_ids

    def _kehu_check_name_is_changed_by_administrator(self):
        """Refuse to rename colleagues.

        :raise AccessError: some of these are contacts of colleagues, whom somebody else would rename
        """
        if not (self.env.su or self <= self.env.user.partner_id or self.env.user.has_group("base.group_erp_manager")):
            raise AccessError(
                self.env._(
                    "Only administrators rename the contact of a colleague: messages and histories show by it who "
                    "acted."
                )
            )


class ResUsers(models.Model):
    """Whoever had the contact of a colleague would speak in that name, and follow and be told what the colleague is."""

    _inherit = "res.users"

    # === CONSTRAINT ===

    @api.constrains("partner_id", "group_ids")
    def _check_kehu_contact_is_own(self):
        if self.env["kehu.right.change"]._is_servers_own():
            return
        for users in (
            self.sudo().with_context(active_test=False).partner_id.mapped("user_ids").grouped("partner_id").values()
        ):
            if len(users) > 1 and any(not user.share for user in users):
                raise ValidationError(
                    self.env._("A colleague has a contact of their own: choose one that belongs to no other user.")
                )

    # === CRUD ===

    def write(self, vals):
        if (
            any(vals.get(name) for name in _SENT_BY_MAIL)
            and self - self.env.user
            and not self.env["kehu.right.change"]._is_servers_own()
        ):
            raise AccessError(
                self.env._(
                    "Signature and absence note are words of the user: only they can write them. You can empty them."
                )
            )
        is_other = "partner_id" in vals and any(user.partner_id.id != vals["partner_id"] for user in self.sudo())
        if is_other and not self.env["kehu.right.change"]._is_servers_own():
            raise AccessError(
                self.env._(
                    "A user keeps the contact that they had from the beginning: messages and histories show by it "
                    "who acted."
                )
            )
        return super().write(vals)
