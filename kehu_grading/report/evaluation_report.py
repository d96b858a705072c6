from odoo import fields, models
from odoo.tools import SQL


class EvaluationReport(models.Model):
    """The facts of all evaluations, one row for each indicator, to be compared and averaged (G11).

    The facts themselves stay on the evaluation in one value: two hundred thousand customers with eight indicators are
    entered in a tenth of the time that as many rows would take, and nobody can change one of them.
    """

    _name = "kehu.evaluation.report"
    _description = "Indicators of Customers"
    _inherit = ["kehu.confidential.part"]
    _kehu_document_field = "evaluation_id"
    _auto = False
    _order = "date_to desc, score desc, id"
    _rec_name = "partner_id"
    _depends = {
        "kehu.evaluation": [
            "partner_id",
            "company_id",
            "run_id",
            "measured_run_id",
            "facts",
            "score",
            "grade_id",
            "state",
            "kehu_tier",
        ],
        "kehu.grading.run": ["frozen", "date_to"],
    }

    evaluation_id = fields.Many2one("kehu.evaluation", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    run_id = fields.Many2one("kehu.grading.run", readonly=True)
    date_to = fields.Date(string="Until", readonly=True)
    grade_id = fields.Many2one("kehu.grade", readonly=True)
    kehu_tier = fields.Selection(related="evaluation_id.kehu_tier")
    indicator_id = fields.Many2one("kehu.grading.indicator", readonly=True)
    value = fields.Float(readonly=True, aggregator="avg")
    points = fields.Float(readonly=True, aggregator="avg")
    score = fields.Float(string="Score in All", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT e.id::bigint * 1000 + line.place AS id, e.id AS evaluation_id, e.partner_id, e.company_id, run.id AS run_id, run.date_to,
                   e.grade_id, e.score, (line.frozen ->> 'indicator')::integer AS indicator_id,
                   (e.facts -> (line.place - 1)::integer ->> 0)::float AS value,
                   (e.facts -> (line.place - 1)::integer ->> 2)::float AS points
              FROM kehu_evaluation e
              JOIN kehu_grading_run run ON run.id = COALESCE(e.run_id, e.measured_run_id)
        CROSS JOIN LATERAL jsonb_array_elements(run.frozen -> 'lines') WITH ORDINALITY AS line (frozen, place)
             WHERE e.facts IS NOT NULL
            """
        )
