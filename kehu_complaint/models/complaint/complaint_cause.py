from odoo import fields, models


class ComplaintCause(models.Model):
    """Why something went wrong, as the statistics count it (C4, C13)."""

    _name = "kehu.complaint.cause"
    _description = "Cause of Complaints"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
