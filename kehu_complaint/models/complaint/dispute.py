"""When no agreement comes of a complaint: negotiation, mediation, litigation (C11)."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_archive.groups import LEGAL
from odoo.addons.kehu_workflow.workflow import Move

_lt = LazyTranslate(__name__)

STAGES = [("negotiation", "Negotiation"), ("mediation", "Mediation"), ("litigation", "Litigation")]
OPEN = tuple(stage for stage, _label in STAGES)
# Who takes part in a step, and its documents; changes are tracked, as former ones may be hidden from readers.
_STEP_LINKS = {"partner_ids", "representative_id", "lawyer_id", "authority_id", "attachment_ids"}


class Dispute(models.Model):
    """A dispute about a complaint. It only goes up, and each step keeps who, when, what and the outcome."""

    _name = "kehu.dispute"
    _description = "Dispute"
    _inherit = ["kehu.complaint.part", "kehu.workflow.mixin", "kehu.deadline.mixin", "mail.activity.mixin"]
    _order = "date_open desc, id desc"
    _evidence_refusal = _lt("A dispute is kept. Withdraw it with a reason instead:")

    _workflow_moves = (
        Move(
            "mediate",
            _lt("Go to Mediation"),
            source=("negotiation",),
            target="mediation",
            groups=(LEGAL,),
            reason=True,
            after="_begin_step",
        ),
        Move(
            "litigate",
            _lt("Go to Court"),
            source=("negotiation", "mediation"),
            target="litigation",
            groups=(LEGAL,),
            reason=True,
            after="_begin_step",
        ),
        Move(
            "settle",
            _lt("Settled"),
            source=OPEN,
            target="settled",
            groups=(LEGAL,),
            before="_check_outcome",
            after="_end_step",
        ),
        Move(
            "lose",
            _lt("Lost"),
            source=("mediation", "litigation"),
            target="lost",
            groups=(LEGAL,),
            before="_check_outcome",
            after="_end_step",
        ),
        Move(
            "withdraw",
            _lt("Withdrawn"),
            source=OPEN,
            target="withdrawn",
            groups=(LEGAL,),
            reason=True,
            after="_end_step",
        ),
    )
    _workflow_statusbar = (*OPEN, "settled")

    name = fields.Char(string="What It Is About", required=True, tracking=True)
    customer_id = fields.Many2one(related="complaint_id.customer_id")
    date_open = fields.Date(string="Since", required=True, default=fields.Date.context_today, tracking=True)
    amount = fields.Monetary(string="Amount in Dispute", tracking=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_hearing = fields.Datetime(
        string="Next Hearing", tracking=True, help="Empty it, or enter the next one, when it was held."
    )
    date_prepare = fields.Date(
        string="Prepare By",
        compute="_compute_preparation",
        store=True,
        readonly=False,
        help="A week before the hearing, unless you choose another day. Legal affairs are reminded on it.",
    )
    is_prepared = fields.Boolean(string="Prepared", compute="_compute_preparation", store=True, readonly=False)
    state = fields.Selection(
        [*STAGES, ("settled", "Settled"), ("lost", "Lost"), ("withdrawn", "Withdrawn")],
        default="negotiation",
        tracking=True,
    )
    step_ids = fields.One2many("kehu.dispute.step", "dispute_id", string="Steps")
    step_id = fields.Many2one("kehu.dispute.step", string="Present Step", compute="_compute_step_id")

    # === COMPUTE ===

    @api.depends("date_hearing")
    def _compute_preparation(self):
        today = fields.Date.context_today(self)
        for dispute in self:
            dispute.date_prepare = dispute.date_hearing and max(
                today, fields.Date.subtract(dispute.date_hearing.date(), weeks=1)
            )
            dispute.is_prepared = False

    @api.depends("step_ids.stage")
    def _compute_step_id(self):
        for dispute in self:
            dispute.step_id = dispute.step_ids[-1:]

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes._begin_step()
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
        return {"name", "date_open", "amount", "date_hearing", "date_prepare", "is_prepared", "step_ids"}

    # === BUSINESS ===

    def _filter_evidence(self):
        return self

    def _begin_step(self):
        """Close the step before and begin that of the present state; before a mediator or a judge the complaint is a
        major one.
        """
        self._end_step()
        self.env["kehu.dispute.step"].sudo().create(
            [
                {
                    "dispute_id": dispute.id,
                    "stage": dispute.state,
                    # Parties and our representative usually go on.
                    "partner_ids": [
                        Command.set(dispute.step_id.partner_ids.ids or dispute.complaint_id.customer_id.ids)
                    ],
                    "representative_id": dispute.step_id.representative_id.id,
                }
                for dispute in self.sudo()
            ]
        )
        self.filtered(lambda dispute: dispute.state != "negotiation").complaint_id._mark_major("authority")

    def _end_step(self):
        self.sudo().step_ids.filtered(lambda step: not step.date_to).write({"date_to": fields.Date.context_today(self)})

    def _check_outcome(self):
        for dispute in self:
            if not dispute.step_id.outcome:
                raise UserError(self.env._("“%s”: write the outcome into the present step first.", dispute.name))

    def _workflow_role_legal(self):
        return self._impartial_group_members(LEGAL)

    @api.model
    def _workflow_label_of_role(self, role):
        return self.env._("Legal Affairs") if role == "legal" else super()._workflow_label_of_role(role)

    @api.model
    def _impartial_open_domain(self):
        return Domain("state", "in", OPEN)


class DisputeStep(models.Model):
    """What happened on one step of a dispute. Only the present one is written; those before are history."""

    _name = "kehu.dispute.step"
    _description = "Step of a Dispute"
    _inherit = ["kehu.complaint.part", "kehu.settled.mixin", "kehu.server.rows.mixin"]
    _order = "dispute_id, id"
    _rec_name = "stage"
    _check_company_auto = True
    _impartial_roles = ("representative_id",)

    dispute_id = fields.Many2one("kehu.dispute", required=True, readonly=True, index=True, ondelete="cascade")
    complaint_id = fields.Many2one(related="dispute_id.complaint_id", store=True, precompute=True, readonly=True)
    stage = fields.Selection(STAGES, required=True, readonly=True)
    date_from = fields.Date(string="Began On", required=True, readonly=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Ended On", readonly=True)
    partner_ids = fields.Many2many(
        "res.partner", "kehu_dispute_step_partner_rel", string="Parties", ondelete="restrict"
    )
    representative_id = fields.Many2one(
        "res.users",
        string="Our Representative",
        domain=[("share", "=", False)],
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    lawyer_id = fields.Many2one("res.partner", string="Our Lawyer", index="btree_not_null", ondelete="restrict")
    authority_id = fields.Many2one(
        "res.partner", string="Mediator or Court", index="btree_not_null", ondelete="restrict"
    )
    case_number = fields.Char()
    note = fields.Html(string="Course")
    outcome = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment", "kehu_dispute_step_attachment_rel", string="Documents")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._adopt_attachments()
        return steps

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"dispute_id", "complaint_id", "stage", "date_from", "date_to"}:
                raise AccessError(self.env._("The steps of a dispute follow from its moves."))
            if any(self.sudo().mapped("date_to")):
                raise UserError(self.env._("This step is over: it stays as it is."))
            self._keep_corrected(vals.keys() & {"case_number", "note", "outcome"}, vals, thread="dispute_id")
        names = sorted(_STEP_LINKS & vals.keys())
        before = {step: {name: step[name] for name in names} for step in self.sudo()} if names else {}
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_attachments()
        labels = self.fields_get(names, ["string", "type"]) if names else {}
        for step, former in before.items():
            _changed, values = step._mail_track(labels, former)
            if values:
                step.dispute_id._message_log(tracking_value_ids=values)
        return result

    # === BUSINESS ===

    @api.model
    def _impartial_open_domain(self):
        return Domain("date_to", "=", False)

    def _adopt_attachments(self):
        """What was uploaded becomes a file of the step, and is hidden and kept with it; of what belongs elsewhere the step
        has a copy.
        """
        for step in self:
            place = {"res_model": self._name, "res_id": step.id}
            files = step.sudo().attachment_ids
            orphans = files.filtered(lambda file: not file.res_id and file.create_uid == self.env.user)
            orphans.write(place)
            elsewhere = (files - orphans).filtered(lambda file: (file.res_model, file.res_id) != (self._name, step.id))
            if readable := elsewhere.with_env(self.env).sudo(False)._filtered_access("read"):
                copies = readable.copy({**place, "res_field": False})
                step.sudo().attachment_ids = (files - readable.sudo()) | copies.sudo()


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    dispute_ids = fields.One2many("kehu.dispute", "complaint_id", string="Disputes")
    dispute_count = fields.Integer(string="Number of Disputes", compute="_compute_dispute_count")

    def _impartial_exclude(self):
        result = super()._impartial_exclude()
        self.sudo().dispute_ids._impartial_exclude()
        self.sudo().dispute_ids.step_ids._impartial_exclude()
        return result

    @api.depends("dispute_ids")
    @api.depends_context("uid")
    def _compute_dispute_count(self):
        counts = dict(
            self.env["kehu.dispute"]._read_group([("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"])
        )
        for complaint in self:
            complaint.dispute_count = counts.get(complaint._origin, 0)

    def action_open_disputes(self):
        """Open the disputes that came of the complaint."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kehu_complaint.kehu_dispute_action"),
            "domain": [("complaint_id", "=", self.id)],
            "context": {"default_complaint_id": self.id},
        }
