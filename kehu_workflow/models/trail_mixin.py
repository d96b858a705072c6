from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ..evidence import MergePermit

_lt = LazyTranslate(__name__)


class TrailMixin(models.AbstractModel):
    """Rows about a document (``res_model``, ``res_id``), which follow the document's confidentiality.

    Whoever may read the document may read them; only server code writes them, unless the model says otherwise.
    The model declares ``res_model`` and ``res_id`` itself.

    A document model is one whose class has ``_kehu_has_trail = True``, as our mixins do.
    """

    _name = "kehu.trail.mixin"
    _description = "Rows that follow a document"
    _inherit = ["kehu.evidence.mixin", "kehu.server.rows.mixin"]
    _evidence_refusal = _lt("The history of a document cannot be deleted:")

    # Rows that state a fact: not even server code changes or deletes them.
    _trail_append_only = False
    # Rows that users with the access right write, too. Of others, no access right that an administrator adds makes them writable.
    _trail_by_hand = False

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self._trail_by_hand:
            self._trail_refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if not self._trail_by_hand:
            self._trail_refuse_by_hand()
        permit = self.env.context.get("kehu_evidence_permit")
        if self._trail_append_only and not (isinstance(permit, MergePermit) and permit.carries(self, vals)):
            raise UserError(self.env._("Entries of “%s” cannot be changed.", self.env["ir.model"]._get(self._name).name))
        return super().write(vals)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation != "read" or not any(self._ids):
            return result
        candidates = self - result[0] if result else self
        forbidden = candidates - candidates._filter_by_document()
        if not forbidden:
            return result
        if result:
            return result[0] + forbidden, result[1]
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(operation, forbidden)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._domain_by_document()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    # === BUSINESS ===

    @api.model
    def _trail_refuse_by_hand(self):
        if not self.env.su:
            raise AccessError(self.env._("“%s” is written by the server alone.", self.env["ir.model"]._get(self._name).name))

    @api.model
    def _domain_by_document(self):
        """The rows whose document the user may read, as one domain of sub-queries."""
        domain = Domain.FALSE
        for name in self._document_models():
            documents = self.env[name].with_context(active_test=False)
            if documents.has_access("read"):
                domain |= Domain("res_model", "=", name) & Domain("res_id", "in", documents._search([]))
        return domain

    def _filter_by_document(self):
        """The rows of ``self`` whose document exists and may be read by the user."""
        allowed = self.browse()
        for name, rows in self.sudo().grouped("res_model").items():
            if name not in self._document_models():
                continue
            documents = self.env[name].browse(rows.mapped("res_id")).exists()
            readable = set(documents._filtered_access("read")._ids)
            allowed += self.browse(row.id for row in rows if row.res_id in readable)
        return allowed

    @api.model
    def _document_models(self):
        """Names of the installed models that have such rows."""
        return [
            name
            for name, model in self.env.registry.items()
            if getattr(model, "_kehu_has_trail", False) and not model._abstract
        ]
