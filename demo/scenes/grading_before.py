"""The market is graded twice before today: last year, and half a year ago. Both grades are the committee's and in force
from their day; who falls, falls with a reason.
"""

from dateutil.relativedelta import relativedelta

from .grading import make_scheme

FALLEN = "market_15"
RUNS = (("run_last_year", 14), ("run_half_year", 8))


def play(stage):
    scheme = make_scheme(stage)
    for key, months in RUNS:
        end = stage.day(day=1, months=1 - months) - relativedelta(days=1)
        with stage.at(stage.morning(end + relativedelta(days=5))):
            run = stage.create(key, "kehu.grading.run", scheme_id=scheme.id, date_to=end)
            run.workflow_move("measure")
            run._measure()
            _explain(stage, run)
            _vote(stage, run)
        with stage.at(stage.morning(end + relativedelta(days=11))):
            run.with_env(stage.as_user("clerk")).workflow_move("submit")
            stage.approve(run, "finance", "director")
            stage.env["kehu.evaluation"].search([("run_id", "=", run.id)])._take_effect_if_due()
            run._finish()
            stage.env["kehu.customer.lifecycle"]._find(stage.company)


def _explain(stage, run):
    """The salesperson says why a customer of the best falls."""
    sheet = run.evaluation_ids.filtered(lambda sheet: sheet.partner_id == stage[FALLEN].partner_id)
    if sheet.previous_grade_id and sheet.previous_grade_id != sheet.grade_id:
        sheet.with_env(stage.as_user("sales2")).write(
            {
                "proposed_grade_id": sheet.computed_grade_id.id,
                "reason": "一年来订单减少八成以上，两张发票逾期一个半月才付；对方的新机型改用了别家的控制器。",
            }
        )


def _vote(stage, run):
    """Two members agree with what was measured."""
    for login in ("gm", "director"):
        waiting = stage.as_user(login)["kehu.evaluation"].search(
            [("run_id", "=", run.id), ("committee_grade_id", "=", False)]
        )
        waiting.env["kehu.evaluation.vote"].create(
            [
                {"evaluation_id": sheet.id, "grade_id": sheet.computed_grade_id.id}
                for sheet in waiting
                if sheet.is_changed
            ]
        )
