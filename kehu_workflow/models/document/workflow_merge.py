"""Two documents turn out to be one: the history of both stays with one of them (A14)."""

from odoo import models

from ...evidence import MergePermit
from ..deadline.deadline import OPEN


class WorkflowMixin(models.AbstractModel):
    _inherit = "kehu.workflow.mixin"

    def _merge_into(self, kept):
        """Carry all that was ever said and done about these documents to ``kept``, and delete them.

        Moves, decisions, clocks, messages, files and whatever refers to the documents belong to ``kept`` afterwards.
        The caller checks who may, and keeps what the documents themselves say.

        :param kept: one other record of the model
        """
        documents, kept = self.sudo(), kept.sudo()
        documents._merge_close()
        documents = documents.with_context(kehu_evidence_permit=MergePermit(self._name, frozenset(self.ids), kept.id))
        for name in documents._merge_trails():
            rows = (
                documents.env[name]
                .with_context(active_test=False)
                .search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
            )
            rows.write({"res_id": kept.id})
        documents.env.flush_all()
        # Core's own steps of a merge, for messages, followers, activities, files and foreign keys.
        steps = self.env["base.partner.merge.automatic.wizard"].sudo()
        steps._update_foreign_keys_generic(self._name, documents, kept)
        steps._update_reference_fields_generic(self._name, documents, kept)
        self.env.invalidate_all()
        documents.unlink()

    def _merge_close(self):
        """End what is still open on documents that go."""
        clocks = self.env["kehu.deadline"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", OPEN)]
        )
        clocks._end("cancelled", self.env._("Merged with another document."))

    def _merge_trails(self):
        """Return the names of the models whose rows are about documents."""
        return [
            name
            for name, model in self.env.registry.items()
            if hasattr(model, "_trail_append_only") and not model._abstract and model._auto
        ]


class ApprovalMixin(models.AbstractModel):
    _inherit = "kehu.approval.mixin"

    def _merge_close(self):
        # The decisions stay readable; they were about this document and do not hold for another.
        self._approval_of("pending", "approved")._lapse()
        return super()._merge_close()
