"""Mails are taken in for the server alone, and write to no other record than the one that is made of them (X3).

Odoo takes in what any user sends, in superuser mode, with whatever values come along.
"""

from odoo import Command, api, models
from odoo.exceptions import AccessError

# Commands that leave the records of the other side as they are.
_LINKS = (Command.LINK, Command.UNLINK, Command.SET, Command.CLEAR)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """Take in a mail; what becomes of it, core makes as superuser.

        :raise AccessError: the caller is neither the server nor an administrator, or says more than a gateway does
        """
        # odoo-mailgate is an administrator over RPC, and gives the mail alone; aliases say what is to become of it.
        if not self.env.su and (custom_values or thread_id or not self.env.user._is_system()):
            raise AccessError(self.env._("Mails are taken in from the gateway alone, without any values beside them."))
        # Core looks for the mail itself, and for what it answers, among the messages that the gateway's user may read.
        return super(MailThread, self.sudo()).message_process(
            model,
            message,
            custom_values=custom_values,
            save_original=save_original,
            strip_attachments=strip_attachments,
            thread_id=thread_id,
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        # The keeper of an alias writes its defaults, and core creates with them as superuser.
        return super()._message_route_process(
            message,
            message_dict,
            [
                (
                    *((model, thread_id) if thread_id else self.env[model]._gateway_named(message_dict, values)),
                    self.env[model]._gateway_values(values),
                    *others,
                )
                for model, thread_id, values, *others in routes or ()
            ],
        )

    @api.model
    def _gateway_named(self, message_dict, values):
        """Return the model and the id of the document that a mail which answers no message is about; no id for a new
        one (hook).
        """
        return self._name, False

    @api.model
    def _gateway_values(self, values):
        """Return those of ``values`` that write to no other record than the one that is created."""
        return {
            name: value
            for name, value in (values or {}).items()
            if self._is_gateway_value(self._fields.get(name), value)
        }

    @api.model
    def _is_gateway_value(self, field, value):
        if field is None or not (field.inherited or field.type in ("one2many", "many2many")):
            return True
        return (
            field.type == "many2many"
            and isinstance(value, (list, tuple))
            and all(isinstance(command, int) or command and command[0] in _LINKS for command in value)
        )
