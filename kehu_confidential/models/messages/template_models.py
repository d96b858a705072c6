"""Templates speak of records of the model that they are about, and of what their reader may read (X3).

Apps render a template on the numbers of their own records, as superuser at times, and it reads what has these numbers in
the model that it is about. A client can name any template; that dialogs offer those of one model alone binds no client.
"""

from odoo import api, models
from odoo.exceptions import ValidationError


class MailComposerMixin(models.AbstractModel):
    _inherit = "mail.composer.mixin"

    def _render_field(self, field, res_ids, *args, **kwargs):
        about = self.template_id.sudo().render_model
        if about and about != self.render_model:
            raise self.env["ir.rule"]._make_access_error("read", self.env[about].browse(res_ids))
        return super()._render_field(field, res_ids, *args, **kwargs)


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.constrains("model_id", "report_template_ids")
    def _check_kehu_reports(self):
        # Printed as superuser, at times, on the numbers of what the template is about.
        for template in self.sudo():
            if template.model and any(report.model != template.model for report in template.report_template_ids):
                raise ValidationError(
                    self.env._("A report that a template attaches is about the model of the template.")
                )
