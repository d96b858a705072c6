"""The why of a score, for whoever doubts it (G2, G11)."""

import math

from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.misc import formatLang


def rounded_to_sum(values, total):
    """Return the values with two digits that add up to ``total``, which is their sum with two digits (G11)."""
    cents = [math.floor(value * 100) for value in values]
    missing = round(total * 100) - sum(cents)
    by_rest = sorted(range(len(values)), key=lambda place: cents[place] - values[place] * 100)
    for place in by_rest[:missing]:
        cents[place] += 1
    return [part / 100 for part in cents]


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    breakdown = fields.Json(
        string="Indicators",
        compute="_compute_breakdown",
        help="Each indicator with what was measured, the points for it and why, and what it adds to the score.",
    )

    @api.depends("facts", "run_id.frozen", "measured_run_id.frozen")
    @api.depends_context("lang", "uid")
    def _compute_breakdown(self):
        frozen = (self.sudo().run_id | self.sudo().measured_run_id).mapped("frozen")
        # One may be gone with the addon that measured it.
        measured = {line["indicator"] for scheme in frozen if scheme for line in scheme["lines"]}
        indicators = self.env["kehu.grading.indicator"].browse(measured).exists()
        hidden = self._find_hidden_measures()
        for evaluation in self:
            evaluation.breakdown = (
                evaluation._explain(indicators, hidden.get(evaluation.id, ())) if evaluation.sudo().facts else []
            )

    # === BUSINESS ===

    def _find_hidden_measures(self):
        """Return ``{evaluation id: measures}`` that are figures of documents hidden from the user (hook)."""
        return {}

    def _explain(self, indicators, hidden=()):
        """Return a dict for each indicator: ``name, value, points, weight`` (in per cent), ``adds`` (to the score) and
        ``why``.

        :param indicators: those that are measured or were, as far as they are there
        :param hidden: measures of which nothing is shown
        """
        self.ensure_one()
        lines, facts = (
            self.sudo()._measured_by().frozen["lines"],
            self.sudo().facts,
        )  # whoever reads the evaluation reads why
        counted = [
            0.0 if fact[2] is None and line["missing"] == "exclude" else line["weight"]
            for line, fact in zip(lines, facts)
        ]
        whole = sum(counted) or 1.0
        points_given = [
            points if points is not None else {"neutral": 50.0}.get(line["missing"], 0.0)
            for line, (_value, _position, points) in zip(lines, facts)
        ]
        added = rounded_to_sum(
            [given * weight / whole for given, weight in zip(points_given, counted)], self.sudo().score
        )
        rows = []
        for line, (value, position, points), weight, given, adds in zip(lines, facts, counted, points_given, added):
            indicator = indicators.filtered(lambda indicator, line=line: indicator.id == line["indicator"])
            if indicator.measure and indicator.measure in hidden:
                rows.append(
                    {
                        "name": indicator.name,
                        "definition": indicator.definition or "",
                        "value": "–",
                        "points": None,
                        "adds": None,
                        "weight": round(100 * weight / whole, 2),
                        "why": self.env._("Counts documents that are hidden from you."),
                    }
                )
                continue
            rows.append(
                {
                    "name": indicator.name or self.env._("No longer measured"),
                    "definition": indicator.definition or "",
                    "value": self._explain_value(indicator, value),
                    "points": None if points is None and line["missing"] == "exclude" else given,
                    "weight": round(100 * weight / whole, 2),
                    "adds": adds,
                    "why": self._explain_why(line, indicator, value, position),
                }
            )
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
            return self.env._(
                "Customers with more bring in %s %% of the total.", formatLang(self.env, position, digits=1)
            )
        if line["method"] == "bands":
            reached = max((start for start, _points in line["bands"] if start <= value), default=None)
            if reached is None:
                return self.env._("Below the lowest band.")
            return self.env._("In the band from %s on.", self._explain_value(indicator, reached))
        return self.env._(
            "0 points at %(worst)s, 100 points at %(best)s.",
            worst=self._explain_value(indicator, line["worst"]),
            best=self._explain_value(indicator, line["best"]),
        )
