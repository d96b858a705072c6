"""Times as clients send them."""

from odoo import fields


def moment(value):
    """Return the time that a client sent; None for what is none."""
    try:
        return fields.Datetime.to_datetime(value) or None
    except (TypeError, ValueError):
        return None
