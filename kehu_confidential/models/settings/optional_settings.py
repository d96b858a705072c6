"""Settings of optional apps whose changes are noted, where the apps are installed (X5)."""

from odoo import models
from odoo.models import MAGIC_COLUMNS

# Who vouches for those who log in, and through whom text messages leave.
_MAILED = frozenset({"auth.oauth.provider", "iap.account", "res.company.ldap"})
# {model: names of fields, or none for all of them}: and addresses that lead elsewhere, or nowhere, what is filled into
# quotations, and who else gets each invoice. Odoo itself writes how an account of its services is called, and what is
# left on it.
_NOTED = {
    **dict.fromkeys((*_MAILED, "website.rewrite")),
    "account.journal": {"incoming_einvoice_notification_email"},
    "iap.account": {"account_token", "company_ids", "service_id"},
    "sale.pdf.form.field": {"path"},
}


class Base(models.AbstractModel):
    _inherit = "base"

    def _validate_fields(self, field_names, excluded_names=()):
        # Each creation and each change ends here, whatever the app itself does in them.
        if self._name in _NOTED:
            field_names = set(field_names)  # Odoo may give an iterator
            noted = (field_names & (_NOTED[self._name] or field_names)).difference(MAGIC_COLUMNS)
            if noted and not self.env["kehu.right.change"]._is_servers_own():
                self.env["kehu.watched.settings"]._kehu_tell_values(
                    self, sorted(noted), is_mailed=self._name in _MAILED
                )
        return super()._validate_fields(field_names, excluded_names)
