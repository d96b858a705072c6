"""Automation rules leave our protection around the methods of the apps (X3)."""

from functools import wraps


def wrap_again(method):
    """Wrap methods again whenever automation rules change: Odoo then drops what was set on the models."""

    @wraps(method)
    def wrapping(self):
        method(self)
        self.env["kehu.closure.check"]._wrap_methods()

    return wrapping
