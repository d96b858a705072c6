"""A search that leaves the user's rights stays within confidentiality (X3).

Odoo searches as superuser through related fields, and through relations whose own rules it skips to be quick
(``bypass_search_access``). Who may ask whether a hidden record fits a condition can spell out its content, so on that
way a hidden record fits none. What portal users ask never leaves their rights there.
"""

import re

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL, ormcache

# What opens a page or an account for whoever knows it. It is guessed as a whole or not at all: not letter by letter.
_SECRET = re.compile(r"(^|_)(r?token|secret)$")

# In the context, while rows are sorted by a record to which they point. No client can send this object.
_SORTING = object()


class Base(models.AbstractModel):
    _inherit = "base"

    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        if not (self.env.su or bypass_access):
            domain = Domain(domain)
            if self.env.user._is_portal():
                domain = self._kehu_asked_by_customer(domain)
            if (
                self._active_name
                and active_test
                and self.env.context.get("active_test", True)
                and not any(condition.field_expr == self._active_name for condition in domain.iter_conditions())
            ):
                domain &= Domain(self._active_name, "=", True)
            # Paths, related and inherited fields: all of them are “any!” where rights are left, once the domain is
            # optimized.
            domain, active_test = self._kehu_within_rights(domain.optimize_full(self)), False
        return super()._search(domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access)

    def _kehu_asked_by_customer(self, domain):
        """Return a domain in which relations whose rules Odoo skips are searched with the rights of the portal user.

        Customers read none of the internal notes about them, and not the accounts of colleagues: they ask nothing of
        them.
        """

        def with_rights(condition):
            field, value = self._fields[condition.field_expr.partition(".")[0]], condition.value
            if condition.operator not in ("any", "not any") or not isinstance(value, Domain):
                return condition
            related = self.env[field.comodel_name].with_context(**field.context)
            if not field.bypass_search_access or getattr(field, "delegate", False):
                value = related._kehu_asked_by_customer(value)
            elif related.has_access("read"):
                value = related._search(value)
            else:
                return Domain.FALSE
            return Domain(condition.field_expr, condition.operator, value)

        return domain.optimize(self).map_conditions(with_rights)

    def _kehu_within_rights(self, domain, is_left=False):
        """Return an optimized domain with the hidden records taken out wherever it leaves the user's rights.

        They fit neither a condition nor its opposite: a negation of the whole tells nothing either.

        :param is_left: whether the domain is asked as superuser already
        """
        followed, secret = self._kehu_followed_fields(), self._kehu_secret_fields()

        def within_rights(condition):
            name = condition.field_expr.partition(".")[0]
            if name in secret and (
                condition.operator not in ("in", "not in") or is_left and self._fields[name].groups == NO_ACCESS
            ):
                if not is_left:
                    self._check_field_access(self._fields[name], "read")
                return Domain.FALSE
            reached = Domain.TRUE
            # A column is emptied where the user looks at it; the table of a many2many, and what the server looks at,
            # are not.
            if name in followed and (is_left or self._fields[name].type == "many2many"):
                reached = self._kehu_followed_domain(name)
            if condition.operator not in ("any!", "not any!") or not isinstance(condition.value, Domain):
                return condition & reached
            field = self._fields[condition.field_expr]
            related = self.env[field.comodel_name] if field.relational else self
            value = related._kehu_within_rights(condition.value, is_left=True)
            # The rule of the record to which one delegates is part of the rule of the record itself.
            if not getattr(field, "delegate", False):
                value &= related._kehu_reachable_domain()
            return Domain(condition.field_expr, condition.operator, value) & reached

        return domain.map_conditions(within_rights)

    def _kehu_reachable_domain(self):
        """Return the domain of the records that are not hidden, for the domain of a search that the user makes."""
        domain = self._kehu_domain()
        if delegation := self._inherits.get("res.partner"):
            # Odoo adds the rule of the contact to that of its users only where it asks for rights.
            contacts = self.env["res.partner"]._kehu_domain()
            domain &= contacts if contacts.is_true() else Domain(delegation, "any!", contacts)
        return self._kehu_as_server(domain, lambda record: not record._kehu_hidden())

    @api.model
    def _kehu_followed_domain(self, name):
        """Return the domain of the records in which a followed field is not empty for the user."""
        return self._kehu_as_server(self._kehu_reached_domain(name), lambda record: not record._kehu_emptied([name]))

    @api.model
    def _kehu_as_server(self, domain, predicate):
        """Return a domain of ours in a form that is evaluated in superuser mode: it looks at what the user does not
        see.
        """
        if domain.is_true() or domain.is_false():
            return domain

        def to_sql(model, alias, query):
            model = model.sudo().with_context(active_test=False)
            return domain.optimize_full(model)._to_sql(model, alias, query)

        return Domain.custom(to_sql=to_sql, predicate=predicate)

    # === SECRETS ===

    @api.model
    @ormcache("self._name")
    def _kehu_secret_fields(self):
        """Return the names of the fields that are compared by clients as a whole only, and neither
        sorted nor grouped.
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type in ("char", "text") and (field.groups == NO_ACCESS or _SECRET.search(name))
        )

    @api.model
    def _kehu_check_not_secret(self, name):
        """Refuse to sort or group by fields that open pages.

        :raise AccessError: a client would sort or group by what opens a page
        """
        if not self.env.su and name in self._kehu_secret_fields():
            raise AccessError(self.env._("Records are neither sorted nor grouped by what opens their links."))

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._kehu_check_not_secret(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._kehu_check_not_secret(aggregate_spec.partition(":")[0])
        return super()._read_group_select(aggregate_spec, query)

    # === SORTING ===

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        self._kehu_check_not_secret(field_name)
        # Odoo sorts by the columns of the record to which a row points, whatever its label: a hidden one has no place
        # there, or its name could be found by comparing it with others. Rows that are hidden with that record need no
        # care.
        path = () if self.env.su else self.env.context.get("__m2o_order_seen", ())
        is_named = all(field.name in self.env[field.model_name]._kehu_names_of_hiding() for field in path)
        if is_named or self._fields[field_name.partition(".")[0]].type == "many2one":
            return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        return super(Base, self.with_context(kehu_sorting=_SORTING))._order_field_to_sql(
            alias, field_name, direction, nulls, query
        )

    @api.model
    def _kehu_names_of_hiding(self):
        """Return the names of the many2ones whose record hides the row, as soon as its label is hidden."""
        return {*self._kehu_customer_fields(), *self._kehu_covering_fields()}

    def _field_to_sql(self, alias, field_expr, query=None):
        if self.env.context.get("kehu_sorting") is not _SORTING or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        # What leads to the column is joined as ever.
        plain = self.with_context(kehu_sorting=None)
        sql = super(Base, plain)._field_to_sql(alias, field_expr, query)
        labelled = plain._kehu_labelled_domain()
        if labelled.is_true():
            return sql
        model = plain.sudo().with_context(active_test=False)
        return SQL("(CASE WHEN %s THEN %s END)", labelled.optimize_full(model)._to_sql(model, alias, query), sql)

    @api.model
    def _kehu_labelled_domain(self):
        """Return the domain of the records whose label the current user sees."""
        return self._kehu_reachable_domain()
