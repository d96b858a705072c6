"""That an address or a number is on a blacklist does not tell that it is a hidden customer's: for whom the customer is
hidden, it is not on the list, wherever that is shown (X3). What is sent asks the whole list.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from odoo.addons.mail.models import mail_blacklist

# Addresses and numbers to which nothing is sent, by the column, and the column of a contact that holds the same.
LISTED = {
    "mail.blacklist": ("email", "email_normalized"),
    "phone.blacklist": ("number", "phone_sanitized"),
}
# Fields of other models that say whether what is in a column is on a list.
_SAYING = {
    "is_blacklisted": ("mail.blacklist", "email_normalized"),
    "phone_sanitized_blacklisted": ("phone.blacklist", "phone_sanitized"),
    "phone_blacklisted": ("phone.blacklist", "phone_sanitized"),
}


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_fields_by_user(self):
        return super()._kehu_fields_by_user() | (_SAYING.keys() & self._fields.keys())

    @api.model
    def _kehu_listed_domain(self, name, operator, domain):
        """Return the domain of what is on a list, or is not, for the current user.

        :param domain: that of what is, or is not, on the whole list
        """
        model, column = _SAYING[name]
        hidden = self.env[model]._kehu_hidden_entries()
        if domain is NotImplemented or not hidden:
            return domain
        theirs = Domain(column, "in", hidden.mapped(LISTED[model][0]))
        return Domain(domain) & ~theirs if operator == "in" else Domain(domain) | theirs

    @api.model
    def _kehu_hidden_entries(self):
        """Return the entries of this list that are hidden from the current user, in sudo."""
        hidden = self._kehu_hidden_ones_domain()
        entries = self.sudo()
        return entries.browse() if hidden.is_false() else entries.search(hidden)

    @api.model
    def _kehu_domain(self, mode="read"):
        """Addresses and numbers of customers are hidden with them; those who wrote one down have it (X3)."""
        domain = super()._kehu_domain(mode)
        if self._name not in LISTED or mode == "create":
            return domain
        column, of_contact = LISTED[self._name]
        hidden = self.env["res.partner"]._kehu_hidden_ones_domain()
        if hidden.is_false():
            return domain

        def to_sql(model, alias, query):
            customers = model.env["res.partner"].sudo().with_context(active_test=False)
            return SQL(
                "%s NOT IN %s",
                model._field_to_sql(alias, column, query),
                customers._search(hidden & Domain(of_contact, "!=", False)).subselect(of_contact),
            )

        return domain & (Domain.custom(to_sql=to_sql) | Domain("create_uid", "=", self.env.uid))


class MailThreadBlacklist(models.AbstractModel):
    _inherit = "mail.thread.blacklist"

    def _compute_is_blacklisted(self):
        return super(MailThreadBlacklist, self._kehu_within_tiers())._compute_is_blacklisted()

    @api.model
    def _search_is_blacklisted(self, operator, value):
        return self._kehu_listed_domain("is_blacklisted", operator, super()._search_is_blacklisted(operator, value))


class MailBlacklist(models.Model):
    """Changes are noted where an address is a colleague's (X5)."""

    _name = "mail.blacklist"
    _inherit = ["mail.blacklist", "kehu.watched.settings"]

    # Whoever writes down an address that is there, hidden, has an entry of their own.
    _unique_email = models.Constraint("unique (email, create_uid)", "Email address already exists!")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # Odoo looks by itself, in SQL, for what is there already, and returns it.
        emails = [email_normalize(vals.get("email")) for vals in vals_list]
        listed = self.sudo().with_context(active_test=False).search([("email", "in", list(filter(None, emails)))])
        entries = self.browse() if self.env.su else listed.with_env(self.env)
        hidden = entries._kehu_hidden()
        if not hidden:
            return super().create(vals_list)
        twice = set(hidden.sudo().mapped("email"))
        own = (entries - hidden).filtered(lambda entry: entry.sudo().email in twice)
        missing = {email: vals for email, vals in zip(emails, vals_list) if email in twice}
        new = [{**vals, "email": email} for email, vals in missing.items() if email not in own.sudo().mapped("email")]
        others = [vals for email, vals in zip(emails, vals_list) if email not in twice]
        return own | super(mail_blacklist.MailBlacklist, self).create(new) | super().create(others)

    # === WATCHED ===

    def _kehu_filter_watched(self):
        users = (
            self.env["res.users"]
            .sudo()
            .search([("share", "=", False), ("email_normalized", "in", self.mapped("email"))])
        )
        addresses = set(users.mapped("email_normalized"))
        return self.filtered(lambda entry: entry.email in addresses)
