from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...worktime import NoWorkingTime, plan
from .deadline import OPEN


class Deadline(models.Model):
    """When a clock is due, and when it next reminds somebody (A4, C7)."""

    _inherit = "kehu.deadline"

    def _prepare_plan(self, spec, calendar, company, start, pauses=(), fired=()):
        """The dates of a clock: due, warning, and when its next step is.

        :param pauses: finished pauses ``(from, to)`` in order
        :param fired: ids of the steps that have been
        """
        axis = calendar._kehu_axis(company)
        try:
            due, escalation = plan(axis, start, spec.amount, spec.unit, pauses)
            warning = (
                max(start, axis.due(due, -spec.warning_amount, spec.warning_unit)) if spec.warning_amount else False
            )
            step = self._next_step(spec, axis, warning, escalation, fired)
        except NoWorkingTime:
            raise calendar._kehu_no_time_error() from None
        return {
            "date_due": due,
            "date_warning": warning,
            "date_escalation": escalation,
            "next_action_at": step[0] if step else False,
        }

    @api.model
    def _next_step(self, spec, axis, warning, escalation, fired):
        """``(instant, step id)`` of the first step not in ``fired``; None after the last."""
        moments = self._moments(spec, axis, warning, escalation, fired)
        if not moments:
            return None
        instant, _order, step_id = min(moments)
        return instant, step_id

    @api.model
    def _moments(self, spec, axis, warning, escalation, fired):
        """``[(instant, order, step id), …]`` of the steps not in ``fired``."""
        return [
            (warning if step.trigger == "warning" else axis.due(escalation, step.amount, step.unit), order, step.id)
            for order, step in enumerate(spec.steps)
            if step.id not in fired
        ]

    def _keep_fired(self):
        """What steps did under the same rule is not done again for clocks that go on and are as late: mails, notes and
        actions. To-dos ended with the former clock, and are given anew (C10).
        """
        chains, earlier = {clock: set() for clock in self}, self
        by_last = {clock: clock for clock in self}
        while earlier:
            by_last = {clock: last.previous_id for clock, last in by_last.items() if last.previous_id}
            earlier = self.browse().union(*by_last.values())
            for clock, last in by_last.items():
                chains[clock].add(last.id)
        events = (
            self.env["kehu.deadline.event"]
            .sudo()
            .search(
                Domain("deadline_id", "in", list(set().union(*chains.values())))
                & Domain("kind", "=", "step")
                & Domain("step_id.action", "!=", "activity"),
                order="id",
            )
        )
        if not events:
            return
        now, specs, kept = fields.Datetime.now(), self._specs(), []
        for clock, chain in chains.items():
            done = {event.step_id.id: event for event in events if event.deadline_id.id in chain}
            moments = clock._moments(
                specs[clock.rule_id.id], clock._axis(), clock.date_warning, clock.date_escalation, ()
            )
            mine = [done[step_id] for moment, _order, step_id in moments if step_id in done and moment <= now]
            kept += [
                clock._prepare_event_values(
                    "step", event.name, step_id=event.step_id.id, date=event.date, user_id=event.user_id.id
                )
                for event in mine
            ]
            clock.step_count = len(mine)
        self.env["kehu.deadline.event"].sudo().create(kept)
        fired = self._fired()
        for clock in self.filtered(lambda clock: clock.step_count and clock.state == "running"):
            moment = clock._next_moment(specs, fired)
            clock.next_action_at = moment[0] if moment else False

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
            pauses = [
                (pause.date_from, pause.date_to) for pause in clock.pause_ids.sorted("date_from") if pause.date_to
            ]
            values = self._prepare_plan(
                spec, clock.calendar_id, clock.company_id, clock.date_start, pauses, fired[clock.id]
            )
            if reason and values["date_due"] != clock.date_due:
                events.append(
                    clock._prepare_event_values(
                        "replan", reason, due_before=clock.date_due, due_after=values["date_due"]
                    )
                )
            if clock.state != "running":
                values["next_action_at"] = False
            elif "nobody" in fired[clock.id].values():
                values["next_action_at"] = fields.Datetime.now()
            clock.write(values)
        self.env["kehu.deadline.event"].sudo().create(events)

    def _specs(self):
        """``{rule id: spec}`` of the active rules of these clocks."""
        Rule = self.env["kehu.deadline.rule"]
        return {spec.id: spec for name in set(self.mapped("res_model")) for spec in Rule._specs(name)}

    def _fired(self):
        """``{clock id: {step id: what became of it}}`` of the steps that have been: ``"step"``, or ``"nobody"`` while
        they wait for somebody to tell.
        """
        fired = {clock_id: {} for clock_id in self._ids}
        rows = (
            self.env["kehu.deadline.event"]
            .sudo()
            .search_fetch(
                [("deadline_id", "in", self.filtered("step_count").ids), ("kind", "in", ["step", "nobody"])],
                ["deadline_id", "step_id", "kind"],
                order="id",
            )
        )
        for row in rows:
            fired[row.deadline_id.id][row.step_id.id] = row.kind
        return fired

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
