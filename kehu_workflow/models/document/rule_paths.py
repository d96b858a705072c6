"""How far the rules of administrators look: at a document, its lines and what it names, never at the documents of
others (A6, X3).

Rules are evaluated as superuser: a path to records of others would tell their content, one rule at a time.
"""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_check_rule_path(self, path):
        """Refuse paths of conditions that leave the document.

        :raise ValidationError: the path leads beyond a document of this model
        """
        model, is_own = self, True
        for name in path.split(".")[:-1]:
            field = model._fields.get(name)
            if field is None or not field.relational:
                return  # a part of a date; what is no path is refused elsewhere
            is_line = is_own and model._kehu_has_lines(field)
            if not (is_line or field.type == "many2one" and model._kehu_may_follow(field, is_own)):
                raise ValidationError(
                    self.env._(
                        "“%s” leads to other records: a rule looks at the document, its lines and its customer.", path
                    )
                )
            model, is_own = self.env[field.comodel_name], is_line

    @api.model
    def _kehu_check_rule_domain(self, domain, prefix=""):
        """Refuse conditions that leave the document.

        :raise ValidationError: see :meth:`_kehu_check_rule_path`
        """
        for condition in domain.iter_conditions():
            path = prefix + condition.field_expr
            if "any" in condition.operator:
                self._kehu_check_rule_domain(Domain(condition.value), f"{path}.")
            else:
                # A text is compared with the names of the records, if the path leads to some.
                self._kehu_check_rule_path(f"{path}.display_name" if _has_text(condition.value) else path)

    @api.model
    def _kehu_has_lines(self, field):
        """Return whether the field holds lines, which go with the record."""
        if field.type != "one2many" or field.related:
            return False
        inverse = self.env[field.comodel_name]._fields.get(field.inverse_name)
        return inverse is not None and inverse.type == "many2one" and inverse.ondelete == "cascade"

    @api.model
    def _kehu_may_follow(self, field, is_own):
        """Return whether what a many2one names may be looked at by a rule (hook).

        :param is_own: whether the field is of the document or its lines, not of what they name
        """
        return True


def _has_text(value):
    return (
        isinstance(value, str) or isinstance(value, (list, tuple, set)) and any(isinstance(item, str) for item in value)
    )
