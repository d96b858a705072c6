from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


@dataclass(frozen=True, slots=True, eq=False)
class ReversalPermit:
    """Lets Odoo make the reversals of documents; no client can send an instance in a context."""


class AccountMove(models.Model):
    """A credit note for a complaint pays the customer who complained what was approved (C5)."""

    _name = "account.move"
    _inherit = ["account.move", "kehu.complaint.payout.mixin"]

    # Odoo counts them in the rights of the reader: users without rights on payments could not open an invoice.
    payment_count = fields.Integer(compute_sudo=True)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._check_payout_reversing(moves.reversed_entry_id)
        return moves

    def write(self, vals):
        self._check_payout_impartial()
        if "reversed_entry_id" in vals:
            notes = self.browse(vals["reversed_entry_id"] or ())
            moved = self.filtered(lambda move: move.reversed_entry_id != notes)
            moved._check_payout_reversing(moved.reversed_entry_id | notes)
        if "posted_before" in vals and not vals["posted_before"]:
            self._check_payout_link(self._payout_documents().filtered("posted_before").kehu_complaint_id)
        if vals.get("state") == "cancel":
            self._payout_log_cancelled()
        result = super().write(vals)
        self._check_payout()
        if vals.get("state") in ("posted", "cancel"):
            self._accounting_reminders().unlink()
        return result

    # === BUSINESS ===

    def _post(self, soft=True):
        reversed_moves = self.reversed_entry_id
        (self | reversed_moves)._check_payout_impartial()
        self._check_payout()
        posted = super()._post(soft)
        reversed_moves._payout_log(self.env._("A document that carries this out was reversed: %s"))
        reversed_moves._payout_documents().kehu_complaint_id._restart_turns()
        return posted

    def _check_payout(self):
        """Refuse credit notes that do not pay what was approved.

        :raise UserError: a credit note for a complaint that pays more than approved, or less when it is posted, in
            another currency, or somebody else
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
                raise UserError(
                    self.env._(
                        "This credit note pays what was approved for a complaint: to the customer who complained, "
                        "and no more than "
                        "%(amount)s with taxes. More takes another proposal.",
                        amount=move.company_currency_id.format(approved),
                    )
                )
            # Whoever splits off the tax rounds each line.
            rounded = len(lines) * move.company_currency_id.rounding
            paid = min(abs(move.amount_total), abs(move.amount_total_signed))
            if move.state == "posted" and move.company_currency_id.compare_amounts(paid + rounded, approved) < 0:
                raise UserError(
                    self.env._(
                        "This credit note pays less than the %(amount)s that were approved for a complaint: restore "
                        "its lines. What is not to be paid is proposed anew, or withdrawn by a supervisor.",
                        amount=move.company_currency_id.format(approved),
                    )
                )

    def _reverse_moves(self, default_values_list=None, cancel=False):
        permitted = self.with_context(kehu_reversal_permit=ReversalPermit())
        reversals = super(AccountMove, permitted)._reverse_moves(default_values_list, cancel)
        return reversals.with_env(self.env)

    def _check_payout_reversing(self, notes):
        """Refuse reversals that were not made from the credit note.

        :raise AccessError: a document that is declared to reverse a credit note for a complaint was not made from it
        """
        permit = self.env.context.get("kehu_reversal_permit")
        if self and notes._payout_documents() and not isinstance(permit, ReversalPermit):
            raise AccessError(
                self.env._(
                    "A credit note for a complaint is reversed from itself only: no other document is declared to be "
                    "its reversal."
                )
            )

    def _payout_is_reversed(self):
        """Return whether a credit note, in sudo, is settled by its own whole reversal alone: nothing was paid by it."""
        self.ensure_one()
        partials = self.line_ids.matched_debit_ids | self.line_ids.matched_credit_ids
        reversal = (partials.debit_move_id | partials.credit_move_id).move_id - self
        if (
            len(reversal) != 1
            or reversal.reversed_entry_id != self
            or self.amount_residual
            or {self.state, reversal.state} != {"posted"}
        ):
            return False
        mirrored, own = (
            sorted((line.account_id.id, line.product_id.id, sign * line.balance) for line in move.line_ids)
            for move, sign in ((reversal, -1), (self, 1))
        )
        return mirrored == own

    def _payout_lines(self):
        return self.line_ids

    def _payout_note(self):
        return self.env._("A credit note was drafted: %s", self.company_currency_id.format(self.amount_total))

    def _remind_accounting(self, summary):
        """Ask accounting to check a draft that is not its own, until it is posted or cancelled.

        :param summary: what to do, a term of ``LazyTranslate``
        """
        group = self.env.ref("account.group_account_invoice").sudo()
        people = (group.user_ids or group.all_user_ids).filtered(lambda user: user.active and not user.share)
        told = {
            move.id: people.filtered(lambda user, move=move: move.company_id <= user.company_ids)
            - move.kehu_complaint_id.conflicted_user_ids
            for move in self
        }
        turn = self.env.ref("kehu_workflow.mail_activity_type_turn")
        # Of a confidential customer not everybody in accounting may read it.
        self.env["mail.activity"]._kehu_tell(self, told, summary, turn.id)

    def _accounting_reminders(self):
        turn = self.env.ref("kehu_workflow.mail_activity_type_turn")
        return self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == turn)
