"""Numbers that Odoo sums up over the documents of all customers are sums of what the reader may read (X3).

Much that cards and dashboards show is computed as superuser. While a client's number is being computed, the searches
that are made for it find no hidden record, superuser mode or not. What is summed up in SQL is in :mod:`.journal_cards`.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache

# In the context, while such a number is computed. No client can send this object.
_WITHIN_TIERS = object()
_NUMBERS = ("float", "integer", "monetary")

# Numbers that server code relies on, and which say nothing of whose they are: complete for everybody.
_COMPLETE = {
    "loyalty.program": (
        "order_count",
        "pos_order_count",
        "total_order_count",
    ),  # how often the program may still be used
}


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    @ormcache("self._name")
    def _kehu_number_fields(self):
        """Return the names of the fields that are computed for the reader, together with a number; ours ask for rights
        themselves.
        """
        if self._name.startswith("kehu."):
            return frozenset()
        numbers = {
            field
            for field in self._fields.values()
            if field.compute
            and not field.store
            and field.type in _NUMBERS
            and not field.name.startswith("kehu_")
            and field.name not in _COMPLETE.get(self._name, ())
        }
        return frozenset(
            other.name for field in numbers for other in self.pool.field_computed[field] if not other.store
        )

    def _kehu_within_tiers(self):
        """Return ``self`` in an environment whose searches find nothing that is hidden from the current user."""
        return self if self._kehu_sees_labels() else self.with_context(kehu_within_tiers=_WITHIN_TIERS)

    def _kehu_is_within_tiers(self):
        return self.env.context.get("kehu_within_tiers") is _WITHIN_TIERS

    def _kehu_complete(self):
        """Return ``self`` in an environment whose searches as superuser find everything."""
        return self.with_context(kehu_within_tiers=None) if self._kehu_is_within_tiers() else self

    def _compute_field_value(self, field):
        if field.store or field.name not in self._kehu_number_fields():
            # Others will read it in the database or the cache.
            self = self._kehu_complete()
        elif not self.env.su or field.compute_sudo:
            # What server code reads as superuser is whole, unless Odoo computes the field as superuser for anybody.
            self = self._kehu_within_tiers()
        return super(Base, self)._compute_field_value(field)

    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not self._kehu_is_within_tiers():
            return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)
        whole = self._kehu_complete()
        if self.env.su or bypass_access:
            domain = Domain(domain) & whole._kehu_reachable_domain()
        return super(Base, whole)._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    def _fetch_query(self, query, fields):
        # The cache is shared with the server.
        return super(Base, self._kehu_complete())._fetch_query(query, fields).with_env(self.env)
