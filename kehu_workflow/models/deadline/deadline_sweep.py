import logging

from psycopg2 import OperationalError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

BATCH = 1000
RETRY_HOURS = 1


class Deadline(models.Model):
    """The sweep: what is due happens once, in due order, however often the job is killed (C10).

    Each batch commits a step's side effects together with the line that says it has been, so a
    killed sweep leaves whole batches behind and the next one goes on where it stopped.
    """

    _inherit = "kehu.deadline"

    # === CRON ===

    @api.model
    def _cron_sweep(self):
        """Plan again what must be, then do the escalation of what is due."""
        cron = self.env["ir.cron"]
        todo = Domain("to_replan", "=", True)
        due = Domain("state", "=", "running") & Domain("next_action_at", "<=", fields.Datetime.now()) & ~todo
        remaining = self.search_count(todo) + self.search_count(due)
        # Committed before any work, or a job that is killed early counts as stuck.
        if not cron._commit_progress(remaining=remaining):
            return
        for domain, order, work in ((todo, "id", "_sweep_replan"), (due, "next_action_at", "_escalate")):
            while clocks := self._sweep_take(domain, order):
                clocks._sweep_safely(work)
                taken = len(clocks)
                # Bounded memory however long the sweep is.
                self.env.flush_all()
                self.env.invalidate_all(flush=False)
                if not cron._commit_progress(taken):
                    return

    @api.model
    def _sweep_take(self, domain, order):
        """The next batch, locked; what others hold is left to them."""
        while True:
            try:
                return (
                    self.search(domain, limit=BATCH, order=order)
                    .try_lock_for_update(allow_referencing=True)
                    .filtered_domain(domain)
                )
            except SerializationFailure:
                # Somebody changed a clock between our look and our grip. Nothing is pending: look again.
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)

    # === BUSINESS: ONE BAD CLOCK ===

    def _sweep_safely(self, work):
        """Do ``work`` for all; if that fails, clock by clock, so that one cannot stop the rest."""
        try:
            with self.env.cr.savepoint():
                getattr(self, work)()
        except OperationalError:
            raise
        except Exception as error:
            if len(self) == 1:
                self._postpone(work, error)
                return
            _logger.info("%s of %s clocks failed; trying one by one.", work, len(self), exc_info=True)
            self.env.invalidate_all(flush=False)
            for clock in self:
                clock._sweep_safely(work)

    def _postpone(self, work, error):
        """Note why, for the administrator, and try again later."""
        _logger.exception("%s of %s is put off.", work, self)
        self.env.invalidate_all(flush=False)
        message = self.env._("Put off: %s", str(error)[:500])
        self.env["kehu.deadline.event"].create(self._prepare_event_values("error", message))
        later = fields.Datetime.add(fields.Datetime.now(), hours=RETRY_HOURS)
        self.write({"to_replan": False, "next_action_at": self.state == "running" and later})

    # === BUSINESS: REPLANNING ===

    def _sweep_replan(self):
        """Plan again the clocks whose calendar or rule has changed (P4)."""
        self.write({"to_replan": False})
        specs = self._specs()
        orphans = self.filtered(lambda clock: clock.rule_id.id not in specs)
        orphans._end_apart(self.env._("The rule was archived."))
        clocks = self - orphans
        superseded = clocks.filtered(lambda clock: clock._is_superseded(specs[clock.rule_id.id]))
        (clocks - superseded)._replan(self.env._("The working hours were changed."))
        starts = [
            (specs[clock.rule_id.id], record, clock.date_start, clock._prepare_handover())
            for clock, record in superseded._with_documents()
        ]
        superseded._end_apart(self.env._("The rule was changed."))
        self._start(starts)
        for name, synced in clocks.grouped("res_model").items():
            self.env[name].browse(synced.mapped("res_id")).exists()._deadline_sync()

    def _is_superseded(self, spec):
        """Whether the rule allows another time today than when this clock was set."""
        self.ensure_one()
        return (self.amount, self.unit) != (spec.amount, spec.unit)

    def _with_documents(self):
        """``[(clock, document), …]`` of those that still exist."""
        pairs = []
        for name, clocks in self.grouped("res_model").items():
            documents = self.env[name].browse(clocks.mapped("res_id")).exists()
            existing = set(documents._ids)
            pairs += [(clock, documents.browse(clock.res_id)) for clock in clocks if clock.res_id in existing]
        return pairs

    # === BUSINESS: ESCALATION ===

    def _escalate(self):
        """Fire the next step of each clock, and those that found nobody; set when the one after it comes."""
        now = fields.Datetime.now()
        clocks = self._drop_ended()
        specs, fired = clocks._specs(), clocks._fired()
        by_step, alike, waiting = {}, {}, {}
        for clock in clocks:
            for step in specs[clock.rule_id.id].steps:
                if fired[clock.id].get(step.id) == "nobody":
                    by_step.setdefault(step.id, []).append(clock.id)
                    waiting.setdefault(step.id, set()).add(clock.id)
            moment, step_count = clock._next_moment(specs, fired), clock.step_count
            if moment and moment[0] <= now:
                by_step.setdefault(moment[1], []).append(clock.id)
                fired[clock.id][moment[1]] = "step"
                step_count += 1
                moment = clock._next_moment(specs, fired)
            alike.setdefault((step_count, moment[0] if moment else False), []).append(clock.id)
        # Most clocks of a batch have come to the same place: they are written together.
        for (step_count, next_action_at), ids in alike.items():
            self.browse(ids).write({"step_count": step_count, "next_action_at": next_action_at})
        activities, events = [], []
        for step in self.env["kehu.deadline.step"].browse(by_step):
            due = self.browse(by_step[step.id])
            told_before = self.browse(waiting.get(step.id, ()))
            to_create, unheard = step._fire(due, told_before)
            activities += to_create
            name = step.with_context(lang=step.rule_id.user_id.lang).display_name
            events += [clock._prepare_event_values("step", name, step_id=step.id) for clock in due - unheard]
            events += [clock._prepare_event_values("nobody", name, step_id=step.id) for clock in unheard - told_before]
            for clock in unheard.filtered(lambda clock: clock.state == "running"):
                later = fields.Datetime.add(now, hours=RETRY_HOURS)
                clock.next_action_at = min(clock.next_action_at or later, later)
        self.env["kehu.deadline.event"].create(events)
        self._end_earlier_reminders(activities)
        self.env["mail.activity"]._kehu_remind(activities)

    def _end_earlier_reminders(self, activities):
        """End what the same clocks reminded the same users of before: nobody is warned of what is late already.

        :param activities: values of the activities to create
        """
        reminded = {(values["kehu_deadline_id"], values["user_id"]) for values in activities}
        earlier = self.env["mail.activity"].sudo().search([("kehu_deadline_id", "in", [id_ for id_, _ in reminded])])
        earlier.filtered(lambda activity: (activity.kehu_deadline_id.id, activity.user_id.id) in reminded).unlink()

    def _next_moment(self, specs, fired):
        self.ensure_one()
        return self._next_step(
            specs[self.rule_id.id], self._axis(), self.date_warning, self.date_escalation, fired[self.id]
        )

    def _axis(self):
        """The working time by which the clock runs."""
        return self.calendar_id._kehu_axis(self.company_id)

    def _drop_ended(self):
        """The clocks that still run, after looking at their records once more.

        A condition can come true without a ``write()`` on the record, through a related field.
        """
        pairs = self._with_documents()
        orphans = self - self.browse().union(*(clock for clock, _document in pairs))
        orphans._end("cancelled", self.env._("The record was deleted."))
        for name, clocks in (self - orphans).grouped("res_model").items():
            self.env[name].browse(clocks.mapped("res_id"))._deadline_sync()
        return self.filtered(lambda clock: clock.state == "running")
