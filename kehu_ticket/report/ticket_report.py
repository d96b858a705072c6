from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.kehu_confidential.models.rule.tier import TIERS

_RESPONSE = ("response_normal", "response_urgent", "response_very_urgent")
_REPAIR = ("repair_normal", "repair_urgent", "repair_very_urgent", "inquiry")


class TicketReport(models.Model):
    """One row for each service ticket: response, waiting and repair times against the targets of the clocks (T8)."""

    _name = "kehu.service.ticket.report"
    _description = "Service Statistics"
    _inherit = ["kehu.service.report.mixin"]
    _auto = False
    _kehu_document_field = "ticket_id"
    _order = "date_received desc, id desc"
    _rec_name = "number"
    _depends = {
        "kehu.service.ticket": [
            "number",
            "company_id",
            "date_received",
            "date_first_response",
            "date_repaired",
            "date_closed",
            "state",
            "kind_id",
            "product_id",
            "customer_id",
            "team_id",
            "user_id",
            "channel",
            "priority",
            "service_priority",
            "kehu_tier",
            "satisfaction",
        ],
        "kehu.service.log": ["ticket_id", "user_id", "date_from"],
        "kehu.deadline": ["res_model", "res_id", "rule_id", "state", "date_due", "date_stop"],
        "kehu.deadline.pause": ["deadline_id", "date_from", "date_to"],
    }

    ticket_id = fields.Many2one("kehu.service.ticket", readonly=True)
    number = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_received = fields.Datetime(string="Received On", readonly=True)
    date_closed = fields.Datetime(string="Closed On", readonly=True)
    state = fields.Selection(lambda self: self._report_selection("state"), string="Ticket Status", readonly=True)
    kind_id = fields.Many2one("kehu.service.kind", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    team_id = fields.Many2one("crm.team", string="Business Unit", readonly=True)
    user_id = fields.Many2one("res.users", string="Handler", readonly=True)
    technician_id = fields.Many2one(
        "res.users", readonly=True, help="Who worked on it last; the handler if nobody went."
    )
    channel = fields.Selection(lambda self: self._report_selection("channel"), string="Received By", readonly=True)
    priority = fields.Selection(lambda self: self._report_selection("priority"), readonly=True)
    service_priority = fields.Integer(string="Rank of the Customer", aggregator=None, readonly=True)
    kehu_tier = fields.Selection(TIERS, string="Confidentiality Tier", readonly=True)
    response_hours = fields.Float(string="Hours to First Response", aggregator="avg", readonly=True)
    response_on_time = fields.Float(string="Response on Time (%)", aggregator="avg", readonly=True)
    waiting_hours = fields.Float(
        string="Hours Waiting for the Customer",
        aggregator="avg",
        readonly=True,
        help="While the clock of the repair stood still.",
    )
    repair_hours = fields.Float(
        string="Hours to Repair",
        aggregator="avg",
        readonly=True,
        help="From the call until it was finished, with the time of waiting.",
    )
    repair_on_time = fields.Float(string="Repaired on Time (%)", aggregator="avg", readonly=True)
    satisfaction = fields.Float(
        string="Satisfaction (%)",
        aggregator="avg",
        readonly=True,
        help="100 for very satisfied, 20 for very dissatisfied.",
    )

    # === QUERY ===

    @property
    def _table_query(self):
        # Of all clocks: each taking up again starts another. A clock that goes on for another one has its pauses, too.
        waiting = SQL(
            """(SELECT SUM(EXTRACT(EPOCH FROM waited.date_to - waited.date_from)) / 3600
                  FROM (SELECT pause.date_from, max(COALESCE(pause.date_to, %s)) AS date_to
                          FROM kehu_deadline clock JOIN kehu_deadline_pause pause ON pause.deadline_id = clock.id
                         WHERE clock.res_model = %s AND clock.res_id = d.id AND clock.rule_id = ANY(%s)
                      GROUP BY pause.date_from) waited)""",
            self._report_now(),
            self._report_documents()._name,
            self._report_rules(_REPAIR),
        )
        return SQL(
            """
            SELECT d.id, d.id AS ticket_id, d.number, d.company_id, d.date_received, d.date_closed, d.state, d.kind_id, d.product_id,
                   d.customer_id, d.team_id, d.user_id, d.channel, d.priority, d.service_priority, d.kehu_tier,
                   COALESCE((SELECT log.user_id FROM kehu_service_log log WHERE log.ticket_id = d.id
                           ORDER BY log.date_from DESC, log.id DESC LIMIT 1), d.user_id) AS technician_id,
                   EXTRACT(EPOCH FROM d.date_first_response - d.date_received) / 3600 AS response_hours,
                   clocks.response_on_time, %(waiting)s AS waiting_hours,
                   EXTRACT(EPOCH FROM d.date_repaired - d.date_received) / 3600 AS repair_hours,
                   clocks.repair_on_time, d.satisfaction::integer * 20.0 AS satisfaction
              FROM kehu_service_ticket d %(clocks)s
             WHERE d.state NOT IN ('cancelled', 'dismissed')
            """,
            waiting=waiting,
            clocks=self._report_clocks(
                response_on_time=(self._report_on_time(), _RESPONSE),
                repair_on_time=(self._report_on_time(), _REPAIR),
            ),
        )
