import random
from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .. import scoring
from ..models.evaluation.evaluation_breakdown import rounded_to_sum
from .common import GradingCase


def recount(method, value, values, worst=0, best=100, bands=(), higher_is_better=True):
    """Return the points of ``value`` among ``values``, counted one by one as one would on paper."""
    if value is None:
        return None
    known = [other for other in values if other is not None]
    if method == "linear":
        return min(100, max(0, (value - worst) * 100 / (best - worst)))
    if method == "bands":
        return max((band for band in bands if band[0] <= value), default=(0, 0))[1]
    if method == "percentile":
        beaten = sum(other < value if higher_is_better else other > value for other in known)
        return beaten * 100 / (len(known) - 1) if len(known) > 1 else 100
    if value <= 0:
        share = 100
    else:
        share = sum(other for other in known if other > value) * 100 / sum(other for other in known if other > 0)
    return next((points for end, points in sorted(bands) if share < end), 0)


@tagged("post_install", "-at_install")
class TestScoring(TransactionCase):
    """Points, scores and grades as SQL, against a plain recount and against what must always hold (G2)."""

    def points(self, values, method, hidden=(), **line):
        """Return the points of ``values``.

        :param hidden: places (0 is the first) of those whom not everybody may read
        """
        line = {"method": method, "worst": 0, "best": 100, "bands": [], "higher_is_better": True, **line}
        run = self.env["kehu.grading.run"]
        value, position = SQL("v"), SQL("p")
        rows = self.env.execute_query(
            SQL(
                """SELECT round(%(points)s, 6) FROM (SELECT place, v, %(position)s AS p
                 FROM unnest(%(values)s::numeric[]) WITH ORDINALITY AS given (v, place)) placed ORDER BY place""",
                points=run._measure_points(line, value, position),
                position=run._measure_position(
                    line, value, SQL("(place != ALL(%s::bigint[]))", [place + 1 for place in hidden])
                ),
                values=values,
            )
        )
        return [None if points is None else float(points) for (points,) in rows]

    def test_equal_to_a_recount_on_random_figures(self):
        rng = random.Random(20261231)
        for case in range(40):
            values = [
                None if rng.random() < 0.1 else round(rng.choice((rng.gauss(50, 40), rng.randint(0, 5))), 2)
                for _ in range(rng.randint(1, 60))
            ]
            bands = [[start, rng.randint(0, 100)] for start in rng.sample(range(0, 101), rng.randint(1, 5))]
            for method, line in (
                ("linear", {"worst": 80, "best": 10}),
                ("linear", {"worst": -5, "best": 60}),
                ("bands", {"bands": bands}),
                ("percentile", {}),
                ("percentile", {"higher_is_better": False}),
                ("pareto", {"bands": bands}),
            ):
                with self.subTest(case=case, method=method):
                    if method == "pareto" and not any(value and value > 0 for value in values):
                        continue
                    expected = [recount(method, value, values, **line) for value in values]
                    for mine, theirs in zip(self.points(values, method, **line), expected, strict=True):
                        if theirs is None:
                            self.assertIsNone(mine)
                        else:
                            self.assertAlmostEqual(mine, theirs, 5)

    def test_golden_cases(self):
        self.assertEqual(self.points([0, 5, 10, 20, None], "linear", worst=0, best=10), [0, 50, 100, 100, None])
        self.assertEqual(
            self.points([0, 5, 30], "linear", worst=30, best=0), [100, round(250 / 3, 6), 0], "less is better"
        )
        self.assertEqual(self.points([9, 10, 99, 100], "bands", bands=[[10, 40], [100, 90]]), [0, 40, 40, 90])
        self.assertEqual(self.points([1, 2, 2, 4], "percentile"), [0, round(100 / 3, 6), round(100 / 3, 6), 100])
        self.assertEqual(self.points([7], "percentile"), [100])
        # 80 % come from the first, the next begins at 80 %, the last at 95 %; nothing brings in nothing.
        self.assertEqual(
            self.points([80, 15, 5, 0, -3], "pareto", bands=[[80, 100], [95, 60], [100, 20]]), [100, 60, 20, 0, 0]
        )
        self.assertEqual(
            self.points([50, 50], "pareto", bands=[[50, 100], [100, 20]]), [100, 100], "equals stand together"
        )

    def test_hidden_figures_count_in_their_own_position_only(self):
        rng = random.Random(14)
        for case in range(20):
            values = [rng.randint(-2, 30) for _ in range(rng.randint(1, 30))]
            hidden = [place for place in range(len(values)) if rng.random() < 0.3]
            others = [value for place, value in enumerate(values) if place not in hidden]
            for method, line in (
                ("percentile", {}),
                ("percentile", {"higher_is_better": False}),
                ("pareto", {"bands": [[20, 100], [60, 50], [100, 10]]}),
            ):
                with self.subTest(case=case, method=method):
                    expected = [
                        recount(method, value, others + [value] * (place in hidden), **line)
                        for place, value in enumerate(values)
                    ]
                    for mine, theirs in zip(self.points(values, method, hidden, **line), expected, strict=True):
                        self.assertAlmostEqual(mine, theirs, 5)

    def test_the_order_of_customers_changes_nothing(self):
        rng = random.Random(7)
        values = [rng.randint(0, 9) for _ in range(50)]
        shuffled = rng.sample(range(50), 50)
        for method in ("percentile", "pareto"):
            points = self.points(values, method, bands=[[50, 90], [90, 40]])
            again = self.points([values[place] for place in shuffled], method, bands=[[50, 90], [90, 40]])
            self.assertEqual(again, [points[place] for place in shuffled])

    def test_more_is_never_worse(self):
        values = list(range(-3, 60))
        for method, line in (
            ("linear", {"best": 40}),
            ("percentile", {}),
            ("bands", {"bands": [[5, 10], [20, 60], [50, 100]]}),
            ("pareto", {"bands": [[20, 100], [60, 50], [100, 10]]}),
        ):
            points = self.points(values, method, **line)
            self.assertEqual(points, sorted(points), method)

    def score(self, points, weights, missing):
        expressions = [SQL("%s::numeric", point) for point in points]
        ((score,),) = self.env.execute_query(SQL("SELECT %s", scoring.total(expressions, weights, missing)))
        return None if score is None else float(score)

    def test_only_the_proportion_of_weights_matters(self):
        points, missing = [20, 90, None], ["neutral", "neutral", "zero"]
        self.assertEqual(self.score(points, [1, 2, 3], missing), self.score(points, [10, 20, 30], missing))
        self.assertEqual(self.score(points, [1, 2, 3], missing), round((20 + 180 + 0) / 6, 2))

    def test_what_is_missing_counts_as_the_scheme_says(self):
        self.assertEqual(self.score([80, None], [1, 1], ["neutral", "neutral"]), 65)
        self.assertEqual(self.score([80, None], [1, 1], ["neutral", "zero"]), 40)
        self.assertEqual(self.score([80, None], [1, 1], ["neutral", "exclude"]), 80)
        self.assertIsNone(self.score([None, None], [1, 1], ["exclude", "exclude"]))

    def test_hysteresis_keeps_who_is_near_a_threshold(self):
        thresholds = [(1, 80), (2, 60), (3, 0)]

        def grade(score, current, margin=3):
            ((found,),) = self.env.execute_query(
                SQL(
                    "SELECT %s",
                    scoring.with_hysteresis(SQL("%s::numeric", score), SQL("%s::integer", current), thresholds, margin),
                )
            )
            return found

        self.assertEqual(
            [grade(score, None) for score in (80, 79.99, 60, 0)], [1, 2, 2, 3], "who has none gets what was earned"
        )
        self.assertEqual([grade(score, 2) for score in (82.99, 83, 57, 56.99)], [2, 1, 2, 3])
        self.assertEqual(
            [grade(score, 1) for score in (77, 76.99, 56.99)], [1, 2, 3], "down by two where both are missed"
        )
        self.assertEqual([grade(score, 3) for score in (62.99, 63, 83)], [3, 2, 1])
        self.assertEqual(grade(90, 99), 1, "a grade that the scheme does not know is none")
        self.assertIsNone(grade(None, 2), "nothing can be said")
        self.assertEqual(grade(79.99, 1, margin=0), 2)

    def test_parts_are_rounded_to_their_sum(self):
        for values in ([50 / 3] * 3, [99.994, 0.004, 0.002], [0.0, 12.0, 100 / 7], [100.0], [1 / 3] * 7):
            total = round(sum(values), 2)
            parts = rounded_to_sum(values, total)
            self.assertEqual(round(sum(parts), 2), total, values)
            self.assertTrue(all(abs(part - value) < 0.01 for part, value in zip(parts, values)), values)


@tagged("post_install", "-at_install")
class TestRunAgainstRecount(GradingCase):
    def test_the_smallest_customer_is_within_the_last_band(self):
        for name, amount in (("Great", 9_000_000), ("Smallest", 0.35)):
            self.invoice(self.new_customer(name), amount, date(2026, 5, 1))
        band = Command.create({"start": 100, "points": 20})
        run = self.measure(self.new_scheme(("amount", {"method": "pareto", "band_ids": [band]})))
        self.assertEqual([points for _value, _position, points in self.facts(run).values()], [20, 20])

    def test_a_run_equals_a_recount_of_its_invoices(self):
        rng = random.Random(42)
        customers = [self.new_customer(f"Customer {number}") for number in range(12)]
        books = {customer: [] for customer in customers}
        for _ in range(30):
            customer, amount, refund = rng.choice(customers[:-1]), rng.randint(1, 900), rng.random() < 0.15
            self.invoice(customer, amount, date(2026, rng.randint(1, 12), rng.randint(1, 28)), refund=refund)
            books[customer].append((amount, refund))
        bands = [[70, 100], [90, 60], [100, 20]]
        scheme = self.new_scheme(
            (
                "amount",
                {
                    "weight": 3,
                    "method": "pareto",
                    "band_ids": [Command.create({"start": s, "points": p}) for s, p in bands],
                },
            ),
            ("frequency", {"weight": 1, "method": "percentile"}),
            ("returns", {"weight": 2, "method": "linear", "worst": 50, "best": 0, "missing": "exclude"}),
        )
        run = self.measure(scheme)
        amounts = {
            customer: sum(-amount if refund else amount for amount, refund in book) for customer, book in books.items()
        }
        counts = {customer: sum(not refund for _amount, refund in book) for customer, book in books.items()}
        self.assertEqual(len(run.evaluation_ids), 12)
        for evaluation in run.sudo().evaluation_ids:
            customer = evaluation.partner_id
            invoiced = sum(amount for amount, refund in books[customer] if not refund)
            credited = sum(amount for amount, refund in books[customer] if refund)
            returns = credited * 100 / invoiced if invoiced else None
            points = [
                recount("pareto", amounts[customer], list(amounts.values()), bands=bands),
                recount("percentile", counts[customer], list(counts.values())),
                recount("linear", returns, [], worst=50, best=0),
            ]
            weights = [3, 1, 0 if points[2] is None else 2]
            score = sum((point or 0) * weight for point, weight in zip(points, weights)) / sum(weights)
            self.assertAlmostEqual(evaluation.score, score, 1)
            thresholds = ((self.grade_a, 80), (self.grade_b, 60), (self.grade_c, 30), (self.grade_d, 0))
            self.assertEqual(
                evaluation.grade_id, next(grade for grade, least in thresholds if evaluation.score >= least)
            )
