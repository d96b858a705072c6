"""What the apps name, label or suggest as superuser names no record that is hidden from the reader (X3)."""

from functools import wraps

from odoo.http import request

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS


def suggest_nothing_hidden(method):
    """Have a method suggest nothing by a hidden record of the context."""

    @wraps(method)
    def suggested(self, *args, **kwargs):
        return method(self._kehu_naming_nothing_hidden(), *args, **kwargs)

    return suggested


def label_by_nothing_hidden(method):
    """Make no label by a hidden record of the context."""

    @wraps(method)
    def labelled(self):
        plain = self._kehu_naming_nothing_hidden()
        method(plain)
        if plain.env is not self.env:
            plain._kehu_keep_labels(self._fields["display_name"])
            for record, other in zip(self, plain, strict=True):
                record.display_name = other.display_name

    return labelled


def label_for_reader(method):
    """Mask, in a line of a privacy lookup, the label of a document of ours that the user may not read: a client can
    name any, and Odoo makes the label as superuser.
    """

    @wraps(method)
    def labelled(self):
        method(self)
        for line in self.filtered(lambda line: (line.res_model or "").startswith(OURS)):
            if untold := self.env[line.res_model].browse(line.res_id)._kehu_untold():
                line.res_name = untold._kehu_masked_label()

    return labelled


def name_customer_by_label(method):
    """Name the customer in the label of an order line as the reader sees the customer: Odoo gives the reference."""

    @wraps(method)
    def named(self):
        customer = self.sudo().order_partner_id.commercial_partner_id.with_env(self.env)
        return f"({customer.display_name})" if customer._kehu_hidden() else method(self)

    return named


def leave_contacts_out(method):
    """Let visitors say who they are, not which contact: Odoo makes what they fill in as superuser, and takes name,
    telephone and address from the contact.
    """

    @wraps(method)
    def without_contacts(self):
        return {name for name in method(self) if self._fields[name].comodel_name != "res.partner"}

    return without_contacts


def leave_hidden_out(method):
    """Leave out, of what the menu of a restaurant shows to who orders, contacts that are hidden from them: Odoo reads
    whichever contact the order names in the rights of a colleague.
    """

    @wraps(method)
    def without_hidden(self, records, *args, **kwargs):
        visitor = request.env.user if request else self.env.user
        hidden = records.with_user(visitor)._kehu_hidden()
        return method(self, records - hidden.with_env(records.env), *args, **kwargs)

    return without_hidden


def empty_for_reader(method):
    """Leave out of a snippet the records that its reader may not read, and empty what is empty for the reader: Odoo
    reads them as superuser, and a single one is whichever the browser names.
    """

    @wraps(method)
    def emptied(self, records, **options):
        if options.get("is_sample"):
            return method(self, records, **options)
        readers = records.sudo(False).exists()._filtered_access("read")
        rows = method(self, readers.sudo(), **options)
        names = set().union(*rows)
        hidden = readers._kehu_emptied(readers._kehu_followed_fields().keys() & names)
        for row in rows:
            row.update(dict.fromkeys(readers._kehu_secret_fields() & names, False))
            for name, found in hidden.items():
                if record := found.get(row["_record"].id):
                    row[name] = readers._kehu_emptied_value(name, record)
        return rows

    return emptied


def call_by_label(method):
    """Have a report that a client reads as data call customers as the reader sees them."""

    @wraps(method)
    def called(self, docids, data):
        with self._kehu_rendering():
            return method(self, docids, data)

    return called
