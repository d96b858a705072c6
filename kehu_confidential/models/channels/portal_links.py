"""A link with a token opens the page of a document as its customer sees it, with all particulars, to whoever holds it
(X3). It leaves us in mails to outsiders only.
"""

import re

from odoo import api, models
from odoo.http import request

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

from ..rule.rendered_fields import is_rendering

# In addresses: what is called a token, and what looks like one, be it part of the path.
_TOKEN = re.compile(
    r"(?:(?<=token=)|(?<=token%3D))[^&\"'<>\s]+"
    r"|(?:(?<=[/=])|(?<=%2F|%3D))(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\d*[a-f])[0-9a-f]{20,})"
)
# What a token may stand in, of what answers a request.
_TEXTS = ("text/html", "application/json")


def _withheld():
    """Return the tokens that the answer to the request shows to nobody; nothing if it may show what it does."""
    return getattr(request, "kehu_withheld", None) if request else None


class PortalMixin(models.AbstractModel):
    _inherit = "portal.mixin"

    def _portal_ensure_token(self):
        token, withheld = super()._portal_ensure_token(), _withheld()
        # The server puts the token into mails to the customer as superuser; employees who may not read the customer
        # open the page with their own rights. The field itself is empty for them, too (followed_fields.py).
        if self.env.su and withheld is None and not is_rendering() or not self._kehu_names_hidden_customer():
            return token
        if withheld is not None:
            withheld.add(token)
        is_page = withheld is not None and request.httprequest.method == "GET"
        return "" if not self.env.su or is_page or is_rendering() else token

    def _kehu_withhold_tokens(self):
        """Have the page that a colleague opens show no token of ``self``, nor of what it leads to, where a customer is
        hidden from the user: pages are made as superuser.
        """
        if self._kehu_names_hidden_customer():
            request.kehu_withheld = {*(_withheld() or ()), *filter(None, self.sudo().mapped("access_token"))}

    def _kehu_links_pattern(self):
        """Return the pattern of what leads to the page of a document, with a group for what comes before the token."""
        self.ensure_one()
        page = rf"(?:{re.escape(self.access_url)}(?:/[\w/]*)?|/mail/view|/shop/cart)\?"
        return rf"({page}[^\"'<>\s]*?\baccess_token=)(?=[&\"'<>#\s]|$)"

    def _kehu_is_sent_outside(self, mail, customers=None):
        """Return whether a mail about a document goes to no colleague, and to its customer alone if one is given.

        :param mail: a dictionary of ``_prepare_outgoing_list``
        :param customers: commercial contacts
        """
        people = mail["partner_id"] or self.env["res.partner"]
        people = people.sudo()
        if addresses := mail["email_to_normalized"]:
            people |= people.search([("email_normalized", "in", addresses)])
        if people.user_ids.filtered(lambda user: user._is_internal()):
            return False
        if customers is None:
            return True
        named = mail["partner_id"] or people
        is_known = bool(mail["partner_id"]) or set(addresses) <= set(people.mapped("email_normalized"))
        return bool(named) and is_known and named.sudo().commercial_partner_id <= customers


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        for token in _withheld() or ():
            if token in response.headers.get("Location", ""):
                response.headers["Location"] = response.headers["Location"].replace(token, "")
            if response.mimetype in _TEXTS and not response.direct_passthrough:
                response.set_data(response.get_data(as_text=True).replace(token, ""))
        return super()._post_dispatch(response)


class MailMessage(models.Model):
    """Messages are read by all who read the document: the links in them have no token, whoever wrote or quotes them."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._kehu_without_token(vals) for vals in vals_list])

    @api.model
    def _kehu_without_token(self, vals):
        body = vals.get("body")
        if not (isinstance(body, str) and "access_token=" in body):
            return vals
        if not (document := self._kehu_document_with_token(vals.get("model"), vals.get("res_id"))):
            return vals
        return {**vals, "body": type(body)(str(body).replace(document.access_token, ""))}

    @api.model
    def _kehu_document_with_token(self, model, res_id):
        """Return the document of an app, in superuser mode, whose page opens with a token; nothing of ours, which see to
        their links themselves.
        """
        if not res_id or str(model).startswith(OURS):
            return None
        if not isinstance(self.env.get(model), self.env.registry["portal.mixin"]):
            return None
        document = self.env[model].sudo().browse(res_id).exists()
        return document if document.access_token else None


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self.env["mail.message"]._kehu_without_token(vals) for vals in vals_list])


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Give outsiders the links as they were written; the customer alone, if the writer may not read the customer:
        else users could write to an address of theirs.
        """
        outgoing = super()._prepare_outgoing_list(*args, **kwargs)
        document = self.env["mail.message"]._kehu_document_with_token(self.model, self.res_id)
        if not document or not any("access_token=" in (mail["body"] or "") for mail in outgoing):
            return outgoing
        pattern, customers = re.compile(document._kehu_links_pattern()), None
        if document.with_user(self.sudo().mail_message_id.create_uid)._kehu_names_hidden_customer():
            customers = document._mail_get_partners()[document.id].commercial_partner_id
        for mail in outgoing:
            if document._kehu_is_sent_outside(mail, customers):
                for part in ("body", "body_alternative"):
                    mail[part] = pattern.sub(lambda found: found[1] + document.access_token, str(mail[part] or ""))
        return outgoing


class MailTemplatePreview(models.TransientModel):
    """A link in the preview of a template is not the one that the recipient gets: with it, whoever looks would log in as
    the recipient, or set a password (X3).
    """

    _inherit = "mail.template.preview"

    def _set_mail_attributes(self, values=None):
        result = super()._set_mail_attributes(values)
        for name in self._MAIL_TEMPLATE_FIELDS:
            if name in self._fields and isinstance(self[name], str):
                self[name] = _TOKEN.sub("…", self[name])
        return result
