from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_complaint.groups import SUPERVISORS
from odoo.addons.kehu_workflow.workflow import Move

_lt = LazyTranslate(__name__)


class TicketHandover(models.Model):
    """A question that another group, such as the order group, answers in writing; question and answer are kept (T7)."""

    _name = "kehu.ticket.handover"
    _description = "Hand-over with Written Reply"
    _inherit = ["kehu.ticket.part", "kehu.workflow.mixin", "kehu.deadline.mixin", "mail.activity.mixin"]
    _order = "ticket_id, id"
    _rec_name = "question"
    _evidence_refusal = _lt("Question and reply are kept. Withdraw the question instead:")
    _impartial_roles = ("user_id", "asked_user_id")
    _impartial_vacated = ("asked_user_id",)

    _workflow_moves = (
        Move(
            "reply",
            _lt("Reply"),
            source=("asked",),
            target="replied",
            roles=("asked_user_id",),
            required=("reply",),
            after="_after_reply",
        ),
        Move(
            "ask_again",
            _lt("Not Answered Yet"),
            source=("replied",),
            target="asked",
            groups=SUPERVISORS,
            roles=("user_id",),
            reason=True,
            after="_after_ask",
        ),
        Move(
            "withdraw",
            _lt("Withdraw"),
            source=("asked",),
            target="withdrawn",
            groups=SUPERVISORS,
            roles=("user_id",),
            reason=True,
        ),
    )

    user_id = fields.Many2one(
        "res.users",
        string="Handed Over By",
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    team_id = fields.Many2one("crm.team", string="Group", check_company=True, help="For instance the order group.")
    asked_user_id = fields.Many2one(
        "res.users",
        string="To",
        compute="_compute_asked_user_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain=[("share", "=", False)],
        index=True,
        ondelete="restrict",
        help="Who replies; the group's leader if nobody is named.",
    )
    question = fields.Text(required=True)
    reply = fields.Text(string="Written Reply", copy=False)
    date_replied = fields.Datetime(string="Replied On", readonly=True, copy=False)
    state = fields.Selection(
        [("asked", "Waits for the reply"), ("replied", "Replied"), ("withdrawn", "Withdrawn")], default="asked"
    )

    # === COMPUTE ===

    @api.depends("team_id")
    def _compute_asked_user_id(self):
        for handover in self:
            handover.asked_user_id = handover.asked_user_id or handover.team_id.user_id

    # === CONSTRAINT ===

    @api.constrains("user_id", "asked_user_id")
    def _check_asks_another(self):
        if any(handover.user_id == handover.asked_user_id for handover in self):
            raise ValidationError(self.env._("A written reply is asked of somebody else: choose a colleague."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        handovers = super().create(vals_list)
        if any(handovers.mapped("reply")):
            raise AccessError(self.env._("The reply is written by whoever is asked."))
        handovers._after_ask()
        return handovers

    def write(self, vals):
        if not self.env.su:
            self._check_side(vals)
        return super().write(vals)

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_replied", "user_id"}

    def _check_side(self, vals):
        """The reply is written by whoever is asked, as long as they are; nothing else is written any more.

        :raise AccessError: it is not the caller's to write
        :raise UserError: it is replied
        """
        written = vals.keys() - self._ticket_free_fields()
        if not written:
            return
        if any(handover.state != "asked" for handover in self.sudo()):
            raise UserError(self.env._("What was replied is kept as it is."))
        if written != {"reply"} or self.sudo().asked_user_id != self.env.user:
            raise AccessError(self.env._("The reply is written by whoever is asked; for anything else hand over anew."))

    # === BUSINESS ===

    def _filter_evidence(self):
        return self

    @api.model
    def _impartial_open_domain(self):
        return Domain("state", "=", "asked")

    def _impartial_vacate(self, names):
        # Whom to ask instead, the supervisors decide.
        self._move("withdraw", reason=self.env._("Whoever is complained about takes no part."))

    # === WORKFLOW ===

    def _after_reply(self):
        handovers = self.sudo()
        handovers.write({"date_replied": fields.Datetime.now()})
        handovers.activity_unlink(["mail.mail_activity_data_todo"])
        for handover in handovers:
            handover.ticket_id.message_post(
                body=self.env._("%(who)s replied: %(reply)s", who=handover.asked_user_id.name, reply=handover.reply)
            )

    def _after_ask(self):
        handovers = self.sudo()
        handovers.write({"date_replied": False})
        for handover in handovers:
            handover.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=handover.asked_user_id.id,
                summary=self.env._("A written reply is asked for"),
            )


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    handover_ids = fields.One2many("kehu.ticket.handover", "ticket_id", string="Hand-overs")
    asked_user_ids = fields.Many2many(
        "res.users",
        "kehu_ticket_asked_user_rel",
        string="Asked for a Reply",
        compute="_compute_asked_user_ids",
        store=True,
    )

    @api.depends("handover_ids.asked_user_id", "handover_ids.state", "complaint_id.conflicted_user_ids")
    def _compute_asked_user_ids(self):
        for ticket in self:
            asked = ticket.handover_ids.filtered(lambda handover: handover.state != "withdrawn").asked_user_id
            ticket.asked_user_ids = asked - ticket.complaint_id.conflicted_user_ids
