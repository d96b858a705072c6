"""Corrective and preventive actions (C12)."""

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

from ...groups import STAFF, SUPERVISOR, SUPERVISORS

_lt = LazyTranslate(__name__)

# What the owner fills in.
_OWNERS_PART = {"root_cause", "evidence"}
# What was agreed on when it began; a supervisor changes it until it is done.
_LOCKED_AFTER_DRAFT = {
    "name",
    "kind",
    "plan",
    "owner_id",
    "verifier_id",
    "date_due",
    "check_weeks",
    "cause_id",
    "product_id",
    "serial",
    "team_id",
    "complaint_ids",
    "company_id",
}
# What it is about and where it comes from, once it has begun.
_BEGUN = {"name", "kind", "cause_id", "product_id", "serial", "team_id", "company_id"}


class CorrectiveAction(models.Model):
    """What is done so that it does not happen again: by whom, until when, verified by another, checked after weeks
    (C12).

    It comes from complaints, or from anything else; it is hidden from whoever may not read all of its complaints,
    unless they have a part in it. A part in the action opens the action alone, never the complaint.
    """

    _name = "kehu.corrective.action"
    _description = "Corrective or Preventive Action"
    _inherit = [
        "kehu.numbered.mixin",
        "kehu.derived.mixin",
        "kehu.accused.mixin",
        "kehu.settled.mixin",
        "kehu.deadline.mixin",
        "kehu.workflow.mixin",
        "mail.activity.mixin",
    ]
    _order = "date_due, id"
    _check_company_auto = True
    _rec_names_search = ("number", "name")
    _number_prefix = "CAPA-"
    _number_without_gaps = True
    _mail_post_access = "read"
    _impartial_complaint_field = "complaint_ids"
    _impartial_roles = ("owner_id", "verifier_id")

    _workflow_moves = (
        Move(
            "start",
            _lt("Start"),
            source=("draft",),
            target="open",
            groups=SUPERVISORS,
            required=("plan", "cause_id", "owner_id", "verifier_id", "date_due"),
        ),
        Move(
            "finish",
            _lt("Done"),
            source=("open", "reopened"),
            target="done",
            roles=("owner_id",),
            required=("root_cause", "evidence"),
            after="_stamp_done",
        ),
        Move(
            "rework",
            _lt("Not in Order"),
            source=("done",),
            target="open",
            groups=SUPERVISORS,
            roles=("verifier_id",),
            reason=True,
        ),
        Move(
            "verify",
            _lt("Verify"),
            source=("done",),
            target="verified",
            groups=SUPERVISORS,
            roles=("verifier_id",),
            after="_stamp_verified",
        ),
        Move(
            "confirm",
            _lt("Effective"),
            source=("verified",),
            target="effective",
            groups=SUPERVISORS,
            roles=("verifier_id",),
            after="_end_reminders",
        ),
        Move(
            "reopen",
            _lt("It Happened Again"),
            source=("verified", "effective"),
            target="reopened",
            groups=SUPERVISORS,
            reason=True,
            after="_clear_done",
        ),
        Move(
            "cancel",
            _lt("Cancel"),
            source=("draft", "open", "reopened"),
            target="cancelled",
            groups=SUPERVISORS,
            reason=True,
            after="_end_reminders",
        ),
    )
    _workflow_statusbar = ("draft", "open", "done", "verified", "effective")

    name = fields.Char(string="What", required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        [("corrective", "Corrective"), ("preventive", "Preventive")], required=True, default="corrective", tracking=True
    )
    complaint_ids = fields.Many2many(
        "kehu.complaint",
        "kehu_corrective_action_complaint_rel",
        string="Complaints",
        check_company=True,
        help="Where it comes from. None: it comes from something else, such as an inspection.",
    )
    plan = fields.Text(tracking=True, help="What is to be done, in steps.")
    root_cause = fields.Text(help="Why it could happen at all.")
    cause_id = fields.Many2one(
        "kehu.complaint.cause",
        compute="_compute_subject",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="With the product, serial number or unit it says what must not happen again.",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_subject",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    serial = fields.Char(
        string="Serial Number", compute="_compute_subject", store=True, readonly=False, precompute=True
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Business Unit",
        index="btree_not_null",
        check_company=True,
        help="When it is about how a unit works: a complaint about this unit is a recurrence.",
    )

    owner_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)], index="btree_not_null", tracking=True, check_company=True
    )
    verifier_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        check_company=True,
        help="Looks whether it was done, and later whether it helped: somebody else than the owner.",
    )
    date_due = fields.Date(string="Due Date", index=True, tracking=True)
    evidence = fields.Html(copy=False, help="What shows that it was done: photos, records, the new instruction.")
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    done_user_ids = fields.Many2many(
        "res.users",
        "kehu_corrective_action_done_user_rel",
        string="Done By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Whoever owned it since it began, or wrote what was handed in: none of them verifies it.",
    )
    verified_user_id = fields.Many2one("res.users", string="Verified By", readonly=True, copy=False)
    date_verified = fields.Datetime(string="Verified On", readonly=True, copy=False)
    check_weeks = fields.Integer(string="Check After (Weeks)", required=True, default=8, tracking=True)
    date_check = fields.Date(
        string="Check On", compute="_compute_date_check", store=True, help="From then on it is known whether it helped."
    )
    check_asked_on = fields.Datetime(string="Verifier Asked On", readonly=True, copy=False)
    recurrence_ids = fields.Many2many(
        "kehu.complaint",
        "kehu_corrective_action_recurrence_rel",
        string="Happened Again",
        readonly=True,
        copy=False,
        help="Complaints about the same that were received after it was done.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("open", "Open"),
            ("done", "Done"),
            ("verified", "Verified"),
            ("effective", "Effective"),
            ("reopened", "Reopened"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        tracking=True,
        group_expand=True,
    )

    _check_weeks_positive = models.Constraint(
        "CHECK (check_weeks BETWEEN 0 AND 520)", "It is checked after 0 to 520 weeks."
    )
    _another_verifies = models.Constraint(
        "CHECK (owner_id != verifier_id)", "Whoever does it does not verify it: choose somebody else."
    )
    _to_check_idx = models.Index("(date_check) WHERE state = 'verified' AND check_asked_on IS NULL")

    # === COMPUTE ===

    @api.depends("complaint_ids")
    def _compute_subject(self):
        for action in self:
            # What has begun is about what it was begun for, whatever complaints are added.
            has_begun = action.state and action.state != "draft"
            complaint = action.complaint_ids.browse() if has_begun else action.complaint_ids[:1]
            action.cause_id = action.cause_id or complaint.cause_id
            action.product_id = action.product_id or complaint.product_id
            action.serial = action.serial or complaint.serial

    @api.depends("date_done", "check_weeks")
    def _compute_date_check(self):
        for action in self:
            action.date_check = action.date_done and fields.Date.add(action.date_done.date(), weeks=action.check_weeks)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for action in self:
            action.display_name = f"[{action.number}] {action.name}" if action.number else action.name

    # === CONSTRAINT ===

    @api.constrains("verifier_id")
    def _check_verifier(self):
        if any(action.verifier_id & action.done_user_ids for action in self.sudo().with_context(active_test=False)):
            raise ValidationError(self._own_refusal())

    # === CRUD ===

    def write(self, vals):
        if "owner_id" in vals:
            self._keep_who_did_it()
        if self.env.su:
            return super().write(vals)
        self._check_part(vals)
        before = {
            action: action.complaint_ids
            for action in self.sudo()
            if "complaint_ids" in vals and action.state != "draft"
        }
        result = super().write(vals)
        if not _OWNERS_PART.isdisjoint(vals):
            self._keep_who_did_it(self.env.user)
        if any(complaints - action.complaint_ids for action, complaints in before.items()):
            raise UserError(
                self.env._("What has begun stays about the complaints that it comes from. Others can be added.")
            )
        return result

    def _own_refusal(self):
        return self.env._(
            "Users who worked on an action can neither verify nor confirm it: leave that to somebody else."
        )

    def _keep_who_did_it(self, users=()):
        """Remember the owners of what has begun, and ``users`` (C12)."""
        for action in self.sudo().filtered(lambda action: action.state != "draft"):
            action.done_user_ids |= action.owner_id.union(*users)

    def _settled_fields(self):
        return super()._settled_fields() | (set() if self.state == "draft" else _BEGUN)

    def _check_part(self, vals):
        """Refuse what is not the part of the user now.

        :raise AccessError: for whoever is not of the service, and for what was agreed on
        """
        free = {name for name in self._fields if name.startswith(("activity_", "message_"))}
        allowed = free | _OWNERS_PART
        if self.env.user.has_group(SUPERVISOR):
            allowed |= _LOCKED_AFTER_DRAFT
        elif self.env.user.has_group(STAFF) and all(action.state == "draft" for action in self.sudo()):
            allowed |= _LOCKED_AFTER_DRAFT
        if any(action.state in ("done", "verified", "effective", "cancelled") for action in self.sudo()):
            # Whoever verifies sees what was handed in.
            allowed -= _OWNERS_PART | _LOCKED_AFTER_DRAFT
        if refused := (vals.keys() & self._fields.keys()) - allowed - self._kehu_final_fields() - {"number", "state"}:
            labels = self.fields_get(sorted(refused), ["string"])
            raise AccessError(
                self.env._(
                    "Not yours to change now: %s.", ", ".join(description["string"] for description in labels.values())
                )
            )

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {
            "date_done",
            "done_user_ids",
            "verified_user_id",
            "date_verified",
            "check_asked_on",
            "recurrence_ids",
        }

    # === BUSINESS ===

    def _remind(self, role, summary):
        """Give whoever has ``role`` something to do."""
        self._workflow_remind(self.sudo()._workflow_users_in_role(role), summary)

    def _stamp_done(self):
        self.write({"date_done": fields.Datetime.now()})
        self._keep_who_did_it()
        for action in self:
            # It can be done again: what was handed in now stays in the chatter.
            action._message_log(
                body=Markup("<p>%s</p>%s<p>%s</p>")
                % (self.env._("Handed in as done:"), action.evidence, action.root_cause)
            )
        self._remind("verifier_id", _lt("Look whether it was done"))

    def _stamp_verified(self):
        self._end_reminders()
        self.write({"date_verified": fields.Datetime.now(), "verified_user_id": self.env.uid})

    def _end_reminders(self):
        self.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _workflow_label_of_role(self, role):
        labels = {"supervisors": self.env._("Service Supervisors"), "directors": self.env._("Service Directors")}
        return labels.get(role) or super()._workflow_label_of_role(role)

    @api.model
    def _impartial_open_domain(self):
        return Domain("state", "in", ("draft", "open", "done", "verified", "reopened"))

    # === RULE ===

    @api.model
    def _kehu_is_about_customers(self):
        return not self._abstract

    @api.model
    def _kehu_customer_fields(self):
        return ()

    @api.model
    def _kehu_domain(self, mode="read"):
        if self.env.uid == SUPERUSER_ID:
            return Domain.TRUE
        parts = Domain.OR(Domain(name, "=", self.env.uid) for name in self._impartial_roles)
        hidden = ~self.env["kehu.complaint"]._kehu_domain("read" if mode == "create" else mode)
        accused = Domain("complaint_ids", "any!", [("conflicted_user_ids", "in", [self.env.uid])])
        return (parts | ~Domain("complaint_ids", "any!", hidden)) & ~accused

    def _kehu_highest_tier(self):
        return max(self.complaint_ids.mapped("kehu_tier"), default="0")

    def _kehu_customer_tiers(self):
        return [
            SQL(
                """SELECT source.kehu_corrective_action_id, c.partner_id, c.kehu_tier
                 FROM kehu_corrective_action_complaint_rel source JOIN kehu_complaint c ON c.id = source.kehu_complaint_id
                WHERE source.kehu_corrective_action_id IN %s""",
                tuple(self.ids),
            )
        ]
