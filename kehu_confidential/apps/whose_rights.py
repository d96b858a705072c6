"""In whose rights the apps work: jobs and superusers ask, render and send as the users for whom they do it (X3, A9)."""

import logging
from functools import wraps

from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)

_TEMPLATES = ("mail.template", "sms.template")


def look_up_customers(method):
    """Let a part of an app look up the customers of its documents: ``self``, the parameters, what a dialog is about."""

    @wraps(method)
    def working(self, *args, **kwargs):
        if self.env.su or not self.env.user._is_internal():
            return method(self, *args, **kwargs)
        records = [value for value in (self, *args, *kwargs.values()) if isinstance(value, models.BaseModel)]
        documents = [document.with_env(self.env) for record in records for document in record._kehu_at_hand()]
        with self._kehu_looking_up(documents):
            return method(self, *args, **kwargs)

    return working


def answer_within_tiers(method):
    """Have a method tell clients sums of what they may read, and find nothing else."""

    @wraps(method)
    def within_tiers(self, *args, **kwargs):
        return method(self._kehu_within_tiers(), *args, **kwargs)

    return within_tiers


def asked_as_author(method, path=None):
    """Call a method in the rights of those who wrote the domain by which it asks.

    :param path: many2one to the record that holds the domain; none if it is the record itself
    """

    @wraps(method)
    def asked(self, *args, **kwargs):
        for user, records in self.grouped(lambda record: (record[path] if path else record)._kehu_asking_as()).items():
            try:
                method(records if user.id == SUPERUSER_ID else records.with_user(user), *args, **kwargs)
            except AccessError:
                _logger.info("%s was left out for %s: its author may not do that", method.__name__, records)
        return True

    return asked


def speak_of_own_model(method):
    """Have a part of an app do nothing with a template that is about another model than its documents: a parameter, or
    ``self``.
    """

    @wraps(method)
    def spoken(self, *args, **kwargs):
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, models.BaseModel)]
        documents = next((value for value in given if value._name not in _TEMPLATES), self)
        templates = [template for value in given if value._name in _TEMPLATES for template in value.sudo()]
        if any(template.render_model != documents._name for template in templates):
            return None
        return method(self, *args, **kwargs)

    return spoken


def render_as_user(method):
    """Compute a text that a template makes in the rights of the user who fills in the dialog: Odoo computes as superuser
    what is stored.
    """

    @wraps(method)
    def compute(self):
        return method(self.sudo(False) if self.env.user._is_internal() else self)

    return compute


def ask_in_own_name(method):
    """Have the job send invoices for the user who asks for it, whoever a client says did: what users write there is to
    ask.
    """

    @wraps(method)
    def changed(self, *args, **kwargs):
        result = method(self, *args, **kwargs)
        if not self.env.su:
            vals = next(iter((*args, *kwargs.values())))
            written = self if "sending_data" in vals else self.browse()
            if asked := (written if result is True else result).filtered("sending_data"):
                self.env["account.move.send"]._check_move_constraints(asked)
                me = self.env.user
                asked.sudo().sending_data = {"author_user_id": me.id, "author_partner_id": me.partner_id.id}
        return result

    return changed


def send_as_who_asked(method):
    """Send an invoice as the user who asked the job for it."""

    @wraps(method)
    def sent(self, move, mail_template, **kwargs):
        asked = (self.env.uid == SUPERUSER_ID and move.sending_data) or {}
        if user := self.env["res.users"].browse(asked.get("author_user_id")).exists():
            move = move.with_user(user).sudo()
        return method(self, move, mail_template, **kwargs)

    return sent
