"""Reading, logins and settings that the apps show or change past the methods in which we note it (X5)."""

from functools import wraps


def note_order(method):
    """Note the document whose products, quantities and prices the catalog shows."""

    @wraps(method)
    def noting(self, *args, **kwargs):
        self.env["kehu.access.log"]._log_shown(self, "read")
        return method(self, *args, **kwargs)

    return noting


def note_sums(method):
    """Note the journal items of which a formula of a spreadsheet is the sum."""

    @wraps(method)
    def noting(self, *args, **kwargs):
        domain = method(self, *args, **kwargs)
        self.env["account.move.line"]._kehu_log_groups(domain, ["balance"])
        return domain

    return noting


def note_passkeys(method):
    """Note whose passkeys somebody else adds or removes; those who log in with it are who made it."""

    @wraps(method)
    def noting(self, *args, **kwargs):
        users = self.sudo().create_uid if self else self.env.user
        with users._kehu_addresses_noted(["auth_passkey_key_ids"]):
            return method(self, *args, **kwargs)

    return noting


def note_opened_fields(method):
    """Note which fields somebody opens to the forms of a website; Odoo does it in the database, without a write."""

    @wraps(method)
    def noting(self, model, fields):
        closed = [
            ("model", "=", model),
            ("name", "in", list(fields or ())),
            ("website_form_blacklisted", "!=", False),
        ]
        opened = self.sudo().search(closed)
        result = method(self, model, fields)
        if result and opened and not self.env["kehu.right.change"]._is_servers_own():
            self.env["kehu.watched.settings"]._kehu_tell_setting(
                self.env["ir.model"]._get(model), "website_form_access", ", ".join(opened.mapped("field_description"))
            )
        return result

    return noting
