from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)


class Measure(NamedTuple):
    """How one indicator is measured: an aggregate over the rows of a source, for all customers at once.

    :param source: name of a method ``_source_<name>`` of the indicator
    :param value: the aggregate
    :param nothing: the value of a customer without rows; None where nothing can be said
    :param looks_back: whether the window before this one is needed, too
    """

    source: str
    value: SQL
    nothing: int | None = None
    looks_back: bool = False


class GradingIndicator(models.Model):
    """Something that is known of every customer in figures (G1): measured from the books, or entered by people.

    A measured one names its measure; an addon adds one by extending the selection and giving ``_measure_<name>(run)``,
    which returns a :class:`Measure`. Measures of one source are taken in one pass over it.
    """

    _name = "kehu.grading.indicator"
    _description = "Grading Indicator"
    _inherit = ["kehu.evidence.mixin", "kehu.fixed.mixin"]
    _fixed_fields = ("name", "definition", "measure", "unit", "higher_is_better")
    _evidence_refusal = _lt("This was measured by a run. Archive it instead:")
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    measure = fields.Selection(
        [
            ("amount", "Sales amount"),
            ("quantity", "Sales quantity"),
            ("profit", "Profit"),
            ("margin", "Margin"),
            ("price_level", "Price level"),
            ("days_late", "Days late"),
            ("share_late", "Share paid late"),
            ("overdue", "Overdue now"),
            ("frequency", "Number of invoices"),
            ("growth", "Growth"),
            ("returns", "Share credited"),
            ("completeness", "Archive completeness"),
        ],
        help="Empty: people enter it as ratings of customers.",
    )
    unit = fields.Selection(
        [("money", "Amount"), ("percent", "%"), ("days", "Days"), ("number", "Number"), ("points", "Points")],
        required=True,
        default="points",
    )
    higher_is_better = fields.Boolean(default=True)
    definition = fields.Text(translate=True, help="What is counted and how, for whoever doubts a figure.")

    # === BUSINESS ===

    def _filter_evidence(self):
        """What a run measured is explained by the indicator for as long as the run is kept."""
        measured = self._measured_ids()
        return self.filtered(lambda indicator: indicator.id in measured)

    def _filter_fixed(self):
        return self._filter_evidence()

    @api.model
    def _measured_ids(self):
        """Return the ids of the indicators that some run measured."""
        return {
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT (line ->> 'indicator')::integer
                 FROM kehu_grading_run, jsonb_array_elements(frozen -> 'lines') line WHERE frozen IS NOT NULL"""
                )
            )
        }

    def _measure(self, run):
        """Return the :class:`Measure` of this indicator in ``run``."""
        self.ensure_one()
        if self.measure:
            return getattr(self, f"_measure_{self.measure}")(run)
        return Measure("ratings", SQL("max(r.value) FILTER (WHERE r.indicator_id = %s)", self.id))

    @api.model
    def _source(self, name, run, measures):
        """Return what ``name`` is selected from, grouped by customer: ``(customer, from and where)``.

        :param measures: those taken from this source
        """
        since = run.date_before if any(measure.looks_back for measure in measures) else run.date_from
        return getattr(self, f"_source_{name}")(run, since)

    @api.model
    def _source_ratings(self, run, since):
        """The last rating of each customer and indicator that was not older than the window at its end."""
        return SQL("r.partner_id"), SQL(
            """(SELECT DISTINCT ON (partner_id, indicator_id) partner_id, indicator_id, value
                  FROM kehu_customer_rating
                 WHERE company_id = %s AND date BETWEEN %s AND %s
              ORDER BY partner_id, indicator_id, date DESC, id DESC) r""",
            run.company_id.id,
            since,
            run.date_to,
        )
