from odoo import fields, models


class AcquisitionChannel(models.Model):
    _name = "kehu.acquisition.channel"
    _description = "Acquisition Channel"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is already an acquisition channel of this name.")
