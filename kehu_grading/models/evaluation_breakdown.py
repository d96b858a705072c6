"""The why of a score, for whoever doubts it (G2, G11)."""
from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.misc import formatLang


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    breakdown = fields.Json(
        string="Indicators", compute="_compute_breakdown",
        help="Each indicator with what was measured, the points for it and why, and what it adds to the score.")

    @api.depends("facts", "run_id.frozen")
    @api.depends_context("lang")
    def _compute_breakdown(self):
        frozen = self.sudo().run_id.mapped("frozen")
        # One may be gone with the addon that measured it.
        measured = {line["indicator"] for scheme in frozen if scheme for line in scheme["lines"]}
        indicators = self.env["kehu.grading.indicator"].browse(measured).exists()
        for evaluation in self:
            evaluation.breakdown = evaluation._explain(indicators) if evaluation.facts else []

    # === BUSINESS ===

    def _explain(self, indicators):
        """Return a dict for each indicator: ``name, value, points, weight`` (in per cent), ``adds`` (to the score) and ``why``.

        :param indicators: those that are measured or were, as far as they are there
        """
        self.ensure_one()
        lines = self.sudo().run_id.frozen["lines"]  # whoever reads the evaluation reads why
        counted = [
            0.0 if fact[2] is None and line["missing"] == "exclude" else line["weight"] for line, fact in zip(lines, self.facts)]
        whole = sum(counted) or 1.0
        rows = []
        for line, (value, position, points), weight in zip(lines, self.facts, counted):
            indicator = indicators.filtered(lambda indicator, line=line: indicator.id == line["indicator"])
            given = points if points is not None else {"neutral": 50.0}.get(line["missing"], 0.0)
            rows.append({
                "name": indicator.name or self.env._("No longer measured"),
                "definition": indicator.definition or "",
                "value": self._explain_value(indicator, value),
                "points": None if points is None and line["missing"] == "exclude" else given,
                "weight": round(100 * weight / whole, 2),
                "adds": round(given * weight / whole, 2),
                "why": self._explain_why(line, indicator, value, position),
            })
        return rows

    def _explain_value(self, indicator, value):
        if value is None:
            return "–"
        if indicator.unit == "money":
            return format_amount(self.env, value, self.company_id.currency_id)
        figure = formatLang(self.env, value, digits=0 if indicator.unit == "number" and value == int(value) else 1)
        return f"{figure} %" if indicator.unit == "percent" else figure

    def _explain_why(self, line, indicator, value, position):
        """Return one sentence that says how the value became points."""
        if value is None:
            return {
                "neutral": self.env._("Nothing is known: counts as 50 points."),
                "zero": self.env._("Nothing is known: counts as 0 points."),
                "exclude": self.env._("Nothing is known: does not count."),
            }[line["missing"]]
        if line["method"] == "percentile":
            return self.env._("Better than %s %% of the others.", formatLang(self.env, position, digits=1))
        if line["method"] == "pareto":
            return self.env._("Customers with more bring in %s %% of the total.", formatLang(self.env, position, digits=1))
        if line["method"] == "bands":
            reached = max((start for start, _points in line["bands"] if start <= value), default=None)
            if reached is None:
                return self.env._("Below the lowest band.")
            return self.env._("In the band from %s on.", self._explain_value(indicator, reached))
        return self.env._(
            "0 points at %(worst)s, 100 points at %(best)s.",
            worst=self._explain_value(indicator, line["worst"]), best=self._explain_value(indicator, line["best"]))
