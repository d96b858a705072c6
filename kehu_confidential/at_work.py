"""Whether the server is at work by itself, or somebody makes it work (X2, X5).

Code and expressions that people write – server actions, templates, filters of automation rules, record rules, views –
choose user and context as they like: what they do as OdooBot, or as a colleague, is not the server's or the colleague's
own. That is kept beside both.
"""

import threading
from contextlib import contextmanager
from contextvars import ContextVar

from odoo.http import request
from odoo.tools import safe_eval

from odoo.addons.bus.websocket import wsrequest

_in_peoples_code = ContextVar("kehu_confidential.in_peoples_code", default=False)
_NOTHING = (frozenset(), frozenset())
_looked_up = ContextVar("kehu_confidential.looked_up", default=_NOTHING)
_evaluate = safe_eval.unsafe_eval


@contextmanager
def peoples_code():
    """While code or expressions run that people wrote, or what they set off."""
    token = _in_peoples_code.set(True)
    try:
        yield
    finally:
        _in_peoples_code.reset(token)


def is_peoples_code():
    return _in_peoples_code.get()


@contextmanager
def looking_up(ids, documents=()):
    """While a part of an app looks up these customers, whom the user sees by their names alone
    (models/channels/named_customers.py).

    :param ids: of commercial contacts
    :param documents: keys of those that were asked whom they name
    """
    token = _looked_up.set((frozenset(ids), frozenset(documents)))
    try:
        yield
    finally:
        _looked_up.reset(token)


def looked_up():
    """Return the ids of those customers; none of them for what people wrote."""
    return _of_server()[0]


def looked_up_from():
    """Return the keys of the documents that were asked whom they name."""
    return _of_server()[1]


def _of_server():
    return _NOTHING if is_peoples_code() else _looked_up.get()


def client_uid():
    """Return the ID of the user whose call the server answers, or nothing. XML-RPC hides the request from what it
    calls.
    """
    if request:
        return request.session.uid or (request.env and request.env.uid)
    return getattr(threading.current_thread(), "uid", None)


def submitted_form():
    """Return the model of the form of a website that is being stored, and the user who sent it; or nothing."""
    form = getattr(request, "kehu_form", None) if request else None
    return form if isinstance(form, tuple) else None


def is_called():
    """Return whether the server works for a client: not a command line, a test or the loading of modules."""
    return bool(request or wsrequest or client_uid())


def _evaluate_peoples_code(*args):
    with peoples_code():
        return _evaluate(*args)


# Whatever text Odoo evaluates goes through here, except for QWeb (models/settings/at_work.py). An Odoo without it does
# not load the addon.
safe_eval.unsafe_eval = _evaluate_peoples_code
