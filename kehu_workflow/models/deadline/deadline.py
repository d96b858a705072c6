from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ...workflow import clean_reason
from .deadline_rule import UNIT_SELECTION

OPEN = ("running", "paused")


class Handover(NamedTuple):
    """What a clock leaves to the one that continues it."""

    clock_id: int
    is_paused: bool
    pauses: tuple[dict, ...]

    @property
    def finished(self):
        return [(pause["date_from"], pause["date_to"]) for pause in self.pauses if pause["date_to"]]


class Deadline(models.Model):
    """A clock: how long a record may take under one rule, and how it went (A4, C7).

    Nobody but the server writes clocks. A clock that has ended is history: a changed rule, another
    priority or re-opening the record ends it and starts a new one.
    """

    _name = "kehu.deadline"
    _description = "Deadline"
    _inherit = ["kehu.trail.mixin"]
    _order = "date_due, id"
    _trail_is_paged = True
    _trail_shows_document = True
    _rec_name = "rule_id"

    # A rule with clocks is not deleted by people; the addon that brought it takes its clocks along.
    rule_id = fields.Many2one("kehu.deadline.rule", required=True, readonly=True, ondelete="cascade", index=True)
    res_model = fields.Char("Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char("Record", compute="_compute_res_name")
    company_id = fields.Many2one("res.company", readonly=True)
    # What held when the clock was set, whatever the rule says today.
    calendar_id = fields.Many2one(
        "resource.calendar", "Working Schedule", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    amount = fields.Float("Time Allowed", required=True, readonly=True)
    unit = fields.Selection(UNIT_SELECTION, required=True, readonly=True)

    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
            ("taken_out", "Taken Out"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="running",
    )
    date_start = fields.Datetime("Started", required=True, readonly=True)
    # What the rule's date field said then: another date there starts another clock.
    date_anchor = fields.Datetime("Counted From", readonly=True)
    date_due = fields.Datetime("Due", required=True, readonly=True)
    date_warning = fields.Datetime("Warning", readonly=True)
    date_escalation = fields.Datetime("Escalation Counts From", required=True, readonly=True)
    date_stop = fields.Datetime("Ended", readonly=True)
    stop_reason = fields.Char("Why It Ended", readonly=True)
    stop_user_id = fields.Many2one("res.users", "Ended By", readonly=True, ondelete="restrict")
    previous_id = fields.Many2one(
        "kehu.deadline", "Continues", readonly=True, ondelete="set null", index="btree_not_null"
    )
    pause_ids = fields.One2many("kehu.deadline.pause", "deadline_id", "Pauses", readonly=True)
    event_ids = fields.One2many("kehu.deadline.event", "deadline_id", "History", readonly=True)
    is_late = fields.Boolean("Late", compute="_compute_is_late", search="_search_is_late")

    next_action_at = fields.Datetime("Next Reminder", readonly=True)
    step_count = fields.Integer("Reminders Sent", readonly=True)
    to_replan = fields.Boolean("To Be Planned Again", readonly=True)

    _document_idx = models.Index("(res_model, res_id)")
    _order_idx = models.Index("(date_due, id)")
    _open_uniq = models.UniqueIndex(
        "(rule_id, res_id) WHERE state IN ('running', 'paused')", "This clock is running already."
    )
    # The sweep walks this in due order; its domain must imply the condition.
    _next_action_idx = models.Index("(next_action_at) WHERE state = 'running'")
    _replan_idx = models.Index("(id) WHERE to_replan")
    _due_idx = models.Index("(res_model, date_due) WHERE state IN ('running', 'paused')")

    # === COMPUTE ===

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_res_name(self):
        for name, clocks in self.grouped("res_model").items():
            ids = self._trail_readable(name, clocks.mapped("res_id")) if name else ()
            names = {document.id: document.display_name for document in self.env[name].browse(ids)} if ids else {}
            for clock in clocks:
                clock.res_name = names.get(clock.res_id, False)

    @api.depends("state", "date_due", "date_stop")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for clock in self:
            clock.is_late = clock.state == "missed" or (
                clock.state == "running" and bool(clock.date_due) and clock.date_due < now
            )

    def _search_is_late(self, operator, value):
        if operator != "in" or True not in value or False in value:
            return NotImplemented
        late = Domain("state", "=", "running") & Domain("date_due", "<", fields.Datetime.now())
        return Domain("state", "=", "missed") | late

    # === ACTIONS ===

    def action_pause(self, reason=None):
        """Stop the clocks by hand, with a reason (C7); without one, the dialog asks for it.

        :raise AccessError: the rule does not let the user, or the user may not change the record
        :raise UserError: no reason, or a clock that does not run
        """
        self._check_may_pause()
        if reason is None:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Pause"),
                "res_model": "kehu.deadline.pause.wizard",
                "view_mode": "form",
                "target": "new",
                "context": {"default_deadline_ids": self.ids},
            }
        if not clean_reason(reason):
            raise UserError(self.env._("Say why the clock must stand still."))
        clocks = self.sudo()
        clocks._lock()
        if stopped := clocks.filtered(lambda clock: clock.state != "running"):
            raise UserError(self.env._("The clock “%s” is not running.", stopped[0].display_name))
        clocks._pause(dict.fromkeys(clocks.mapped("res_id"), clean_reason(reason)))
        return True

    def action_resume(self):
        """Let the clocks run on that somebody paused by hand.

        :raise AccessError: the rule does not let the user, or the user may not change the record
        :raise UserError: a clock that is not paused, or stands still by its rule
        """
        self._check_may_pause()
        clocks = self.sudo()
        clocks._lock()
        pauses = clocks.pause_ids.filtered(lambda pause: not pause.date_to)
        for clock in clocks:
            pause = pauses.filtered(lambda pause, clock=clock: pause.deadline_id == clock)
            if not pause:
                raise UserError(self.env._("The clock “%s” is not paused.", clock.display_name))
            if pause.is_by_rule:
                raise UserError(
                    self.env._(
                        "“%(clock)s” stands still by its rule: %(reason)s",
                        clock=clock.display_name,
                        reason=pause.display_name,
                    )
                )
        clocks._resume()
        for name, resumed in clocks.grouped("res_model").items():
            self.env[name].sudo().browse(resumed.mapped("res_id"))._deadline_sync()
        return True

    def _check_may_pause(self):
        self.check_access("read")
        for name, clocks in self.sudo().exists().grouped("res_model").items():
            self.env[name].browse(clocks.mapped("res_id")).check_access("write")
        for rule in self.sudo().rule_id:
            if not rule.pause_group_id or rule.pause_group_id not in self.env.user.all_group_ids:
                raise AccessError(
                    self.env._(
                        "“%(rule)s” can be paused by: %(group)s.",
                        rule=rule.name,
                        group=rule.pause_group_id.full_name or self.env._("nobody"),
                    )
                )

    # === BUSINESS: LIFE ===

    @api.model
    def _start(self, starts):
        """Start clocks, all in one batch.

        :param starts: ``[(spec, record, start, handover or None), …]``
        :return: the clocks
        """
        vals_list = []
        for spec, record, start, handover in starts:
            company = record["company_id"] if "company_id" in record._fields else self.env["res.company"]
            company = company or self.env["res.company"].browse(spec.company_id) or self.env.company
            calendar = self.env["resource.calendar"].browse(spec.calendar_id) or company.resource_calendar_id
            finished = handover.finished if handover else ()
            vals = {
                "rule_id": spec.id,
                "res_model": record._name,
                "res_id": record.id,
                "company_id": company.id,
                "calendar_id": calendar.id,
                "amount": spec.amount,
                "unit": spec.unit,
                "date_start": start,
                "date_anchor": spec.start_field and record._deadline_anchor(spec),
                **self._prepare_plan(spec, calendar, company, start, finished),
            }
            if handover:
                vals["previous_id"] = handover.clock_id
                vals["pause_ids"] = [Command.create(pause) for pause in handover.pauses]
                if handover.is_paused:
                    vals |= {"state": "paused", "next_action_at": False}
            vals_list.append(vals)
        # Whatever the new clocks replace must have ended in the database, too.
        self.flush_model(["state"])
        clocks = self.sudo().create(vals_list)
        clocks.filtered("previous_id")._keep_fired()
        return clocks

    def _prepare_handover(self):
        """What the clock that goes on in place of this one takes over; ask before ending this one."""
        self.ensure_one()
        return Handover(
            self.id,
            self.state == "paused",
            tuple(pause._prepare_copy_values() for pause in self.pause_ids.sorted("date_from")),
        )

    def _end(self, state, reason=False):
        """End clocks: as ``"cancelled"``, ``"taken_out"``, or ``"met"``, which becomes missed for those that were
        missed.
        """
        if not self:
            return
        now = fields.Datetime.now()
        self.pause_ids.filtered(lambda pause: not pause.date_to).write({"date_to": now})
        values = {
            "date_stop": now,
            "stop_reason": reason,
            "stop_user_id": self.env.uid,
            "next_action_at": False,
            "to_replan": False,
        }
        if state == "met":
            missed = self._filter_missed()
            missed.write({"state": "missed", **values})
            (self - missed).write({"state": "met", **values})
        else:
            self.write({"state": state, **values})
        if reminded := self.filtered("step_count"):
            self.env["mail.activity"].sudo().search([("kehu_deadline_id", "in", reminded.ids)]).unlink()

    def _end_apart(self, reason):
        """End clocks of which others go on, or none: what is late already was missed, and nothing takes that back (C7)."""
        missed = self._filter_missed()
        missed._end("met", reason)
        (self - missed)._end("cancelled", reason)

    def _filter_missed(self):
        """Return the open clocks that can be met no more: they are late, or go on for one of another rule that was
        missed.

        So nobody gains time by other conditions, such as a lower priority, once it is late (C7).
        """
        now = fields.Datetime.now()
        return self.filtered(
            lambda clock: (
                (clock.previous_id.state == "missed" and clock.previous_id.rule_id != clock.rule_id)
                or (clock._paused_since() if clock.state == "paused" else now) > clock.date_due
            )
        )

    def _pause(self, reasons, *, by_rule=False):
        """Stop clocks; ``reasons`` is ``{record_id: text}``, which a rule need not give."""
        if not self:
            return
        now = fields.Datetime.now()
        self.env["kehu.deadline.pause"].flush_model(["date_to"])  # one is open at a time, in the database, too
        self.env["kehu.deadline.pause"].sudo().create(
            [
                {
                    "deadline_id": clock.id,
                    "res_model": clock.res_model,
                    "res_id": clock.res_id,
                    "date_from": now,
                    "reason": reasons.get(clock.res_id),
                    "user_id": self.env.uid,
                    "is_by_rule": by_rule,
                }
                for clock in self
            ]
        )
        self.write({"state": "paused", "next_action_at": False})

    def _resume(self):
        if not self:
            return
        self.pause_ids.filtered(lambda pause: not pause.date_to).write({"date_to": fields.Datetime.now()})
        self.write({"state": "running"})
        self._replan()

    def _status(self, now, tonight):
        """How urgent an open clock is: a key of ``kehu.deadline.mixin.deadline_state``."""
        self.ensure_one()
        if self.state == "paused":
            return "paused"
        if self.date_due < now:
            return "late"
        if self.date_due <= tonight:
            return "today"
        return "warning" if self.date_warning and self.date_warning <= now else "running"

    def _paused_since(self):
        self.ensure_one()
        return max(self.pause_ids.mapped("date_from"))

    def _lock(self):
        """Hold the clocks against the sweep and other users; wait for nobody."""
        self.lock_for_update(allow_referencing=True)
        self.invalidate_recordset()

    # === BUSINESS: HISTORY ===

    def _prepare_event_values(self, kind, name, **values):
        self.ensure_one()
        return {
            "deadline_id": self.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "kind": kind,
            "name": name,
            "user_id": self.env.uid,
            **values,
        }
