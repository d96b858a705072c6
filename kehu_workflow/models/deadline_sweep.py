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

    Each batch commits a rung's side effects together with the line that says it has been, so a
    killed sweep leaves whole batches behind and the next one goes on where it stopped.
    """

    _inherit = "kehu.deadline"

    # === CRON ===

    @api.model
    def _cron_sweep(self):
        """Plan again what must be, then climb the ladders of what is due."""
        cron = self.env["ir.cron"]
        # History is written in the company's language, not OdooBot's.
        self = self.with_context(lang=self.env.company.partner_id.lang or self.env.lang)
        todo = Domain("to_replan", "=", True)
        due = Domain("state", "=", "running") & Domain("next_action_at", "<=", fields.Datetime.now()) & ~todo
        remaining = self.search_count(todo) + self.search_count(due)
        # Committed before any work, or a job that is killed early counts as stuck.
        if not cron._commit_progress(remaining=remaining):
            return
        for domain, order, work in ((todo, "id", "_sweep_replan"), (due, "next_action_at", "_climb")):
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
                self._put_off(work, error)
                return
            _logger.info("%s of %s clocks failed; trying one by one.", work, len(self), exc_info=True)
            self.env.invalidate_all(flush=False)
            for clock in self:
                clock._sweep_safely(work)

    def _put_off(self, work, error):
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
        orphans._end("cancelled", self.env._("The rule was archived."))
        clocks = self - orphans
        superseded = clocks.filtered(lambda clock: clock._is_superseded(specs[clock.rule_id.id]))
        (clocks - superseded)._replan(self.env._("The working hours were changed."))
        starts = [
            (specs[clock.rule_id.id], record, clock.date_start, clock._prepare_handover())
            for clock, record in superseded._with_documents()
        ]
        superseded._end("cancelled", self.env._("The rule was changed."))
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

    # === BUSINESS: THE LADDER ===

    def _climb(self):
        """Fire the next rung of each clock and set when the one after it comes."""
        now = fields.Datetime.now()
        clocks = self._drop_ended()
        specs, fired = clocks._specs(), clocks._fired()
        by_rung, alike = {}, {}
        for clock in clocks:
            step, rung_count = clock._step(specs, fired), clock.rung_count
            if step and step[0] <= now:
                by_rung.setdefault(step[1], []).append(clock.id)
                fired[clock.id].add(step[1])
                rung_count += 1
                step = clock._step(specs, fired)
            alike.setdefault((rung_count, step[0] if step else False), []).append(clock.id)
        # Most clocks of a batch have come to the same place: they are written together.
        for (rung_count, next_action_at), ids in alike.items():
            self.browse(ids).write({"rung_count": rung_count, "next_action_at": next_action_at})
        activities, events = [], []
        for rung in self.env["kehu.deadline.rung"].browse(by_rung):
            climbing = self.browse(by_rung[rung.id])
            activities += rung._fire(climbing)
            name = rung.with_context(lang=rung.rule_id.user_id.lang).display_name
            events += [clock._prepare_event_values("rung", name, rung_id=rung.id) for clock in climbing]
        self.env["kehu.deadline.event"].create(events)
        self.env["mail.activity"]._kehu_remind(activities)

    def _step(self, specs, fired):
        self.ensure_one()
        axis = self.calendar_id._kehu_axis(self.company_id)
        return self._next_rung(specs[self.rule_id.id], axis, self.date_warning, self.date_ladder, fired[self.id])

    def _drop_ended(self):
        """The clocks that still run, after looking at their records once more.

        A condition can come true without a ``write()`` on the record, through a related field.
        """
        pairs = self._with_documents()
        orphans = self - self.union(*(clock for clock, _document in pairs))
        orphans._end("cancelled", self.env._("The record was deleted."))
        for name, clocks in (self - orphans).grouped("res_model").items():
            self.env[name].browse(clocks.mapped("res_id"))._deadline_sync()
        return self.filtered(lambda clock: clock.state == "running")
