"""Methods of optional apps that answer clients with content past ``_read_format``: each notes it (X5)."""

from functools import wraps


def note_order(method):
    """Note the document whose products, quantities and prices the catalog shows."""

    @wraps(method)
    def noting(self, *args, **kwargs):
        self.env["kehu.access.log"]._log_shown(self, "read")
        return method(self, *args, **kwargs)

    return noting


def note_sums(method):
    """Note the journal items of which a formula of a spreadsheet is the sum."""

    @wraps(method)
    def noting(self, *args, **kwargs):
        domain = method(self, *args, **kwargs)
        self.env["account.move.line"]._kehu_log_groups(domain, ["balance"])
        return domain

    return noting
