"""A complaint is closed when what was approved for it is carried out, or withdrawn with a reason (C5, C6)."""

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move, Turn

from ...groups import SUPERVISORS

_lt = LazyTranslate(__name__)

_LEAVING = ("replied", "callback")
CARRY_OUT_REST = Turn(
    "carry_out_rest",
    _LEAVING,
    "executor_id",
    _lt("Carry out what was approved, or have it withdrawn"),
    reminds_actor=True,
)


class Compensation(models.Model):
    _inherit = "kehu.complaint.compensation"

    outcome = fields.Selection(
        [("given", "Given"), ("withdrawn", "Withdrawn")],
        readonly=True,
        copy=False,
        help="What no document carries out is given with the reply. The reason of a withdrawal is in the history of "
        "the complaint.",
    )

    amount_paid = fields.Monetary(
        string="Really Paid",
        compute="_compute_amount_paid",
        store=True,
        help="By a document that is posted, or confirmed and delivered, less what was reversed, or given without one.",
    )

    # === COMPUTE ===

    @api.depends("amount", "outcome")
    def _compute_amount_paid(self):
        paid, taken_back = self._payout_done(is_paid=True), self._payout_taken_back()
        for line in self:
            is_paid = line in paid or line.outcome == "given"
            line.amount_paid = line.amount * (1 - taken_back.get(line, 0.0)) if is_paid else 0.0

    # === BUSINESS ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"outcome"}

    @api.model
    def _payout_kinds(self):
        """Return the kinds that documents of the installed apps carry out."""
        return set().union(*self._payout_line_models().values())

    def _payout_settled(self):
        """Return the lines, in sudo, that were carried out, with a document or without: a later proposal leaves them as
        they are.
        """
        return self._payout_done() | self.sudo().filtered(lambda line: line.outcome == "given")

    def _payout_left(self, is_paid=False):
        """Return the lines, in sudo, that a document has still to carry out.

        :param is_paid: one that is posted, or confirmed and delivered, and of which nothing was taken back; a draft
            does not do
        """
        lines = self.sudo().filtered(lambda line: line.kind in self._payout_kinds() and not line.outcome)
        left = lines - lines._payout_done(is_paid)
        return left.union(*lines._payout_taken_back()) if is_paid else left

    def _payout_to_forgo(self):
        """Return the lines, in sudo, that a supervisor can withdraw: what is left, or what was taken back of it."""
        left = self._payout_left()
        return left.union(*(self.sudo().filtered(lambda line: not line.outcome))._payout_taken_back())


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    _workflow_moves = (
        Move(
            "forgo",
            _lt("Withdraw What Is Not Carried Out"),
            source=_LEAVING,
            target="replied",
            groups=SUPERVISORS,
            reason=True,
            before="_withdraw_left",
        ),
    )

    compensation_paid = fields.Monetary(string="Really Paid", compute="_compute_compensation_paid", store=True)

    # === COMPUTE ===

    @api.depends("compensation_ids.amount_paid")
    def _compute_compensation_paid(self):
        for complaint in self:
            complaint.compensation_paid = sum(complaint.compensation_ids.mapped("amount_paid"))

    def _compute_workflow_moves(self):
        result = super()._compute_workflow_moves()
        for complaint in self - self.sudo().compensation_ids._payout_to_forgo().complaint_id.sudo(False):
            complaint.workflow_moves = [name for name in complaint.workflow_moves or () if name != "forgo"]
        return result

    # === WORKFLOW ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name in ("call_back", "close", "forgo"):
            lines = self.compensation_ids
            left = lines._payout_to_forgo() if move.name == "forgo" else lines._payout_left(move.name == "close")
            unpaid = left.grouped("complaint_id")
            kinds = dict(self.compensation_ids._fields["kind"]._description_selection(self.env))
            for complaint in self.sudo():
                if move.name == "forgo":
                    sentence = complaint not in unpaid and self.env._("Nothing of this kind is left to carry out.")
                else:
                    sentence = complaint in unpaid and self.env._(
                        "Not carried out yet: %s. Press the button there and have the document posted or confirmed, "
                        "and goods delivered, or have a supervisor withdraw it.",
                        ", ".join(
                            f"{kinds[line.kind]} {line.currency_id.format(line.amount)}" for line in unpaid[complaint]
                        ),
                    )
                if sentence:
                    blockers[complaint.id].append(sentence)
        return blockers

    def _workflow_moved(self, move, sources, reason):
        if move.name == "reply":
            lines = self.compensation_ids.sudo()
            lines.filtered(lambda line: line.kind not in lines._payout_kinds()).outcome = "given"
        if move.name == "drop":
            self._withdraw_left()
        return super()._workflow_moved(move, sources, reason)

    def _withdraw_left(self):
        self.compensation_ids._payout_to_forgo().outcome = "withdrawn"

    def _value_goods(self):
        # What is proposed again is not withdrawn.
        self.compensation_ids.filtered(lambda line: line.outcome == "withdrawn").outcome = False
        return super()._value_goods()

    # === TURN ===

    def _find_turns(self):
        """What is left is carried out before the customer is asked."""
        left = self.filtered(lambda complaint: complaint.state in _LEAVING).compensation_ids._payout_left().complaint_id
        return super()._find_turns() | {
            complaint.id: dict.fromkeys(complaint.executor_id or complaint.user_id, CARRY_OUT_REST)
            for complaint in left
        }
