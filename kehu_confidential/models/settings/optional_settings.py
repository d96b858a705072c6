"""Settings of optional apps whose changes are noted, where the apps are installed (X5)."""

import ast
from contextlib import suppress

from odoo import models
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS

# Who vouches for those who log in, and through whom text messages leave.
_MAILED = frozenset({"auth.oauth.provider", "iap.account", "res.company.ldap"})
# {model: names of fields, or none for all of them}: and addresses that lead elsewhere, or nowhere, what is filled into
# quotations, and who else gets each invoice. Odoo itself writes how an account of its services is called, and what is
# left on it.
_NOTED = {
    **dict.fromkeys((*_MAILED, "website.rewrite")),
    "account.journal": {"incoming_einvoice_notification_email"},
    "digest.tip": {"tip_description"},
    "gamification.goal.definition": {"batch_user_expression", "compute_code", "domain", "res_id_field"},
    "iap.account": {"account_token", "company_ids", "service_id"},
    "sale.pdf.form.field": {"path"},
}
# Code and expressions, which can do anything as superuser, that Odoo leaves to others than administrators.
_CODE = {name: _NOTED[name] for name in ("digest.tip", "gamification.goal.definition")}


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
        if self._name in _CODE:
            field_names = set(field_names)
            self._kehu_check_code(field_names & _CODE[self._name])
        return super()._validate_fields(field_names, excluded_names)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)
        if field_name in _CODE.get(self._name, ()):
            self._kehu_check_code([field_name])
        return result

    def _kehu_check_code(self, names):
        """
        :raise AccessError: one of these fields holds more than a value, and the user is no administrator
        """
        if self.env.su or self.env.user._is_system():
            return
        if any(not is_value(record[name]) for record in self for name in names):
            raise AccessError(self.env._("Only administrators can write code and expressions here."))


def is_value(text):
    """Return whether a text, taken for code, says a value, such as a domain that names no user, and does nothing."""
    with suppress(SyntaxError, TypeError, ValueError):
        if ast.parse(text or "").body:  # else nothing but comments
            ast.literal_eval(text)
        return True
    return False
