"""Templates speak of records of the model that they are about, and of what their reader may read (X3).

Apps render a template on the numbers of their own records, as superuser at times, and it reads what has these numbers in
the model that it is about. A client can name any template; that dialogs offer those of one model alone binds no client.
"""

import ast

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

_TEMPLATES = ("mail.template", "sms.template")
# Fields of optional apps that take any template, and what the app renders it on.
_ABOUT = {
    "gamification.challenge": ("report_template_id", "gamification.challenge"),
    "product.template": ("email_template_id", "account.move"),
}


class Base(models.AbstractModel):
    """A setting that names a template keeps to what its form offers: apps render it on numbers of the model that they
    have in mind.
    """

    _inherit = "base"

    def _validate_fields(self, field_names, excluded_names=()):
        field_names = set(field_names)  # Odoo may give an iterator
        for name in self._kehu_template_domains().keys() & field_names:
            self._kehu_check_templates(name)
        if self._name in _TEMPLATES and "model_id" in field_names:
            self._kehu_check_naming_templates()
        return super()._validate_fields(field_names, excluded_names)

    @api.model
    @ormcache("self._name")
    def _kehu_template_domains(self):
        """Return ``{name: domain of templates}`` of the stored many2one fields to templates of one model."""
        domains = {}
        for name, field in self._fields.items():
            if field.type == "many2one" and field.store and field.comodel_name in _TEMPLATES:
                named, about = _ABOUT.get(self._name, (None, None))
                domain = [("model", "=", about)] if name == named else field.domain
                try:
                    domains[name] = ast.literal_eval(domain) if isinstance(domain, str) else domain
                except (SyntaxError, ValueError):
                    continue  # of a dialog, whose record says the model
        return {name: domain for name, domain in domains.items() if domain and isinstance(domain, list)}

    def _kehu_check_templates(self, name):
        """
        :raise ValidationError: a template is about another model than what the app renders it on
        """
        templates = self.sudo()[name]
        if templates != templates.filtered_domain(Domain(self._kehu_template_domains()[name])):
            raise ValidationError(
                self.env._(
                    "The template in “%s” is about another model than what is sent with it.",
                    self.fields_get([name], ["string"])[name]["string"],
                )
            )

    def _kehu_check_naming_templates(self):
        """
        :raise ValidationError: a template is named by a setting, and about another model now
        """
        for model in self.env.values():
            for name in () if model._abstract or not model._auto else model._kehu_template_domains():
                if model._fields[name].comodel_name == self._name:
                    rows = model.sudo().with_context(active_test=False).search([(name, "in", self.ids)])
                    rows._kehu_check_templates(name)


class MailComposerMixin(models.AbstractModel):
    _inherit = "mail.composer.mixin"

    @api.constrains("template_id")
    def _check_kehu_template(self):
        for dialog in self:
            about = dialog.template_id.sudo().render_model
            if about and about != dialog.render_model:
                raise ValidationError(dialog.env._("This template is about another model than these documents."))

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
