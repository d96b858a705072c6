"""What leaves by jobs of the apps, mailings and mails of orders, leaves for whom its writers read, and as they said (X3,
A9).
"""

from functools import wraps

from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..models.messages.mass_mail import not_to_be_written_to, senders_of

_PENDING = "pending_email_template_id"  # of an order: the mail that the job is to send


def text_whom_senders_read(method):
    """Leave out of a mailing by text message whom one of those who wrote or send it may not read: a job sends it as
    superuser.
    """

    @wraps(method)
    def texted(self, records=None):
        records = self._get_records() if records is None else records
        mailing = "mailing_id" in self._fields and self.sudo().mailing_id
        return method(self, records - not_to_be_written_to(records, mailing)) if records else method(self, records)

    return texted


def find_whom_senders_read(method):
    """Find no recipients whom one of those who wrote a mailing may not read: their number, of which a test takes a
    sample, would tell of them.
    """

    @wraps(method)
    def found(self):
        domain = method(self)
        for user in senders_of(self):
            model = self.env[self.mailing_model_real].with_user(user)
            hidden = model._kehu_hidden_ones_domain()
            # Of rows about documents no domain can say which ones.
            if not (hidden.is_false() or hidden.is_true()):
                domain &= Domain("id", "not in", model.sudo().with_context(active_test=False)._search(hidden))
        return domain

    return found


def send_at_once(method):
    """Send what a user causes to be sent of an order in the rights and in the name of the user, at once: the job that it
    could wait for is superuser.
    """

    @wraps(method)
    def sent(self, *args, **kwargs):
        if not self.env.su:
            args, kwargs = args[:1], {**kwargs, "allow_deferred_sending": False}
        # Looked up with each call, so that what is put in its place later counts.
        return super(self.pool[self._name], self)._send_order_notification_mail(*args, **kwargs)

    return sent


def begin_without_mail(method):
    """Have no mail wait for the job with an order that a client makes, or copies."""

    @wraps(method)
    def created(self, vals_list):
        if not self.env.su:
            several = [vals_list] if isinstance(vals_list, dict) else vals_list
            vals_list = [{**vals, _PENDING: False} for vals in several]
        return method(self, vals_list)

    return created


def leave_to_the_job(method):
    """Let no client say which mails of an order the job is to send."""

    @wraps(method)
    def written(self, vals):
        if not self.env.su and vals.get(_PENDING):
            raise AccessError(self.env._("The mails that wait for the job are the system's: send the mail yourself."))
        return method(self, vals)

    return written
