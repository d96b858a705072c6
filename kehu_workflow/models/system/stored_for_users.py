"""What Odoo stores as superuser for a user changes nothing but the record that it is stored in (X3, A9).

Users write parts of their own account, and say what is to stand in a mail that a template makes: Odoo stores both as
superuser. On that way the commands of one2many and many2many fields would write, move and delete rows of any model.
"""

from odoo import Command, api, models
from odoo.exceptions import AccessError

from .linked_rows import named_ids

# What may be said of a mail that a template makes: its words, and where it goes.
_OF_MAIL = frozenset(
    {
        "attachment_ids",
        "author_id",
        "auto_delete",
        "body",
        "body_html",
        "email_cc",
        "email_from",
        "email_to",
        "message_type",
        "partner_ids",
        "recipient_ids",
        "reply_to",
        "scheduled_date",
        "subject",
    }
)
_CHANGING = (Command.CREATE, Command.UPDATE, Command.DELETE)


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_check_stored_for_user(self, vals):
        """Check values that Odoo will store in ``self`` as superuser for the user.

        :raise AccessError: their commands do more than to name rows that the user reads, and to change lines of ``self``
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if value and field is not None and field.type in ("one2many", "many2many"):
                self._kehu_check_commands(field, value if isinstance(value, (list, tuple)) else [value])

    def _kehu_check_commands(self, field, commands):
        rows, own = self.env[field.comodel_name].sudo(False), set()
        if self:
            own.update(self.sudo().with_context(active_test=False)[field.name]._ids)
        is_line = field.type == "one2many"
        for command in commands:
            is_command = isinstance(command, (list, tuple)) and command
            code, vals = (command[0], command[2:3]) if is_command else (Command.LINK, ())
            others = named_ids([command] if not isinstance(command, models.BaseModel) else command) - own
            if code == Command.CREATE:
                others, line = set(), rows.browse()
            else:
                line = rows.browse(own & named_ids([command]))
            if others and not is_line and code in (Command.LINK, Command.SET):
                rows.browse(others).exists().check_access("read")
            elif code in _CHANGING and not is_line or others and is_line:
                raise AccessError(self.env._("Only lines of the record itself can be changed here."))
            if vals and isinstance(vals[0], dict):
                line._kehu_check_stored_for_user(vals[0])


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        if not self.env.su and self == self.env.user and vals.keys() <= set(self._self_accessible_fields()[1]):
            self._kehu_check_stored_for_user(vals)
        return super().write(vals)


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail_batch(
        self, res_ids, force_send=False, raise_exception=False, email_values=None, email_layout_xmlid=False
    ):
        if email_values and not self.env.su:
            email_values = self._kehu_check_mail_values(email_values)
        return super().send_mail_batch(
            res_ids,
            force_send=force_send,
            raise_exception=raise_exception,
            email_values=email_values,
            email_layout_xmlid=email_layout_xmlid,
        )

    @api.model
    def _kehu_check_mail_values(self, values):
        """Return what a user says of the mails that a template makes, sent by the user where a colleague would send them.

        :raise AccessError: it is more than words, recipients and files that the user reads
        """
        if others := values.keys() - _OF_MAIL:
            raise AccessError(self.env._("What a template sends takes no such values: %s", ", ".join(sorted(others))))
        mails = self.env["mail.mail"]
        mails.browse()._kehu_check_stored_for_user(values)
        try:
            mails._kehu_check_sender(values.get("author_id"), values.get("email_from"))
        except AccessError:
            user = self.env.user
            return {**values, "author_id": user.partner_id.id, "email_from": user.email_formatted}
        return values
