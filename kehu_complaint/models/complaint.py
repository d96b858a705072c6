from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, is_html_empty

from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from .service_mixin import STAFF, SUPERVISORS

_lt = LazyTranslate(__name__)

USERS = (STAFF,)
OPEN = ("received", "accepted", "investigating", "reviewing", "proposal", "pending", "approved", "executing", "replied", "callback")
# What was said at the counter stays as it was said, once somebody has decided on it.
_SAID = {"description", "date_received", "channel", "demand", "partner_id", "kind_id", "major_reason_ids"}
# Of what was said, what the chatter does not track by itself.
_UNTRACKED = ("description", "demand")
_FINDINGS = ("cause_id", "course", "responsible", "conclusion", "remedy", "prevention")
# {the last step in which people write it: fields}; later ones find it as it was reviewed, approved or told to the customer.
_WRITTEN_UNTIL = {
    "investigating": ("investigator_id", *_FINDINGS),
    "proposal": ("proposal",),
    "executing": ("executor_id", "reply", "reply_way"),
    "replied": ("execution_note",),
    "callback": ("callback_user_id", "callback_note", "satisfaction"),
}
# What is still written of a closed complaint: whom it concerns, how close it is kept, and why it is major.
_OF_CLOSED = (
    "partner_id", "contact_name", "contact_phone", "contact_email", "kehu_own_tier", "major_reason_ids", "accused_user_ids",
    "accused_team_ids", "accusation_reason")


class Complaint(models.Model):
    """A complaint, from the first call to the call-back (C1–C6)."""
    _name = "kehu.complaint"
    _description = "Complaint"
    _inherit = ["kehu.service.mixin"]
    _number_prefix = "TS-"
    _journal_kind = "complaint"
    _service_portal_path = "complaints"
    _service_stages = {
        "received": "received", "unjustified": "answered", "replied": "answered", "callback": "answered", "closed": "closed"}
    _service_received_template = "kehu_complaint.mail_template_complaint_received"
    _service_progress_template = "kehu_complaint.mail_template_complaint_progress"
    _service_rating_template = "kehu_complaint.mail_template_complaint_rating"

    _workflow_moves = (
        Move("accept", _lt("Accept as Justified"), source=("received",), target="accepted", groups=SUPERVISORS,
             required=("partner_id", "kind_id", "user_id")),
        Move("decline", _lt("Not Justified"), source=("received",), target="unjustified", groups=SUPERVISORS,
             required=("partner_id", "reply"), after="_send_reply"),
        Move("end", _lt("Close"), source=("unjustified",), target="closed", groups=USERS, after="_service_stamp_closed"),
        Move("investigate", _lt("Start Investigation"), source=("accepted",), target="investigating", groups=USERS,
             required=("investigator_id",)),
        Move("report", _lt("Hand In the Report"), source=("investigating",), target="reviewing", roles=("investigator_id",),
             required=("cause_id", "course", "responsible", "conclusion", "remedy", "prevention")),
        Move("revise", _lt("Report Must Be Revised"), source=("reviewing",), target="investigating", groups=SUPERVISORS, reason=True),
        Move("review", _lt("Report Is in Order"), source=("reviewing",), target="proposal", groups=SUPERVISORS,
             before="_check_reviewer", after="_keep_findings"),
        Move("propose", _lt("Submit the Proposal"), source=("proposal",), target="pending", groups=USERS,
             required=("proposal",), before="_value_goods", approval="proposal"),
        Move("grant", _lt("Approve the Proposal"), source=("pending",), target="approved", granted="proposal"),
        Move("return", _lt("Return the Proposal"), source=("pending",), target="proposal", returned="proposal"),
        Move("withdraw", _lt("Take the Proposal Back"), source=("pending", "approved"), target="proposal", groups=SUPERVISORS,
             roles=("approval_requester",), reason=True),
        Move("execute", _lt("Start Execution"), source=("approved",), target="executing", groups=USERS, required=("executor_id",),
             carries_out=True),
        Move("reply", _lt("Reply to the Customer"), source=("executing",), target="replied", groups=USERS, roles=("executor_id",),
             required=("reply",), after="_send_reply"),
        Move("call_back", _lt("Ask for the Call-back"), source=("replied",), target="callback", groups=USERS,
             required=("callback_user_id",)),
        Move("close", _lt("Close"), source=("callback",), target="closed", roles=("callback_user_id",),
             required=("satisfaction",), after="_service_stamp_closed"),
        Move("again", _lt("Customer Is Not Content"), source=("callback",), target="investigating",
             groups=SUPERVISORS, roles=("callback_user_id",), reason=True),
        Move("drop", _lt("Customer Withdraws"), source=OPEN, target="closed", groups=SUPERVISORS, reason=True,
             after="_service_stamp_closed"),
        Move("reopen", _lt("Reopen"), source=("closed",), target="accepted", groups=SUPERVISORS, reason=True,
             required=("partner_id", "kind_id", "user_id"), after="_clear_closed"),
    )
    _approval_kinds = (
        ApprovalKind("proposal", _lt("Complaint proposal"), watched=(
            "kind_id", "customer_id", "company_id", "proposal", "compensation_amount", "compensation_ids.kind", "compensation_ids.product_id",
            "compensation_ids.quantity", "compensation_ids.amount", "compensation_ids.name")),
    )
    _workflow_statusbar = ("received", "accepted", "investigating", "proposal", "approved", "executing", "replied", "callback", "closed")
    _impartial_roles = ("user_id", "callback_user_id", "investigator_id", "executor_id")
    _service_parts = {
        "callback_user_id": {"satisfaction", "callback_note"},
        "investigator_id": {"cause_id", "course", "responsible", "conclusion", "remedy", "prevention"},
        "executor_id": {"execution_note", "reply", "reply_way"},
    }

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
        ],
        string="Complaint Status", default="received", tracking=True, group_expand=True)
    kind_id = fields.Many2one("kehu.complaint.kind", index=True, tracking=True, ondelete="restrict")
    demand = fields.Text(string="What the Customer Wants")
    demand_amount = fields.Monetary(string="Amount Demanded")
    currency_id = fields.Many2one(related="company_id.currency_id")
    verification = fields.Selection(
        [("open", "Not checked yet"), ("verified", "Found"), ("unknown", "Not found"), ("none", "There is none")],
        string="Order or Serial Number", required=True, default="open", tracking=True, copy=False,
        help="Whether the order or the serial number that the customer names is ours.")

    investigator_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)], index="btree_not_null", tracking=True, copy=False, check_company=True)
    cause_id = fields.Many2one("kehu.complaint.cause", index="btree_not_null", tracking=True, ondelete="restrict", copy=False)
    course = fields.Text(string="Course of Events", copy=False)
    responsible = fields.Char(copy=False, help="Person or department.")
    conclusion = fields.Text(copy=False)
    remedy = fields.Text(copy=False)
    prevention = fields.Text(copy=False)

    proposal = fields.Text(copy=False, help="What we offer the customer, and why.")
    executor_id = fields.Many2one(
        "res.users", string="Executed By", domain=[("share", "=", False)], index="btree_not_null", tracking=True, copy=False,
        check_company=True)
    execution_note = fields.Text(string="What Was Done", copy=False)
    reply = fields.Html(string="Reply to the Customer", copy=False)
    reply_way = fields.Selection(
        [("email", "By e-mail"), ("phone", "By telephone"), ("person", "Face to face"), ("letter", "By letter")],
        string="How the Customer Is Answered", required=True, default="email", copy=False, tracking=True,
        help="Only an e-mail is sent by the system. Otherwise the reply says what the customer was told.")
    date_replied = fields.Datetime(string="Replied On", readonly=True, copy=False)

    _received_idx = models.Index("(company_id, date_received)")
    _open_idx = models.Index("(company_id, date_received) WHERE state != 'closed'")

    # === CRUD ===

    def write(self, vals):
        if not self.env.su and not _SAID.isdisjoint(vals):
            self._check_said(vals)
            self.filtered(lambda complaint: complaint.state != "received")._keep_in_chatter(
                [name for name in _UNTRACKED if name in vals], lambda: self.env._("Corrected. It said before:"))
        return super().write(vals)

    def _settled_fields(self):
        if self.state == "closed":
            return self._settled_but(*_OF_CLOSED)
        if self.state == "unjustified":
            return {"reply", "reply_way"}
        passed = OPEN.index(self.state)
        return {name for state, names in _WRITTEN_UNTIL.items() if passed > OPEN.index(state) for name in names}

    def _keep_in_chatter(self, names, title):
        """Note the present values of fields, which are about to be replaced or can be later on.

        :param names: of text fields
        :param title: returns the words above them
        """
        labels = self.fields_get(names, ["string"]) if names else {}
        for complaint in self.sudo():
            said = [(labels[name]["string"], complaint[name]) for name in names if complaint[name]]
            if said:
                complaint._message_log(body=Markup("<p>%s</p><ul>%s</ul>") % (
                    title(), Markup().join(Markup("<li>%s: %s</li>") % line for line in said)))

    def _check_said(self, vals):
        """After the decision on it, only a supervisor corrects what was taken down, and the chatter shows it.

        :raise AccessError: naming the fields
        """
        if self.env.user.has_group(SUPERVISORS[0]) or all(complaint.state == "received" for complaint in self.sudo()):
            return
        labels = self.fields_get(sorted(_SAID & vals.keys()), ["string"])
        raise AccessError(self.env._(
            "What was taken down is corrected by a supervisor from now on: %s.",
            ", ".join(description["string"] for description in labels.values())))

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_replied"}

    # === WORKFLOW ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "accept":
            for complaint in self.filtered(lambda complaint: complaint.verification == "open"):
                blockers.setdefault(complaint.id, []).append(
                    self.env._("Check whether the order or the serial number is ours."))
        if move.name == "propose":
            for complaint in self.filtered(lambda complaint: complaint.kind_id.is_paid and not complaint.compensation_ids):
                blockers.setdefault(complaint.id, []).append(
                    self.env._("“%s” takes a compensation: say which, and how much.", complaint.kind_id.name))
        if "reply" in move.required:
            for complaint in self.filtered(lambda complaint: complaint.reply and is_html_empty(complaint.reply)):
                blockers.setdefault(complaint.id, []).append(self.env._("The reply is empty."))
            for complaint in self.filtered(
                    lambda complaint: complaint.reply_way == "email" and not complaint._service_is_reachable()):
                blockers.setdefault(complaint.id, []).append(self.env._(
                    "There is no e-mail address to reply to. Enter one, or call instead, "
                    "and say how and what the customer was told."))
        return blockers

    def _check_reviewer(self):
        if self.investigator_id & self.env.user:
            raise UserError(self.env._("Nobody reviews his own report: leave it to another supervisor."))

    def _keep_findings(self):
        """A later investigation writes its own: these stay in the chatter, as they were reviewed (C4)."""
        self._keep_in_chatter(_FINDINGS[1:], lambda: self.env._("The report that was reviewed:"))

    def _send_reply(self):
        """Send the reply to the customer, or note what they were told, and keep it with the complaint (C3, C6)."""
        self.sudo().date_replied = fields.Datetime.now()
        for complaint in self:
            if complaint.reply_way == "email":
                complaint._message_reply(complaint.reply)
            else:
                complaint._message_log(body=Markup("<p>%s</p>%s") % (
                    self.env._("The customer was answered: %s", complaint._reply_way_label()), complaint.reply))
        self._service_ask_rating()

    def _reply_way_label(self):
        return dict(self._fields["reply_way"]._description_selection(self.env))[self.reply_way]

    def _message_reply(self, body):
        # It comes from the desk: the customer is not given a colleague's address.
        return self.message_post(
            body=body, subject=self.display_name, message_type="comment", subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id, email_from=self.sudo()._service_sender(), email_add_signature=False,
            **self._service_recipient())

    def _clear_closed(self):
        # Who handled it may be complained about by now.
        self._exclude_accused()
        self.sudo().write({"date_closed": False, "satisfaction": False, "callback_user_id": False})

    def _service_handlers(self):
        return super()._service_handlers() | self.executor_id

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
