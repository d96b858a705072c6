"""What customers' mails need of Odoo's gateway: Chinese encodings, broken bytes, machines that answer machines (C1)."""

import re
from email.errors import InvalidHeaderDefect

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .mail_headers import CHINESE, is_known, mend

# PostgreSQL stores no NUL and Odoo's HTML parser refuses the other control characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ONLY_ADDRESS = re.compile(r"[^@<>:;]*<([^@<>\s]+@[^@<>\s]+)>\s*")


def is_automatic(message):
    """Return whether a machine sent an ``EmailMessage``: an out-of-office note, a list, another system (RFC 3834)."""
    return (
        (message.get("Auto-Submitted") or "no").strip().lower() != "no"
        or (message.get("Precedence") or "").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or any(
            message.get(header)
            for header in (
                "X-Auto-Response-Suppress",
                "X-Autoreply",
                "X-Autorespond",
                "X-AutoReply-From",
                "List-Id",
                "List-Unsubscribe",
            )
        )
    )


def from_lines(message):
    """Return what each ``From`` of an ``EmailMessage`` says, as it came: the parsed one lacks what it does not
    understand.
    """
    return [
        _CONTROL.sub("", str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        for name, value in message.raw_items()
        if name.lower() == "from"
    ]


def names_one_sender(message, sender):
    """Return whether ``From`` is one mailbox, and that of ``sender``.

    Mail servers vouch for one address. Of several, or of one before a comment or an angle bracket, Odoo can find
    another.
    """
    headers, sources = message.get_all("From", []), from_lines(message)
    if len(headers) != 1 or any(group.display_name for group in headers[0].groups):
        return False
    # Names with a comma that nobody quoted are common, and leave no doubt if the only address stands last.
    is_clear = (
        not any(isinstance(defect, InvalidHeaderDefect) for defect in headers[0].defects)
        and len(headers[0].addresses) == 1
    )
    address = headers[0].addresses[0].addr_spec if is_clear else (_ONLY_ADDRESS.fullmatch(sources[0]) or ("", ""))[1]
    return bool(address) and email_normalize(address) == email_normalize(sender)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        raw = getattr(message, "data", message)
        if not isinstance(raw, (bytes, str)):
            raise UserError(self.env._("This is not a mail."))
        if isinstance(raw, bytes):
            message = mend(raw)
        return super().message_process(
            model,
            message,
            custom_values=custom_values,
            save_original=save_original,
            strip_attachments=strip_attachments,
            thread_id=thread_id,
        )

    @api.private
    @api.model
    def message_parse(self, message, save_original=False):
        for part in message.walk():
            if charset := part.get_content_charset():
                if charset.lower() in CHINESE:
                    part.set_param("charset", "gb18030")
                elif not is_known(charset):
                    part.set_param("charset", "utf-8")
        self.env["kehu.service.mixin"]._service_veil_mail(message)
        parsed = super().message_parse(message, save_original=save_original)
        for name in ("subject", "body", "email_from"):
            if isinstance(parsed.get(name), str):
                clean = _CONTROL.sub("", parsed[name])
                parsed[name] = type(parsed[name])(clean)  # a body that is markup stays markup
        if parsed.get("email_from") and not names_one_sender(message, parsed["email_from"]):
            # Kept to be read, and nobody's address.
            parsed["email_from"] = parsed["from"] = ", ".join(from_lines(message)).replace("@", " at ")
        return parsed

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        if route[0] in self.env and isinstance(self.env[route[0]], self.env.registry["kehu.service.mixin"]):
            sender = email_normalize(message_dict["email_from"])
            if is_automatic(message) or self.env["mail.alias.domain"].sudo()._find_aliases([sender]):
                message_dict["message_type"] = "auto_comment"
            document = self.env[route[0]].sudo().browse(route[1] or ()).exists()
            if document:
                colleagues = document._service_colleague(sender)
                outsiders = colleagues.filtered(document._service_is_no_part_of)
                if outsiders or not colleagues and not document._service_is_customers(sender):
                    # A note: without the message that it answers, whose author would be told.
                    message_dict.update(is_internal=True, parent_id=False)
                if outsiders:
                    document._service_keep_aside(outsiders[0])
        return super()._routing_check_route(message, message_dict, route, raise_exception=raise_exception)
