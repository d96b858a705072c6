"""What a complaint costs is paid from the approved proposal only, by the server, and each line of it once (C5)."""

from odoo import api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...groups import STAFF
from .payout_mixin import PayoutPermit

PAYING_STATES = ("approved", "executing", "replied", "callback")
_LOCKED_WHEN_CARRIED_OUT = {"complaint_id", "kind", "product_id", "quantity", "amount"}


class Compensation(models.Model):
    _inherit = "kehu.complaint.compensation"

    is_carried_out = fields.Boolean(string="Carried Out", compute="_compute_is_carried_out", compute_sudo=True)

    # === COMPUTE ===

    def _compute_is_carried_out(self):
        done = self._payout_done()
        for line in self:
            line.is_carried_out = line in done

    # === CRUD ===

    def write(self, vals):
        if not _LOCKED_WHEN_CARRIED_OUT.isdisjoint(vals):
            self._check_not_carried_out()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_carried_out(self):
        if not (self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)):
            self._check_not_carried_out()

    def _check_not_carried_out(self):
        if done := self._payout_settled():
            raise UserError(
                self.env._(
                    "“%s” is carried out already: cancel the credit note or the order first, or add another line.",
                    dict(self._fields["kind"]._description_selection(self.env))[done[:1].kind],
                )
            )

    # === BUSINESS ===

    @api.model
    def _payout_line_models(self):
        """Return ``{model with kehu.complaint.payout.line.mixin: kinds that it carries out}`` of the installed apps
        (hook).
        """
        return {}

    def _payout_counting(self):
        """Return the lines of documents, in sudo, that carry out ``self``: a recordset for each model."""
        counting = Domain("kehu_compensation_id", "in", self.ids) & Domain("kehu_counts", "=", True)
        return [self.env[model].sudo().search(counting) for model in self._payout_line_models()]

    def _payout_done(self, is_paid=False):
        """Return those of ``self``, in sudo, that a document carries out: one that is not cancelled, or by which it
        went out.

        :param is_paid: by one that is posted, or confirmed and delivered
        """
        done = self.sudo().browse()
        for lines in self._payout_counting():
            done |= lines.filtered(lambda line: not is_paid or line._payout_is_paid()).kehu_compensation_id
        return done & self.sudo()

    def _payout_taken_back(self):
        """Return ``{compensation: share}`` of those of which a part was taken back after it had been paid."""
        return {
            line.kehu_compensation_id: share
            for lines in self._payout_counting()
            for line in lines
            if (share := line._payout_taken_back())
        }


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    date_carried_out = fields.Datetime(string="Carried Out On", readonly=True, copy=False)

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_carried_out"}

    # === BUSINESS ===

    def _payout_begin(self, kinds):
        """Lock the complaints and return what is left to carry out of the approved proposals, in sudo.

        :param kinds: the kinds of compensation
        :raise AccessError: the user neither is of the service nor executes it, or is complained about
        :raise UserError: not approved, not what was approved any more, worth more by now, or nothing is left
        """
        self.check_access("read")
        if not self.env.user.has_group(STAFF) and any(self.env.user != complaint.executor_id for complaint in self):
            raise AccessError(self.env._("What was approved is carried out by the service, or by whoever executes it."))
        self._workflow_lock()
        self.invalidate_recordset()
        complaints = self.sudo()
        if early := complaints.filtered(lambda complaint: complaint.state not in PAYING_STATES):
            raise UserError(self.env._("Nothing is paid before the proposal is approved: %s.", early._workflow_names()))
        complaints._approval_check_unchanged()
        lines = complaints.compensation_ids._payout_left().filtered(lambda line: line.kind in kinds)
        if not lines:
            raise UserError(self.env._("Nothing of this kind is left to carry out."))
        lines._check_worth()
        # A lock alone does not stop who looked before: the row must change, too.
        lines.complaint_id.date_carried_out = fields.Datetime.now()
        return lines

    def _payout_create(self, model, kinds, prepare):
        """Make the documents that carry out what is left of the approved proposals, one for each complaint (C5).

        They are made in superuser mode, so that whoever executes needs no rights of the other app.

        :param model: of the documents, one with ``kehu.complaint.payout.mixin``
        :param kinds: the kinds of compensation
        :param prepare: returns the values of the document for a complaint and its compensations
        :return: the documents, in sudo
        :raise AccessError, UserError: see ``_payout_begin()``
        """
        lines = self._payout_begin(kinds)
        permit = PayoutPermit(frozenset(self.ids), frozenset(lines.ids))
        documents = (
            self.env[model]
            .sudo()
            .with_context(kehu_payout_permit=permit)
            .create([prepare(complaint, mine) for complaint, mine in lines.grouped("complaint_id").items()])
        )
        documents = documents.with_env(self.env).sudo()
        paying = documents._payout_lines()
        self.env.add_to_compute(paying._fields["kehu_counts"], paying)  # whatever an administrator's default said
        documents._check_payout()
        self.env.flush_all()  # the index, too, has its say before anybody is told
        self.sudo()._message_log_batch(
            {document.kehu_complaint_id.id: document._payout_note() for document in documents}
        )
        self._restart_turns()
        return documents

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "withdraw":
            for complaint in self.compensation_ids._payout_done().complaint_id:
                blockers[complaint.id].append(
                    self.env._("Part of it is carried out already: cancel the credit note or the order first.")
                )
        return blockers
