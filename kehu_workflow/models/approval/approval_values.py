import json
from collections import defaultdict

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, formatLang

from ...approval import digest

# So many records and characters of a value are shown to who decides; the document has the rest.
SHOWN, SHOWN_TEXT = 10, 300


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
            asked = ", ".join(f"{approval.kind_label} ({approval.document_name})" for approval in changed)
            if moves := self._approval_ways_back():
                raise UserError(
                    self.env._(
                        "%(asked)s was asked for or approved with the present values. Take it back first (button "
                        "%(moves)s), then change them and ask again.",
                        asked=asked,
                        moves=", ".join(f"“{self._workflow_label(move)}”" for move in moves),
                    )
                )
            raise UserError(
                self.env._(
                    "%s was asked for or approved with the present values. Take it back first, then change them and "
                    "ask again.",
                    asked,
                )
            )

    def _approval_ways_back(self):
        """Return the moves by which people take these documents back to where an approval is asked for."""
        moves = self._workflow_move_map().values()
        states = set(self.sudo().mapped("state"))
        asking = {state for move in moves if move.approval for state in move.source}
        return [
            move
            for move in moves
            if move.is_for_people and not move.approval and move.target in asking and states.intersection(move.source)
        ]

    def _approval_check_unchanged(self):
        """Compare what is approved with what it was approved for, in the transaction that carries it out (A6, C5).

        :raise UserError: a watched value is not the one that was approved, however it came to be another
        """
        self._approval_of("approved")._check_unchanged()

    def _approval_filter_unchanged(self):
        """The documents without those that differ from what was approved; for what is carried out for many at once
        (A6).
        """
        changed = set(self._approval_of("approved")._changed().mapped("res_id"))
        return self.filtered(lambda document: document.id not in changed)

    @api.model
    def _approval_follow_merge(self, gone, kept):
        """Name ``kept`` where ``gone`` was asked for: two records that turn out to be one are no other value (A6).

        Called by the server before it re-points what refers to ``gone``.
        """
        paths = self._approval_paths_to(gone._name)
        documents = self._approval_find_naming(gone)

        def follow(value):
            if isinstance(value, list):
                return [follow(item) for item in value]
            return kept.id if value in gone._ids else value

        def follow_below(relation, name, asked):
            """What ``asked`` says of a record itself, such as its name, it says of the one that stays."""
            named = gone.browse(asked[relation]) & gone
            return [(kept[name] or named[:1][name])] if named else asked[f"{relation}.{name}"]

        for approval in documents._approval_of("pending", "approved"):
            asked = approval._asked_values()
            snapshot = {path: follow(value) if path in paths else value for path, value in asked.items()}
            for path in asked:
                relation, _dot, name = path.rpartition(".")
                if relation in paths and relation in asked and path not in paths:
                    snapshot[path] = follow_below(relation, name, asked)
            approval.write({"snapshot": snapshot, "digest": digest(snapshot)})

    @api.model
    def _approval_paths_to(self, model_name):
        """The watched paths of all kinds that lead to records of a model."""
        kinds = self._approval_kind_map().values()
        return {
            path for kind in kinds for path in kind.watched if self._approval_field(path).comodel_name == model_name
        }

    @api.model
    def _approval_find_naming(self, records):
        """The documents, in sudo, of which a watched value may name one of ``records``."""
        paths = self._approval_paths_to(records._name)
        documents = self.sudo().with_context(active_test=False)
        return (
            documents.search(Domain.OR(Domain(path, "in", records.ids) for path in paths))
            if paths
            else documents.browse()
        )

    def _approval_filter_binding(self):
        """Hook: those on which something waits, or was approved and still says what is to be done."""
        bound = set(self._approval_of("pending", "approved").mapped("res_id"))
        return self.filtered(lambda document: document.id in bound)

    def _approval_freezing(self, vals):
        """The approvals that watch something that ``vals`` may change; no query where nothing is ever watched."""
        influences = self._approval_influences()
        paths = set().union(*(influences[name] for name in vals if name in influences))
        if not paths:
            return self.env["kehu.approval"]
        return self._approval_of("pending", "approved").filtered(
            lambda approval: not paths.isdisjoint(approval._asked_values())
        )

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

    def _approval_essentials(self, kind):
        """``{document_id: [(label, text), …]}`` of what is decided, as the user may read it; empty values are left out.

        The user reads the documents. Values of lines are not among them.
        """
        declared = self._approval_kind_map()[kind].watched if kind in self._approval_kind_map() else ()
        described = self.fields_get(["partner_id", *declared], ["string", "type", "selection"])
        names = [name for name in dict.fromkeys(("partner_id", *declared)) if name in described]
        readable = {
            name: self.mapped(name)._filtered_access("read")
            for name in names
            if described[name]["type"] in ("many2one", "many2many")
        }
        essentials = {}
        for document in self:
            texts = {
                name: text
                for name in names
                if (text := document._approval_text(name, described[name], readable.get(name)))
            }
            if texts.get("partner_id") == texts.get("name"):
                texts.pop("partner_id", None)  # the document is the customer
            essentials[document.id] = [(described[name]["string"], text) for name, text in texts.items()]
        return essentials

    def _approval_text(self, name, described, readable):
        """The value of a field in words; empty for one without, and for what has no words.

        :param readable: the records of the field that the user may read
        """
        value = self[name]
        match described["type"]:
            case "many2one" | "many2many":
                related = value & readable
                return ", ".join(filter(None, related[:SHOWN].mapped("display_name"))) if related else ""
            case "monetary":
                currency = self[self._fields[name].get_currency_field(self)] or self._approval_company().currency_id
                return currency.format(value) if value else ""
            case "integer" | "float":
                return formatLang(self.env, value, digits=0 if described["type"] == "integer" else 2) if value else ""
            case "selection":
                return dict(described["selection"]).get(value, "")
            case "date":
                return format_date(self.env, value)
            case "datetime":
                return format_datetime(self.env, value) if value else ""
            case "boolean":
                return self.env._("Yes") if value else ""
            case "char" | "text":
                return (value or "")[:SHOWN_TEXT]
        return ""

    @api.model
    @tools.ormcache()
    def _approval_influences(self):
        """The model's own fields that can change a watched value, by themselves or through what is computed from them.

        :return: ``{name: {watched paths}}`` of any kind or rule
        """
        paths = {path for kind in self._approval_kind_map().values() for path in kind.watched}
        rules = (
            self.env["kehu.approval.rule"]
            .sudo()
            .with_context(active_test=False)
            .search([("res_model", "=", self._name)])
        )
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
