"""What an administrator has apps delete or archive, by rules or by a privacy lookup, is what users may by hand (A4, A9,
X3, X5).

Odoo carries it out in superuser mode, past what is asked of users.
"""

from functools import wraps

from odoo import SUPERUSER_ID

# Models whose rows say who may do what, who is told, and what was said, and our documents: guarded against users, and not
# against superuser mode.
GUARDED = ("kehu.", "ir.", "mail.", "res.", "resource.", "base.", "crm.team")
_FREE = ("res.partner",)
_REMINDERS = "mail.activity"


def recycle_by_hand(method):
    """Have guarded records recycled in the rights of the user; the scheduled action leaves them to one, but for
    reminders of nobody else.
    """

    @wraps(method)
    def by_hand(self):
        guarded = self.sudo().filtered(lambda row: _is_guarded(row.res_model_name))
        if self.env.uid == SUPERUSER_ID:
            reminders = guarded.filtered(lambda row: row.res_model_name == _REMINDERS)
            todos = self.env[_REMINDERS].browse(reminders.mapped("res_id")).exists()
            kept = set(todos.filtered(lambda todo: todo._kehu_is_reminder_of_another())._ids)
            free = reminders.filtered(lambda row: row.res_id not in kept)
            return method(self - (guarded - free).with_env(self.env))
        for (name, action), rows in guarded.grouped(
            lambda row: (row.res_model_name, row.recycle_model_id.recycle_action)
        ).items():
            records = self.env[name].sudo(False).with_context(active_test=False).browse(rows.mapped("res_id")).exists()
            records.unlink() if action == "unlink" else records.action_archive()
        return method(self)

    return by_hand


def delete_by_hand(method):
    """Have a guarded record, which a client can name in a privacy lookup, deleted in the rights of the user."""

    @wraps(method)
    def by_hand(self):
        self.ensure_one()
        if self.is_unlinked or not _is_guarded(self.res_model):
            return method(self)
        _named(self).unlink()
        self.execution_details = self.env._(
            "Deleted %(kind)s #%(number)s", kind=self.res_model_id.name, number=self.res_id
        )
        self.is_unlinked = True
        return None

    return by_hand


def archive_by_hand(method):
    """Have guarded records archived in the rights of the user before a privacy lookup does it as superuser."""

    @wraps(method)
    def by_hand(self):
        for line in self.filtered(lambda line: line.res_id and _is_guarded(line.res_model)):
            _named(line).write({"active": line.is_active})
        return method(self)

    return by_hand


def _is_guarded(model_name):
    return (model_name or "").startswith(GUARDED) and not model_name.startswith(_FREE)


def _named(line):
    """Return the record of a line of a privacy lookup, in the rights of the user."""
    return line.env[line.res_model].sudo(False).with_context(active_test=False).browse(line.res_id).exists()
