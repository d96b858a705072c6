from odoo import SUPERUSER_ID, api, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...evidence import MergePermit

_lt = LazyTranslate(__name__)


class EvidenceMixin(models.AbstractModel):
    """Rows that nobody deletes once they are evidence, in superuser mode or not (A14).

    All rows of a model are evidence unless its ``_filter_evidence()`` says otherwise. What they refer to is not
    deleted, either.
    """

    _name = "kehu.evidence.mixin"
    _description = "Kept as Evidence"

    # Says what to do instead.
    _evidence_refusal = _lt("This is kept as evidence and cannot be deleted:")
    # Fields that are emptied when what they refer to is deleted.
    _evidence_lets_go = ()

    @api.model
    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        for name, field in self._fields.items():
            # PostgreSQL must not refuse what concerns Odoo's own registry.
            if not field.store or name in self._evidence_lets_go or (field.comodel_name or "").startswith("ir."):
                continue
            # An entry of a list would go with the user or contact. Other evidence says by itself when it may go.
            is_listed = (
                field.type == "many2many"
                and field.ondelete == "cascade"
                and not hasattr(self.env.registry[field.comodel_name], "_filter_evidence")
            )
            if is_listed or field.type == "many2one" and field.ondelete == "set null":
                field.ondelete = "restrict"
        return result

    # === CRUD ===

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_no_evidence(self):
        if self.env.uid == SUPERUSER_ID and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        permit = self.env.context.get("kehu_evidence_permit")
        if isinstance(permit, MergePermit) and permit.deletes(self):
            return
        if kept := self._filter_evidence():
            names = [record.display_name or "" for record in kept[:10]]
            raise UserError("\n".join([self.env._(self._evidence_refusal), *names]))  # pylint: disable=gettext-variable

    # === BUSINESS ===

    def _filter_evidence(self):
        """Return those of ``self`` that nobody deletes any more (hook).

        Judged by what ever happened, not by the present state: an archive that was filed stays one that was filed.
        """
        return self
