import json
from collections import defaultdict

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..approval import digest


class ApprovalValues(models.AbstractModel):
    """Watched values: frozen from asking on, compared once more when they are carried out (A6, C5)."""

    _inherit = "kehu.approval.mixin"

    # === BUSINESS ===

    def _approval_written(self, vals):
        """Refuse ``vals`` that change what was asked for.

        Called by ``write()``; a model that delegates to another calls it when the other is written.

        :raise UserError: a watched value of a pending or granted approval is not the same any more
        """
        if changed := self._approval_freezing(vals)._changed():
            raise UserError(
                self.env._(
                    "%s was asked for or approved with the present values. Take it back first, then change them and ask again.",
                    ", ".join(f"{approval.kind_label} ({approval.document_name})" for approval in changed),
                )
            )

    def _approval_check_unchanged(self):
        """Compare what is approved with what it was approved for, in the transaction that carries it out (A6, C5).

        :raise UserError: a watched value is not the one that was approved, however it came to be another
        """
        self._approval_of("approved")._check_unchanged()

    def _approval_filter_unchanged(self):
        """The documents without those that differ from what was approved; for what is carried out for many at once (A6)."""
        changed = set(self._approval_of("approved")._changed().mapped("res_id"))
        return self.filtered(lambda document: document.id not in changed)

    @api.model
    def _approval_follow_merge(self, gone, kept):
        """Name ``kept`` where ``gone`` was asked for: two records that turn out to be one are no other value (A6).

        Called by the server before it re-points what refers to ``gone``.
        """
        kinds = self._approval_kind_map().values()
        paths = {path for kind in kinds for path in kind.watched if self._approval_field(path).comodel_name == gone._name}
        if not paths:
            return
        concerned = Domain.OR(Domain(path, "in", gone.ids) for path in paths)
        documents = self.sudo().with_context(active_test=False).search(concerned)

        def follow(value):
            if isinstance(value, list):
                return [follow(item) for item in value]
            return kept.id if value in gone._ids else value

        for approval in documents._approval_of("pending", "approved"):
            snapshot = {path: follow(value) if path in paths else value for path, value in approval.snapshot.items()}
            approval.write({"snapshot": snapshot, "digest": digest(snapshot)})

    def _approval_freezing(self, vals):
        """The approvals that watch something that ``vals`` may change; no query where nothing is ever watched."""
        influences = self._approval_influences()
        paths = set().union(*(influences[name] for name in vals if name in influences))
        if not paths:
            return self.env["kehu.approval"]
        return self._approval_of("pending", "approved").filtered(lambda approval: not paths.isdisjoint(approval.snapshot))

    def _approval_snapshots(self, paths):
        """``{document_id: {path: value}}`` with values that JSON can hold and compare."""
        return {document.id: {path: document._approval_value(path) for path in paths} for document in self.sudo()}

    def _approval_value(self, path):
        """The value at ``path`` of one record; a list where it leads through several."""
        *relations, name = path.split(".")
        # Lines are compared one by one, in an order that nobody can change.
        records = self.mapped(".".join(relations)).sorted("id") if relations else self
        field = records._fields[name]
        if field.relational:
            values = [sorted(record[name].ids) for record in records]
            return values if relations else values[0]
        values = [record[name] for record in records]
        # The database keeps the keys of JSON in an order of its own.
        values = [json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value for value in values]
        values = [value if isinstance(value, str | int | float) else str(value) for value in values]
        return values if relations else values[0]

    @api.model
    @tools.ormcache()
    def _approval_influences(self):
        """The model's own fields that can change a watched value, by themselves or through what is computed from them.

        :return: ``{name: {watched paths}}`` of any kind or rule
        """
        paths = {path for kind in self._approval_kind_map().values() for path in kind.watched}
        rules = self.env["kehu.approval.rule"].sudo().with_context(active_test=False).search([("res_model", "=", self._name)])
        paths.update(rules.watched_field_ids.mapped("name"))
        watched = defaultdict(set)
        for path in paths:
            watched[self._approval_field(path)].add(path)
        influences = defaultdict(set)
        for path in paths:
            influences[path.split(".")[0]].add(path)
        for name, field in self._fields.items():
            for dependent in self.pool.get_dependent_fields(field):
                influences[name] |= watched.get(dependent, set())
        return tools.frozendict({name: frozenset(changed) for name, changed in influences.items() if changed})
