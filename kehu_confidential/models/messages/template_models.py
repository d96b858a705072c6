"""Templates speak of records of the model that they are about, and of what their reader may read (X3).

Apps render a template on the numbers of their own records, as superuser at times, and it reads what has these numbers in
the model that it is about. A client can name any template; that dialogs offer those of one model alone binds no client.
"""

from functools import wraps

from odoo import api, models
from odoo.exceptions import ValidationError

TEMPLATES = ("mail.template", "sms.template")


def speak_of_own_model(method):
    """Have a part of an app do nothing with a template that is about another model than its documents: a parameter, or
    ``self``.
    """

    @wraps(method)
    def spoken(self, *args, **kwargs):
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, models.BaseModel)]
        documents = next((value for value in given if value._name not in TEMPLATES), self)
        templates = [template for value in given if value._name in TEMPLATES for template in value.sudo()]
        if any(template.render_model != documents._name for template in templates):
            return None
        return method(self, *args, **kwargs)

    return spoken


def render_as_user(method):
    """Compute a text that a template makes in the rights of the user who fills in the dialog: Odoo computes as superuser
    what is stored.
    """

    @wraps(method)
    def compute(self):
        return method(self.sudo(False) if self.env.user._is_internal() else self)

    return compute


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
