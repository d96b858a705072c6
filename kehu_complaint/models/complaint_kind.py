from odoo import fields, models


class ComplaintKind(models.Model):
    """What a complaint asks for: a lower price, a return, damages … (C2)."""
    _name = "kehu.complaint.kind"
    _description = "Kind of Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    is_paid = fields.Boolean(string="Costs Something", help="Then the proposal must say how much.")
    tells_major = fields.Selection(
        [("return", "Return of the product")], string="Makes It Major", help="A complaint of this kind is a major one (C9).")
