"""The forms of quotations say what their reader may see (X3)."""

from functools import wraps


def follow_as_reader(method):
    """Fill the form of a quotation with what its reader may see on the way to a field: Odoo follows the path, whoever
    wrote it down, as superuser. Nothing of another confidential customer stands in it, whoever prints.
    """

    @wraps(method)
    def followed(self, form_field, order, order_line=None):
        *steps, last = form_field.path.split(".")
        reached, hidden = (order_line or order).sudo(), None
        for name in steps:
            if hidden:
                return ""
            reached = reached.mapped(name)
            hidden = _kept_from_quotation(reached.with_env(self.env), order.sudo())
        if hidden:
            # Its label may stand there, as in the document itself.
            return ", ".join(reached.mapped("display_name")) if last in ("name", "display_name") else ""
        if reached._fields[last].relational and _names_others(reached.mapped(last).with_env(self.env), order.sudo()):
            return ""
        readers = reached.with_env(self.env)
        is_followed = last in readers._kehu_followed_fields() and not self._kehu_sees_labels()
        if last in readers._kehu_secret_fields() or is_followed and readers._kehu_emptied([last]):
            return ""
        return method(self, form_field, order.sudo(), order_line and order_line.sudo())

    return followed


def _names_others(reached, order):
    """Return whether the names of these records would name another confidential customer than the order's own."""
    kept = _kept_from_quotation(reached, order).sudo()
    return bool(
        kept.commercial_partner_id - order.partner_id.commercial_partner_id if kept._name == "res.partner" else kept
    )


def _kept_from_quotation(reached, order):
    """Return those of the records that do not stand in a quotation for its reader.

    :param order: in superuser mode
    """
    own = reached & {"res.partner": reached, "sale.order": order, "sale.order.line": order.order_line}.get(
        reached._name, reached.browse()
    )
    if reached._name == "res.partner":
        customer = order.partner_id.commercial_partner_id
        own = own.filtered(lambda partner: partner.sudo().commercial_partner_id == customer)
    others = reached - own
    kept = others._kehu_untold() | others._kehu_classified()
    # A visitor came by the link of the customer.
    return kept if reached.env.user._is_public() else kept | own._kehu_untold()
