from odoo import fields, models
from odoo.fields import Domain

from .tier import CONFIDENTIAL
from .tier_raising import REASON


class PartnerMerge(models.TransientModel):
    """Merged contacts have the strictest tier of them, and no more readers than all of them had (X2, X4)."""
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(getattr(partner_ids, "ids", partner_ids)).exists()
        partners.check_access("write")  # core changes them as superuser
        partners = partners.sudo()
        strictest = max(partners.mapped("kehu_tier"), default="0")
        is_classified = strictest >= CONFIDENTIAL
        strangers = self._kehu_strangers(partners) if is_classified else self.env["res.users"]
        if is_classified:
            self._kehu_end_what_was_given(partners, strictest, strangers)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # Core moves the archive in SQL and lets the tier of the remaining contact stand.
        archives = self._kehu_archives(partners.exists())
        archives.modified(["partner_id"])
        archives._check_card()
        archives._approval_written(archives._approval_influences())
        remaining = partners.exists().commercial_partner_id
        below = remaining.filtered(lambda partner: partner.kehu_tier < strictest)
        below.with_context(**{REASON: self._kehu_merged(partners)}).kehu_tier = strictest
        if is_classified:
            self._kehu_close(remaining, strangers, partners)
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._kehu_archives(src_partners + dst_partner)._merge_customers(dst_partner)
        for name in self.pool.descendants(["kehu.approval.mixin"], "_inherit"):
            if not self.env[name]._abstract:
                self.env[name]._approval_follow_merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _kehu_archives(self, partners):
        """Return the archives of contacts, in sudo: those of other companies, too."""
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False)
        return archives.search([("partner_id", "in", partners.ids)])

    def _kehu_strangers(self, partners):
        """Return the users who have a relation to some of the contacts, or a grant, and may not read all of them."""
        customers = partners | partners.commercial_partner_id
        users = (
            customers.user_id | customers.kehu_custodian_id | customers.kehu_team_id.user_id
            | self._kehu_grants(customers).user_id)
        return users.filtered(lambda user: partners.with_user(user)._kehu_hidden())

    def _kehu_grants(self, customers):
        """Return the grants on the customers that are in force or planned."""
        return self.env["kehu.grant"].sudo().search(
            Domain("partner_id", "in", customers.ids) & Domain("revoked_on", "=", False)
            & Domain("date_until", ">", fields.Datetime.now()))

    def _kehu_end_what_was_given(self, partners, strictest, strangers):
        """Revoke grants, and return requests to lower a tier, that were not given for all that is now put together."""
        customers = partners.commercial_partner_id
        self._kehu_grants(customers).filtered(
            lambda grant: grant.partner_id.kehu_tier < strictest or grant.user_id in strangers,
        )._revoke(self.env._("The customer was merged with another: ask again for both."))
        self.env["kehu.tier.lowering"].sudo().search(
            [("partner_id", "in", partners.ids), ("state", "=", "pending")])._move("return")

    def _kehu_close(self, remaining, strangers, partners):
        """Take the relations, followers and activities of strangers off the remaining customer; core moved them in SQL."""
        for customer in remaining:
            relations = {
                "user_id": customer.user_id, "kehu_custodian_id": customer.kehu_custodian_id, "kehu_team_id": customer.kehu_team_id.user_id}
            if gone := [name for name, user in relations.items() if user in strangers and user]:
                customer.write(dict.fromkeys(gone, False))
        remaining.modified(["kehu_tier"])  # for the documents that came over
        remaining._kehu_drop_who_may_not_read()
        self.env["kehu.access.log"]._log_right(remaining.sudo(False), self._kehu_merged(partners))

    def _kehu_merged(self, partners):
        return self.env._("Merged: %s", ", ".join(f"#{partner_id}" for partner_id in sorted(partners.ids)))
