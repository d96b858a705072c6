from odoo import api, models
from odoo.exceptions import UserError

from ...groups import OFFICER
from ..rule.tier import CONFIDENTIAL
from .tier_raising import REASON


class PartnerMerge(models.TransientModel):
    """Merged contacts have the strictest tier of them, and no more readers than all of them had (X2, X4).

    What was decided about one customer holds for another only if somebody without a part in it says so (A6).
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(getattr(partner_ids, "ids", partner_ids)).exists()
        partners.check_access("write")  # core changes them as superuser
        self._kehu_check_kept(partners.sudo(), dst_partner)
        partners = partners.sudo()
        strictest = max(partners.mapped("kehu_tier"), default="0")
        is_classified = strictest >= CONFIDENTIAL
        customer = self._kehu_customer(partners, dst_partner)
        decided = self._kehu_decided(
            partners.filtered(lambda partner: partner.commercial_partner_id != customer.commercial_partner_id)
        )
        self._kehu_check_impartial(decided, partners)
        outsiders = partners.env["res.users"].search(
            [
                ("share", "=", True),
                ("partner_id", "child_of", partners.filtered(lambda partner: partner.kehu_tier < strictest).ids),
            ]
        )
        self._kehu_keep_values(customer, partners)
        strangers = self._kehu_users_without_full_access(partners) if is_classified else self.env["res.users"]
        self.env["kehu.tier.lowering"].sudo().search(
            [("partner_id", "in", partners.ids), ("state", "=", "pending")]
        )._move("return")
        if is_classified:
            self._kehu_end_what_was_given(partners, strictest, strangers)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # Core lets the tier of the remaining contact stand.
        self._kehu_merge_documents(partners.exists())
        remaining = partners.exists().commercial_partner_id
        below = remaining.filtered(lambda partner: partner.kehu_tier < strictest)
        below.with_context(**{REASON: self._kehu_merged(partners)}).kehu_tier = strictest
        if is_classified:
            self._kehu_close(remaining, strangers, partners)
            if not below:
                outsiders.partner_id.with_env(self.env)._kehu_note_portal_users()
        self._kehu_check_impartial(decided, remaining)
        for documents in decided:
            documents._message_log_batch(dict.fromkeys(documents.ids, self._kehu_merged(partners)))
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        for name in self.pool.descendants(["kehu.approval.mixin"], "_inherit"):
            if not self.env[name]._abstract:
                self.env[name]._approval_follow_merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _kehu_customer(self, partners, remaining):
        """Return the contact as which the merged one goes on (hook)."""
        return (
            remaining.sudo()
            if remaining and remaining in partners
            else self._get_ordered_partner(partners.ids)[-1:].sudo()
        )

    def _kehu_keep_values(self, customer, partners):
        """Take off the other contacts what core would carry over to a customer past what "write" refuses (hook)."""

    def _kehu_merge_documents(self, partners):
        """Bring the documents of the remaining contacts up to date, which core moves in SQL (hook)."""

    def _kehu_decided(self, gone):
        """Return, by model, the documents of which an approval would hold for another customer than
        it was asked for.
        """
        found = []
        for name in self.pool.descendants(["kehu.approval.mixin"], "_inherit") if gone else ():
            model = self.env[name].sudo().with_context(active_test=False)
            if model._abstract:
                continue
            documents = model._approval_find_naming(gone)
            if customer_field := getattr(model, "_kehu_customer_field", None):
                documents |= model.search([(customer_field, "in", gone.ids)])
            if documents := documents._approval_filter_binding():
                found.append(documents)
        return found

    def _kehu_check_impartial(self, decided, partners):
        """Ask who merges about the documents, whose customer may be the present or the former one (A6).

        :raise UserError: the user is none of those who may, or takes part in what was decided
        """
        if not decided or self.env["kehu.right.change"]._is_servers_own():
            return
        involved = partners.commercial_partner_id.user_id | partners.user_id
        for documents in decided:
            involved |= self.env["res.users"].union(*documents._approval_excluded().values())
            approvals = documents._approval_of("pending", "approved")
            involved |= approvals.requester_id | approvals.excluded_user_ids
        group = self._kehu_deciding_group()
        if self.env.user in involved or not self.env.user.has_group(group):
            raise UserError(
                self.env._(
                    "What was approved, waits or holds for one of these customers would hold for another. "
                    "Ask a member of “%s” who has no part in it to merge them.",
                    self.env.ref(group).sudo().name,
                )
            )

    @api.model
    def _kehu_deciding_group(self):
        """Return the group whose members merge customers about whom something was decided (hook)."""
        return OFFICER

    def _kehu_check_kept(self, partners, remaining):
        """Leave a line, and tell the officers, where contacts are merged into that of a colleague or a company (X5).

        :raise UserError: a colleague or a company would come to have another contact, with its name, address and clock,
            or a colleague be the author of its messages
        """
        colleagues = partners.with_context(active_test=False).user_ids.filtered(lambda user: not user.share).partner_id
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        kept = colleagues | companies.search([("partner_id", "in", partners.ids)]).partner_id
        if len(partners) > 1 and kept and kept != remaining:
            raise UserError(
                self.env._(
                    "Contacts of colleagues and of our companies are kept: merge the others into “%s”.",
                    ", ".join(kept.mapped("display_name")),
                )
            )
        if others := kept and partners - kept:
            if colleagues and self.env["mail.message"].sudo().search_count([("author_id", "in", others.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "What another contact wrote does not become the words of a colleague: archive that contact "
                        "instead."
                    )
                )
            self.env["kehu.access.log"]._log_right(kept.sudo(False), self._kehu_merged(partners))
            if not self.env["kehu.right.change"]._is_servers_own():
                self.env["kehu.right.change"]._keep_setting(kept, "name", self._kehu_merged(partners))

    def _kehu_users_without_full_access(self, partners):
        """Return the users who have a relation to some of the contacts, or a grant, and may not read all of them."""
        customers = partners | partners.commercial_partner_id
        users = customers._kehu_related_users() | customers._kehu_open_grants().user_id
        return users.filtered(lambda user: partners.with_user(user)._kehu_hidden())

    def _kehu_end_what_was_given(self, partners, strictest, strangers):
        """Revoke grants that were not given for all that is now put together."""
        customers = partners.commercial_partner_id
        customers._kehu_open_grants().filtered(
            lambda grant: grant.partner_id.kehu_tier < strictest or grant.user_id in strangers,
        )._revoke(self.env._("The customer was merged with another: ask again for both."))

    def _kehu_close(self, remaining, strangers, partners):
        """Take the relations, followers and activities of strangers off the remaining customer;
        core moved them in SQL.
        """
        for customer in remaining:
            if gone := [name for name in customer._kehu_right_fields if customer._kehu_related_users(name) & strangers]:
                customer.write(dict.fromkeys(gone, False))
        remaining.modified(["kehu_tier"])  # for the documents that came over
        remaining._kehu_drop_who_may_not_read()
        remaining._kehu_take_customers_off_website()
        self.env["kehu.access.log"]._log_right(remaining.sudo(False), self._kehu_merged(partners))

    def _kehu_merged(self, partners):
        return self.env._("Merged: %s", ", ".join(f"#{partner_id}" for partner_id in sorted(partners.ids)))
