from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError

from .tier import TOP_SECRET

# What a condition may ask of documents that can be hidden from who writes it: it says nothing of their content.
HARMLESS_TYPES = ("boolean", "date", "datetime", "selection")
HARMLESS_RECORDS = (
    "crm.team",
    "res.company",
    "res.country",
    "res.country.state",
    "res.currency",
    "res.partner.category",
    "res.partner.industry",
)


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_may_follow(self, field, is_own):
        """What can be hidden by the tier of a customer is looked at where it is the document's own: its customer, what
        it belongs to.
        """
        if not super()._kehu_may_follow(field, is_own):
            return False
        own = {getattr(self, "_kehu_customer_field", None), *self._kehu_covering_fields()} if is_own else ()
        return field.name in own or not self.env[field.comodel_name]._kehu_is_protected()

    @api.model
    def _kehu_check_rule_domain(self, domain, prefix=""):
        """Users who are not cleared for all documents do not ask about their content: whether a rule matches would tell
        it (X3).

        :raise AccessError: naming the field
        """
        super()._kehu_check_rule_domain(domain, prefix)
        # Whose rule it is, and not in which mode: constraints run as superuser.
        if self.env.uid == SUPERUSER_ID or self.env.user.kehu_clearance == TOP_SECRET or not self._kehu_is_protected():
            return
        for condition in domain.iter_conditions():
            path = prefix + condition.field_expr
            if not ("any" in condition.operator or condition.value is False or self._kehu_is_harmless(path)):
                raise AccessError(
                    self.env._(
                        "“%s” is content of records that may be hidden from you. A condition asks for status, kind, "
                        "dates, company, unit and "
                        "region, or whether something is entered; users cleared for top secret may ask for more.",
                        path,
                    )
                )

    @api.model
    def _kehu_is_harmless(self, path):
        """Return whether what the path leads to says nothing of the content of a record."""
        model = self
        for name in path.split("."):
            field = model._fields[name]
            if not field.relational:
                return field.type in HARMLESS_TYPES
            model = self.env[field.comodel_name]
        return model._name in HARMLESS_RECORDS or model._name.endswith((".kind", ".type"))
