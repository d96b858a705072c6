"""What a complaint costs is paid from the approved proposal only, by the server, and each line of it once (C5).

The documents that pay (credit notes, orders of replacements) are those of optional apps. Their glue addons say what they
look like; what holds for all of them is here.
"""
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError, UserError

from .service_mixin import STAFF

PAYING_STATES = ("approved", "executing", "replied", "callback")
_PROMISED = {"complaint_id", "kind", "product_id", "quantity", "amount"}


@dataclass(frozen=True, slots=True, eq=False)
class PayoutPermit:
    """Lets the server link documents to these complaints and compensations; no client can send an instance in a context."""

    complaint_ids: frozenset[int]
    compensation_ids: frozenset[int]

    def covers(self, target):
        return self.complaint_ids.issuperset(target._ids) if target._name == "kehu.complaint" else (
            self.compensation_ids.issuperset(target._ids))


class PayoutGuardMixin(models.AbstractModel):
    """Records whose link to a complaint is the server's alone, superuser mode or not."""
    _name = "kehu.complaint.payout.guard"
    _description = "Link to a Complaint"

    _payout_link = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # Looked at afterwards: a link can come as a default, too.
        records._check_payout_link(records.sudo()[self._payout_link])
        return records

    def write(self, vals):
        if self._payout_link in vals:
            before = self.sudo()[self._payout_link]
            target = before.browse(vals[self._payout_link] or ())
            if any(record[self._payout_link] != target for record in self.sudo()):
                self._check_payout_link(before | target)
        return super().write(vals)

    def _payout_named(self):
        """Return everybody whom the records name: contacts in any field, and the owners of bank accounts."""
        return self.env["res.partner"].union(*(
            self.mapped(name) if field.comodel_name == "res.partner" else self.mapped(f"{name}.partner_id")
            for name, field in self._fields.items()
            if field.type == "many2one" and field.comodel_name in ("res.partner", "res.partner.bank")))

    def _check_payout_link(self, target):
        """
        :raise AccessError: the link is not the server's doing
        """
        permit = self.env.context.get("kehu_payout_permit")
        if target and not (isinstance(permit, PayoutPermit) and permit.covers(target)):
            raise AccessError(self.env._("What is paid for a complaint is made from its approved proposal only: press the button there."))


class PayoutMixin(models.AbstractModel):
    """Documents that carry out what was approved for a complaint."""
    _name = "kehu.complaint.payout.mixin"
    _description = "Paid for a Complaint"
    _inherit = ["kehu.complaint.payout.guard"]
    _payout_link = "kehu_complaint_id"

    kehu_complaint_id = fields.Many2one(
        "kehu.complaint", string="Complaint", readonly=True, copy=False, index="btree_not_null", ondelete="restrict", groups=STAFF)

    def _check_payout(self):
        """Refuse documents that are not just what was approved (hook).

        :raise UserError: saying what is allowed
        """

    def _payout_is_customers(self, *lines):
        """Return whether a document, in sudo, and ``lines`` of it name the customer who complained alone, besides the own company."""
        self.ensure_one()
        named = self._payout_named().union(*(some._payout_named() for some in lines)) - self.company_id.partner_id
        return named.commercial_partner_id <= self.kehu_complaint_id.customer_id

    def _payout_note(self):
        """Return the sentence that tells of the document in the chatter of its complaint (hook)."""
        self.ensure_one()
        return self.display_name

    def _payout_documents(self):
        """Return those of ``self`` that pay for a complaint, in sudo."""
        return self.sudo().filtered("kehu_complaint_id")

    def _check_payout_impartial(self):
        """
        :raise AccessError: the user is complained about in the complaint; it does not say so
        """
        if any(self.env.user in document.kehu_complaint_id.conflicted_user_ids for document in self._payout_documents()):
            raise AccessError(self.env._("This is not for you to do: leave it to a colleague."))


class PayoutLineMixin(models.AbstractModel):
    """Lines of such documents; each for one compensation."""
    _name = "kehu.complaint.payout.line.mixin"
    _description = "Line Paid for a Complaint"
    _inherit = ["kehu.complaint.payout.guard"]
    _payout_link = "kehu_compensation_id"

    kehu_compensation_id = fields.Many2one(
        "kehu.complaint.compensation", string="Compensation", readonly=True, copy=False, ondelete="restrict", groups=STAFF)


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
        if not _PROMISED.isdisjoint(vals):
            self._check_not_carried_out()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_carried_out(self):
        if not (self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)):
            self._check_not_carried_out()

    def _check_not_carried_out(self):
        if done := self._payout_done():
            raise UserError(self.env._(
                "“%s” is carried out already: cancel the credit note or the order first, or add another line.",
                dict(self._fields["kind"]._description_selection(self.env))[done[:1].kind]))

    # === BUSINESS ===

    def _payout_done(self):
        """Return those of ``self`` for which there is a document that is not cancelled, in sudo (hook)."""
        return self.sudo().browse()


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
        lines = complaints.compensation_ids.filtered(lambda line: line.kind in kinds)
        lines -= lines._payout_done()
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
        documents = self.env[model].sudo().with_context(kehu_payout_permit=permit).create([
            prepare(complaint, mine) for complaint, mine in lines.grouped("complaint_id").items()])
        documents = documents.with_env(self.env).sudo()
        documents._check_payout()
        self.env.flush_all()  # the index, too, has its say before anybody is told
        self.sudo()._message_log_batch({document.kehu_complaint_id.id: document._payout_note() for document in documents})
        return documents

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "withdraw":
            for complaint in self.compensation_ids._payout_done().complaint_id:
                blockers.setdefault(complaint.id, []).append(
                    self.env._("Part of it is carried out already: cancel the credit note or the order first."))
        return blockers
