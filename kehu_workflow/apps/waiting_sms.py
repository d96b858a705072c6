"""A text message waits in its queue as it was said: the message in the document would say something else (A9)."""

from functools import wraps

from odoo import models

from ..models.message.mail_mail import _OF_QUEUE


def keep_as_said(method):
    """Have clients, administrators included, change of what is kept only what they may change of a mail that waits."""

    @wraps(method)
    def keeping(self, *args, **kwargs):
        vals = kwargs.get("vals") or (*args, ())[0]
        if self.env.su or isinstance(vals, dict) and _OF_QUEUE.issuperset(vals):
            return method(self, *args, **kwargs)
        _check_not_kept(self)
        result = method(self, *args, **kwargs)
        _check_not_kept(result if isinstance(result, models.BaseModel) else self.exists())
        return result

    return keeping


def _check_not_kept(rows):
    rows.sudo().mail_message_id.sudo(False)._kehu_check_not_kept()
