from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

PROBLEMS = ("missing", "undated", "expired")


class AdmissionPaperType(models.Model):
    """What a distributor has to show before the committee is asked (G9). Administrators add more."""

    _name = "kehu.admission.paper.type"
    _description = "Kind of Qualification Paper"
    _inherit = ["kehu.fixed.mixin"]
    _fixed_fields = ("name",)
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_required = fields.Boolean(string="Required", default=True)
    is_limited = fields.Boolean(
        string="Valid for a Limited Time", help="The day until which it is valid must be entered."
    )

    # === BUSINESS ===

    def _filter_fixed(self):
        """Committees saw papers of these kinds."""
        shown = (
            self.env["kehu.admission.paper"]
            .sudo()
            ._read_group([("type_id", "in", self.ids), ("admission_id.state", "!=", "draft")], ["type_id"])
        )
        return self & self.browse(paper_type.id for (paper_type,) in shown)


class AdmissionPaper(models.Model):
    """A qualification paper: the file, and until when it is valid."""

    _name = "kehu.admission.paper"
    _description = "Qualification Paper"
    _inherit = ["kehu.derived.mixin", "kehu.confidential.part"]
    _kehu_document_field = "admission_id"
    _order = "admission_id, type_id, id"
    _rec_name = "type_id"

    admission_id = fields.Many2one("kehu.admission", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="admission_id.company_id", store=True, precompute=True)
    type_id = fields.Many2one(
        "kehu.admission.paper.type", string="Paper", required=True, index=True, ondelete="restrict"
    )
    is_required = fields.Boolean(related="type_id.is_required")
    file = fields.Binary()
    file_name = fields.Char()
    date_until = fields.Date(string="Valid Until")
    note = fields.Char(help="Its number, who issued it, whether the original was seen …")
    status = fields.Selection(
        [("missing", "Missing"), ("undated", "Day missing"), ("expired", "Expired"), ("valid", "There")],
        compute="_compute_status",
    )

    # === COMPUTE ===

    @api.depends("file", "date_until", "type_id.is_limited", "admission_id.company_id")
    def _compute_status(self):
        today = {company: company._kehu_today() for company in self.admission_id.company_id}
        for paper, size in zip(self, self.with_context(bin_size=True)):  # whether there is a file, without reading it
            if not (size.file or paper.file):
                paper.status = "missing"
            elif not paper.date_until:
                paper.status = "undated" if paper.type_id.is_limited else "valid"
            else:
                company = paper.admission_id.company_id
                paper.status = "expired" if company and paper.date_until < today[company] else "valid"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        papers = super().create(vals_list)
        papers._check_changeable()
        return papers

    def write(self, vals):
        if not self.env.su:
            if "admission_id" in vals:
                raise AccessError(self.env._("A paper belongs to one admission: enter another one there."))
            self._check_changeable()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_while_open(self):
        self._check_changeable()

    def _check_changeable(self):
        if not self.env.su:
            self.check_access("read")
            self.admission_id._check_changeable({"paper_ids"})


class Admission(models.Model):
    _inherit = "kehu.admission"

    paper_ids = fields.One2many(
        "kehu.admission.paper",
        "admission_id",
        string="Qualification Papers",
        default=lambda self: self._default_paper_ids(),
    )
    required_type_ids = fields.Many2many(
        "kehu.admission.paper.type",
        "kehu_admission_required_type_rel",
        string="Required",
        readonly=True,
        copy=False,
        ondelete="restrict",
        context={"active_test": False},
        default=lambda self: self._find_required_types(),
    )  # when the admission began

    @api.model
    def _default_paper_ids(self):
        # The checklist: whoever applies sees at once what is to be shown.
        return [
            Command.create({"type_id": paper_type.id})
            for paper_type in self.env["kehu.admission.paper.type"].search([("active", "=", True)])
        ]

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"required_type_ids"}

    # === BUSINESS ===

    @api.model
    def _find_required_types(self):
        return self.env["kehu.admission.paper.type"].search([("is_required", "=", True), ("active", "=", True)])

    def _find_paper_problems(self):
        """Return ``{admission id: sentences}`` about papers of which none is there and valid, required at the beginning
        or now (G9).
        """
        sentences = {
            "missing": self.env._("Papers missing: %s."),
            "undated": self.env._("Papers without the day until which they are valid: %s."),
            "expired": self.env._("Papers expired: %s."),
        }
        required = self._find_required_types()
        problems = {}
        for admission in self:
            papers = admission.paper_ids.grouped("type_id")
            found = {}
            for paper_type in required | admission.required_type_ids:
                statuses = set(papers[paper_type].mapped("status")) if paper_type in papers else {"missing"}
                if "valid" not in statuses:
                    found.setdefault(max(statuses, key=PROBLEMS.index), []).append(paper_type.name)
            if found:
                problems[admission.id] = [sentences[status] % ", ".join(names) for status, names in found.items()]
        return problems
