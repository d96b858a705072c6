from odoo import api, fields, models
from odoo.tools import SQL


class ServiceReportMixin(models.AbstractModel):
    """Statistics with one row for each document, hidden like the document, in totals too (C13, T8).

    Percentages are 0 or 100 for one document, and empty where nothing can be said yet, so that their average is the share.
    What is asked of the clocks are subqueries among the columns: they cost nothing when the column is not asked for, and go by
    index when it is, for the documents that remain after the filters.
    """
    _name = "kehu.service.report.mixin"
    _description = "Statistics of Service"
    _inherit = ["kehu.confidential.part"]
    _auto = False

    # === QUERY ===

    @api.model
    def _report_selection(self, name):
        """Return the choices of a field of the document."""
        return self._report_documents()._fields[name]._description_selection(self.env)

    @api.model
    def _report_documents(self):
        return self.env[self._fields[self._kehu_document_field].comodel_name]

    @api.model
    def _report_now(self):
        return SQL("%s::timestamp", fields.Datetime.now())

    @api.model
    def _report_on_time(self, *rules):
        """Return the subquery for 100 or 0 of the document's last clock under the shipped ``rules``."""
        return self._report_clock(SQL(
            "CASE WHEN clock.state = 'met' THEN 100.0 WHEN clock.state = 'missed' OR clock.date_due < %s THEN 0.0 END",
            self._report_now()), *rules)

    @api.model
    def _report_clock(self, expression, *rules):
        """Return the subquery for ``expression`` of the last ``clock`` of a document ``d`` under the shipped ``rules``."""
        return SQL(
            """(SELECT %s FROM kehu_deadline clock
              WHERE clock.res_model = %s AND clock.res_id = d.id AND clock.state != 'cancelled'
                AND clock.rule_id = ANY(ARRAY(
                    SELECT res_id FROM ir_model_data WHERE module = 'kehu_complaint' AND name = ANY(%s)))
              ORDER BY clock.id DESC LIMIT 1)""", expression, self._report_documents()._name, [f"deadline_rule_{rule}" for rule in rules])

    # === ACTIONS ===

    def action_open_document(self):
        self.ensure_one()
        document = self[self._kehu_document_field]
        return {"type": "ir.actions.act_window", "res_model": document._name, "res_id": document.id, "views": [(False, "form")]}
