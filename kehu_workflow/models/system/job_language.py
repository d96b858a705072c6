from odoo import models


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Run our jobs in the company's language: what they leave in documents is read by its people (A4)."""
        job = self.with_context(lang=self.env.company._kehu_lang()) if self._kehu_filter_ours() else self
        return super(IrCron, job)._callback(cron_name, server_action_id)
