from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache
from odoo.tools.misc import clean_context

from odoo.addons.kehu_workflow.parameters import bounded_number

CORRECTION_PARAMETER = "kehu_archive.journal_correction_hours"
CORRECTION_DEFAULT, CORRECTION_MOST = 24, 7 * 24

# What the server alone says of a line: no value, context or default of a user's does (A9).
_SERVER_ONLY = {"res_model", "res_id", "user_id"}
_LOCKED = _SERVER_ONLY | {"partner_id", "company_id"}


class ArchiveJournal(models.Model):
    """The dossier journal 往来记录: every dealing with a customer is a line in the archive (A9).

    Lines of documents (``kehu.journal.mixin``) are written by the server, one a document, and are read by whoever reads
    the document. Lines entered by hand are corrected by their author for a while, and then stay. None is deleted.
    """

    _name = "kehu.archive.journal"
    _description = "Dealing with a Customer"
    _inherit = ["kehu.trail.mixin", "kehu.confidential.mixin"]
    _order = "date desc, id desc"
    _trail_is_paged = True
    _rec_name = "summary"
    _kehu_by_hand = ("create", "write", "unlink")

    date = fields.Datetime(required=True, default=fields.Datetime.now)
    kind_id = fields.Many2one("kehu.archive.journal.kind", required=True, index=True, ondelete="restrict")
    summary = fields.Char(required=True)
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        copy=False,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True, ondelete="restrict")
    archive_id = fields.Many2one(related="partner_id.kehu_archive_id", related_sudo=False)
    res_model = fields.Char(string="Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference(string="Document ID", model_field="res_model", readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    is_correctable = fields.Boolean(string="May Be Corrected", compute="_compute_is_correctable")

    _order_idx = models.Index("(date DESC, id DESC)")
    _document_uniq = models.UniqueIndex(
        "(res_model, res_id) WHERE res_id IS NOT NULL", "A document has one line in the dossier journal."
    )

    # === COMPUTE ===

    @api.depends("user_id", "res_model", "create_date")
    @api.depends_context("uid")
    def _compute_is_correctable(self):
        since = fields.Datetime.now() - timedelta(hours=self._correction_hours())
        for line in self:
            line.is_correctable = not line._origin or (
                not line.res_model and line.user_id == self.env.user and line.create_date >= since
            )

    @api.model
    def _correction_hours(self):
        return bounded_number(self.env, CORRECTION_PARAMETER, CORRECTION_DEFAULT, 0, CORRECTION_MOST)

    # === CRUD ===

    @api.model
    def _kehu_fields_of_code(self):
        return super()._kehu_fields_of_code() | _SERVER_ONLY

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        for vals in vals_list:
            if vals.get("res_model") or vals.get("res_id"):
                raise AccessError(self.env._("The line of a document is written by the document itself."))
            if vals.get("user_id") and vals["user_id"] != self.env.uid:
                raise AccessError(self.env._("You enter dealings under your own name only."))
        self = self.with_context(
            {key: value for key, value in self.env.context.items() if key.removeprefix("default_") not in _SERVER_ONLY}
        )
        lines = super().create(vals_list)
        lines._check_by_hand()
        return lines

    def write(self, vals):
        if not self.env.su:
            # The card shows the lines of the contact; Odoo sets them anew with each line that is added there.
            self = self.filtered(lambda line: line._changed_by(vals))
            if not self:
                return True
            self.check_access("write")
            self._check_correction(vals)
        result = super().write(vals)
        if not self.env.su and "kind_id" in vals:
            self._check_kinds()
        return result

    def _check_by_hand(self):
        """Refuse what may not be entered by hand, or by the caller (A9)."""
        self._check_kinds()
        for line in self:
            if line.partner_id != line.partner_id.commercial_partner_id:
                line.sudo().partner_id = line.partner_id.commercial_partner_id
        customers = self.partner_id
        customers.check_access("write")
        # Superuser finds the archive of another company, too, which refuses.
        archives = (
            self.env["kehu.archive"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", customers.ids)])
        )
        archives.sudo(False).check_access("write")

    @api.constrains("date")
    def _check_date(self):
        latest = fields.Datetime.now() + timedelta(minutes=1)
        if any(not line.res_model and line.date > latest for line in self):
            raise ValidationError(self.env._("The date of a dealing cannot be in the future: enter it afterwards."))

    def _check_kinds(self):
        if any(not kind.by_hand for kind in self.kind_id):
            raise ValidationError(self.env._("Dealings of this kind are entered by their documents."))

    def _changed_by(self, vals):
        """Return whether writing ``vals`` would change the line, as far as the user may read it."""
        return not self.has_access("read") or any(
            self._fields[name].convert_to_write(self[name], self) != value for name, value in vals.items()
        )

    def _check_correction(self, vals):
        if any(line.res_model for line in self):
            raise AccessError(self.env._("The line of a document is written by the document itself."))
        if vals.keys() <= {"kehu_own_tier"}:
            return  # a line may be kept closer at any time
        if _LOCKED & vals.keys():
            raise AccessError(self.env._("Customer, company and author of a dealing are final: enter another line."))
        if any(line.user_id != self.env.user for line in self):
            raise AccessError(self.env._("A dealing is corrected by the one who entered it."))
        if not all(line.is_correctable for line in self):
            raise UserError(
                self.env._(
                    "A dealing can be corrected for %s hours. Enter another line that says what is right.",
                    self._correction_hours(),
                )
            )

    def _kehu_keeps_files(self):
        return super()._kehu_keeps_files().filtered(lambda line: not line.is_correctable)

    # === RULE ===

    @api.model
    def _domain_by_document(self, domain, *, is_page=False):
        return Domain("res_model", "=", False) | super()._domain_by_document(domain, is_page=is_page)

    def _filter_by_document(self):
        by_hand = self.browse(line.id for line in self.sudo() if not line.res_model)
        return by_hand + super(ArchiveJournal, self - by_hand)._filter_by_document()

    @api.model
    @ormcache()
    def _document_models(self):
        return tuple(self._journal_models())

    @api.model
    def _journal_models(self):
        """Return the models whose documents have lines: a dict of name -> code of their kind."""
        return {
            name: model._journal_kind
            for name, model in self.env.registry.items()
            if getattr(model, "_journal_kind", None) and not model._abstract
        }

    # === BUSINESS ===

    def _filter_evidence(self):
        """All but the line of a document, which goes with it, by the server alone: nobody could read it any more."""
        return self.filtered(lambda line: not (self.env.su and line.res_model))

    @api.model
    def _for_server(self):
        """Return the model as the server writes it: nobody has the right to, and a caller's defaults are not its."""
        return self.sudo().with_context(clean_context(self.env.context))
