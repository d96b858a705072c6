from odoo import fields, models


class ServiceKind(models.Model):
    """What a customer needs of the service: advice, an installation, a repair … (T1)."""

    _name = "kehu.service.kind"
    _description = "Kind of Service"
    _inherit = ["kehu.watched.settings"]
    _order = "sequence, id"
    _kehu_unwatched = frozenset({"sequence"})
    _kehu_is_told = False

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    clock = fields.Selection(
        [("answer", "To be answered"), ("repair", "To be responded to and done"), ("none", "None of its own")],
        string="Clocks",
        required=True,
        default="repair",
        help="Which deadline rules count for tickets of this kind.",
    )
    is_onsite = fields.Boolean(string="At the Customer's", help="Then what was done is entered into the service log.")
    is_dispatched = fields.Boolean(string="Takes a Dispatch Order", help="Then nobody goes without an approved one.")
    checklist = fields.Text(
        string="Before Leaving", translate=True, help="What technicians check before they leave: tools, parts, papers."
    )
    is_fee_charged = fields.Boolean(
        string="Charges Fees",
        help="Out of warranty, labour and other services are charged, too. Otherwise parts alone.",
    )
    is_signed = fields.Boolean(
        string="Customer Confirms",
        default=True,
        help="Then the ticket is closed with the customer's signature, or with a reason why there is none.",
    )
