"""Corrective and preventive actions, and whether it happened again (C12)."""
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

from .service_mixin import STAFF, SUPERVISORS

_lt = LazyTranslate(__name__)

# So many actions are looked at between two commits.
BATCH = 500
# What the owner fills in himself.
_OWNERS_PART = {"root_cause", "evidence"}
# What was agreed on when it began.
_AGREED = {
    "name", "kind", "plan", "owner_id", "verifier_id", "date_due", "check_weeks", "cause_id", "product_id", "serial", "team_id",
    "complaint_ids", "company_id"}
# What it is about and where it comes from, once it has begun.
_BEGUN = {"name", "kind", "cause_id", "product_id", "serial", "team_id", "company_id"}


class CorrectiveAction(models.Model):
    """What is done so that it does not happen again: by whom, until when, verified by another, checked after weeks (C12).

    It comes from complaints, or from anything else; it is hidden from whoever may not read all of its complaints, unless he
    has a part in it. A part in the action opens the action alone, never the complaint.
    """
    _name = "kehu.corrective.action"
    _description = "Corrective or Preventive Action"
    _inherit = ["kehu.numbered.mixin", "kehu.derived.mixin", "kehu.impartial.mixin", "kehu.settled.mixin", "kehu.deadline.mixin",
                "kehu.workflow.mixin", "mail.activity.mixin"]
    _order = "date_due, id"
    _check_company_auto = True
    _number_prefix = "CAPA-"
    _mail_post_access = "read"
    _impartial_complaint_field = "complaint_ids"
    _impartial_roles = ("owner_id", "verifier_id")

    _workflow_moves = (
        Move("start", _lt("Start"), source=("draft",), target="open", groups=SUPERVISORS,
             required=("plan", "cause_id", "owner_id", "verifier_id", "date_due")),
        Move("finish", _lt("Done"), source=("open", "reopened"), target="done", roles=("owner_id",),
             required=("root_cause", "evidence"), after="_stamp_done"),
        Move("rework", _lt("Not in Order"), source=("done",), target="open", groups=SUPERVISORS, roles=("verifier_id",), reason=True,
             before="_check_other_than_owner"),
        Move("verify", _lt("Verify"), source=("done",), target="verified", groups=SUPERVISORS, roles=("verifier_id",),
             before="_check_other_than_owner", after="_stamp_verified"),
        Move("confirm", _lt("Effective"), source=("verified",), target="effective", groups=SUPERVISORS, roles=("verifier_id",),
             before="_check_other_than_owner", after="_end_reminders"),
        Move("reopen", _lt("It Happened Again"), source=("verified", "effective"), target="reopened", groups=SUPERVISORS, reason=True,
             after="_clear_done"),
        Move("cancel", _lt("Cancel"), source=("draft", "open", "reopened"), target="cancelled", groups=SUPERVISORS, reason=True,
             after="_end_reminders"),
    )
    _workflow_statusbar = ("draft", "open", "done", "verified", "effective")

    name = fields.Char(string="What", required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        [("corrective", "Corrective"), ("preventive", "Preventive")], required=True, default="corrective", tracking=True)
    complaint_ids = fields.Many2many(
        "kehu.complaint", "kehu_corrective_action_complaint_rel", string="Complaints", check_company=True,
        help="Where it comes from. None: it comes from something else, such as an inspection.")
    plan = fields.Text(help="What is to be done, in steps.")
    root_cause = fields.Text(help="Why it could happen at all.")
    cause_id = fields.Many2one(
        "kehu.complaint.cause", compute="_compute_subject", store=True, readonly=False, precompute=True, index="btree_not_null",
        ondelete="restrict", help="With the product, serial number or unit it says what must not happen again.")
    product_id = fields.Many2one(
        "product.product", compute="_compute_subject", store=True, readonly=False, precompute=True, index="btree_not_null",
        check_company=True)
    serial = fields.Char(string="Serial Number", compute="_compute_subject", store=True, readonly=False, precompute=True)
    team_id = fields.Many2one(
        "crm.team", string="Business Unit", index="btree_not_null", check_company=True,
        help="When it is about how a unit works: a complaint about this unit is a recurrence.")

    owner_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)], index="btree_not_null", tracking=True, check_company=True)
    verifier_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)], index="btree_not_null", tracking=True, check_company=True,
        help="Looks whether it was done, and later whether it helped: somebody else than the owner.")
    date_due = fields.Date(string="Due Date", index=True, tracking=True)
    evidence = fields.Html(copy=False, help="What shows that it was done: photos, records, the new instruction.")
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    verified_user_id = fields.Many2one("res.users", string="Verified By", readonly=True, copy=False)
    date_verified = fields.Datetime(string="Verified On", readonly=True, copy=False)
    check_weeks = fields.Integer(string="Check After (Weeks)", required=True, default=8)
    date_check = fields.Date(
        string="Check On", compute="_compute_date_check", store=True, help="From then on it is known whether it helped.")
    check_asked_on = fields.Datetime(string="Verifier Asked On", readonly=True, copy=False)
    recurrence_ids = fields.Many2many(
        "kehu.complaint", "kehu_corrective_action_recurrence_rel", string="Happened Again", readonly=True, copy=False,
        help="Complaints about the same that were received after it was done.")
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
        default="draft", tracking=True, group_expand=True)

    _check_weeks_positive = models.Constraint("CHECK (check_weeks BETWEEN 0 AND 520)", "It is checked after 0 to 520 weeks.")
    _another_verifies = models.Constraint("CHECK (owner_id != verifier_id)", "Whoever does it does not verify it: choose somebody else.")
    _to_check_idx = models.Index("(date_check) WHERE state = 'verified' AND check_asked_on IS NULL")

    # === COMPUTE ===

    @api.depends("complaint_ids")
    def _compute_subject(self):
        for action in self:
            complaint = action.complaint_ids[:1]
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

    # === CRUD ===

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_part(vals)
        before = {action: action.complaint_ids for action in self.sudo() if "complaint_ids" in vals and action.state != "draft"}
        result = super().write(vals)
        if any(complaints - action.complaint_ids for action, complaints in before.items()):
            raise UserError(self.env._("What has begun stays about the complaints that it comes from. Others can be added."))
        return result

    def _settled_fields(self):
        return super()._settled_fields() | (set() if self.state == "draft" else _BEGUN)

    def _check_part(self, vals):
        """
        :raise AccessError: for whoever is not of the service, and for what was agreed on
        """
        free = {name for name in self._fields if name.startswith(("activity_", "message_"))}
        allowed = free | _OWNERS_PART
        if self.env.user.has_group(SUPERVISORS[0]):
            allowed |= _AGREED
        elif self.env.user.has_group(STAFF) and all(action.state == "draft" for action in self.sudo()):
            allowed |= _AGREED
        if any(action.state in ("done", "verified", "effective", "cancelled") for action in self.sudo()):
            # Whoever verifies sees what was handed in.
            allowed -= _OWNERS_PART | _AGREED
        if refused := (vals.keys() & self._fields.keys()) - allowed - self._kehu_final_fields() - {"number", "state"}:
            labels = self.fields_get(sorted(refused), ["string"])
            raise AccessError(self.env._(
                "Not yours to change now: %s.", ", ".join(description["string"] for description in labels.values())))

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {
            "date_done", "verified_user_id", "date_verified", "check_asked_on", "recurrence_ids"}

    # === ACTIONS ===

    def action_open_recurrences(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "domain": [("id", "in", self.recurrence_ids.ids)],
            "name": self.env._("Happened Again"),
            "res_model": "kehu.complaint",
            "view_mode": "list,form",
        }

    # === CRON ===

    @api.model
    def _cron_check_effectiveness(self):
        """Look at what was done weeks ago: reopen what happened again, have the rest confirmed (C12)."""
        cron = self.env["ir.cron"]
        domain = (
            Domain("state", "=", "verified") & Domain("check_asked_on", "=", False)
            & Domain("date_check", "<=", fields.Date.context_today(self)))
        if not cron._commit_progress(remaining=self.search_count(domain)):
            return
        # Either outcome takes an action out of the domain, in the commit that says so.
        while actions := self.search(domain, limit=BATCH, order="date_check, id") \
                .try_lock_for_update(allow_referencing=True).filtered_domain(domain):
            actions._check_effectiveness()
            self.env.flush_all()
            self.env.invalidate_all(flush=False)
            if not cron._commit_progress(len(actions)):
                return

    def _check_effectiveness(self):
        recurrences = self._find_recurrences()
        again = self.filtered(lambda action: recurrences[action.id])
        again._reopen(recurrences)
        rest = self - again
        rest.write({"check_asked_on": fields.Datetime.now()})
        rest._remind("verifier_id", _lt("Did it help? Nobody has complained about it again: confirm that it is effective"))

    # === BUSINESS ===

    def _find_recurrences(self):
        """Return ``{action_id: complaints}`` about the same that were received after it was done; one query for all.

        The same is the same cause with the same product, serial number or unit; with the cause alone if the action names
        none of these.
        """
        self.flush_model()
        self.env["kehu.complaint"].flush_model()
        rows = self.env.execute_query(SQL(
            """
            SELECT a.id, array_agg(c.id ORDER BY c.date_received, c.id)
              FROM kehu_corrective_action a
              JOIN kehu_complaint c ON c.cause_id = a.cause_id AND c.company_id = a.company_id AND c.date_received > a.date_done
               AND (c.product_id = a.product_id OR upper(c.serial) = upper(a.serial)
                    OR EXISTS (SELECT FROM kehu_complaint_accused_team_rel accused
                                WHERE accused.kehu_complaint_id = c.id AND accused.crm_team_id = a.team_id)
                    OR (a.product_id IS NULL AND a.serial IS NULL AND a.team_id IS NULL))
             WHERE a.id = ANY(%s)
               AND NOT EXISTS (SELECT FROM kehu_corrective_action_complaint_rel source
                                WHERE source.kehu_corrective_action_id = a.id AND source.kehu_complaint_id = c.id)
          GROUP BY a.id
            """, self.ids))
        found = dict(rows)
        return {action_id: self.env["kehu.complaint"].browse(found.get(action_id, ())) for action_id in self.ids}

    def _reopen(self, recurrences):
        """Reopen them all at once, with the list of what happened again, and tell owner and supervisors."""
        if not self:
            return
        actions = self.sudo()
        for action in actions:
            action.recurrence_ids |= recurrences[action.id].sudo()
        actions._move("reopen", self.env._("It happened again: see the complaints listed under “Happened Again”."))
        actions._message_log_batch({
            action.id: self.env._("It happened again: %s", ", ".join(recurrences[action.id].sudo().mapped("number")))
            for action in actions})
        actions._remind("owner_id", _lt("It happened again: find out why it did not help"))
        actions._remind("supervisors", _lt("It happened again, although something was done"))

    def _remind(self, role, summary):
        """Give whoever has ``role`` something to do."""
        self._workflow_remind(self.sudo()._workflow_users_in_role(role), summary)

    def _stamp_done(self):
        self.write({"date_done": fields.Datetime.now()})
        for action in self:
            # It can be done again: what was handed in now stays in the chatter.
            action._message_log(body=Markup("<p>%s</p>%s<p>%s</p>") % (
                self.env._("Handed in as done:"), action.evidence, action.root_cause))
        self._remind("verifier_id", _lt("Look whether it was done"))

    def _stamp_verified(self):
        self._end_reminders()
        self.write({"date_verified": fields.Datetime.now(), "verified_user_id": self.env.uid})

    def _clear_done(self):
        self._end_reminders()
        # A new due date is given, against a clock of its own.
        self.write({"date_due": False, "date_done": False, "date_verified": False, "verified_user_id": False, "check_asked_on": False})
        self._exclude_accused()

    def _end_reminders(self):
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _check_other_than_owner(self):
        if self.owner_id & self.env.user:
            raise UserError(self.env._("Whoever did it neither verifies it nor says that it helped: leave it to another."))

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "confirm":
            recurrences = self._find_recurrences()
            for action in self:
                if action.date_check and action.date_check > fields.Date.context_today(self):
                    blockers.setdefault(action.id, []).append(
                        self.env._("Whether it helped is known from %s on.", fields.Date.to_string(action.date_check)))
                if recurrences[action.id]:
                    blockers.setdefault(action.id, []).append(self.env._(
                        "It happened again: %s complaints. Reopen it.", len(recurrences[action.id])))
        return blockers

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
        return [SQL(
            """SELECT source.kehu_corrective_action_id, c.partner_id, c.kehu_tier
                 FROM kehu_corrective_action_complaint_rel source JOIN kehu_complaint c ON c.id = source.kehu_complaint_id
                WHERE source.kehu_corrective_action_id IN %s""", tuple(self.ids))]


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    corrective_action_ids = fields.Many2many(
        "kehu.corrective.action", "kehu_corrective_action_complaint_rel", string="Corrective Actions", copy=False)
    corrective_action_count = fields.Integer(string="Number of Corrective Actions", compute="_compute_corrective_action_count")

    @api.depends("corrective_action_ids")
    @api.depends_context("uid")
    def _compute_corrective_action_count(self):
        counts = dict(self.env["kehu.corrective.action"]._read_group(
            [("complaint_ids", "in", self.ids)], ["complaint_ids"], ["__count"]))
        for complaint in self:
            complaint.corrective_action_count = counts.get(complaint._origin, 0)

    @api.model
    def _kehu_server_fields(self):
        # An action is taken off a complaint from its own side, by whom that belongs to.
        return super()._kehu_server_fields() | {"corrective_action_ids"}

    def _exclude_accused(self):
        result = super()._exclude_accused()
        self.sudo().corrective_action_ids._exclude_accused()
        return result

    def action_open_corrective_actions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "domain": [("complaint_ids", "in", self.ids)],
            "name": self.env._("Corrective Actions"),
            "res_model": "kehu.corrective.action",
            "view_mode": "list,form",
            "context": {"default_complaint_ids": self.ids, "default_company_id": self.company_id.id},
        }
