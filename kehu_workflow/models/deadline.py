from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..workflow import clean_reason
from ..worktime import NoWorkingTime, plan
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
    _rec_name = "rule_id"

    # A rule with clocks is not deleted by people; the addon that brought it takes its clocks along.
    rule_id = fields.Many2one("kehu.deadline.rule", required=True, readonly=True, ondelete="cascade", index=True)
    res_model = fields.Char("Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char("Record", compute="_compute_res_name")
    company_id = fields.Many2one("res.company", readonly=True)
    # What held when the clock was set, whatever the rule says today.
    calendar_id = fields.Many2one("resource.calendar", "Working Schedule", readonly=True, ondelete="restrict", index="btree_not_null")
    amount = fields.Float("Time Allowed", required=True, readonly=True)
    unit = fields.Selection(UNIT_SELECTION, required=True, readonly=True)

    state = fields.Selection(
        [("running", "Running"), ("paused", "Paused"), ("met", "Met"), ("missed", "Missed"), ("cancelled", "Cancelled")],
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
    date_ladder = fields.Datetime("Escalation Counts From", required=True, readonly=True)
    date_stop = fields.Datetime("Ended", readonly=True)
    stop_reason = fields.Char("Why It Ended", readonly=True)
    stop_user_id = fields.Many2one("res.users", "Ended By", readonly=True, ondelete="restrict")
    previous_id = fields.Many2one("kehu.deadline", "Continues", readonly=True, ondelete="set null", index="btree_not_null")
    pause_ids = fields.One2many("kehu.deadline.pause", "deadline_id", "Pauses", readonly=True)
    event_ids = fields.One2many("kehu.deadline.event", "deadline_id", "History", readonly=True)
    is_late = fields.Boolean("Late", compute="_compute_is_late", search="_search_is_late")

    next_action_at = fields.Datetime("Next Reminder", readonly=True)
    rung_count = fields.Integer("Reminders Sent", readonly=True)
    to_replan = fields.Boolean("To Be Planned Again", readonly=True)

    _document_idx = models.Index("(res_model, res_id)")
    _open_uniq = models.UniqueIndex(
        "(rule_id, res_id) WHERE state IN ('running', 'paused')", "This clock is running already."
    )
    # The sweep walks this in due order; its domain must imply the condition.
    _next_action_idx = models.Index("(next_action_at) WHERE state = 'running'")
    _replan_idx = models.Index("(id) WHERE to_replan")
    _due_idx = models.Index("(res_model, date_due) WHERE state IN ('running', 'paused')")

    # === COMPUTE ===

    @api.depends("res_model", "res_id")
    def _compute_res_name(self):
        for name, clocks in self.grouped("res_model").items():
            documents = self.env[name].browse(clocks.mapped("res_id")).exists() if name else ()
            names = {document.id: document.display_name for document in documents}
            for clock in clocks:
                clock.res_name = names.get(clock.res_id, False)

    @api.depends("state", "date_due", "date_stop")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for clock in self:
            clock.is_late = clock.state == "missed" or (clock.state == "running" and bool(clock.date_due) and clock.date_due < now)

    def _search_is_late(self, operator, value):
        if operator != "in" or True not in value or False in value:
            return NotImplemented
        late = Domain("state", "=", "running") & Domain("date_due", "<", fields.Datetime.now())
        return Domain("state", "=", "missed") | late

    # === ACTIONS ===

    def action_open_document(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_pause(self, reason=None):
        """Stop the clocks by hand, with a reason (C7); without one, the dialog asks for it.

        :raise AccessError: the rule does not let the user, or he may not change the record
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

        :raise AccessError: the rule does not let the user, or he may not change the record
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
                    self.env._("“%(clock)s” stands still by its rule: %(reason)s", clock=clock.display_name, reason=pause.display_name)
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
        return self.sudo().create(vals_list)

    def _prepare_handover(self):
        """What the clock that goes on in place of this one takes over; ask before ending this one."""
        self.ensure_one()
        return Handover(
            self.id,
            self.state == "paused",
            tuple(pause._prepare_copy_values() for pause in self.pause_ids.sorted("date_from")),
        )

    def _end(self, state, reason=False):
        """End clocks: ``state`` is ``"cancelled"``, or ``"met"`` which becomes missed for those that are late."""
        if not self:
            return
        now = fields.Datetime.now()
        self.pause_ids.filtered(lambda pause: not pause.date_to).write({"date_to": now})
        late = self.filtered(lambda clock: clock.state == "running" and clock.date_due < now)
        late |= self.filtered(lambda clock: clock.state == "paused" and clock._paused_since() > clock.date_due)
        values = {"date_stop": now, "stop_reason": reason, "stop_user_id": self.env.uid, "next_action_at": False, "to_replan": False}
        if state == "met":
            late.write({"state": "missed", **values})
            (self - late).write({"state": "met", **values})
        else:
            self.write({"state": state, **values})
        if reminded := self.filtered("rung_count"):
            self.env["mail.activity"].sudo().search([("kehu_deadline_id", "in", reminded.ids)]).unlink()

    def _pause(self, reasons, *, by_rule=False):
        """Stop clocks; ``reasons`` is ``{record_id: text}``, which a rule need not give."""
        if not self:
            return
        now = fields.Datetime.now()
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

    # === BUSINESS: PLAN ===

    def _prepare_plan(self, spec, calendar, company, start, pauses=(), fired=()):
        """The dates of a clock: due, warning, and when its next rung is.

        :param pauses: finished pauses ``(from, to)`` in order
        :param fired: ids of the rungs that have been
        """
        axis = calendar._kehu_axis(company)
        try:
            due, ladder = plan(axis, start, spec.amount, spec.unit, pauses)
            warning = max(start, axis.due(due, -spec.warning_amount, spec.warning_unit)) if spec.warning_amount else False
            rung = self._next_rung(spec, axis, warning, ladder, fired)
        except NoWorkingTime:
            raise calendar._kehu_no_time_error() from None
        return {
            "date_due": due,
            "date_warning": warning,
            "date_ladder": ladder,
            "next_action_at": rung[0] if rung else False,
        }

    @api.model
    def _next_rung(self, spec, axis, warning, ladder, fired):
        """``(instant, rung id)`` of the first rung not in ``fired``; None at the end of the ladder."""
        moments = [
            (warning if rung.trigger == "warning" else axis.due(ladder, rung.amount, rung.unit), order, rung.id)
            for order, rung in enumerate(spec.rungs)
            if rung.id not in fired
        ]
        if not moments:
            return None
        instant, _order, rung_id = min(moments)
        return instant, rung_id

    def _replan(self, reason=None):
        """Plan open clocks again from their start and pauses, with the working hours of today.

        :param reason: why; a new date then leaves a line in the history
        """
        specs = self._specs()
        fired = self._fired()
        events = []
        # Clocks of an archived rule are ended by the sweep.
        for clock in self.filtered(lambda clock: clock.rule_id.id in specs):
            spec = specs[clock.rule_id.id]._replace(amount=clock.amount, unit=clock.unit)
            clock.calendar_id = spec.calendar_id or clock.company_id.resource_calendar_id
            pauses = [(pause.date_from, pause.date_to) for pause in clock.pause_ids.sorted("date_from") if pause.date_to]
            values = self._prepare_plan(spec, clock.calendar_id, clock.company_id, clock.date_start, pauses, fired[clock.id])
            if reason and values["date_due"] != clock.date_due:
                events.append(clock._prepare_event_values("replan", reason, due_before=clock.date_due, due_after=values["date_due"]))
            if clock.state != "running":
                values["next_action_at"] = False
            clock.write(values)
        self.env["kehu.deadline.event"].sudo().create(events)

    def _specs(self):
        """``{rule id: spec}`` of the active rules of these clocks."""
        Rule = self.env["kehu.deadline.rule"]
        return {spec.id: spec for name in set(self.mapped("res_model")) for spec in Rule._specs(name)}

    def _fired(self):
        """``{clock id: ids of the rungs that have been}``."""
        fired = {clock_id: set() for clock_id in self._ids}
        rows = self.env["kehu.deadline.event"].sudo().search_fetch(
            [("deadline_id", "in", self.filtered("rung_count").ids), ("kind", "=", "rung")], ["deadline_id", "rung_id"]
        )
        for row in rows:
            fired[row.deadline_id.id].add(row.rung_id.id)
        return fired

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

    def _local_due_date(self):
        """The day on which the clock is due where its people work."""
        self.ensure_one()
        zone = self.calendar_id._kehu_axis(self.company_id).tz
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), self.date_due).date()

    @api.model
    def _flag_for_replan(self, domain):
        """Have the sweep plan the open clocks in ``domain`` again, soon; there may be a million of them."""
        self.flush_model()
        clocks = self._search(domain & Domain("state", "in", OPEN) & Domain("to_replan", "=", False))
        self.env.cr.execute(SQL("UPDATE kehu_deadline SET to_replan = TRUE WHERE id IN %s", clocks.subselect()))
        if self.env.cr.rowcount:
            self.invalidate_model(["to_replan"], flush=False)
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep")._trigger()
