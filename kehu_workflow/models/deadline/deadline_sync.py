from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytz

from odoo import fields, models

from .deadline import OPEN

# A move writes the state, at which clocks stop, and asks then: seconds later, if it moves many records.
SAME_MOVE = timedelta(minutes=1)


class Situation(NamedTuple):
    """Ids of the records that meet the conditions of one rule."""

    concerned: frozenset
    done: frozenset
    pausing: frozenset


class DeadlineMixin(models.AbstractModel):
    """How clocks follow their records: set-based, on each create and write that a rule looks at."""

    _inherit = "kehu.deadline.mixin"

    # === BUSINESS ===

    def _deadline_sync(self, created=False, handed=()):
        """Start, stop, pause and resume the clocks of these records as their rules say (A4, C7).

        Called on create and on writing a field that a rule looks at. Code that changes such a field
        past ``write()``, by SQL for instance, calls it itself.

        :param created: the records are new and have no clocks yet
        :param handed: ended clocks that others are to continue
        """
        specs = self.env["kehu.deadline.rule"]._specs(self._name)
        if not specs or not self:
            return
        records = self.sudo().with_context(active_test=False)._deadline_filter_timed()
        clocks = self.env["kehu.deadline"].sudo() if created else records._deadline_open_clocks()
        by_rule = clocks.grouped(lambda clock: clock.rule_id.id)
        verdicts, candidates, starts = defaultdict(list), [], []
        families = {spec.id: spec.family for spec in specs}
        handovers = {
            (families[clock.rule_id.id], clock.res_id): clock for clock in handed if clock.rule_id.id in families
        }
        for spec in specs:
            situation = records._deadline_situation(spec)
            mine = by_rule.get(spec.id, clocks.browse())
            for clock in mine:
                record = records.browse(clock.res_id)
                verdict = record._deadline_verdict(spec, clock, situation)
                verdicts[verdict].append(clock.id)
                if verdict == "left":
                    handovers[spec.family, record.id] = clock
                elif verdict == "moved" and (anchor := record._deadline_anchor(spec)):
                    starts.append((spec, record, anchor, clock._prepare_handover()))
            waiting = situation.concerned - situation.done - set(mine.mapped("res_id"))
            candidates += [(spec, record_id) for record_id in records._ids if record_id in waiting]
        starts += records._deadline_prepare_starts(candidates, handovers, created)
        records._deadline_apply({verdict: clocks.browse(ids) for verdict, ids in verdicts.items()}, clocks.browse())
        if starts:
            records._deadline_pause_started(clocks._start(starts), specs)
        if clocks or starts:
            self.invalidate_recordset(
                ["deadline_ids", "deadline_date", "deadline_state", "deadline_summary"], flush=False
            )

    def _deadline_filter_timed(self):
        """Return the records to which the rules apply at all; the clocks of the others stay as they are (hook)."""
        return self

    def _deadline_open_clocks(self):
        return (
            self.env["kehu.deadline"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", OPEN)], order="id")
        )

    def _deadline_situation(self, spec):
        """How things stand for the rule among these records."""
        company = self
        if spec.company_id:
            company = self.filtered(lambda record: record["company_id"].id == spec.company_id)
        return Situation(
            concerned=frozenset(company.filtered_domain(spec.domain)._ids),
            done=frozenset(self.filtered_domain(spec.stop)._ids if spec.stop else ()),
            pausing=frozenset(self.filtered_domain(spec.pause)._ids if spec.pause else ()),
        )

    def _deadline_verdict(self, spec, clock, situation):
        """What becomes of an open clock of this record."""
        self.ensure_one()
        if self.id in situation.done:
            return "done"
        if self.id not in situation.concerned:
            return "left"
        if spec.start_field and self._deadline_anchor(spec) != clock.date_anchor:
            return "moved"
        if self.id in situation.pausing:
            return "pause" if clock.state == "running" else "stay"
        return "resume" if clock.state == "paused" else "stay"

    def _deadline_apply(self, verdicts, none):
        """End, pause and resume clocks."""
        verdicts.get("done", none)._end("met")
        # Another date, or another rule, gives time to the clock that goes on.
        verdicts.get("left", none)._end_apart(self.env._("The rule does not apply any more."))
        verdicts.get("moved", none)._end_apart(self.env._("The date it was counted from was changed."))
        self._deadline_pause(verdicts.get("pause", none))
        # What a person paused, only a person resumes.
        open_pauses = verdicts.get("resume", none).pause_ids.filtered(lambda pause: not pause.date_to)
        open_pauses.filtered("is_by_rule").deadline_id._resume()

    # === BUSINESS: STARTING ===

    def _deadline_prepare_starts(self, candidates, handovers, created):
        """``[(spec, record, start, handover), …]`` of the candidates whose clock starts now."""
        now = fields.Datetime.now()
        by_spec = defaultdict(list)
        for spec, record_id in candidates:
            by_spec[spec].append(record_id)
        anchored = [spec.id for spec in by_spec if spec.start_field]
        ended = {} if created or not anchored else self._deadline_last_ended(anchored)
        taken_back = self._deadline_taken_back(ended.values())
        starts = []
        for spec, record_ids in by_spec.items():
            records = self.browse(record_ids)
            ready = set(records.filtered_domain(spec.start)._ids)
            for record in records:
                if previous := handovers.get((spec.family, record.id)):
                    starts.append((spec, record, previous.date_start, previous._prepare_handover()))
                elif record.id in ready and (start := record._deadline_anchor(spec) if spec.start_field else now):
                    last = ended.get((spec.id, record.id))
                    if last and last.id in taken_back:
                        # It was not done: whoever asked for it takes it back, and gains no time by that (C7).
                        begun = last.date_start if last.date_anchor == start else start
                        starts.append((spec, record, begun, last._prepare_handover()))
                    else:
                        # Re-opened: what was done once is not late from the start.
                        is_again = last and last.date_stop >= start
                        starts.append((spec, record, now if is_again else start, None))
        return starts

    def _deadline_last_ended(self, rule_ids):
        """``{(rule id, record id): clock}`` that was the last to be met or missed."""
        clocks = (
            self.env["kehu.deadline"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("rule_id", "in", rule_ids),
                    ("state", "in", ("met", "missed")),
                ],
                ["rule_id", "res_id", "date_start", "date_anchor", "date_stop", "stop_user_id"],
                order="date_stop, id",
            )
        )
        return {(clock.rule_id.id, clock.res_id): clock for clock in clocks}

    def _deadline_taken_back(self, ended):
        """Ids of the ended clocks that stopped as something was asked for that is taken back just now, or was: nobody
        decided on it.
        """
        if not ended or not isinstance(self, self.env.registry["kehu.approval.mixin"]):
            return set()
        approvals = (
            self.env["kehu.approval"]
            .sudo()
            .search_fetch(
                [("res_model", "=", self._name), ("res_id", "in", [clock.res_id for clock in ended])],
                ["res_id", "date", "requester_id", "state"],
                order="id",
            )
        )
        asked = approvals.grouped(lambda approval: (approval.res_id, approval.requester_id))
        taken_back = set()
        for clock in ended:
            with_it = [
                approval
                for approval in asked.get((clock.res_id, clock.stop_user_id), ())
                if abs(approval.date - clock.date_stop) < SAME_MOVE
            ]
            if with_it and with_it[-1].state in ("pending", "withdrawn"):
                taken_back.add(clock.id)
        return taken_back

    def _deadline_pause_started(self, started, specs):
        """Pause at once what starts in a pausing condition."""
        for spec in specs:
            if spec.pause:
                clocks = started.filtered(
                    lambda clock, spec=spec: clock.rule_id.id == spec.id and clock.state == "running"
                )
                pausing = set(self.browse(clocks.mapped("res_id")).filtered_domain(spec.pause)._ids)
                self._deadline_pause(clocks.filtered(lambda clock, pausing=pausing: clock.res_id in pausing))

    def _deadline_pause(self, clocks):
        """Have clocks of these records stand still by their rule."""
        clocks._pause(self.browse(clocks.mapped("res_id"))._deadline_pause_reasons(), by_rule=True)

    def _deadline_pause_reasons(self):
        """``{record_id: text}`` why the clocks of these records stand still, where a record says so itself (hook).

        It is kept with the pause as it stands. A record without one is shown as standing still by its rule.
        """
        return {}

    def _deadline_anchor(self, spec):
        """The instant in the rule's date field; a date is its first minute where the people work."""
        value = self[spec.start_field]
        if not value or isinstance(value, datetime):
            return value
        company = self["company_id"] if "company_id" in self._fields else self.env.company
        company = company or self.env.company
        calendar = self.env["resource.calendar"].browse(spec.calendar_id) or company.resource_calendar_id
        zone = pytz.timezone(calendar._kehu_axis(company).tz)
        return zone.localize(datetime.combine(value, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
