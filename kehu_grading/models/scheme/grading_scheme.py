import ast

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

COMMITTEE_FOR = [("nobody", "Nobody"), ("changed", "Whose grade changes"), ("all", "Everybody")]
COMMITTEE_NEEDED = 2

# What a condition on customers asks for. All of them are searched, also those hidden from whoever writes it: it asks
# for nothing private.
CONDITIONS = ("category_id", "company_id", "country_id", "industry_id", "is_company", "kehu_team_id", "state_id")


class GradingScheme(models.Model):
    """How one kind of customer is graded: indicators with weights, points for their values, thresholds of the grades
    (G1, G2).

    A run takes a copy of it along (:meth:`_freeze`): what is changed here counts for later runs.
    """

    _name = "kehu.grading.scheme"
    _description = "Grading Scheme"
    _inherit = ["kehu.derived.mixin", "kehu.fixed.mixin", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True
    _fixed_fields = ("company_id",)

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    type_ids = fields.Many2many(
        "kehu.archive.type",
        string="Archive Types",
        help="Whose customers are graded. Empty: every customer and distributor with an archive.",
    )
    domain = fields.Char(string="Only Customers", default="[]", required=True, tracking=True)
    months = fields.Integer(string="Months Looked At", default=12, required=True, tracking=True)
    hysteresis = fields.Float(
        string="Points to Clear",
        default=2.0,
        tracking=True,
        help="A grade changes only when the score is beyond the threshold by more than this, so that nobody moves "
        "to and fro.",
    )
    line_ids = fields.One2many("kehu.grading.scheme.line", "scheme_id", string="Indicators", copy=True)
    threshold_ids = fields.One2many("kehu.grading.threshold", "scheme_id", string="Grades", copy=True)

    committee_for = fields.Selection(
        COMMITTEE_FOR, string="Committee Votes On", required=True, default="changed", tracking=True
    )
    committee_needed = fields.Integer(
        string="Votes for One Grade", default=COMMITTEE_NEEDED, required=True, tracking=True
    )

    provisional_grade_id = fields.Many2one(
        "kehu.grade", tracking=True, help="The grade of a new customer until the first evaluation."
    )
    provisional_since = fields.Date(
        string="For Archives Filed Since",
        compute="_compute_provisional_since",
        store=True,
        help="Customers whose archives became formal before that day are evaluated in a run.",
    )
    provisional_months = fields.Integer(string="Evaluated After (Months)", default=6, tracking=True)
    cycle = fields.Selection(
        [("year", "Yearly"), ("half", "Half-yearly"), ("quarter", "Quarterly")],
        tracking=True,
        help="Empty: on demand only.",
    )
    date_next = fields.Date(string="Next Run On", tracking=True)

    _months_some = models.Constraint(
        "CHECK (months > 0 AND provisional_months > 0)", "A window has one month at least."
    )
    _months_most = models.Constraint(
        "CHECK (months <= 120 AND provisional_months <= 120)", "A window has ten years at most."
    )
    _hysteresis_range = models.Constraint(
        "CHECK (hysteresis BETWEEN 0 AND 50)", "Points to clear lie between 0 and 50."
    )
    _committee_some = models.Constraint("CHECK (committee_needed > 0)", "A committee agrees with one vote at least.")

    # === COMPUTE ===

    @api.depends("provisional_grade_id", "type_ids", "domain", "active", "company_id")
    def _compute_provisional_since(self):
        # Whoever chooses the grade of new customers chooses none for those who are there: nobody votes or approves (G4).
        for scheme in self:
            scheme.provisional_since = scheme.company_id._kehu_today()

    # === CONSTRAINT ===

    @api.constrains("domain")
    def _check_domain(self):
        for scheme in self:
            try:
                conditions = list(scheme._domain().iter_conditions())
                self.env["res.partner"].search(scheme._domain(), limit=1)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("The condition on customers of “%s” cannot be understood.", scheme.name)
                ) from error
            if any(condition.field_expr not in CONDITIONS or "any" in condition.operator for condition in conditions):
                labels = self.env["res.partner"].fields_get(CONDITIONS, ["string"])
                raise ValidationError(
                    self.env._(
                        "The condition on customers of “%(scheme)s” may ask only for: %(fields)s.",
                        scheme=scheme.name,
                        fields=", ".join(label["string"] for label in labels.values()),
                    )
                )

    @api.constrains("threshold_ids", "provisional_grade_id")
    def _check_thresholds(self):
        for scheme in self:
            minima = scheme._ordered_thresholds().mapped("minimum")
            if minima != sorted(minima, reverse=True):
                raise ValidationError(
                    self.env._("A better grade of “%s” cannot need less points than the next one.", scheme.name)
                )

    @api.constrains("cycle", "date_next")
    def _check_cycle(self):
        if any(scheme.cycle and not scheme.date_next for scheme in self):
            raise ValidationError(self.env._("Say on which day the next run is opened."))

    # === ACTIONS ===

    def action_open_run(self):
        """Open a run over the last months, of all customers of the scheme (G4)."""
        self.ensure_one()
        return self.env["kehu.grading.run"].create({"scheme_id": self.id})._get_records_action()

    # === BUSINESS ===

    def _filter_fixed(self):
        """Its runs and evaluations belong to its company."""
        run = self.env["kehu.grading.run"].sudo()._read_group([("scheme_id", "in", self.ids)], ["scheme_id"])
        graded = self.env["kehu.evaluation"].sudo()._read_group([("scheme_id", "in", self.ids)], ["scheme_id"])
        return self & self.browse(scheme.id for (scheme,) in run + graded)

    def _domain(self):
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _population_domain(self):
        """Return the domain of the customers that this scheme grades."""
        self.ensure_one()
        archives = Domain("company_id", "=", self.company_id.id) & Domain("state", "not in", ("closed", "destroyed"))
        archives &= (
            Domain("type_id", "in", self.type_ids.ids)
            if self.type_ids
            else Domain("party", "in", ("customer", "distributor"))
        )
        return Domain("parent_id", "=", False) & Domain("kehu_archive_ids", "any!", archives) & self._domain()

    def _ordered_thresholds(self):
        """Return the thresholds, best grade first."""
        return self.threshold_ids.sorted(lambda threshold: (threshold.grade_id.sequence, threshold.grade_id.id))

    def _freeze(self):
        """Return all that a score depends on, as JSON holds it.

        :raise UserError: nothing could be scored by this scheme
        """
        self.ensure_one()
        if not self.line_ids or not self.threshold_ids:
            raise UserError(self.env._("“%s” has no indicators or no grades yet.", self.name))
        return {
            "lines": [line._freeze() for line in self.line_ids],
            "thresholds": [[threshold.grade_id.id, threshold.minimum] for threshold in self._ordered_thresholds()],
            "hysteresis": self.hysteresis,
            "committee_for": self.committee_for,
            "committee_needed": self.committee_needed,
        }

    def _window(self, date_to):
        """Return the first day of the window that ends on ``date_to``, and of the one before it."""
        # From the day after: the last day of a short month is followed by a first, which all months have.
        end = date_to + relativedelta(days=1)
        return end - relativedelta(months=self.months), end - relativedelta(months=2 * self.months)


class GradingSchemeLine(models.Model):
    _name = "kehu.grading.scheme.line"
    _description = "Weighted Indicator"
    _order = "scheme_id, sequence, id"

    scheme_id = fields.Many2one("kehu.grading.scheme", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="scheme_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    indicator_id = fields.Many2one("kehu.grading.indicator", required=True, ondelete="restrict")
    weight = fields.Float(required=True, default=1.0, help="Only the proportion of the weights matters.")
    method = fields.Selection(
        [
            ("bands", "Bands"),
            ("linear", "Linear"),
            ("percentile", "Rank among customers"),
            ("pareto", "Share of the total (Pareto)"),
        ],
        string="Points By",
        required=True,
        default="linear",
    )
    worst = fields.Float(string="0 Points At", help="Linear: from here on the wrong way there is nothing to get.")
    best = fields.Float(string="100 Points At", default=100.0)
    band_ids = fields.One2many("kehu.grading.band", "line_id", copy=True)
    missing = fields.Selection(
        [("neutral", "Counts as 50 points"), ("zero", "Counts as 0 points"), ("exclude", "Does not count")],
        string="If Nothing Is Known",
        required=True,
        default="neutral",
    )

    _indicator_once = models.UniqueIndex("(scheme_id, indicator_id)", "An indicator stands in a scheme once.")
    _weight_positive = models.Constraint("CHECK (weight > 0)", "A weight is greater than zero.")

    # === CONSTRAINT ===

    @api.constrains("method", "worst", "best", "band_ids")
    def _check_method(self):
        for line in self:
            if line.method == "linear" and line.worst == line.best:
                raise ValidationError(
                    self.env._("“%s”: 0 and 100 points cannot be at the same value.", line.indicator_id.name)
                )
            if line.method in ("bands", "pareto") and not line.band_ids:
                raise ValidationError(self.env._("“%s”: give the bands.", line.indicator_id.name))

    # === BUSINESS ===

    def _freeze(self):
        self.ensure_one()
        return {
            "indicator": self.indicator_id.id,
            "weight": self.weight,
            "method": self.method,
            "worst": self.worst,
            "best": self.best,
            "bands": [[band.start, band.points] for band in self.band_ids],
            "missing": self.missing,
            "higher_is_better": self.indicator_id.higher_is_better,
        }


class GradingBand(models.Model):
    _name = "kehu.grading.band"
    _description = "Points of a Band"
    _order = "line_id, start"

    line_id = fields.Many2one("kehu.grading.scheme.line", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True)
    start = fields.Float(
        string="From",
        required=True,
        help="Bands: the least value. Pareto: the share of the total in per cent at which the band ends (80, 95, 100).",
    )
    points = fields.Float(required=True)

    _points_range = models.Constraint("CHECK (points BETWEEN 0 AND 100)", "Points lie between 0 and 100.")
    _start_once = models.UniqueIndex("(line_id, start)", "Two bands begin at the same value.")


class GradingThreshold(models.Model):
    _name = "kehu.grading.threshold"
    _description = "Threshold of a Grade"
    _order = "scheme_id, minimum desc"

    scheme_id = fields.Many2one("kehu.grading.scheme", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="scheme_id.company_id", store=True, precompute=True)
    grade_id = fields.Many2one("kehu.grade", required=True, ondelete="restrict")
    minimum = fields.Float(string="From (Points)", required=True, help="The last grade takes all who reach no other.")

    _grade_once = models.UniqueIndex("(scheme_id, grade_id)", "A grade stands in a scheme once.")
    _minimum_range = models.Constraint(
        "CHECK (minimum BETWEEN 0 AND 100)", "A threshold lies between 0 and 100 points."
    )
