from odoo import models


class PortalMixin(models.AbstractModel):
    """A link with a token opens the page of a document as its customer sees it, with all particulars, to whoever holds it (X3)."""

    _inherit = "portal.mixin"

    def _portal_ensure_token(self):
        token = super()._portal_ensure_token()
        # The server puts the token into mails to the customer as superuser; employees who may not read the customer open the
        # page with their own rights. The field itself is empty for them, too (followed_fields.py).
        return "" if not self.env.su and self._kehu_names_hidden_customer() else token
