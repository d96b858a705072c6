from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """A credit note for a complaint pays the customer who complained, and no more than was approved (C5)."""
    _name = "account.move"
    _inherit = ["account.move", "kehu.complaint.payout.mixin"]

    # === CRUD ===

    def write(self, vals):
        if vals.get("state") == "posted":
            self._check_payout_impartial()
        result = super().write(vals)
        self._check_payout()
        return result

    # === BUSINESS ===

    def _post(self, soft=True):
        self._check_payout_impartial()
        self._check_payout()
        return super()._post(soft)

    def _check_payout(self):
        """
        :raise UserError: a credit note for a complaint that pays more than approved, in another currency, or somebody else
        """
        for move in self._payout_documents().filtered(lambda move: move.state != "cancel"):
            lines = move.line_ids.kehu_compensation_id
            approved = sum(lines.mapped("amount"))
            # A user types the rate between both totals.
            paid = max(abs(move.amount_total), abs(move.amount_total_signed))
            if (
                move.move_type != "out_refund"
                or move.commercial_partner_id != move.kehu_complaint_id.customer_id
                or move.company_id != move.kehu_complaint_id.company_id
                or move.currency_id | move.line_ids.currency_id != move.kehu_complaint_id.currency_id
                or move.company_currency_id.compare_amounts(paid, approved) > 0
                or not move._payout_is_customers(move.line_ids)
            ):
                raise UserError(self.env._(
                    "This credit note pays what was approved for a complaint: to the customer who complained, and no more than "
                    "%(amount)s with taxes. More takes another proposal.",
                    amount=move.company_currency_id.format(approved)))

    def _payout_note(self):
        return self.env._("A credit note was drafted: %s", self.company_currency_id.format(self.amount_total))

    def _remind_accounting(self, summary):
        """Ask accounting to look at what somebody else drafted.

        :param summary: what to do, a term of ``LazyTranslate``
        """
        group = self.env.ref("account.group_account_invoice").sudo()
        people = (group.user_ids or group.all_user_ids).filtered(lambda user: user.active and not user.share)
        told = [
            (people.filtered(lambda user, move=move: move.company_id <= user.company_ids) - move.kehu_complaint_id.conflicted_user_ids,
             {"res_id": move.id})
            for move in self]
        Activity = self.env["mail.activity"]
        Activity._kehu_remind(Activity._kehu_prepare_reminders(
            self._name, told, lambda lang: self.with_context(lang=lang).env._(summary)))  # pylint: disable=gettext-variable
