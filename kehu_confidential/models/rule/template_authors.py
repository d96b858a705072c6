"""Expressions of templates are code, which may look at everything as superuser: administrators write it (X3).

Odoo lets template editors write it, by default all employees. They write what shows fields in the rights of the reader,
and keep what stands in a template of the same model.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache

from ...expressions import chains, expressions, rows, shows_fields, variables
from .tier import CONFIDENTIAL

_TEMPLATES = ("mail.template", "sms.template")
# To whom a template goes, and who sends it: shown to nobody else.
_ADDRESSING = {"email_cc", "email_from", "email_to", "partner_to", "reply_to"}
# What everybody may see of a confidential customer on a document, types of what else a contact says, and who colleagues are.
_LABELS = {"commercial_company_name", "company_type", "display_name", "id", "is_company", "lang", "name"}
_TELLING = ("binary", "char", "date", "float", "html", "many2many", "many2one", "monetary", "one2many", "text")
_OF_OURS = {"hr.employee", "hr.employee.public", "res.company", "res.users"}
_ENTERED_BY = {"create_uid", "write_uid"}  # customers in the portal as well


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        if self._unrestricted_rendering:
            templates._kehu_check_written({})
        return templates

    def write(self, vals):
        before = self._kehu_written()
        result = super().write(vals)
        if self._unrestricted_rendering:
            self._kehu_check_written(before)
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        before = self._kehu_written()
        result = super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)
        if self._unrestricted_rendering:
            self._kehu_check_written(before)
        return result

    # === RENDERING ===

    @api.model
    def _render_template(self, template_src, model, res_ids, engine="inline_template", add_context=None, options=None):
        # What is stored was checked when it was written. The text of a composer comes with the call.
        if (
            not self._unrestricted_rendering
            and engine != "qweb_view"
            and template_src
            and not self._kehu_may_write_code()
        ):
            self._kehu_refuse_code(self._kehu_code_in(template_src, engine), [model])
        return super()._render_template(
            template_src, model, res_ids, engine=engine, add_context=add_context, options=options
        )

    # === BUSINESS ===

    @api.model
    def _kehu_may_write_code(self):
        return self.env.su or self.env.user._is_system()

    @api.model
    def _kehu_code_in(self, template, engine):
        """Return the expressions of a template that do more than show fields."""
        shown = self._kehu_shown_fields()
        return {
            expression
            for expression in expressions(template, engine)
            if not shows_fields(expression, shown.__contains__)
        }

    @api.model
    @ormcache()
    def _kehu_shown_fields(self):
        """Return the names of the fields that template editors may show.

        Templates are rendered as superuser, too: not shown is what opens pages, and what leads from one customer to
        others, such as all contacts of a tag, or copies what another record says; the rows of a document are shown with
        it.
        """
        names, others = set(), set()
        for model in self.env.values():
            names.update(model._fields)
            others |= model._kehu_secret_fields()
            others.update(name for name in model._kehu_followed_fields() if model._fields[name].manual)
            for name, field in model._fields.items():
                if field.type in ("one2many", "many2many") and field.comodel_name in self.env:
                    rows = self.env[field.comodel_name]
                    if rows._kehu_can_be_hidden() and not (
                        field.type == "one2many" and field.inverse_name in rows._kehu_covering_fields()
                    ):
                        others.add(name)
        return frozenset(names - others)

    def _kehu_code(self):
        """Return the expressions in ``self``, in all languages, that do more than show fields."""
        return {
            code for _template, _name, text, engine in self._kehu_texts() for code in self._kehu_code_in(text, engine)
        }

    def _kehu_texts(self):
        """Yield the template, field, text and engine of all that is rendered, in all languages."""
        fields = [
            (name, getattr(field, "render_engine", "inline_template"))
            for name, field in self._fields.items()
            if field.type in ("char", "text", "html") and field.store
        ]
        for lang, _name in self.env["res.lang"].get_installed():
            for template in self.sudo().with_context(lang=lang):
                for name, engine in fields:
                    if engine != "qweb_view" and template[name]:
                        yield template, name, template[name], engine

    def _kehu_written(self):
        """Return ``{model: expressions}`` that stand in ``self`` and are not everybody's to write: on another model they
        would do something else.
        """
        if not self._unrestricted_rendering or self._kehu_may_write_code():
            return {}
        return {
            model: templates._kehu_code() | templates._kehu_telling()
            for model, templates in self._kehu_by_model().items()
        }

    def _kehu_by_model(self):
        return {model: templates.with_env(self.env) for model, templates in self.sudo().grouped("render_model").items()}

    def _kehu_check_written(self, before):
        """
        :param before: what :meth:`_kehu_written` returned before
        :raise AccessError: the user wrote other expressions that do more than show fields, or that tell of contacts who
            are hidden apart from the document
        """
        for model, templates in self._kehu_by_model().items() if not self._kehu_may_write_code() else ():
            known = before.get(model, set())
            templates._kehu_refuse_code(templates._kehu_code() - known, [model])
            templates._kehu_check_telling(known)

    def _kehu_refuse_code(self, code, model_names):
        for name in _TEMPLATES if code else ():
            if name in self.env:
                templates = self.env[name].sudo().with_context(active_test=False).search([("model", "in", model_names)])
                code -= (
                    templates.browse(set(templates._ids) - set(self._ids)) if name == self._name else templates
                )._kehu_code()
        if code:
            raise AccessError(
                self.env._(
                    "Only administrators can write expressions that do more than show fields. Use fields, such as "
                    "“object.name”, or ask an "
                    "administrator."
                )
            )

    # === WHAT IS TOLD BY THE TEMPLATE OF SOMEBODY WITHOUT CLEARANCE ===

    def _kehu_telling(self):
        """Return the expressions in ``self`` that show, besides a name, something of a contact who can be hidden from
        those who read the document: a mail stands in its chatter.

        Those who are cleared for all customers, and administrators, write them.
        """
        if (
            self._name not in _TEMPLATES
            or self._kehu_may_write_code()
            or self.env["res.partner"]._kehu_hidden_domain(CONFIDENTIAL).is_false()
        ):
            return set()
        return {
            expression
            for template, name, text, engine in self._kehu_texts()
            if name not in _ADDRESSING
            for expression in expressions(text, engine)
            if shows_fields(expression, lambda field: True)
            and template._kehu_tells(
                expression, variables(text, engine), rows(text, engine), "t-options" in text.lower()
            )
        }

    def _kehu_tells(self, expression, given, rows_of, has_widgets):
        """Return whether an expression of the template shows something of a contact who can be hidden apart.

        :param given: names that the template gives to values
        :param rows_of: ``{variable: fields of the document}``, for variables that are each of the rows in these
        """
        for variable, *names in chains(expression):
            if variable in rows_of:
                variable, names = "object", [*rows_of[variable], *names]
            model_name = None if variable in given else self.render_model
            if self._kehu_is_telling(model_name, variable, names, has_widgets=has_widgets):
                return True
        return False

    def _kehu_check_telling(self, known):
        """Refuse expressions that tell of other contacts.

        :param known: expressions that stood there before
        :raise AccessError: the user wrote others that tell of contacts who are hidden apart from the document
        """
        if self._kehu_telling() - known:
            raise AccessError(
                self.env._(
                    "A mail is read by everybody who reads the document. What it shows of a customer besides the name is "
                    "written by users who are cleared for all customers, or by an administrator."
                )
            )

    @api.model
    def _kehu_is_telling(self, model_name, variable, names, has_widgets):
        """Return whether fields, one after the other, lead to something of a contact who can be hidden apart.

        :param model_name: of ``object``; none if the variable is the template's own
        :param has_widgets: whether the template says how values are shown: a contact with its address, say
        """
        if model_name in self.env and variable == "user":
            return False
        particulars, holders = self._kehu_particulars()
        if model_name not in self.env or variable != "object":
            # Of a loop, say: whatever it is.
            return any(name in particulars for name in names) or has_widgets and bool(names) and names[-1] in holders
        model, is_apart, is_ours = self.env[model_name], False, model_name in _OF_OURS
        for name in names:
            field = model._fields.get(name)
            if field is None or is_ours:
                return False
            if not is_apart and name in model._kehu_followed_fields() or is_apart and name in particulars:
                return True
            if not field.relational:
                return False
            target = self.env[field.comodel_name]
            is_customer = target._name == "res.users" and self._kehu_leads_to_customers(field)
            is_ours = target._name in _OF_OURS and not is_customer
            is_followed = target._name == "res.partner" and model._kehu_is_followed(name, is_manual=False)
            is_apart = is_apart or is_customer or is_followed
            model = target
        return has_widgets and is_apart and not is_ours and model._name in ("res.partner", "res.users")

    @api.model
    def _kehu_leads_to_customers(self, field):
        """Return whether the users in a field can be customers in the portal: those of a contact, or whoever entered a
        record. Others are chosen from among colleagues.
        """
        return field.name in _ENTERED_BY or field.type == "one2many" or not (field.store or field.related)

    @api.model
    @ormcache()
    def _kehu_particulars(self):
        """Return the names of what a contact, or its user, says besides its label, and those of the fields that hold a
        contact.
        """
        contacts = self.env["res.partner"]
        particulars = {"login"}.union(
            name
            for name, field in contacts._fields.items()
            if name not in _LABELS
            and field.type in _TELLING
            and (not field.relational or field.comodel_name not in {contacts._name, *_OF_OURS})
        )
        holders = frozenset(
            name
            for model in self.env.values()
            for name, field in model._fields.items()
            if field.relational and field.comodel_name == contacts._name
        )
        return frozenset(particulars), holders
