from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # Reminders go when the clock that raised them ends.
    kehu_deadline_id = fields.Many2one("kehu.deadline", "Deadline", readonly=True, index="btree_not_null", ondelete="cascade")
    kehu_approval_id = fields.Many2one("kehu.approval", "Approval", readonly=True, index="btree_not_null", ondelete="cascade")
