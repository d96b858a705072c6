"""Odoo's own tests, beside its apps alone and beside ours: what fails only with ours is ours to mend."""

import re
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

from .. import addons, places
from ..databases import Databases, own
from ..failure import Failure
from ..tally import Tally
from .installation import BUSINESS_APPS
from .pytest_runs import PytestRuns

# Representative, and short enough for each run of all tests.
PART = (
    "base/tests/test_display_name.py",
    "base/tests/test_res_partner.py",
    "crm/tests/test_crm_lead_merge.py",
    "mail/tests/test_res_partner.py",
    "portal/tests/test_portal_wizard.py",
    "sale/tests/test_access_rights.py",
    "sale/tests/test_payment_flow.py",
    "sale/tests/test_sale_order.py",
)
WHOLE = (
    "base",
    "base_automation",
    "calendar",
    "contacts",
    "crm",
    "mail",
    "mass_mailing",
    "portal",
    "privacy_lookup",
    "sale",
    "sale_crm",
    "sale_management",
    "snailmail",
    "sms",
    "test_access_rights",
    "test_mail",
)
# Suites with models of their own, which have to be there.
_WITH_MODELS = {"test_access_rights", "test_mail"}

# This share may fail for reasons of the machine; more, and one test has broken what the others stand on.
_BROKEN = 0.1

# More queries are a cost, which bench/ measures, and not a fault.
_COSTS = "Query count more than expected"

# Where a suite asserts the very words of a query, they differ by our rule, as they should.
_OUR_RULE = re.compile(r'---- actual query:[^\n]*\n[^\n]*"kehu_[^\n]*\n[^\n]*---- not like:')


class CoreSuites:
    def __init__(self, workbench):
        self.workbench, self.databases, self.runs = workbench, Databases(workbench), PytestRuns(workbench)

    def compared(self, suites):
        """:param suites: addons of Odoo, or files below its folders of addons"""
        paths = [self._path(suite) for suite in suites]
        apps = {*BUSINESS_APPS, *_WITH_MODELS.intersection(suite.partition("/")[0] for suite in suites)}
        # In English and without demo data, as the tests are written; not with our company, which is a Chinese one.
        modules = sorted({*addons.foreign_dependencies(addons.chosen(())), *apps})
        template, _is_new = self.databases.template(modules, languages=())
        databases = {which: own(f"core_{which}") for which in ("without", "with")}
        # Before either is at work: a template that is being copied has no other connections.
        for database in databases.values():
            self.databases.copy(template, database)
        with ThreadPoolExecutor() as pool:
            without, with_ours = pool.map(lambda which: self._run(which, databases[which], paths), databases)
        return compare(without, with_ours)

    def _path(self, suite):
        below = suite if suite.endswith(".py") else f"{suite}/tests"
        # Debian's odoo/addons leads to the other folder, and is where Python imports from: there first.
        folders = (self.workbench.odoo.root / "odoo" / "addons", *self.workbench.odoo.addons_paths)
        return next(path for folder in folders if (path := folder / below).exists())

    def _run(self, which, database, paths):
        """``{test: what went wrong, or None}``"""
        try:
            if which == "with":
                self.workbench.install(database, addons.chosen(()), log=places.STATE / "install-core.log")
                self.workbench.run_script(database, "hide_a_customer.py", why="No customer can be hidden.")
            return faults(self.runs.core(f"core-{which}", database, paths))
        finally:
            self.databases.drop(database)


def compare(without, with_ours):
    """The tally of tests with our addons, by what each does with Odoo alone.

    :param without, with_ours: ``{test: what went wrong, or None}``
    """
    tally = Tally()
    for name, fault in with_ours.items():
        if fault is None or _COSTS in fault:
            tally.passed += 1
        elif without.get(name) or _OUR_RULE.search(fault):
            tally.skipped += 1  # it says nothing about us
        else:
            tally.failed += 1
            tally.problems.append(f"{name} fails only with our addons:\n{fault}")
    if missing := without.keys() - with_ours.keys():
        tally.failed += 1
        tally.problems.append("Did not run with our addons: " + ", ".join(sorted(missing)))
    broken = sum(fault is not None for fault in without.values())
    if broken > _BROKEN * len(without):
        tally.failed += 1
        tally.problems.append(f"{broken} of {len(without)} tests fail with Odoo alone: little was compared.")
    return tally


def faults(report):
    """``{test: what went wrong, or None}``, by pytest's report; what was skipped is not in it."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            continue
        name = f"{case.get('classname')}.{case.get('name')}"
        texts = [
            f"{fault.get('message')}\n{fault.text or ''}" for kind in ("failure", "error") for fault in case.iter(kind)
        ]
        if any(text.startswith("collection failure") for text in texts):
            raise Failure(f"The tests could not be loaded: see {report.with_suffix('.log')}.")
        found[name] = "\n".join(filter(None, [found.get(name), *texts])) or None
    if not found:
        raise Failure(f"No test was run: see {report.with_suffix('.log')}.")
    return found
