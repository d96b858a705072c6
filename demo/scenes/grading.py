"""This half-year's grading of the customers is measured, and waits for the committee."""

from odoo.fields import Command

# (indicator, weight, method, what stands for a missing value, more)
_INDICATORS = (
    ("amount", 30, "pareto", "neutral", {"bands": ((80, 100), (95, 60), (100, 20))}),
    ("margin", 15, "linear", "neutral", {"worst": 0, "best": 40}),
    ("overdue", 15, "linear", "neutral", {"worst": 200000, "best": 0}),
    ("frequency", 10, "bands", "neutral", {"bands": ((1, 30), (2, 60), (4, 100))}),
    ("growth", 10, "linear", "exclude", {"worst": -50, "best": 50}),
    ("completeness", 10, "linear", "zero", {"worst": 0, "best": 100}),
    ("potential", 10, "linear", "neutral", {"worst": 0, "best": 10}),
)
_THRESHOLDS = (("a", 75), ("b", 60), ("c", 35), ("d", 0))


def play(stage):
    for customer, value, comment in (
        ("hongtu", 9, "年内拟新建两条产线"),
        ("suyuan", 7, "行业龙头，价格敏感"),
        ("qianjiang", 5, False),
    ):
        stage.env["kehu.customer.rating"].create(
            {
                "partner_id": stage[f"archive_{customer}"].partner_id.id,
                "company_id": stage.company.id,
                "value": value,
                "comment": comment,
                "indicator_id": stage["kehu_grading.indicator_potential"].id,
                "date": stage.day(day=1, days=-20),
            }
        )
    run = stage.create(
        "run_customer", "kehu.grading.run", scheme_id=stage["scheme_customer"].id, date_to=stage.day(day=1, days=-1)
    )
    run.workflow_move("measure")
    run._measure()
    stands = stage.env["kehu.customer.lifecycle"]
    stands._find(stage.company)
    stands.search([("stage", "=", "churned"), ("winback_asked", "=", False)])._ask_to_win_back()


def make_scheme(stage):
    """Who never bought anything is not graded."""
    return stage.create(
        "scheme_customer",
        "kehu.grading.scheme",
        name="直销客户评价",
        company_id=stage.company.id,
        cycle="half",
        type_ids=[
            Command.set(stage.named("kehu_archive.archive_type_customer", "kehu_archive.archive_type_distributor").ids)
        ],
        date_next=stage.day(months=6, day=8),
        domain=str([("category_id", "in", stage["tag_buyer"].ids)]),
        provisional_grade_id=stage["kehu_grading.grade_c"].id,
        line_ids=[Command.create(_line(stage, *indicator)) for indicator in _INDICATORS],
        threshold_ids=[
            Command.create({"grade_id": stage[f"kehu_grading.grade_{grade}"].id, "minimum": minimum})
            for grade, minimum in _THRESHOLDS
        ],
    )


def _line(stage, indicator, weight, method, missing, more):
    values = {
        "indicator_id": stage[f"kehu_grading.indicator_{indicator}"].id,
        "weight": weight,
        "method": method,
        "missing": missing,
    }
    if bands := more.get("bands"):
        return {**values, "band_ids": [Command.create({"start": start, "points": points}) for start, points in bands]}
    return {**values, **more}
