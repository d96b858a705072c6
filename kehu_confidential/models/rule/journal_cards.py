"""Cards of accounting journals, sales teams and campaigns sum up the invoices of all customers in SQL, whoever looks at
them (X3).

The balance of a bank or an account stays whole: it is checked against a statement.
"""

import json

from odoo import fields, models
from odoo.fields import Domain

_SUMS = (
    "sum_",
    "to_check_balance",
    "outstanding_pay_account_balance",
)  # what the names of sums of documents begin with


class Base(models.AbstractModel):
    _inherit = "base"

    def _compute_field_value(self, field):
        result = super()._compute_field_value(field)
        empty = _EMPTIED.get((self._name, field.name))
        if empty and not self._kehu_sees_labels():
            empty(self._kehu_complete().env["account.move"], self.filtered(field.name))
        return result


def _without_hidden_activities(moves, journals):
    told = {journal: json.loads(journal.json_activity_data) for journal in journals}
    activities = moves.env["mail.activity"].browse(row["id"] for data in told.values() for row in data["activities"])
    if hidden := set(activities._kehu_hidden()._ids):
        for journal, data in told.items():
            shown = [row for row in data["activities"] if row["id"] not in hidden]
            journal.json_activity_data = json.dumps({**data, "activities": shown})


def _without_sums(moves, journals):
    for journal in _with_hidden_moves(moves, journals):
        card = json.loads(journal.kanban_dashboard)
        journal.kanban_dashboard = json.dumps(
            {name: "—" if name.startswith(_SUMS) and value else value for name, value in card.items()}
        )


def _without_graph(moves, journals):
    for journal in _with_hidden_moves(moves, journals).filtered(lambda journal: journal.type in ("sale", "purchase")):
        graphs = json.loads(journal.kanban_dashboard_graph)
        journal.kanban_dashboard_graph = json.dumps(
            [{**graph, "values": [{**point, "value": 0} for point in graph["values"]]} for graph in graphs]
        )


def _without_balance(moves, lines):
    if _with_hidden_moves(moves, lines.journal_id):
        lines.cumulated_balance = 0


def _with_invoiced_of_team(moves, teams):
    today = fields.Date.today()
    _with_readers_sum(
        moves,
        teams,
        "invoiced",
        "team_id",
        [
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("state", "=", "posted"),
            ("payment_state", "in", ("in_payment", "paid", "reversed")),
            ("date", ">=", today.replace(day=1)),
            ("date", "<=", today),
        ],
    )


def _with_invoiced_of_campaign(moves, campaigns):
    _with_readers_sum(
        moves,
        campaigns,
        "invoiced_amount",
        "campaign_id",
        [("state", "=", "posted"), ("move_type", "in", moves.get_invoice_types(include_receipts=True))],
    )


def _with_readers_sum(moves, records, name, link, domain):
    """Write into field ``name`` what the current user may read of what was invoiced, where there is more."""
    if records := _with_hidden_moves(moves, records, link):
        sums = dict(
            moves.sudo()
            ._kehu_within_tiers()
            ._read_group(Domain(link, "in", records.ids) & Domain(domain), [link], ["amount_untaxed_signed:sum"])
        )
        for record in records:
            record[name] = sums.get(record._origin, 0)


def _with_hidden_moves(moves, records, link="journal_id"):
    """Return those of the records to which entries point that are hidden from the current user."""
    hidden = moves._kehu_hidden_ones_domain()
    if hidden.is_false():
        return records.browse()
    found = moves.sudo().with_context(active_test=False)._read_group(Domain(link, "in", records.ids) & hidden, [link])
    return records & records.browse(record.id for (record,) in found)


_EMPTIED = {
    ("account.journal", "json_activity_data"): _without_hidden_activities,
    ("account.journal", "kanban_dashboard"): _without_sums,
    ("account.journal", "kanban_dashboard_graph"): _without_graph,
    ("account.move.line", "cumulated_balance"): _without_balance,
    ("crm.team", "invoiced"): _with_invoiced_of_team,
    ("utm.campaign", "invoiced_amount"): _with_invoiced_of_campaign,
}
