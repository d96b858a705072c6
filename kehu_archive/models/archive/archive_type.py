from odoo import fields, models


class ArchiveType(models.Model):
    """What kind of party an archive is about (A1). Later rules (checklists, schemes) hang on it."""

    _name = "kehu.archive.type"
    _description = "Archive Type"
    _inherit = ["kehu.watched.settings"]
    _order = "sequence, name"
    _kehu_unwatched = frozenset({"sequence"})

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    party = fields.Selection(
        [
            ("customer", "Customer"),
            ("distributor", "Distributor"),
            ("supplier", "Supplier"),
            ("special", "Special party"),
        ],
        required=True,
        default="customer",
        help="Special parties are lawyers, advisers, banks, insurers, advertisers and the like.",
    )
