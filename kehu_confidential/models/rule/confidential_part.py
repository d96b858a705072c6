from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from .followed_fields import PARTICULAR


class ConfidentialPart(models.AbstractModel):
    """Rows that belong to one document and are hidden with it (X3).

    A model says in ``_kehu_document_field`` which of its required many2ones is the document; the rule, the masks and
    the access log go by that one. A row that names customers of its own besides, returns their fields from
    ``_kehu_customer_fields()``.
    """

    _name = "kehu.confidential.part"
    _description = "Part of a Confidential Document"

    _kehu_document_field = None

    def _kehu_keeps_files(self):
        """The files of a part are those of its document (A14)."""
        kept = self[self._kehu_document_field]._kehu_keeps_files()
        return super()._kehu_keeps_files() | self.filtered(lambda part: part[self._kehu_document_field] in kept)

    # === RULE ===

    @api.model
    def _kehu_is_about_customers(self):
        return not self._abstract

    @api.model
    def _kehu_customer_fields(self):
        # The document says it all.
        return ()

    @api.model
    def _kehu_parent_fields(self):
        # The document is followed here, as some read the row without it.
        return ()

    @api.model
    def _kehu_covering_fields(self):
        # A row that has the document from another row of the document is hidden with that row, too.
        document = self._fields.get(self._kehu_document_field)
        return {self._kehu_document_field, *(document.related.split(".")[:1] if document and document.related else ())}

    @api.model
    def _kehu_paths_to_sources(self, field):
        # Users who decide on a row read it without the document, and no copies of a contact's particulars from there.
        paths = super()._kehu_paths_to_sources(field)
        name = self._kehu_document_field
        is_copied = field.related and field.related.split(".")[0] == name and PARTICULAR.search(field.name)
        return (*paths, name) if is_copied and getattr(self, "_kehu_lends_reading", False) else paths

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID or self._abstract:
            return domain
        documents = self.env[self._fields[self._kehu_document_field].comodel_name]
        followed = Domain(self._kehu_document_field, "any!", documents._kehu_domain(mode))
        return domain & (followed | self._kehu_unless_closed(self._kehu_readers_domain(mode)))

    @api.model
    def _kehu_readers_domain(self, mode="read"):
        """Return the domain of the rows that the current user reaches although the document is
        hidden from them (hook).
        """
        return Domain.FALSE

    def _kehu_highest_tier(self):
        self = self.with_context(prefetch_fields=False)
        return max(super()._kehu_highest_tier(), self[self._kehu_document_field]._kehu_highest_tier())

    def _kehu_customer_tiers(self):
        return self._kehu_customer_tiers_through(self._kehu_document_field)
