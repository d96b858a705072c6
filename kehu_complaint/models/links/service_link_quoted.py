"""What comes in can quote the customer's link: nobody who reads it here is to have the link by that (C6, C8)."""

import base64
import email
import email.policy
import re

from odoo import api, models

from .service_link_secret import STAND_IN

# A token as mail programs quote it: over several lines, marked as a quotation, inside the link of a scanner.
_GAP = r"(?:[\s>]|&gt;|<w?br ?/?>|=\r?\n){0,8}"
_HYPHEN = f"{_GAP}(?:-2d|%2d|-){_GAP}"
_TOKEN = re.compile(
    _HYPHEN.join(rf"([0-9a-f](?:{_GAP}[0-9a-f]){{{digits - 1}}})" for digits in (8, 4, 4, 4, 12)), re.IGNORECASE
)


def _token(found):
    return "-".join(re.sub(_GAP, "", part) for part in found.groups()).lower()


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    _access_token_idx = models.Index("(access_token) WHERE access_token IS NOT NULL")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        texts = {name for name, field in self._fields.items() if field.type in ("char", "text", "html")}
        return super().create(self._service_veil_values(vals_list, texts))

    # === BUSINESS ===

    @api.model
    def _service_veil_quoted(self, texts):
        """Return ``texts`` with stand-ins instead of the secrets, of whichever document, that they quote."""
        found = {_token(match) for text in texts for match in _TOKEN.finditer(text)}
        stand_ins = self._service_stand_ins(found) if found else {}
        return (
            [type(text)(_TOKEN.sub(lambda match: stand_ins.get(_token(match), match[0]), str(text))) for text in texts]
            if stand_ins
            else texts
        )

    @api.model
    def _service_stand_ins(self, tokens):
        """Return ``{secret: stand-in}`` of those of ``tokens`` that open a document or a rating."""
        names = self.env["kehu.service.desk"]._fields["intake"].get_values(self.env)
        known = [("access_token", "in", list(tokens))]
        ratings = self.env["rating.rating"].sudo().search([*known, ("res_model", "in", names)])
        return {
            **{document.access_token: STAND_IN for name in names for document in self.env[name].sudo().search(known)},
            **{rating.access_token: f"{STAND_IN}-{rating.id}" for rating in ratings},
        }

    @api.model
    def _service_veil_values(self, vals_list, names):
        """Return ``vals_list`` with stand-ins instead of the secrets that the fields ``names`` quote."""
        places = [
            (index, name)
            for index, vals in enumerate(vals_list)
            for name in names & vals.keys()
            if isinstance(vals[name], str)
        ]
        texts = [vals_list[index][name] for index, name in places]
        changed = {}
        for (index, name), text, veiled in zip(places, texts, self._service_veil_quoted(texts), strict=True):
            if veiled != text:
                changed.setdefault(index, {})[name] = veiled
        return [{**vals, **changed.get(index, {})} for index, vals in enumerate(vals_list)]

    @api.model
    def _service_veil_files(self, files):
        """Return ``files``, pairs of name and content, with stand-ins instead of the secrets in texts and mails among
        them.
        """
        contents = self._service_veil_quoted([content.decode("latin-1") for _name, content in files])
        return [
            (name, self._service_veil_mail_file(content) if name.lower().endswith(".eml") else veiled.encode("latin-1"))
            for (name, content), veiled in zip(files, contents, strict=True)
        ]

    @api.model
    def _service_veil_mail_file(self, content):
        message = email.message_from_bytes(content, policy=email.policy.SMTP)
        return message.as_bytes() if self._service_veil_mail(message) else content

    @api.model
    def _service_veil_mail(self, message):
        """Put stand-ins instead of the secrets into an ``EmailMessage``, and into the mails that are forwarded with it.

        :return: whether there were any
        """
        parts = [part for part in message.walk() if not part.is_multipart()]
        files = [(part.get_filename() or "", part.get_payload(decode=True) or b"") for part in parts]
        changed = [
            (part, veiled)
            for part, (_name, content), (_same, veiled) in zip(
                parts, files, self._service_veil_files(files), strict=True
            )
            if veiled != content
        ]
        for part, veiled in changed:
            del part["Content-Transfer-Encoding"]
            part["Content-Transfer-Encoding"] = "base64"
            part.set_payload(base64.encodebytes(veiled).decode())
        return bool(changed)


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self.env["kehu.service.mixin"]._service_veil_values(vals_list, {"subject", "body"}))

    def write(self, vals):
        return super().write(*self.env["kehu.service.mixin"]._service_veil_values([vals], {"subject", "body"}))
