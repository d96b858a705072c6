from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # The archive delegates to its customer, and has them from here.
    kehu_journal_ids = fields.One2many("kehu.archive.journal", "partner_id", string="Dealings")
