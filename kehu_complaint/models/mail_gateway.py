"""What customers' mails need of Odoo's gateway: Chinese encodings, broken bytes, machines that answer machines (C1)."""
import codecs
import re

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

# Mail programs say GB2312 and write GBK; GB18030 reads both.
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "ms936"}
_ENCODED_WORD = re.compile(r"=\?(?:%s)\?" % "|".join(map(re.escape, _CHINESE)), re.IGNORECASE)
# PostgreSQL stores no NUL and Odoo's HTML parser refuses the other control characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def is_automatic(message):
    """Return whether a machine sent an ``EmailMessage``: an out-of-office note, a list, another system (RFC 3834)."""
    return (
        (message.get("Auto-Submitted") or "no").strip().lower() != "no"
        or (message.get("Precedence") or "").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or any(message.get(header) for header in (
            "X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-AutoReply-From", "List-Id", "List-Unsubscribe")))


def _is_known(charset):
    try:
        return bool(codecs.lookup(charset))
    except LookupError:
        return False


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        raw = getattr(message, "data", message)
        if isinstance(raw, bytes):
            head, blank, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
            message = _ENCODED_WORD.sub("=?gb18030?", head.decode("utf-8", "surrogateescape")).encode(
                "utf-8", "surrogateescape") + blank + body
        # Core looks for the mail itself, and for what it answers, among the messages that the gateway's user may read.
        gateway = self.sudo() if self.env.user._is_system() else self
        return super(MailThread, gateway).message_process(model, message, *args, **kwargs)

    @api.model
    def message_parse(self, message, save_original=False):
        for part in message.walk():
            if charset := part.get_content_charset():
                if charset.lower() in _CHINESE:
                    part.set_param("charset", "gb18030")
                elif not _is_known(charset):
                    part.set_param("charset", "utf-8")
        parsed = super().message_parse(message, save_original=save_original)
        for name in ("subject", "body", "email_from"):
            if isinstance(parsed.get(name), str):
                clean = _CONTROL.sub("", parsed[name])
                parsed[name] = type(parsed[name])(clean)  # a body that is markup stays markup
        return parsed

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        if route[0] in self.env and isinstance(self.env[route[0]], self.env.registry["kehu.service.mixin"]):
            # Core creates and posts as superuser, for whoever calls.
            if not self.env.su:
                raise AccessError(self.env._("Mails are given to the service by the gateway alone."))
            sender = email_normalize(message_dict["email_from"])
            if is_automatic(message) or self.env["mail.alias.domain"].sudo()._find_aliases([sender]):
                message_dict["message_type"] = "auto_comment"
        return super()._routing_check_route(message, message_dict, route, raise_exception=raise_exception)
