"""What is graded by the calendar: the yearly run, new customers, and those new no longer (G4)."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from ...job_failure import told_in_chatter

_lt = LazyTranslate(__name__)

MONTHS = {"year": 12, "half": 6, "quarter": 3}


class GradingScheme(models.Model):
    _inherit = "kehu.grading.scheme"

    def _provisional_since(self, date):
        return date - relativedelta(months=self.provisional_months)

    # === CRON ===

    @api.model
    def _cron_cycle(self):
        """Open the runs that are due, grade new customers provisionally, and open a run for those new no longer.

        A scheme that fails stops no other: it waits for the next job, and says why in its chatter.
        """
        schemes = self.search(Domain("cycle", "!=", False) | Domain("provisional_grade_id", "!=", False))
        self.env["ir.cron"]._commit_progress(remaining=len(schemes))
        for scheme in schemes:
            scheme = scheme._in_company_language()
            with told_in_chatter(scheme, _lt("What is due by the calendar failed, and is tried again later: %s")):
                scheme._grade_by_calendar()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    # === BUSINESS ===

    def _grade_by_calendar(self):
        today = self.company_id._kehu_today()
        if self.cycle:
            self._open_due_run(today)
        if self.provisional_grade_id:
            self._grade_new_customers(today)
            if self._has_provisional_due(today):
                self._open_run(date_to=today, only_new=True)

    def _open_due_run(self, today):
        if self.date_next <= today:
            self._open_run(date_to=self.date_next)
        while self.date_next <= today:
            # After the last day of a month comes a last day: the windows neither overlap nor leave days out.
            is_last = self.date_next == fields.Date.end_of(self.date_next, "month")
            self.date_next += relativedelta(months=MONTHS[self.cycle], day=31 if is_last else None)

    def _open_run(self, **vals):
        self.env["kehu.grading.run"].create({"scheme_id": self.id, **vals})._move("measure")

    def _in_company_language(self):
        """Return the scheme with the language of its company in the context: what jobs write is read by everybody."""
        return self.with_context(lang=self.company_id._kehu_lang())

    def _has_provisional_due(self, today):
        """Return whether somebody is new no longer, and no run of the scheme is under way that will grade them."""
        if self.env["kehu.grading.run"].search_count(
            [
                ("scheme_id", "=", self.id),
                ("state", "in", ("draft", "measuring", "measured", "pending", "approved")),
            ],
            limit=1,
        ):
            return False
        domain = self._population_domain() & self._provisional_due_domain(today)
        return bool(self.env["res.partner"].search_count(domain, limit=1))

    def _grade_new_customers(self, today):
        """Give the provisional grade to all customers of the scheme who were never evaluated."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO kehu_evaluation (
                      partner_id, company_id, scheme_id, kind, state, kehu_own_tier, kehu_tier, grade_id, proposed_grade_id, is_changed,
                      date_from, date_approved, create_uid, create_date, write_uid, write_date)
               SELECT partner.id, %(company)s, %(scheme)s, 'provisional', 'approved', '0', partner.kehu_tier, %(grade)s, %(grade)s, TRUE,
                      %(today)s, %(today)s, %(user)s, %(now)s, %(user)s, %(now)s
                 FROM res_partner partner
                WHERE partner.id IN %(population)s
                  AND NOT EXISTS (SELECT FROM kehu_evaluation old
                                   WHERE old.partner_id = partner.id AND old.company_id = %(company)s AND old.state != 'cancelled')
            RETURNING id""",
                company=self.company_id.id,
                scheme=self.id,
                grade=self.provisional_grade_id.id,
                today=today,
                user=self.env.uid,
                now=fields.Datetime.now(),
                population=self.env["res.partner"]._search(self._new_customers_domain()).subselect(),
            )
        )
        self.env["kehu.evaluation"].browse(id_ for (id_,) in rows)._take_effect()

    def _new_customers_domain(self):
        """Return the domain of those who can get a provisional grade: their archive is formal since it was chosen."""
        return self._population_domain() & Domain(
            "kehu_archive_ids", "any!", [("state", "=", "formal"), ("date_filed", ">=", self.provisional_since)]
        )
