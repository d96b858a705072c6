"""What is measured from the books (G1): posted documents of the company in its own currency, refunds taken off."""

from odoo import models
from odoo.tools import SQL

from .grading_indicator import Measure

# What makes a customer card complete (A2).
CARD = {
    "p": ("vat", "phone", "email", "street", "city", "website", "kehu_team_id", "kehu_custodian_id"),
    "a": (
        "legal_representative",
        "registered_capital",
        "business_scope",
        "enterprise_nature",
        "date_founded",
        "credit_description",
        "preferences",
        "channel_id",
    ),
}
# What of it a private person does not have.
COMPANIES_ONLY = {"legal_representative", "registered_capital", "business_scope", "enterprise_nature", "date_founded"}


class GradingIndicator(models.Model):
    _inherit = "kehu.grading.indicator"

    # === INVOICES ===

    def _source_invoices(self, run, since):
        return SQL("m.commercial_partner_id"), SQL(
            """account_move m
         WHERE m.company_id = %s AND m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
           AND m.invoice_date BETWEEN %s AND %s""",
            run.company_id.id,
            since,
            run.date_to,
        )

    def _measure_amount(self, run):
        return Measure(
            "invoices",
            SQL("sum(m.amount_untaxed_signed) FILTER (WHERE m.invoice_date >= %s)", run.date_from),
            nothing=0,
        )

    def _measure_frequency(self, run):
        return Measure(
            "invoices",
            SQL("count(*) FILTER (WHERE m.move_type != 'out_refund' AND m.invoice_date >= %s)", run.date_from),
            nothing=0,
        )

    def _measure_growth(self, run):
        """How much more was sold than in the window before, in per cent; unknown without sales then."""
        now = SQL("COALESCE(sum(m.amount_untaxed_signed) FILTER (WHERE m.invoice_date >= %s), 0)", run.date_from)
        before = SQL("sum(m.amount_untaxed_signed) FILTER (WHERE m.invoice_date < %s)", run.date_from)
        return Measure(
            "invoices",
            SQL("CASE WHEN %(before)s > 0 THEN (%(now)s / %(before)s - 1) * 100 END", now=now, before=before),
            looks_back=True,
        )

    def _measure_returns(self, run):
        """How much of what was invoiced was credited again, in per cent."""
        return Measure(
            "invoices",
            SQL(
                """COALESCE(-sum(m.amount_untaxed_signed) FILTER (WHERE m.move_type = 'out_refund' AND m.invoice_date >= %(since)s), 0) * 100
               / NULLIF(sum(m.amount_untaxed_signed) FILTER (WHERE m.move_type != 'out_refund' AND m.invoice_date >= %(since)s), 0)""",
                since=run.date_from,
            ),
        )

    # === INVOICE LINES ===

    def _source_lines(self, run, since):
        """Lines with a product, as ``l``: ``quantity`` in the product's own unit, ``net``, and what it costs and should
        cost.

        They are added up by customer, product and unit first: there are far fewer of these to look up than lines. List
        prices are compared without the taxes that they include, and in the currency of the company: those of products of
        all companies are in the main company's.
        """
        currency = self.env["res.company"]._get_main_company().sudo().currency_id
        rate = currency._get_conversion_rate(currency, run.company_id.currency_id, run.company_id, run.date_to)
        taxes = self.env["account.tax"].sudo().with_context(active_test=False)
        included = taxes.search(
            [
                *taxes._check_company_domain(run.company_id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
            ]
        ).filtered("price_include")
        return SQL("l.partner_id"), SQL(
            """(SELECT line.partner_id, line.net, line.quantity * COALESCE(unit.factor / own.factor, 1)::numeric AS quantity,
                       (product.standard_price ->> %(company_key)s)::numeric AS cost,
                       template.list_price * CASE WHEN template.company_id IS NULL THEN %(rate)s ELSE 1 END
                           / (1 + COALESCE(tax.rate, 0) / 100) AS list_price
                  FROM (SELECT m.commercial_partner_id AS partner_id, l.product_id, l.product_uom_id, -sum(l.balance) AS net,
                               sum(CASE m.move_type WHEN 'out_refund' THEN -l.quantity ELSE l.quantity END) AS quantity
                          FROM account_move_line l
                          JOIN account_move m ON m.id = l.move_id
                         WHERE m.company_id = %(company)s AND m.state = 'posted'
                           AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                           AND m.invoice_date BETWEEN %(since)s AND %(until)s
                           AND l.display_type = 'product'
                      GROUP BY m.commercial_partner_id, l.product_id, l.product_uom_id) line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN (SELECT rel.prod_id, sum(tax.amount) AS rate
                          FROM product_taxes_rel rel JOIN account_tax tax ON tax.id = rel.tax_id
                         WHERE tax.id = ANY(%(included)s)
                      GROUP BY rel.prod_id) tax ON tax.prod_id = template.id
             LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
             LEFT JOIN uom_uom own ON own.id = template.uom_id) l""",
            company_key=str(run.company_id.id),
            company=run.company_id.id,
            included=included.ids,
            rate=rate,
            since=since,
            until=run.date_to,
        )

    def _measure_quantity(self, run):
        return Measure("lines", SQL("sum(l.quantity)"), nothing=0)

    def _measure_profit(self, run):
        """Net sales less cost, of products whose cost is known."""
        return Measure("lines", SQL("sum(l.net - l.cost * l.quantity) FILTER (WHERE l.cost > 0)"))

    def _measure_margin(self, run):
        """Net sales less cost, in per cent of net sales, of products whose cost is known."""
        return Measure(
            "lines",
            SQL(
                """sum(l.net - l.cost * l.quantity) FILTER (WHERE l.cost > 0) * 100
               / NULLIF(sum(l.net) FILTER (WHERE l.cost > 0), 0)"""
            ),
        )

    def _measure_price_level(self, run):
        """Net sales in per cent of what they would be at list price."""
        return Measure(
            "lines",
            SQL(
                """sum(l.net) FILTER (WHERE l.list_price > 0) * 100
               / NULLIF(sum(l.list_price * l.quantity) FILTER (WHERE l.list_price > 0), 0)"""
            ),
        )

    # === PAYMENTS ===

    def _source_dues(self, run, since):
        """What was due, as ``d``: ``amount`` without what was credited, ``late`` and ``open`` parts of it, and how late
        in ``amount_days``. Due in the window, or before and open at its end: invoices, and what a plain entry enters,
        such as the balances with which a company begins. A difference of exchange belongs to the payment or credit note
        that it comes from, although Odoo enters it at the end of the month. What was paid or credited and is not matched
        yet comes off the oldest.
        """
        # Their ids rather than a join: PostgreSQL knows how many lines each account has, and misjudges a join by far.
        receivable = (
            self.env["account.account"]
            .sudo()
            .with_context(active_test=False)
            .search([("account_type", "=", "asset_receivable")])
        )
        return SQL("d.partner_id"), SQL(
            """(SELECT due.partner_id, due.date_maturity, due.amount, due.late, due.amount_days,
                       GREATEST(0, LEAST(due.open, sum(due.open) OVER (
                           PARTITION BY due.partner_id ORDER BY due.date_maturity, due.id
                       ) - COALESCE(unmatched.amount, 0))) AS open
                  FROM (SELECT l.id, l.partner_id, l.date_maturity, l.balance - COALESCE(p.credited, 0) AS amount,
                               l.balance - COALESCE(p.settled, 0) AS open,
                               COALESCE(p.late, 0) AS late, COALESCE(p.amount_days, 0) AS amount_days
                          FROM (%(lines)s) l
                     LEFT JOIN (SELECT paid.id, sum(paid.amount) AS settled,
                                       sum(paid.amount) FILTER (WHERE paid.is_credit) AS credited,
                                       sum(paid.amount) FILTER (WHERE NOT paid.is_credit AND paid.days > 0) AS late,
                                       sum(paid.amount * paid.days) FILTER (WHERE NOT paid.is_credit AND paid.days > 0) AS amount_days
                                  FROM (SELECT due.id, part.amount, COALESCE(origin.move_type, move.move_type) = 'out_refund' AS is_credit,
                                               COALESCE(origin.date, pay.date) - COALESCE(due.date_maturity, due.date) AS days
                                          FROM account_partial_reconcile part
                                          JOIN account_move_line due ON due.id = part.debit_move_id
                                          JOIN account_move_line pay ON pay.id = part.credit_move_id
                                          JOIN account_move move ON move.id = pay.move_id
                             LEFT JOIN LATERAL (SELECT first_pay.date, first_move.move_type
                                                  FROM account_partial_reconcile first
                                                  JOIN account_move_line first_pay ON first_pay.id = first.credit_move_id
                                                  JOIN account_move first_move ON first_move.id = first_pay.move_id
                                                 WHERE first.exchange_move_id = move.id AND move.move_type = 'entry'
                                                 LIMIT 1) origin ON TRUE
                                         WHERE part.company_id = %(company)s AND COALESCE(due.date_maturity, due.date) <= %(until)s
                                           AND COALESCE(origin.date, pay.date) <= %(until)s) paid
                              GROUP BY paid.id) p ON p.id = l.id
                         WHERE l.date_maturity >= %(since)s OR l.balance > COALESCE(p.settled, 0)) due
             LEFT JOIN (%(unmatched)s) unmatched ON unmatched.partner_id = due.partner_id) d""",
            company=run.company_id.id,
            lines=self._due_lines(run, receivable),
            unmatched=self._unmatched_credits(run, receivable),
            since=since,
            until=run.date_to,
        )

    def _due_lines(self, run, receivable):
        """Return the query for the lines due by the end of the window.

        Payments back to a customer, differences of exchange and lines of a bank statement are entries, too; nothing is
        due by them.
        """
        return SQL(
            """SELECT l.id, l.partner_id, COALESCE(l.date_maturity, l.date) AS date_maturity, l.balance
                 FROM account_move_line l
                WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.account_id = ANY(%(receivable)s)
                  AND l.display_type = 'payment_term' AND l.balance > 0 AND l.date_maturity <= %(until)s
            UNION ALL
               SELECT l.id, partner.commercial_partner_id, COALESCE(l.date_maturity, l.date), l.balance
                 FROM account_move_line l
                 JOIN account_move entry ON entry.id = l.move_id
                 JOIN res_partner partner ON partner.id = l.partner_id
                WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.account_id = ANY(%(receivable)s)
                  AND l.display_type = 'product' AND l.balance > 0 AND COALESCE(l.date_maturity, l.date) <= %(until)s
                  AND entry.move_type = 'entry' AND entry.origin_payment_id IS NULL AND entry.statement_line_id IS NULL
                  AND NOT EXISTS (SELECT FROM account_partial_reconcile part WHERE part.exchange_move_id = entry.id)""",
            company=run.company_id.id,
            receivable=receivable.ids,
            until=run.date_to,
        )

    def _unmatched_credits(self, run, receivable):
        """Return the query for what was paid or credited to each customer by the end of the window and is not matched
        with anything of then.
        """
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, sum(-l.balance - COALESCE(matched.amount, 0)) AS amount
                 FROM account_move_line l
                 JOIN res_partner partner ON partner.id = l.partner_id
            LEFT JOIN (SELECT part.credit_move_id AS id, sum(part.amount) AS amount
                         FROM account_partial_reconcile part
                         JOIN account_move_line credit ON credit.id = part.credit_move_id
                        WHERE credit.company_id = %(company)s AND part.max_date <= %(until)s
                     GROUP BY part.credit_move_id) matched ON matched.id = l.id
                WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.account_id = ANY(%(receivable)s)
                  AND l.balance < 0 AND l.date <= %(until)s AND -l.balance > COALESCE(matched.amount, 0)
             GROUP BY partner.commercial_partner_id""",
            company=run.company_id.id,
            receivable=receivable.ids,
            until=run.date_to,
        )

    def _measure_days_late(self, run):
        """How many days after the due date an amount was paid, or is still open, on the average of amounts due."""
        return Measure(
            "dues", SQL("sum(d.amount_days + d.open * (%s - d.date_maturity)) / NULLIF(sum(d.amount), 0)", run.date_to)
        )

    def _measure_share_late(self, run):
        """How much of what was due was paid late or is still open, in per cent."""
        return Measure("dues", SQL("sum(d.late + d.open) * 100 / NULLIF(sum(d.amount), 0)"))

    def _measure_overdue(self, run):
        return Measure("dues", SQL("sum(d.open)"), nothing=0)

    # === ARCHIVE ===

    def _source_archives(self, run, since):
        return SQL("a.partner_id"), SQL("kehu_archive a JOIN res_partner p ON p.id = a.partner_id")

    def _measure_completeness(self, run):
        # A form saves an amount that nobody entered as 0.
        numbers = {
            name
            for name in CARD["a"]
            if self.env["kehu.archive"]._fields[name].type in ("float", "integer", "monetary")
        }
        filled = {
            name: SQL(
                "NULLIF(%s, 0)" if name in numbers else "NULLIF(btrim(%s::text), '')", SQL.identifier(alias, name)
            )
            for alias, names in CARD.items()
            for name in names
        }
        persons = [value for name, value in filled.items() if name not in COMPANIES_ONLY]
        share = SQL(
            """CASE WHEN p.is_company THEN num_nonnulls(%s) * 100.0 / %s ELSE num_nonnulls(%s) * 100.0 / %s END""",
            SQL(", ").join(filled.values()),
            len(filled),
            SQL(", ").join(persons),
            len(persons),
        )
        return Measure("archives", SQL("max(%s)", share), nothing=0)
