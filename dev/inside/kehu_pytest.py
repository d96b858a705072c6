"""pytest plugin for the Odoo tests: nothing is skipped, and nothing is logged that nobody expected.

A test that provokes a WARNING says so with `assertLogs(…)` or `mute_logger(…)`, which keep the entry from this plugin.
"""

import logging

import pytest

# Odoo's paid services, which tests do not reach.
_NOT_OURS = ("odoo.addons.iap", "odoo.addons.partner_autocomplete")


class _Entries(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []

    def emit(self, record):
        if not self._is_known(record):
            self.found.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    @staticmethod
    def _is_known(record):
        return (
            record.name.startswith(_NOT_OURS)
            or record.name.endswith(".browser")  # what Chromium says about itself
            # A refusal that a client gets; an unhandled exception is an ERROR.
            or (record.name == "odoo.http" and record.levelno == logging.WARNING)
        )

    def take(self):
        found, self.found = self.found, []
        return found


_entries = _Entries()


def pytest_sessionstart():
    logging.getLogger().addHandler(_entries)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    logged = _entries.take()
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _fail(report, f"A skipped test proves nothing: {reason}")
    elif logged and report.passed:
        _fail(report, "Unexpected in the log:\n" + "\n".join(logged))
    return report


def _fail(report, message):
    report.outcome = "failed"
    report.longrepr = message
