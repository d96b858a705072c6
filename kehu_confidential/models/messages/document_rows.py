"""Rows that name a document of any model are hidden with it (X3)."""

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.kehu_workflow.access import refuse_also
from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

from ..rule.tier import CONFIDENTIAL


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_untold(self):
        """Return those of ``self`` of whose followers, recipients and ratings the current user is told nothing (X3,
        C8).

        Of our documents, those that the user may not read: Odoo shows such rows to each employee. Of others, the hidden
        ones.
        """
        if not self._name.startswith(OURS):
            return self._kehu_hidden()
        return self - self.sudo(False).exists()._filtered_access("read")

    @api.model
    def _kehu_untold_domain(self):
        """Return the domain of the records of which the current user is told nothing."""
        if not self._name.startswith(OURS):
            return self._kehu_hidden_ones_domain()
        documents = self.sudo(False).with_context(active_test=False)
        return ~Domain("id", "in", documents._search([])) if documents.has_access("read") else Domain.TRUE

    def _kehu_classified(self):
        """Return those of ``self`` that are about a confidential customer; asks nothing of a model that has none."""
        if delegation := self._inherits.get("res.partner"):
            classified = self._kehu_delegated_contacts(delegation)._kehu_classified()
            return self.filtered(lambda record: record._kehu_delegated_contacts(delegation) in classified)
        if not any(self._ids) or not self._kehu_is_protected():
            return self.browse()
        documents = self.sudo().with_context(prefetch_fields=False)
        return documents.filtered(lambda document: document._kehu_highest_tier() >= CONFIDENTIAL).with_env(self.env)


class DocumentRows(models.AbstractModel):
    """Rows that name a document of any model, and that are hidden with it, whatever else would let one read them."""

    _name = "kehu.document.rows"
    _description = "Rows that are hidden with their document"

    _kehu_is_document_row = True
    _kehu_document_model = "res_model"
    # Whether Odoo shows the rows to those who may not read the document.
    _kehu_is_open_to_employees = False
    # Fields with bare addresses: of a document that names a customer, they may be the customer's.
    _kehu_bare_addresses = ()

    @api.model
    def _kehu_parent_candidates(self):
        # The document says it all.
        return ()

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._origin._ids):
            return self.browse()
        hidden = {row._origin.id for row in super()._kehu_hidden()}
        rows = self._origin.sudo().with_context(prefetch_fields=False)
        for name, about in rows.grouped(self._kehu_document_model).items():
            if name in self.env and (name.startswith(OURS) or self.env[name]._kehu_is_protected()):
                documents = self.env[name].browse({row.res_id for row in about if row.res_id})
                gone = set(
                    (documents._kehu_untold() if self._kehu_is_open_to_employees else documents._kehu_hidden())._ids
                )
                hidden.update(row.id for row in about if row.res_id in gone)
        return self.filtered(lambda row: row._origin.id in hidden)

    def _kehu_untold(self):
        untold = super()._kehu_untold()
        rows = (self - untold)._origin.sudo().with_context(prefetch_fields=False)
        for name, about in rows.grouped(self._kehu_document_model).items():
            if name in self.env and name.startswith(OURS):
                gone = set(self.env[name].browse({row.res_id for row in about if row.res_id})._kehu_untold()._ids)
                untold |= self.browse(row.id for row in about if row.res_id in gone)
        return untold

    @api.model
    @ormcache("self._name")
    def _kehu_followed_fields(self):
        return {**super()._kehu_followed_fields(), **dict.fromkeys(self._kehu_bare_addresses, ())}

    def _kehu_reached_domain(self, name):
        # Documents are of any model: as with paths that cannot be searched.
        is_bare = name in self._kehu_bare_addresses
        return ~self._kehu_hidden_ones_domain() if is_bare else super()._kehu_reached_domain(name)

    @api.model
    def _kehu_told_domain(self, domain):
        """Return the domain of the rows whose documents the user may know, among those that ``domain`` finds; none if
        it cannot be said.
        """
        return None

    def _kehu_highest_tier(self):
        self = self.with_context(prefetch_fields=False)
        name = self[self._kehu_document_model]
        document = self.env[name].browse(self.res_id or ()).exists() if name in self.env else self.browse()
        return max(super()._kehu_highest_tier(), document._kehu_highest_tier() if document else "0")

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return refuse_also(self, operation, result, lambda rows: any(rows._ids) and rows._kehu_hidden())

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if self.env.su or bypass_access:
            return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)
        told = self._kehu_told_domain(Domain(domain))
        query = super()._search(domain if told is None else Domain(domain) & told, offset, limit, order, **kwargs)
        found = self.browse(query) if told is None else self.browse()
        hidden = found._kehu_hidden()
        return (found - hidden)._as_query(bool(order)) if hidden else query
