import inspect
import re

from odoo.models import BaseModel
from odoo.tools import mute_logger

from .markers import QUIET

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_METHOD = re.compile(r"^(get|retrieve)_|_(data|info|values|dashboard)$")
_TYPES = ("char", "float", "html", "integer", "json", "monetary", "text", "binary")

# Complete for everybody, by business.
COMPLETE = {
    "account.move.highest_name",  # the last number that was used
    "ir.model.count",  # how many rows a table has
    "stock_account.stock.valuation.report.get_report_values",  # what our stock is worth, as the accounts say
}
# Another answer each time, or one that says itself that something is left out (test_journal_cards.py).
_OTHERWISE = re.compile(
    r"\.(get_portal_url|get_discuss_videocall_location|get_web_push_vapid_public_key)$|^account\.journal\.kanban_dashboard(_graph)?$"
)


class NumberFinder:
    """Compares what records and methods tell a user before and after there is what is hidden from them."""

    def __init__(self, case, make_hidden):
        self.case, self.env, self.make_hidden = case, case.env, make_hidden
        self.seen_by_others = {}

    def find(self, user):
        """Return ``{where: (answer before, answer after)}`` of what tells the user of hidden documents."""
        savepoint = self.env.cr.savepoint()
        newest = {name: self._newest(name) for name in self._models()}
        self.make_hidden()
        self.env.flush_all()
        questions = list(self._questions(self._pointed_at(newest)))
        after, whole = self._answers(user, questions), self._answers(self.case.cleared, questions)
        savepoint.close(rollback=True)
        before, cleared = self._answers(user, questions), self._answers(self.case.cleared, questions)
        self.seen_by_others = {
            where: (cleared[where], told) for where, told in whole.items() if told != cleared.get(where)
        }
        return {
            where: (before.get(where), told)
            for where, told in after.items()
            if told != before.get(where)
            and where.split(" ")[0] not in COMPLETE
            and not _OTHERWISE.search(where.split(" ")[0])
        }

    def _models(self):
        models = (self.env[name] for name in sorted(self.env.registry))
        return [model._name for model in models if model._auto and not model._abstract and not model._transient]

    def _newest(self, name):
        return self.env[name].sudo().with_context(active_test=False).search([], limit=1, order="id desc").id or 0

    def _pointed_at(self, newest):
        """Return ``{model: ids}``: the older records to which the new ones lead by one or two steps."""
        found = {}
        fresh = [
            self.env[name].sudo().with_context(active_test=False).search([("id", ">", last)], limit=5)
            for name, last in newest.items()
        ]
        for _step in range(2):
            targets = {}
            for records in fresh:
                for name, field in records._fields.items():
                    if field.relational and field.store and field.comodel_name in newest and records:
                        targets.setdefault(field.comodel_name, set()).update(
                            id_ for id_ in records.mapped(name)._ids if id_ and id_ <= newest[field.comodel_name]
                        )
            for name, ids in targets.items():
                found.setdefault(name, set()).update(sorted(ids)[-3:])
            fresh = [self.env[name].sudo().browse(sorted(ids)[-3:]) for name, ids in targets.items()]
        return {name: sorted(ids) for name, ids in found.items() if ids}

    def _questions(self, rows):
        """Yield ``(model, ids, fields, methods)``."""
        for name in sorted(self.env.registry):
            model, ids = self.env[name], rows.get(name, [])
            fields = [field.name for field in model._fields.values() if field.compute and field.type in _TYPES]
            methods = list(self._methods(model))
            of_model = [method for method in methods if getattr(getattr(type(model), method), "_api_model", False)]
            for record_id in ids:
                yield name, [record_id], fields, [method for method in methods if method not in of_model]
            if of_model:
                yield name, [], [], of_model

    def _methods(self, model):
        for name in dir(type(model)):
            if name.startswith("_") or not _METHOD.search(name) or hasattr(BaseModel, name):
                continue
            function = getattr(type(model), name)
            if not callable(function) or getattr(function, "_api_private", False):
                continue
            parameters = list(inspect.signature(function).parameters.values())[1:]
            if not any(p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
                yield name

    def _answers(self, user, questions):
        """Return ``{where: numbers}``."""
        answers = {}
        with mute_logger(*QUIET):
            for name, ids, fields, methods in questions:
                records = self.env(user=user, su=False)[name].browse(ids)
                at = f" {ids[0]}" if ids else ""
                row = self._answer(lambda records=records, fields=fields: records.read(fields)[0]) if fields else None
                if fields and row is None:
                    row = {
                        what: self._answer(lambda records=records, what=what: records.read([what])[0][what])
                        for what in fields
                    }
                answers.update((f"{name}.{what}{at}", _numbers((row or {}).get(what))) for what in fields)
                for method in methods:
                    answers[f"{name}.{method}{at}"] = _numbers(self._answer(getattr(records, method)))
        return answers

    def _answer(self, call):
        """Return what a call answers, in a request of its own; ``None`` if it is refused."""
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint()
        try:
            return call()
        except Exception:
            return None
        finally:
            savepoint.close(rollback=True)


def _numbers(answer):
    return sorted(_NUMBER.findall(repr(answer)))
