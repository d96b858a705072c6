from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Addresses and numbers to which nothing is sent, by the column, and the column of a contact that holds the same.
LISTED = {
    "mail.blacklist": ("email", "email_normalized"),
    "phone.blacklist": ("number", "phone_sanitized"),
}


class Base(models.AbstractModel):
    _inherit = "base"

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


class MailBlacklist(models.Model):
    """Changes are noted where an address is a colleague's (X5)."""

    _name = "mail.blacklist"
    _inherit = ["mail.blacklist", "kehu.watched.settings"]

    # === WATCHED ===

    def _kehu_filter_watched(self):
        users = (
            self.env["res.users"]
            .sudo()
            .search([("share", "=", False), ("email_normalized", "in", self.mapped("email"))])
        )
        addresses = set(users.mapped("email_normalized"))
        return self.filtered(lambda entry: entry.email in addresses)
