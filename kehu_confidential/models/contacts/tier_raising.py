"""A tier that changes keeps the reason: in the customer's chatter and in the access log (X1)."""

from odoo import api, models

from ..rule.tier import CONFIDENTIAL
from .res_partner import TIER_SOURCES

REASON = "kehu_tier_reason"  # the key of the context by which a reason comes along, from an import, too


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD ===

    def write(self, vals):
        if TIER_SOURCES.isdisjoint(vals):
            return super().write(vals)
        before = {partner.id: partner.kehu_tier or "0" for partner in self.sudo()}
        customers = {partner.id: partner.commercial_partner_id for partner in self.sudo()}
        result = super().write(vals)
        if "kehu_tier" in vals:
            self._kehu_note_tiers(before)
        # Contacts of another customer now, or of one that is stricter by now.
        stricter = self.sudo().filtered(
            lambda partner: (
                partner.kehu_tier >= CONFIDENTIAL
                and (before[partner.id] < partner.kehu_tier or customers[partner.id] != partner.commercial_partner_id)
            ),
        )
        stricter.with_env(self.env)._kehu_note_portal_users()
        stricter._kehu_take_customers_off_website()
        return result

    # === ACTIONS ===

    def action_kehu_raise_tier(self):
        """Open the dialog that raises the tier of these customers and asks for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Raise Tier"),
            "res_model": "kehu.tier.raise",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_ids": self.commercial_partner_id.ids},
        }

    # === BUSINESS ===

    def _kehu_note_tiers(self, before):
        """Keep who changed a tier that hides something, and why.

        Raising is never held up for want of a reason: what is closed too late is out. It is noted that there was none.

        :param before: ``{id: tier}``
        """
        reason = self.env.context.get(REASON)
        reason = " ".join(reason.split()) if isinstance(reason, str) else ""
        label = dict(self._fields["kehu_tier"]._description_selection(self.env))
        changed = self.sudo().filtered(lambda partner: partner.kehu_tier != before[partner.id])
        for (old, new), partners in changed.grouped(lambda partner: (before[partner.id], partner.kehu_tier)).items():
            note = self.env._(
                "Tier %(old)s → %(new)s: %(reason)s",
                old=label[old],
                new=label[new],
                reason=reason or self.env._("no reason given"),
            )
            if max(old, new) >= CONFIDENTIAL:
                self.env["kehu.access.log"]._log_right(partners.sudo(False), note)
            partners._kehu_tell_tier(note)
        changed.with_env(self.env)._kehu_settle_grants(before)
        raised = changed.filtered(lambda partner: before[partner.id] < partner.kehu_tier >= CONFIDENTIAL)
        self.env["kehu.approval"]._kehu_note_raised(raised.commercial_partner_id)
        self.env["kehu.tier.lowering"]._return_for_raised(
            changed.filtered(lambda partner: partner.kehu_tier > before[partner.id])
        )
        if reason:
            changed._track_set_log_message(reason)

    def _kehu_tell_tier(self, note):
        """Hook: the tier of these customers was changed; called in sudo.

        :param note: from which tier to which, and why
        """

    def _kehu_note_portal_users(self):
        """Note, and tell the officers, which users among these contacts read the customer in the portal from now on
        (X5).
        """
        users = self.env["res.users"].sudo().search([("share", "=", True), ("partner_id", "child_of", self.ids)])
        users.with_env(self.env)._kehu_note_in_portal()

    def _kehu_settle_grants(self, before):
        """End grants by whom could not give them any more; note, and tell the officers, who goes on reading by another
        one (X4).

        :param before: ``{id: tier}``
        """
        grants = self._kehu_open_grants()
        lapsed = grants.filtered(lambda grant: grant.create_uid.kehu_clearance < grant.partner_id.kehu_tier)
        lapsed._revoke(self.env._("The customer was raised above the clearance of who granted it: ask again."))
        reading = (grants - lapsed).filtered(
            lambda grant: (
                before[grant.partner_id.id] < grant.partner_id.kehu_tier >= CONFIDENTIAL
                and grant.user_id.active
                and grant.user_id.kehu_clearance < grant.partner_id.kehu_tier
            )
        )
        for (user, tier), kept in reading.grouped(lambda grant: (grant.user_id, grant.partner_id.kehu_tier)).items():
            self.env["kehu.right.change"]._keep_given(
                kept.partner_id.with_env(self.env), "kehu_grant_ids", f"kehu_grant_ids = {user.name}", user, tier
            )


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._kehu_filter_in_portal()._kehu_note_in_portal()
        return users

    def write(self, vals):
        if {"active", "group_ids", "partner_id"}.isdisjoint(vals):
            return super().write(vals)
        before = self._kehu_filter_in_portal()
        result = super().write(vals)
        (self._kehu_filter_in_portal() - before)._kehu_note_in_portal()
        return result

    # === BUSINESS ===

    def _kehu_filter_in_portal(self):
        """Return those of these users who read a classified customer as its contacts."""
        return (
            self.sudo()
            .filtered(
                lambda user: (
                    user.active and user.share and user.partner_id.commercial_partner_id.kehu_tier >= CONFIDENTIAL
                )
            )
            .with_env(self.env)
        )

    def _kehu_note_in_portal(self):
        for customer, users in self.sudo().grouped(lambda user: user.partner_id.commercial_partner_id).items():
            self.env["kehu.right.change"]._keep_given(
                customer.with_env(self.env),
                "child_ids",
                f"portal: {', '.join(users.mapped('name'))}",
                users,
                customer.kehu_tier,
            )
