"""200,000 customers and 2,000,000 invoice lines graded, found in their life cycle and ranked, beside hand-written SQL
for the same.
"""

import resource
import statistics
import sys
import time
from datetime import date
from pathlib import Path

from odoo import Command
from odoo.tools import SQL

sys.path.insert(0, str(Path(__file__).parent))
from support import contacts

CUSTOMERS, INVOICES, LINES_EACH, ROUNDS = 200_000, 400_000, 5, 3
WINDOW = date(2026, 1, 1), date(2026, 12, 31)


def bench(env):
    scheme = prepare(env)
    runs = [measuring_run(env, scheme) for _round in range(ROUNDS)]
    floors, entered, ours, memory = [], [], [], None
    for run in runs:
        floors.append(timed(lambda: floor(env)))
        entered.append(timed(lambda: floor_entered(env, run)))
        env.cr.rollback()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ours.append(timed(run._measure))
        memory = memory or (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        env.cr.commit()
    assert runs[-1].evaluation_count == CUSTOMERS, runs[-1].evaluation_count
    print(
        f"grade {CUSTOMERS:,} customers from {INVOICES * LINES_EACH:,} lines: {ratio(ours, floors):.2f} × the "
        f"statement (to reach: 1.5), "
        f"{ratio(ours, entered):.2f} × the statement that enters evaluations by hand, {memory:+.0f} MB"
    )
    again = statistics.median(
        float(score)
        for (score,) in env.execute_query(
            SQL(
                "SELECT max(score) - min(score) FROM kehu_evaluation WHERE run_id = ANY(%s) GROUP BY partner_id",
                [run.id for run in runs],
            )
        )
    )
    assert again == 0, "Measured again, a score is another."
    approve(env, runs[-1])
    effect = timed(lambda: take_effect(env))
    print(f"put {CUSTOMERS:,} grades into force: {effect / statistics.median(floors):.2f} × the statement")
    found = timed(lambda: env["kehu.customer.lifecycle"]._find(env.user.company_id))
    env.cr.commit()
    again = timed(lambda: env["kehu.customer.lifecycle"]._find(env.user.company_id))
    env.cr.commit()
    rfm = timed(lambda: recency_frequency_amount(env))
    print(
        f"find the life cycle of {CUSTOMERS:,} customers: {found / rfm:.2f} × recency, frequency and amount by hand; "
        f"{again / rfm:.2f} × the next day"
    )
    curve = timed(lambda: env["kehu.customer.ranking"].formatted_read_group([], ["percentile"], ["share:sum"]))
    print(f"Pareto curve: {curve / timed(lambda: shares(env)):.2f} × the windows by hand")


def ratio(ours, floors):
    return statistics.median(mine / theirs for mine, theirs in zip(ours, floors))


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def prepare(env):
    """Fill the books of a company by SQL and return the scheme for its customers."""
    company = env["res.company"].create({"name": "Bench", "currency_id": env.ref("base.CNY").id})
    env.user.write({"company_ids": [Command.link(company.id)], "company_id": company.id})
    account = (
        env["account.account"].with_company(company).create({"name": "Sales", "code": "B1", "account_type": "income"})
    )
    receivable = (
        env["account.account"]
        .with_company(company)
        .create({"name": "Receivable", "code": "B2", "account_type": "asset_receivable", "reconcile": True})
    )
    journal = (
        env["account.journal"]
        .with_company(company)
        .create(
            {"name": "Bench", "code": "BEN", "type": "sale", "company_id": company.id, "default_account_id": account.id}
        )
    )
    kind = env["kehu.archive.type"].create({"name": "Bench"})
    product = env["product.product"].create({"name": "Bench", "list_price": 100, "standard_price": 60})
    name = SQL("'Bench customer ' || n")
    have = env["res.partner"].with_context(active_test=False).search_count([])
    contacts.fill(
        env, have + CUSTOMERS, {"name": name, "complete_name": name, "is_company": SQL("true"), "kehu_tier": SQL("'0'")}
    )
    params = {
        "company": company.id,
        "currency": company.currency_id.id,
        "journal": journal.id,
        "account": account.id,
        "receivable": receivable.id,
        "kind": kind.id,
        "product": product.id,
        "uom": product.uom_id.id,
        "customers": CUSTOMERS,
        "invoices": INVOICES,
        "lines": LINES_EACH,
    }
    for statement in (
        """CREATE TABLE bench_customer AS
           SELECT id, row_number() OVER (ORDER BY id)::integer AS n FROM res_partner WHERE name LIKE 'Bench customer %%'""",
        """INSERT INTO kehu_archive (partner_id, company_id, type_id, state, number, currency_id, name_key, party)
           SELECT id, %(company)s, %(kind)s, 'formal', 'B-' || n, %(currency)s, 'bench' || n, 'customer' FROM bench_customer""",
        # Few buy much: the n-th customer's share falls with n.
        """CREATE TABLE bench_move AS
           SELECT nextval('account_move_id_seq')::integer AS id, n, 1 + floor(%(customers)s * power(random(), 2))::integer AS customer,
                  date '2025-07-01' + (random() * 548)::integer AS day, round((random() * 1000)::numeric, 2) AS price
             FROM generate_series(1, %(invoices)s) n""",
        """INSERT INTO account_move (id, name, state, move_type, auto_post, journal_id, company_id, currency_id, partner_id,
                                     commercial_partner_id, date, invoice_date, amount_untaxed_signed, amount_total_signed)
           SELECT move.id, 'B/' || move.n, 'posted', CASE WHEN move.n %% 20 = 0 THEN 'out_refund' ELSE 'out_invoice' END, 'no',
                  %(journal)s, %(company)s, %(currency)s, customer.id, customer.id, day, day,
                  price * %(lines)s * (CASE WHEN move.n %% 20 = 0 THEN -1 ELSE 1 END),
                  price * %(lines)s * (CASE WHEN move.n %% 20 = 0 THEN -1 ELSE 1 END)
             FROM bench_move move JOIN bench_customer customer ON customer.n = move.customer""",
        """INSERT INTO account_move_line (move_id, company_id, currency_id, company_currency_id, partner_id, account_id, journal_id,
                                          display_type, parent_state, date, invoice_date, product_id, product_uom_id, quantity, balance, credit)
           SELECT move.id, %(company)s, %(currency)s, %(currency)s, customer.id, %(account)s, %(journal)s, 'product', 'posted', day, day,
                  %(product)s, %(uom)s, 1, -price * (CASE WHEN move.n %% 20 = 0 THEN -1 ELSE 1 END), price
             FROM bench_move move JOIN bench_customer customer ON customer.n = move.customer, generate_series(1, %(lines)s)""",
        """INSERT INTO account_move_line (move_id, company_id, currency_id, company_currency_id, partner_id, account_id, journal_id,
                                          display_type, parent_state, date, invoice_date, date_maturity, balance, debit, amount_residual)
           SELECT move.id, %(company)s, %(currency)s, %(currency)s, customer.id, %(receivable)s, %(journal)s, 'payment_term', 'posted',
                  day, day, day + 30, price * %(lines)s, price * %(lines)s, price * %(lines)s
             FROM bench_move move JOIN bench_customer customer ON customer.n = move.customer WHERE move.n %% 20 != 0""",
    ):
        env.cr.execute(statement, params)
    env.cr.commit()
    for table in ("res_partner", "kehu_archive", "account_move", "account_move_line"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.cr.commit()
    env.invalidate_all()

    def line(measure, method, **values):
        indicator = env.ref(f"kehu_grading.indicator_{measure}")
        return Command.create({"indicator_id": indicator.id, "method": method, **values})

    return env["kehu.grading.scheme"].create(
        {
            "name": "Bench",
            "company_id": company.id,
            "type_ids": [Command.set(kind.ids)],
            "committee_for": "nobody",
            "line_ids": [
                line(
                    "amount",
                    "pareto",
                    weight=4,
                    band_ids=[
                        Command.create({"start": end, "points": points})
                        for end, points in ((80, 100), (95, 60), (100, 20))
                    ],
                ),
                line("frequency", "percentile", weight=2),
                line("quantity", "percentile", weight=2),
                line("overdue", "linear", weight=2, worst=10000, best=0),
            ],
            "threshold_ids": [
                Command.create({"grade_id": env.ref(f"kehu_grading.grade_{name}").id, "minimum": least})
                for name, least in (("a", 80), ("b", 60), ("c", 30), ("d", 0))
            ],
        }
    )


def measuring_run(env, scheme):
    run = env["kehu.grading.run"].create({"scheme_id": scheme.id, "date_to": WINDOW[1]})
    run._move("measure")
    env.cr.commit()
    return run


STATEMENT = """
           WITH invoice AS (
               SELECT commercial_partner_id AS id, sum(amount_untaxed_signed) AS amount,
                      count(*) FILTER (WHERE move_type != 'out_refund') AS frequency
                 FROM account_move
                WHERE company_id = %(company)s AND state = 'posted' AND invoice_date BETWEEN %(since)s AND %(until)s GROUP BY 1),
           line AS (
               SELECT m.commercial_partner_id AS id, sum(l.quantity * (CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END)) AS quantity
                 FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                WHERE m.company_id = %(company)s AND m.state = 'posted' AND m.invoice_date BETWEEN %(since)s AND %(until)s
                  AND l.display_type = 'product' GROUP BY 1),
           due AS (
               SELECT l.partner_id AS id, sum(l.balance - COALESCE(p.settled, 0)) AS overdue
                 FROM account_move_line l
            LEFT JOIN (SELECT debit_move_id AS id, sum(amount) AS settled FROM account_partial_reconcile
                        WHERE max_date <= %(until)s GROUP BY 1) p ON p.id = l.id
                WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.display_type = 'payment_term' AND l.balance > 0
                  AND l.date_maturity <= %(until)s GROUP BY 1),
           fact AS (
               SELECT a.partner_id AS id, COALESCE(amount, 0) AS amount, COALESCE(frequency, 0) AS frequency,
                      COALESCE(quantity, 0) AS quantity, COALESCE(overdue, 0) AS overdue
                 FROM kehu_archive a LEFT JOIN invoice ON invoice.id = a.partner_id LEFT JOIN line ON line.id = a.partner_id
                 LEFT JOIN due ON due.id = a.partner_id
                WHERE a.company_id = %(company)s),
           point AS (
               SELECT *, percent_rank() OVER (ORDER BY frequency) * 100 AS f, percent_rank() OVER (ORDER BY quantity) * 100 AS q,
                      (sum(GREATEST(amount, 0)) OVER (ORDER BY amount DESC) - GREATEST(amount, 0)) * 100
                          / sum(GREATEST(amount, 0)) OVER () AS share
                 FROM fact),
           score AS (
               SELECT *, round(((CASE WHEN share < 80 THEN 100 WHEN share < 95 THEN 60 ELSE 20 END) * 4 + f * 2 + q * 2
                          + LEAST(100, GREATEST(0, 100 - overdue / 100)) * 2)::numeric / 10, 2) AS score
                 FROM point)
           SELECT *, CASE WHEN score >= 80 THEN 'A' WHEN score >= 60 THEN 'B' WHEN score >= 30 THEN 'C' ELSE 'D' END AS grade
             FROM score"""


def floor(env):
    """The same figures, points, score and grade, written by hand for these four indicators, into a table with nothing
    else.
    """
    env.cr.execute("SET LOCAL work_mem = '128MB'")
    env.cr.execute(
        f"CREATE TABLE bench_score AS {STATEMENT}",
        {"company": env.user.company_id.id, "since": WINDOW[0], "until": WINDOW[1]},
    )
    env.cr.execute("DROP TABLE bench_score")


def floor_entered(env, run):
    """The same into the table of evaluations, whose keys and indexes PostgreSQL keeps whoever writes."""
    env.cr.execute("SET LOCAL work_mem = '128MB'")
    env.cr.execute(
        f"""INSERT INTO kehu_evaluation (
                   partner_id, company_id, run_id, scheme_id, kind, state, kehu_own_tier, kehu_tier, facts, score, computed_grade_id, grade_id,
                   is_changed, date_from, create_uid, create_date, write_uid, write_date)
            SELECT score.id, %(company)s, %(run)s, %(scheme)s, 'run', 'draft', '0', '0',
                   jsonb_build_array(jsonb_build_array(amount, share), jsonb_build_array(frequency, f), jsonb_build_array(quantity, q), overdue),
                   score, grade.id, grade.id, TRUE, current_date, 1, now(), 1, now()
              FROM ({STATEMENT}) score JOIN kehu_grade grade ON grade.name ->> 'en_US' = score.grade""",
        {
            "company": env.user.company_id.id,
            "run": run.id,
            "scheme": run.scheme_id.id,
            "since": WINDOW[0],
            "until": WINDOW[1],
        },
    )
    assert env.cr.rowcount == CUSTOMERS


def recency_frequency_amount(env):
    env.cr.execute(
        """CREATE TEMPORARY TABLE bench_rfm ON COMMIT DROP AS
           SELECT *, ntile(5) OVER (ORDER BY recency DESC) AS r, ntile(5) OVER (ORDER BY frequency) AS f, ntile(5) OVER (ORDER BY amount) AS m
             FROM (SELECT commercial_partner_id, current_date - max(invoice_date) FILTER (WHERE move_type != 'out_refund') AS recency,
                          count(DISTINCT invoice_date) FILTER (WHERE move_type != 'out_refund') AS frequency, sum(amount_untaxed_signed) AS amount
                     FROM account_move WHERE company_id = %s AND state = 'posted' GROUP BY 1) customer""",
        [env.user.company_id.id],
    )
    env.cr.commit()


def shares(env):
    env.cr.execute(
        """SELECT percentile, sum(share) FROM (
               SELECT ceil(row_number() OVER (ORDER BY amount_year DESC) * 100.0 / count(*) OVER ()) AS percentile,
                      amount_year * 100 / sum(amount_year) OVER () AS share
                 FROM kehu_customer_lifecycle WHERE amount_year > 0) ranked GROUP BY 1 ORDER BY 1"""
    )
    env.cr.fetchall()


def approve(env, run):
    env.cr.execute(
        "UPDATE kehu_grading_run SET state = 'approved', date_effective = current_date WHERE id = %s", [run.id]
    )
    env.invalidate_all()
    run._after_granted()
    env.cr.commit()


def take_effect(env):
    env.ref("kehu_grading.ir_cron_take_effect").method_direct_trigger()
