"""When no agreement comes of a complaint: negotiation, mediation, litigation (C11)."""
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

_lt = LazyTranslate(__name__)

LEGAL = ("kehu_complaint.group_legal",)
STAGES = [("negotiation", "Negotiation"), ("mediation", "Mediation"), ("litigation", "Litigation")]
OPEN = tuple(stage for stage, _label in STAGES)


class Dispute(models.Model):
    """A dispute about a complaint. It only goes up, and each rung keeps who, when, what and the outcome."""
    _name = "kehu.dispute"
    _description = "Dispute"
    _inherit = ["kehu.complaint.part", "kehu.workflow.mixin", "kehu.deadline.mixin", "mail.activity.mixin"]
    _order = "date_open desc, id desc"
    _evidence_refusal = _lt("A dispute is kept. Withdraw it with a reason instead:")

    _workflow_moves = (
        Move("mediate", _lt("Go to Mediation"), source=("negotiation",), target="mediation", groups=LEGAL, reason=True,
             after="_begin_rung"),
        Move("litigate", _lt("Go to Court"), source=("negotiation", "mediation"), target="litigation", groups=LEGAL, reason=True,
             after="_begin_rung"),
        Move("settle", _lt("Settled"), source=OPEN, target="settled", groups=LEGAL, before="_check_outcome", after="_end_rung"),
        Move("lose", _lt("Lost"), source=("mediation", "litigation"), target="lost", groups=LEGAL, before="_check_outcome",
             after="_end_rung"),
        Move("withdraw", _lt("Withdrawn"), source=OPEN, target="withdrawn", groups=LEGAL, reason=True, after="_end_rung"),
    )
    _workflow_statusbar = (*OPEN, "settled")

    name = fields.Char(string="What It Is About", required=True)
    customer_id = fields.Many2one(related="complaint_id.customer_id")
    date_open = fields.Date(string="Since", required=True, default=fields.Date.context_today)
    amount = fields.Monetary(string="Amount in Dispute")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_hearing = fields.Datetime(
        string="Next Hearing", tracking=True, help="Empty it, or enter the next one, when it was held.")
    date_prepare = fields.Date(
        string="Prepare By", compute="_compute_preparation", store=True, readonly=False,
        help="A week before the hearing, unless you choose another day. Legal affairs are reminded on it.")
    is_prepared = fields.Boolean(string="Prepared", compute="_compute_preparation", store=True, readonly=False)
    state = fields.Selection(
        [*STAGES, ("settled", "Settled"), ("lost", "Lost"), ("withdrawn", "Withdrawn")], default="negotiation", tracking=True)
    rung_ids = fields.One2many("kehu.dispute.rung", "dispute_id", string="Rungs")
    rung_id = fields.Many2one("kehu.dispute.rung", string="Present Rung", compute="_compute_rung_id")

    # === COMPUTE ===

    @api.depends("date_hearing")
    def _compute_preparation(self):
        today = fields.Date.context_today(self)
        for dispute in self:
            dispute.date_prepare = dispute.date_hearing and max(today, fields.Date.subtract(dispute.date_hearing.date(), weeks=1))
            dispute.is_prepared = False

    @api.depends("rung_ids.stage")
    def _compute_rung_id(self):
        for dispute in self:
            dispute.rung_id = dispute.rung_ids[-1:]

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes._begin_rung()
        return disputes

    def write(self, vals):
        if not self.env.su:
            if "complaint_id" in vals:
                raise AccessError(self.env._("This belongs to one complaint: make another one there."))
            if any(dispute.state not in OPEN for dispute in self.sudo()) and vals.keys() & self._dispute_facts():
                raise UserError(self.env._("The dispute has ended: what it was about stays as it is."))
        return super().write(vals)

    @api.model
    def _dispute_facts(self):
        return {"name", "date_open", "amount", "date_hearing", "date_prepare", "is_prepared", "rung_ids"}

    # === BUSINESS ===

    def _filter_evidence(self):
        return self

    def _begin_rung(self):
        """Close the rung before and begin that of the present state; before a mediator or a judge the complaint is a major one."""
        self._end_rung()
        self.env["kehu.dispute.rung"].sudo().create([
            {
                "dispute_id": dispute.id,
                "stage": dispute.state,
                # Parties and our representative usually go on.
                "partner_ids": [Command.set(dispute.rung_id.partner_ids.ids or dispute.complaint_id.customer_id.ids)],
                "representative_id": dispute.rung_id.representative_id.id,
            }
            for dispute in self.sudo()])
        self.filtered(lambda dispute: dispute.state != "negotiation").complaint_id._mark_major("authority")

    def _end_rung(self):
        self.sudo().rung_ids.filtered(lambda rung: not rung.date_to).write({"date_to": fields.Date.context_today(self)})

    def _check_outcome(self):
        for dispute in self:
            if not dispute.rung_id.outcome:
                raise UserError(self.env._("“%s”: write the outcome into the present rung first.", dispute.name))

    def _workflow_role_legal(self):
        return self._service_group_members(LEGAL[0])

    @api.model
    def _workflow_label_of_role(self, role):
        return self.env._("Legal Affairs") if role == "legal" else super()._workflow_label_of_role(role)

    @api.model
    def _impartial_open_domain(self):
        return Domain("state", "in", OPEN)


class DisputeRung(models.Model):
    """What happened on one rung of a dispute. Only the present one is written; those before are history."""
    _name = "kehu.dispute.rung"
    _description = "Rung of a Dispute"
    _inherit = ["kehu.complaint.part", "kehu.server.rows.mixin"]
    _order = "dispute_id, id"
    _rec_name = "stage"
    _check_company_auto = True
    _impartial_roles = ("representative_id",)

    dispute_id = fields.Many2one("kehu.dispute", required=True, readonly=True, index=True, ondelete="cascade")
    complaint_id = fields.Many2one(related="dispute_id.complaint_id", store=True, precompute=True, readonly=True)
    stage = fields.Selection(STAGES, required=True, readonly=True)
    date_from = fields.Date(string="Began On", required=True, readonly=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Ended On", readonly=True)
    partner_ids = fields.Many2many("res.partner", "kehu_dispute_rung_partner_rel", string="Parties")
    representative_id = fields.Many2one(
        "res.users", string="Our Representative", domain=[("share", "=", False)], index="btree_not_null", check_company=True)
    lawyer_id = fields.Many2one("res.partner", string="Our Lawyer", index="btree_not_null")
    authority_id = fields.Many2one("res.partner", string="Mediator or Court", index="btree_not_null")
    case_number = fields.Char()
    note = fields.Html(string="Course")
    outcome = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment", "kehu_dispute_rung_attachment_rel", string="Documents")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rungs = super().create(vals_list)
        rungs._adopt_attachments()
        return rungs

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"dispute_id", "complaint_id", "stage", "date_from", "date_to"}:
                raise AccessError(self.env._("The rungs of a dispute follow from its moves."))
            if any(self.sudo().mapped("date_to")):
                raise UserError(self.env._("This rung is over: it stays as it is."))
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_attachments()
        return result

    # === BUSINESS ===

    @api.model
    def _impartial_open_domain(self):
        return Domain("date_to", "=", False)

    def _adopt_attachments(self):
        """What was uploaded into the form becomes a file of the rung, and is hidden with it."""
        for rung in self:
            orphans = rung.sudo().attachment_ids.filtered(
                lambda file: file.res_model == self._name and not file.res_id and file.create_uid == self.env.user)
            orphans.write({"res_id": rung.id})


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    dispute_ids = fields.One2many("kehu.dispute", "complaint_id", string="Disputes")
    dispute_count = fields.Integer(string="Number of Disputes", compute="_compute_dispute_count")

    def _exclude_accused(self):
        result = super()._exclude_accused()
        self.sudo().dispute_ids._exclude_accused()
        self.sudo().dispute_ids.rung_ids._exclude_accused()
        return result

    @api.depends("dispute_ids")
    @api.depends_context("uid")
    def _compute_dispute_count(self):
        counts = dict(self.env["kehu.dispute"]._read_group([("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]))
        for complaint in self:
            complaint.dispute_count = counts.get(complaint._origin, 0)

    def action_open_disputes(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "domain": [("complaint_id", "=", self.id)],
            "name": self.env._("Disputes"),
            "res_model": "kehu.dispute",
            "view_mode": "list,form",
            "context": {"default_complaint_id": self.id},
        }
