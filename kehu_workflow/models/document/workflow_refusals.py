from collections import defaultdict

from odoo import models


class WorkflowMixin(models.AbstractModel):
    """What keeps a document from being moved, in words for the user."""

    _inherit = "kehu.workflow.mixin"

    def _workflow_blockers(self, move):
        """What stands in the way of ``move`` besides the caller's rights and the reason.

        Meant to be extended, for instance by a checklist that must be complete (A5).

        :return: ``{record_id: [sentence, …]}`` of the records that cannot be moved, a list for any other
        """
        blockers = defaultdict(list)
        states = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in move.source:
                blockers[record.id].append(self.env._("It is “%s” now.", states.get(record.state, record.state)))
            if lacking := record._workflow_lacking(move):
                blockers[record.id].append(self.env._("Fill in %s.", ", ".join(lacking)))
        return blockers

    def _workflow_required(self, move):
        """Return the names of the fields that this document needs for ``move`` (hook)."""
        return move.required

    def _workflow_lacking(self, move):
        """Return the labels of the fields that this document needs for ``move`` and that are empty (hook)."""
        self.ensure_one()
        empty = [name for name in self._workflow_required(move) if not self[name]]
        labels = self.fields_get(empty, ["string"]) if empty else {}
        return [labels[name]["string"] for name in empty]

    def _workflow_barred(self, move):
        """Say on which records somebody else has to make ``move``, whatever the user's groups and roles (hook).

        Such moves have no button.

        :return: ``{record_id: sentence}``
        """
        return {}

    def _workflow_explain(self):
        """``[(label, [sentence, …]), …]``: what each move from the present state lacks for the user."""
        self.ensure_one()
        explained = []
        for move in self._workflow_move_map().values():
            if self.state not in move.source:
                continue
            sentences = [] if self._workflow_filter_movable_by_user(move) else [self._workflow_who(move)]
            sentences += filter(None, [self.sudo()._workflow_barred(move).get(self.id)])
            sentences += self.sudo()._workflow_blockers(move).get(self.id, [])
            if move.reason:
                sentences.append(self.env._("You will be asked for the reason."))
            explained.append((self._workflow_label(move), sentences or [self.env._("Nothing is missing.")]))
        return explained
