"""What the documents that pay for a complaint have in common: credit notes, orders of replacements (C5).

Their glue addons say what they look like; what holds for all of them is here.
"""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import sql

from odoo.addons.kehu_workflow.notification import RELOAD, notification

from ...groups import STAFF


@dataclass(frozen=True, slots=True, eq=False)
class PayoutPermit:
    """Lets the server link documents to these complaints and compensations; no client can send an instance in a
    context.
    """

    complaint_ids: frozenset[int]
    compensation_ids: frozenset[int]

    def covers(self, target):
        return (
            self.complaint_ids.issuperset(target._ids)
            if target._name == "kehu.complaint"
            else (self.compensation_ids.issuperset(target._ids))
        )


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

    @api.model
    def _kehu_paths_to_sources(self, field):
        # Nor does the link tell those from whom the complaint is hidden that there is one (C8).
        if field.name != self._payout_link:
            return super()._kehu_paths_to_sources(field)
        return (field.name,) if self._kehu_is_followed(field.name, field.manual) else ()

    def _payout_named(self):
        """Return everybody whom the records name: contacts in any field, and the owners of bank accounts."""
        return self.env["res.partner"].union(
            *(
                self.mapped(name) if field.comodel_name == "res.partner" else self.mapped(f"{name}.partner_id")
                for name, field in self._fields.items()
                if field.type == "many2one" and field.comodel_name in ("res.partner", "res.partner.bank")
            )
        )

    def _check_payout_link(self, target):
        """Refuse links to a compensation that a client sets.

        :raise AccessError: the link is not the server's doing
        """
        permit = self.env.context.get("kehu_payout_permit")
        if target and not (isinstance(permit, PayoutPermit) and permit.covers(target)):
            raise AccessError(
                self.env._(
                    "What is paid for a complaint is made from its approved proposal only: press the button there."
                )
            )


class PayoutMixin(models.AbstractModel):
    """Documents that carry out what was approved for a complaint."""

    _name = "kehu.complaint.payout.mixin"
    _description = "Paid for a Complaint"
    _inherit = ["kehu.complaint.payout.guard"]
    _payout_link = "kehu_complaint_id"

    kehu_complaint_id = fields.Many2one(
        "kehu.complaint",
        string="Complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=STAFF,
    )

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._payout_documents().kehu_complaint_id._restart_turns()
        return result

    def unlink(self):
        self._check_payout_impartial()
        complaints = self._payout_documents().kehu_complaint_id
        self._payout_log(self.env._("A document that carries this out was deleted: %s"))
        result = super().unlink()
        complaints._restart_turns()
        return result

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_gone_out(self):
        self._payout_lines()._unlink_not_gone_out()

    # === BUSINESS ===

    def _check_payout(self):
        """Refuse documents that are not just what was approved (hook).

        :raise UserError: saying what is allowed
        """

    def _payout_lines(self):
        """Return the lines of the documents, of a ``kehu.complaint.payout.line.mixin`` (hook)."""
        raise NotImplementedError

    def _payout_log_cancelled(self):
        """Note in the complaints that documents which carry them out are about to be cancelled."""
        self.filtered(lambda document: document.state != "cancel")._payout_log(
            self.env._("A document that carries this out was cancelled: %s")
        )

    def _payout_log(self, sentence):
        """Note in the complaints what happens to documents that carry them out.

        :param sentence: with a place for the names of the documents
        """
        if documents := self._payout_documents():
            documents.kehu_complaint_id._message_log_batch(
                {
                    complaint.id: sentence % ", ".join(mine.mapped("display_name"))
                    for complaint, mine in documents.grouped("kehu_complaint_id").items()
                }
            )

    def _payout_is_customers(self, *lines):
        """Return whether a document, in sudo, and ``lines`` of it name the customer who complained alone, besides the
        own company.
        """
        self.ensure_one()
        named = self._payout_named().union(*(some._payout_named() for some in lines)) - self.company_id.partner_id
        return named.commercial_partner_id <= self.kehu_complaint_id.customer_id

    def _payout_note(self):
        """Return the sentence that tells of the document in the chatter of its complaint (hook)."""
        self.ensure_one()
        return self.display_name

    def _payout_announce(self):
        """Return the action that tells users who may not open the documents what was made."""
        return notification("\n".join(document._payout_note() for document in self), then=RELOAD)

    def _payout_documents(self):
        """Return those of ``self`` that pay for a complaint, in sudo."""
        return self.sudo().filtered("kehu_complaint_id")

    def _check_payout_impartial(self):
        """Refuse a document for a complaint about the user (C8).

        :raise AccessError: the user is complained about in the complaint; it does not say so
        """
        if any(
            self.env.user in document.kehu_complaint_id.conflicted_user_ids for document in self._payout_documents()
        ):
            raise AccessError(self.env._("This is not for you to do: leave it to a colleague."))


class PayoutLineMixin(models.AbstractModel):
    """Lines of such documents; each for one compensation, in the document that was made for it."""

    _name = "kehu.complaint.payout.line.mixin"
    _description = "Line Paid for a Complaint"
    _inherit = ["kehu.complaint.payout.guard"]
    _payout_link = "kehu_compensation_id"
    _payout_document = None  # the name of the field
    _payout_gone_out = Domain.FALSE  # lines by which money or goods went out, even if they are cancelled by now

    kehu_compensation_id = fields.Many2one(
        "kehu.complaint.compensation",
        string="Compensation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=STAFF,
    )
    # The line pays its compensation, so that no other does; groups would let clients write it.
    kehu_counts = fields.Boolean(
        string="Pays Its Compensation", compute="_compute_kehu_counts", store=True, groups=NO_ACCESS
    )

    _kehu_compensation_uniq = models.UniqueIndex(
        "(kehu_compensation_id) WHERE kehu_compensation_id IS NOT NULL AND kehu_counts",
        "There is a document for this compensation already.",
    )

    def _auto_init(self):
        # The lines that are there pay for no complaint: nothing is computed for them.
        if not self._abstract and not sql.column_exists(self.env.cr, self._table, "kehu_counts"):
            sql.create_column(self.env.cr, self._table, "kehu_counts", "boolean")
        return super()._auto_init()

    # === COMPUTE ===

    @api.depends("kehu_compensation_id")
    def _compute_kehu_counts(self):
        for line in self:
            line.kehu_counts = bool(line.kehu_compensation_id) and line._payout_counts()

    # === CRUD ===

    def write(self, vals):
        if self._payout_document in vals:
            moved = self.sudo().filtered(lambda line: line[self._payout_document].id != vals[self._payout_document])
            moved._check_payout_link(moved.kehu_compensation_id)
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_gone_out(self):
        """Refuse to delete the document of what went out.

        :raise UserError: money or goods went out by one of the lines
        """
        is_uninstalling = self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)
        if not is_uninstalling and self.sudo().filtered("kehu_compensation_id").filtered_domain(self._payout_gone_out):
            raise UserError(self.env._("What went out for a complaint is not deleted: cancel the document instead."))

    # === BUSINESS ===

    def _payout_counts(self):
        """Return whether a line that was made for a compensation keeps others from paying it (hook)."""
        return True

    def _payout_is_paid(self):
        """Return whether money or goods went out by a line that counts, as far as the app says so (hook)."""
        return False

    def _payout_taken_back(self):
        """Return the share, 0 to 1, of what went out by a line that counts and was taken back since (hook)."""
        return 0.0
