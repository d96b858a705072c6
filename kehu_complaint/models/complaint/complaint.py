from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move, Turn

from ...groups import STAFF, SUPERVISORS

_lt = LazyTranslate(__name__)

USERS = (STAFF,)
OPEN = (
    "received",
    "accepted",
    "investigating",
    "reviewing",
    "proposal",
    "pending",
    "approved",
    "executing",
    "replied",
    "callback",
)
ENDED = ("closed", "dismissed")
RESPONSIBLE = ("responsible_team_id", "responsible_user_ids", "responsible")
FINDINGS = ("cause_id", "course", *RESPONSIBLE, "conclusion", "remedy", "prevention")
# {the last step in which people write it: fields}; later it stays as it was reviewed, approved or told to the customer.
_WRITTEN_UNTIL = {
    "investigating": ("investigator_id", *FINDINGS),
    "proposal": ("proposal",),
    "executing": ("executor_id", "reply", "reply_way"),
    "replied": ("execution_note",),
    "callback": ("callback_user_id", "callback_note", "satisfaction"),
}
# What is still written of a closed complaint: whom it concerns, how close it is kept, and why it is major.
_OF_CLOSED = (
    "partner_id",
    "contact_name",
    "contact_phone",
    "contact_email",
    "kehu_own_tier",
    "major_reason_ids",
    "accused_user_ids",
    "accused_team_ids",
    "accusation_reason",
)


class Complaint(models.Model):
    """A complaint, from the first call to the call-back (C1–C6)."""

    _name = "kehu.complaint"
    _description = "Complaint"
    _inherit = ["kehu.service.mixin"]
    _number_prefix = "TS-"
    _journal_kind = "complaint"
    _service_portal_path = "complaints"
    _service_stages = {
        "received": "received",
        "unjustified": "answered",
        "replied": "answered",
        "callback": "answered",
        "closed": "closed",
        "dismissed": "closed",
    }
    _service_received_template = "kehu_complaint.mail_template_complaint_received"
    _service_progress_template = "kehu_complaint.mail_template_complaint_progress"
    _service_rating_template = "kehu_complaint.mail_template_complaint_rating"

    _workflow_moves = (
        Move(
            "accept",
            _lt("Accept as Justified"),
            source=("received",),
            target="accepted",
            groups=SUPERVISORS,
            required=("partner_id", "kind_id"),
            before="_fill_handler",
        ),
        Move(
            "decline",
            _lt("Not Justified"),
            source=("received",),
            target="unjustified",
            groups=SUPERVISORS,
            required=("partner_id", "reply"),
            after="_send_reply",
        ),
        Move(
            "end", _lt("Close"), source=("unjustified",), target="closed", groups=USERS, after="_service_stamp_closed"
        ),
        Move(
            "investigate",
            _lt("Start Investigation"),
            source=("accepted",),
            target="investigating",
            groups=USERS,
            before="_fill_investigator",
        ),
        Move(
            "report",
            _lt("Hand In the Report"),
            source=("investigating",),
            target="reviewing",
            roles=("investigator_id",),
            required=("cause_id", "course", "conclusion", "remedy", "prevention"),
            after="_keep_findings",
            approval="report",
            by_rule=True,
        ),
        Move(
            "revise",
            _lt("Report Must Be Revised"),
            source=("reviewing",),
            target="investigating",
            groups=SUPERVISORS,
            reason=True,
            returned="report",
        ),
        Move(
            "review",
            _lt("Report Is in Order"),
            source=("reviewing",),
            target="proposal",
            groups=SUPERVISORS,
            granted="report",
        ),
        Move(
            "propose",
            _lt("Submit the Proposal"),
            source=("proposal",),
            target="pending",
            groups=USERS,
            required=("proposal",),
            before="_value_goods",
            approval="proposal",
        ),
        Move("grant", _lt("Approve the Proposal"), source=("pending",), target="approved", granted="proposal"),
        Move("return", _lt("Return the Proposal"), source=("pending",), target="proposal", returned="proposal"),
        Move(
            "withdraw",
            _lt("Take the Proposal Back"),
            source=("pending", "approved"),
            target="proposal",
            groups=SUPERVISORS,
            roles=("approval_requester",),
            reason=True,
        ),
        Move(
            "execute",
            _lt("Start Execution"),
            source=("approved",),
            target="executing",
            groups=USERS,
            before="_fill_executor",
            carries_out=True,
        ),
        Move(
            "reply",
            _lt("Reply to the Customer"),
            source=("executing",),
            target="replied",
            groups=USERS,
            roles=("executor_id",),
            required=("reply",),
            after="_send_reply",
        ),
        Move(
            "call_back",
            _lt("Ask for the Call-back"),
            source=("replied",),
            target="callback",
            groups=USERS,
            required=("callback_user_id",),
        ),
        Move(
            "close",
            _lt("Close"),
            source=("callback",),
            target="closed",
            roles=("callback_user_id",),
            required=("satisfaction",),
            after="_service_stamp_closed",
        ),
        Move(
            "again",
            _lt("Customer Is Not Content"),
            source=("callback",),
            target="investigating",
            groups=SUPERVISORS,
            roles=("callback_user_id",),
            reason=True,
        ),
        Move(
            "drop",
            _lt("Customer Withdraws"),
            source=OPEN,
            target="closed",
            groups=SUPERVISORS,
            reason=True,
            after="_service_stamp_closed",
        ),
        Move(
            "reopen",
            _lt("Reopen"),
            source=("closed",),
            target="accepted",
            groups=SUPERVISORS,
            reason=True,
            required=("partner_id", "kind_id"),
            before="_fill_handler",
            after="_clear_closed",
        ),
    )
    _approval_kinds = (
        ApprovalKind(
            "proposal",
            _lt("Complaint proposal"),
            watched=(
                "kind_id",
                "customer_id",
                "company_id",
                "proposal",
                "compensation_amount",
                "compensation_ids.kind",
                "compensation_ids.product_id",
                "compensation_ids.product_identity",
                "compensation_ids.quantity",
                "compensation_ids.amount",
                "compensation_ids.name",
            ),
        ),
    )
    _workflow_turns = (
        Turn(
            "decide", ("received",), "receivers", _lt("Decide whether the complaint is justified"), reminds_actor=True
        ),
        Turn("assign", ("accepted",), "user_id", _lt("Have the complaint investigated"), reminds_actor=True),
        Turn("close", ("unjustified",), "user_id", _lt("Close the complaint"), reminds_actor=True),
        Turn(
            "investigate",
            ("investigating",),
            "investigator_id",
            _lt("Investigate, and hand in the report"),
            reminds_actor=True,
        ),
        Turn("review", ("reviewing",), "reviewers", _lt("Review the report")),
        Turn("propose", ("proposal",), "user_id", _lt("Submit a proposal"), reminds_actor=True),
        Turn("have_executed", ("approved",), "user_id", _lt("Have the proposal carried out"), reminds_actor=True),
        Turn(
            "execute", ("executing",), "executor_id", _lt("Carry it out, and reply to the customer"), reminds_actor=True
        ),
        Turn("have_called", ("replied",), "user_id", _lt("Have the customer called back"), reminds_actor=True),
        Turn("call", ("callback",), "callback_user_id", _lt("Call the customer back")),
    )
    _workflow_statusbar = (
        "received",
        "accepted",
        "investigating",
        "proposal",
        "approved",
        "executing",
        "replied",
        "callback",
        "closed",
    )
    _impartial_roles = ("user_id", "callback_user_id", "investigator_id", "executor_id")
    _service_parts = {
        "callback_user_id": {"satisfaction", "callback_note"},
        "investigator_id": set(FINDINGS),
        "executor_id": {"execution_note", "reply", "reply_way"},
    }
    _service_own = {"callback_user_id": {"satisfaction", "callback_note"}, "investigator_id": set(FINDINGS[1:])}
    _service_callback_state = "callback"
    _service_work_roles = {"user_id", "executor_id"}
    _service_work_moves = {"propose", "execute", "reply"}
    _service_work_fields = {"proposal", "execution_note", "reply"}

    state = fields.Selection(
        [
            ("received", "Received"),
            ("accepted", "Accepted"),
            ("unjustified", "Not justified"),
            ("investigating", "Under investigation"),
            ("reviewing", "Report under review"),
            ("proposal", "Proposal"),
            ("pending", "Proposal under approval"),
            ("approved", "Approved"),
            ("executing", "In execution"),
            ("replied", "Replied"),
            ("callback", "Call-back"),
            ("closed", "Closed"),
            ("dismissed", "Taken out"),
        ],
        string="Complaint Status",
        default="received",
        tracking=True,
        group_expand=True,
    )
    kind_id = fields.Many2one("kehu.complaint.kind", index=True, tracking=True, ondelete="restrict")
    demand = fields.Text(string="What the Customer Wants")
    demand_amount = fields.Monetary(string="Amount Demanded")
    currency_id = fields.Many2one(related="company_id.currency_id")

    proposal = fields.Text(copy=False, help="What we offer the customer, and why.")
    executor_id = fields.Many2one(
        "res.users",
        string="Executed By",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        copy=False,
        check_company=True,
    )
    callback_user_id = fields.Many2one(
        domain="[('share', '=', False), ('id', '!=', user_id), ('id', '!=', executor_id)]"
    )
    execution_note = fields.Text(string="What Was Done", copy=False)

    _received_idx = models.Index("(company_id, date_received)")
    _open_idx = models.Index("(company_id, date_received) WHERE state NOT IN ('closed', 'dismissed')")

    # === CRUD ===

    def _settled_fields(self):
        if self.state in ENDED:
            return self._settled_but(*_OF_CLOSED)
        return {name for name, states in self._settled_states().items() if self.state in states}

    @api.model
    def _settled_states(self):
        first = {name: OPEN.index(state) + 1 for state, names in _WRITTEN_UNTIL.items() for name in names}
        declined = {"reply": ("unjustified",), "reply_way": ("unjustified",)}
        return {name: (*OPEN[step:], *declined.get(name, ()), *ENDED) for name, step in first.items()}

    @api.model
    def _service_later_fields(self):
        return super()._service_later_fields() | {
            "proposal",
            "accused_user_ids",
            "accused_team_ids",
            "accusation_reason",
        }

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_replied", "report_user_ids"}

    # === WORKFLOW ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "propose":
            for complaint in self.filtered(
                lambda complaint: complaint.kind_id.is_paid and not complaint.compensation_ids
            ):
                blockers[complaint.id].append(
                    self.env._("“%s” takes a compensation: say which, and how much.", complaint.kind_id.name)
                )
        if move.name == "close":
            for complaint in self.filtered(
                lambda complaint: complaint.satisfaction in ("1", "2") and not (complaint.callback_note or "").strip()
            ):
                blockers[complaint.id].append(
                    self.env._(
                        "The customer is dissatisfied: enter what they said in the call-back, or have it investigated "
                        "again."
                    )
                )
        return blockers

    def _fill_executor(self):
        self._fill_role("executor_id")

    def _fill_role(self, name):
        """Where nobody else was chosen, the handler does it (U9)."""
        for handler, complaints in self.filtered(lambda complaint: not complaint[name]).grouped("user_id").items():
            complaints.write({name: (handler or self.env.user).id})

    def _clear_closed(self):
        # Who handled it may be complained about by now.
        self._impartial_exclude()
        self.sudo().write({"date_closed": False, "satisfaction": False, "callback_user_id": False})

    @api.constrains("executor_id")
    def _check_callback_by_another(self):
        self._check_callback()

    @api.model
    def _impartial_open_domain(self):
        return Domain("state", "in", OPEN)

    @api.model
    def _service_portal_labels(self):
        return {
            "title": self.env._("Complaints"),
            "text": self.env._("Tell us what went wrong, and see how it stands"),
            "new": self.env._("New complaint"),
        }
