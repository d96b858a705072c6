"""Grades never go into a mail that is written by a template, whatever address it names (G6)."""

import re

from odoo import api, models
from odoo.exceptions import UserError

SECRET_FIELDS = re.compile(r"\bkehu_(grade|evaluation)")
SECRET_MODELS = ("kehu.customer.", "kehu.evaluation", "kehu.grade", "kehu.grading.")


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    def _render_template(self, template_src, model, res_ids, engine="inline_template", add_context=None, options=None):
        # Mails, text messages, mailings and mails of server actions all come through here; views (qweb_view) are
        # notices to colleagues.
        if engine != "qweb_view":
            self._kehu_refuse_grades(template_src, model)
        return super()._render_template(
            template_src, model, res_ids, engine=engine, add_context=add_context, options=options
        )

    @api.model
    def _kehu_refuse_grades(self, template_src, model):
        """Refuse templates that tell customers their grade.

        :raise UserError: a template of ``model`` would tell its reader grades
        """
        if template_src and (model.startswith(SECRET_MODELS) or SECRET_FIELDS.search(str(template_src))):
            raise UserError(
                self.env._(
                    "Grades and evaluations never go into a template: its message could reach the customer. Take "
                    "them out of it."
                )
            )


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _check_can_be_rendered(self, fnames=None, render_options=None):
        for template in self.filtered("model"):
            for name in fnames or self._get_dynamic_field_names():
                if name in self._fields:
                    self._kehu_refuse_grades(template[name], template.model)
        return super()._check_can_be_rendered(fnames, render_options)
