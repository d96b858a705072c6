from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ServiceReportMixin(models.AbstractModel):
    """Statistics with one row for each document, hidden like the document, in totals too (C13, T8).

    Percentages are 0 or 100 for one document, and empty where nothing can be said yet, so that their average is the
    share. The clocks are joined as an aggregate for each document: PostgreSQL leaves it out when none of its columns is
    asked for, and goes by index when one is, once for all of them, for the documents that remain after the filters.
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
    def _report_on_time(self):
        """Return 100 or 0 of a ``clock``; one that stands still is late only if it was when it stopped (C7)."""
        return SQL(
            """CASE WHEN clock.state = 'met' THEN 100.0
                    WHEN clock.state = 'missed' OR clock.date_due < CASE WHEN clock.state = 'paused' THEN (
                      SELECT max(pause.date_from) FROM kehu_deadline_pause pause WHERE pause.deadline_id = clock.id) ELSE %s END
                    THEN 0.0 END""",
            self._report_now(),
        )

    @api.model
    def _report_clocks(self, **columns):
        """Return the join of a document ``d`` to ``clocks``, one row with these columns.

        :param columns: ``(expression of a clock, names of rules that the addon of the statistics ships)``; of several clocks under these, the last
            counts
        """
        return SQL(
            """LEFT JOIN LATERAL (
                 SELECT %s FROM kehu_deadline clock
                  WHERE clock.res_model = %s AND clock.res_id = d.id AND clock.state NOT IN ('cancelled', 'taken_out')) clocks ON TRUE""",
            SQL(", ").join(
                SQL(
                    "(array_agg(%s ORDER BY clock.id DESC) FILTER (WHERE clock.rule_id = ANY(%s)))[1] AS %s",
                    expression,
                    self._report_rules(rules),
                    SQL.identifier(name),
                )
                for name, (expression, rules) in columns.items()
            ),
            self._report_documents()._name,
        )

    @api.model
    def _report_rules(self, names):
        """Return the ids of rules that the addon of the statistics ships, as an array."""
        return SQL(
            "ARRAY(SELECT res_id FROM ir_model_data WHERE module = %s AND name = ANY(%s))",
            self._original_module,
            [f"deadline_rule_{name}" for name in names],
        )

    # === ACTIONS ===

    def action_open_document(self):
        """Open the document that the row is about."""
        self.ensure_one()
        document = self[self._kehu_document_field]
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    # === RULE ===

    @api.model
    def _kehu_domain(self, mode="read"):
        if self.env.uid == SUPERUSER_ID or self._abstract:
            return super()._kehu_domain(mode)
        # The document's rule, without looking there for what the row itself tells: a month would be joined to all
        # documents.
        documents, clearance = self._report_documents().sudo(), self.env.user.kehu_clearance
        accused = documents._search(documents._kehu_excluding_domain())
        closer = documents._search(Domain("kehu_tier", ">", clearance) & documents._kehu_domain(mode))
        open_to_all = Domain("kehu_tier", "<=", clearance) & Domain(self._kehu_document_field, "not in", accused)
        return open_to_all | Domain(self._kehu_document_field, "in", closer)
