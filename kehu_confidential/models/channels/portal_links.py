import re

from odoo import models

# In addresses: what is called a token, and what looks like one, be it part of the path.
_TOKEN = re.compile(
    r"(?:(?<=token=)|(?<=token%3D))[^&\"'<>\s]+"
    r"|(?:(?<=[/=])|(?<=%2F|%3D))(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\d*[a-f])[0-9a-f]{20,})"
)


class PortalMixin(models.AbstractModel):
    """A link with a token opens the page of a document as its customer sees it, with all particulars, to whoever holds
    it (X3).
    """

    _inherit = "portal.mixin"

    def _portal_ensure_token(self):
        token = super()._portal_ensure_token()
        # The server puts the token into mails to the customer as superuser; employees who may not read the customer
        # open the page with their own rights. The field itself is empty for them, too (followed_fields.py).
        return "" if not self.env.su and self._kehu_names_hidden_customer() else token


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
