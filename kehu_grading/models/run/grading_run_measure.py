"""The whole of a run in one statement: facts, points, scores and grades of all its customers (G2)."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL

from ... import scoring
from ...job_failure import told_in_chatter

_lt = LazyTranslate(__name__)

WORK_MEMORY = "128MB"  # for sorting and hashing; Odoo's default spills to disk


class GradingRun(models.Model):
    _inherit = "kehu.grading.run"

    # === CRON ===

    @api.model
    def _cron_measure(self):
        """Measure the runs that wait for it. One run is one statement: killed, it leaves nothing, and is measured anew.

        A run that fails stops no other: it waits for the next job.
        """
        waiting = self.search([("state", "=", "measuring")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for run in waiting:
            run = run.with_context(lang=run.company_id._kehu_lang())
            with told_in_chatter(run, _lt("Could not be measured, and is tried again later: %s")):
                run._measure()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    # === BUSINESS ===

    def _measure(self):
        """Evaluate all customers of the run; it is to be decided from then on."""
        self.ensure_one()
        self = self.sudo()  # those whom the caller may not read are graded, too
        self.env.flush_all()
        self.env.cr.execute(SQL("SET LOCAL work_mem = %s", WORK_MEMORY))
        self.env.cr.execute(self._measure_query())
        self.env.cr.execute("SET LOCAL work_mem TO DEFAULT")
        self.env.invalidate_all(flush=False)
        self.date_measured = fields.Datetime.now()
        self._move("measured")

    def _population_query(self):
        """Return the query for ``id`` and ``kehu_tier`` of the run's customers."""
        domain = self.scheme_id._population_domain()
        if self.only_new:
            domain &= self.scheme_id._provisional_due_domain(self.date_to)
        query = self.env["res.partner"].sudo().with_context(active_test=True)._search(domain)
        return query.subselect(SQL.identifier(query.table, "id"), SQL.identifier(query.table, "kehu_tier"))

    def _measure_query(self):
        """Return the statement that enters the evaluations."""
        self.ensure_one()
        lines, thresholds = self.frozen["lines"], self.frozen["thresholds"]
        indicators = self.env["kehu.grading.indicator"].browse(line["indicator"] for line in lines)
        measures = [indicator._measure(self) for indicator in indicators]
        is_open = SQL("(kehu_tier < %s)", CONFIDENTIAL)
        columns = [
            {
                "value": SQL.identifier(f"value_{place}"),
                "position": SQL.identifier(f"position_{place}"),
                "points": SQL.identifier(f"points_{place}"),
            }
            for place in range(len(lines))
        ]
        score = scoring.total(
            [column["points"] for column in columns],
            [line["weight"] for line in lines],
            [line["missing"] for line in lines],
        )
        # Materialized: otherwise PostgreSQL works the points out anew wherever the score, and the score wherever a
        # threshold is named.
        return SQL(
            """
            WITH customer AS (
                SELECT partner.id, GREATEST(partner.kehu_tier, earlier.own_tier) AS kehu_tier, COALESCE(earlier.own_tier, '0') AS own_tier,
                       old.grade_id AS current_grade
                  FROM %(population)s partner
             LEFT JOIN (SELECT partner_id, max(kehu_own_tier) AS own_tier FROM kehu_evaluation
                         WHERE %(run)s IN (run_id, measured_run_id) GROUP BY 1) earlier
                    ON earlier.partner_id = partner.id
             LEFT JOIN kehu_evaluation old
                    ON old.partner_id = partner.id AND old.company_id = %(company)s AND old.state = 'in_force'
            ), %(sources)s,
            fact AS (SELECT customer.*, %(values)s FROM customer %(joins)s),
            placed AS (SELECT fact.*, %(positions)s FROM fact),
            pointed AS MATERIALIZED (SELECT placed.*, %(points)s FROM placed),
            scored AS MATERIALIZED (SELECT pointed.*, %(score)s AS score FROM pointed),
            graded AS (SELECT scored.*, %(grade)s AS grade FROM scored)
            INSERT INTO kehu_evaluation (
                       partner_id, company_id, run_id, scheme_id, kind, state, kehu_own_tier, kehu_tier, facts, score,
                       computed_grade_id, previous_grade_id, grade_id, is_changed, committee_for, committee_needed, date_from,
                       create_uid, create_date, write_uid, write_date)
                SELECT id, %(company)s, %(run)s, %(scheme)s, 'run', 'draft', own_tier, kehu_tier, jsonb_build_array(%(facts)s), score,
                       grade, current_grade, grade, grade IS DISTINCT FROM current_grade, %(committee_for)s, %(committee_needed)s,
                       %(effective)s, %(user)s, %(now)s, %(user)s, %(now)s
                  FROM graded
            """,
            company=self.company_id.id,
            run=self.id,
            scheme=self.scheme_id.id,
            effective=self.date_effective,
            user=self.env.uid,
            committee_for=self.frozen["committee_for"],
            committee_needed=self.frozen["committee_needed"],
            now=fields.Datetime.now(),
            population=self._population_query(),
            sources=self._measure_sources(measures),
            joins=SQL(" ").join(
                SQL("LEFT JOIN %(name)s ON %(name)s.partner_id = customer.id", name=SQL.identifier(f"source_{name}"))
                for name in dict.fromkeys(measure.source for measure in measures)
            ),
            values=SQL(", ").join(
                SQL(
                    "round(COALESCE(%s, %s)::numeric, 6) AS %s",
                    SQL.identifier(f"source_{measure.source}", f"value_{place}"),
                    measure.nothing,
                    columns[place]["value"],
                )
                for place, measure in enumerate(measures)
            ),
            positions=SQL(", ").join(
                SQL("round(%s, 4) AS %s", self._measure_position(line, column["value"], is_open), column["position"])
                for line, column in zip(lines, columns)
            ),
            points=SQL(", ").join(
                SQL(
                    "round(%s, 2) AS %s",
                    self._measure_points(line, column["value"], column["position"]),
                    column["points"],
                )
                for line, column in zip(lines, columns)
            ),
            score=score,
            grade=scoring.with_hysteresis(SQL("score"), SQL("current_grade"), thresholds, self.frozen["hysteresis"]),
            facts=SQL(", ").join(
                SQL("jsonb_build_array(%s, %s, %s)", column["value"], column["position"], column["points"])
                for column in columns
            ),
        )

    def _measure_sources(self, measures):
        """Return one common table for each source, with all that is measured in it."""
        by_source = {}
        for place, measure in enumerate(measures):
            by_source.setdefault(measure.source, []).append((place, measure))
        tables = []
        for name, placed in by_source.items():
            customer, rows = self.env["kehu.grading.indicator"]._source(
                name, self, [measure for _place, measure in placed]
            )
            tables.append(
                SQL(
                    "%s AS (SELECT %s AS partner_id, %s FROM %s GROUP BY 1)",
                    SQL.identifier(f"source_{name}"),
                    customer,
                    SQL(", ").join(
                        SQL("%s AS %s", measure.value, SQL.identifier(f"value_{place}")) for place, measure in placed
                    ),
                    rows,
                )
            )
        return SQL(", ").join(tables)

    @api.model
    def _measure_position(self, line, value, is_open):
        """Return where a value stands among those of the customers whom everybody may read, for the methods that ask
        for it.
        """
        if line["method"] == "percentile":
            return scoring.rank_position(value, is_open, line["higher_is_better"])
        if line["method"] == "pareto":
            # Cut off, not rounded: whoever stands within a band by less than that stands within it.
            return SQL("trunc(%s, 4)", scoring.pareto_position(value, is_open))
        return SQL("NULL::numeric")

    @api.model
    def _measure_points(self, line, value, position):
        if line["method"] == "linear":
            return scoring.linear(value, line["worst"], line["best"])
        if line["method"] == "bands":
            return scoring.by_bands(value, line["bands"])
        if line["method"] == "pareto":
            return scoring.by_share(position, line["bands"])
        return position


class GradingScheme(models.Model):
    _inherit = "kehu.grading.scheme"

    def _provisional_due_domain(self, date):
        """Return the domain of the customers whose provisional grade has lasted long enough (G4)."""
        self.ensure_one()
        return Domain(
            "kehu_evaluation_ids",
            "any!",
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "in_force"),
                ("kind", "=", "provisional"),
                ("date_from", "<=", self._provisional_since(date)),
            ],
        )
