from odoo import fields, models


class Dealing(models.Model):
    """A document with a line in the dossier journal, and a record rule of its own."""

    _name = "kehu.leak.dealing"
    _description = "Dealing"
    _inherit = ["mail.thread", "kehu.confidential.mixin", "kehu.journal.mixin"]

    _journal_kind = "dealing"

    name = fields.Char()
    partner_id = fields.Many2one("res.partner")
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    amount = fields.Integer()
    is_private = fields.Boolean(help="Only its user reads it.")

    def _prepare_journal_values(self):
        return super()._prepare_journal_values() | {"note": f"About {self.name}"}
