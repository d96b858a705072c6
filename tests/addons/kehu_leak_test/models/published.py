from odoo import fields, models


class Published(models.Model):
    """On the website of a company, as sponsors of an event are."""

    _name = "kehu.leak.published"
    _description = "Published"

    name = fields.Char()
    partner_id = fields.Many2one("res.partner")
    is_published = fields.Boolean(default=True)
