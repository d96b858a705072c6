"""Writing a confidential workbook with its mark, beside Odoo's own of the same rows, and opening a form with and
without its entry in the log.
"""

import statistics
import time
import tracemalloc
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from odoo.addons.kehu_confidential.controllers import export as marked
from odoo.addons.web.controllers import export as core

ROWS, COLUMNS, ROUNDS = 18_755, 12, 3
LINE = "Top Secret | Administrator | 2026-01-01 09:00 | REQ-7"


@contextmanager
def asked(env, line):
    """A request of a user who exports, with a mark or without."""
    request = SimpleNamespace(env=env, kehu_watermark=line)
    with patch.object(core, "request", request), patch.object(marked, "request", request):
        yield


def bench(env):
    fields = [{"name": f"column {number}", "type": "char"} for number in range(COLUMNS)]
    rows = [[f"{row} {column}" for column in range(COLUMNS)] for row in range(ROWS)]
    controller = core.ExcelExport()
    times, sizes = {"": [], LINE: []}, {}
    for number in range(ROUNDS):
        for line in (("", LINE), (LINE, ""))[number % 2]:
            with asked(env, line):
                start = time.process_time()
                controller.from_data(fields, [field["name"] for field in fields], rows)
                times[line].append(time.process_time() - start)
    for line in times:
        with asked(env, line):
            tracemalloc.start()
            controller.from_data(fields, [field["name"] for field in fields], rows[::10])  # counting memory is slow
            sizes[line] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    print(
        f"workbook of {ROWS:,} × {COLUMNS}, with the mark: {min(times[LINE]) / min(times['']):.2f} × the time, "
        f"{sizes[LINE] / sizes['']:.2f} × the memory of Odoo's own"
    )
    bench_forms(env)


def bench_forms(env):
    user = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "bench_reader",
                "login": "bench_reader",
                "group_ids": [
                    (
                        6,
                        0,
                        [
                            env.ref("kehu_archive.group_archive_user").id,
                            env.ref("kehu_confidential.group_clearance_top_secret").id,
                        ],
                    )
                ],
            }
        )
    )
    customer = env["res.partner"].create({"name": "Bench", "is_company": True, "kehu_tier": "3"})
    contact = customer.with_user(user)
    view = contact.get_views([(False, "form")])["views"]["form"]["id"]
    names = contact.get_view(view, "form")["models"]["res.partner"]
    readable = contact.fields_get(attributes=[])
    # Counters of other apps would ask for rights of theirs.
    specification = {name: {} for name in names if name in readable and contact._fields[name].store}
    log = env.registry["kehu.access.log"]
    times = {True: [], False: []}
    for number in range(60):
        for logged in ((True, False), (False, True))[number % 2]:
            env["kehu.access.log"].sudo().search([("user_id", "=", user.id)]).unlink()
            env.flush_all()
            env.invalidate_all()
            with patch.object(log, "_log", log._log if logged else lambda *args, **kwargs: None):
                start = time.perf_counter()
                contact.web_read(specification)
                times[logged].append(time.perf_counter() - start)
    ratio = statistics.median(times[True]) / statistics.median(times[False])
    print(f"a top secret customer's form, with its entry in the log: {ratio:.2f} × without")
