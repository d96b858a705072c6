from odoo import models

from ...at_work import peoples_code


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        with peoples_code():
            return super().run()


class IrCron(models.Model):
    _inherit = "ir.cron"

    @classmethod
    def _process_job(cls, cron_cr, job):
        # What the code of a job leaves for the commit counts, too.
        with peoples_code():
            return super()._process_job(cron_cr, job)


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _render(self, template, values=None, **options):
        with peoples_code():
            return super()._render(template, values, **options)
