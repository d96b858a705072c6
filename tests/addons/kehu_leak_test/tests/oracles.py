"""Conditions that would spell out a hidden customer: on what Odoo searches with more rights than the user's."""

from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from .markers import CONTENT, COPIED, QUIET

_TEXT = ("char", "text", "html")
# A value that is in the records of the hidden customers, and one as long that is nowhere.
_RIGHT, _WRONG = CONTENT, f"{CONTENT[:-1]}q"
_BATCH = 25  # questions in one statement
_MODELS = 4  # on how many models a field of a mixin is tried


class Question:
    """One condition, asked with the right and with the wrong value: the answers must be the same."""

    def __init__(self, path, operator):
        self.path, self.operator = path, operator

    def domains(self):
        for word in (_RIGHT, _WRONG):
            if self.operator.endswith("in"):
                words = [f"{word}{tier}{end}" for tier in "23" for end in ("", "@example.com")]
                yield Domain(self.path, self.operator, words)
            else:
                yield Domain(self.path, self.operator, f"%{word}%" if "=" in self.operator else word)


class Oracles:
    """Fields that Odoo searches with more rights than the user's, each definition once, where it has something to tell.

    :param markers: the hidden customers, and the documents about them
    :param models: the models to ask, in the environment of a user who may read neither customer
    :param steps: how many relations to follow from the field itself
    """

    def __init__(self, markers, models, steps=1):
        self.env, self.markers, self.steps = markers.env, markers, steps
        self.models = [model for model in models if model.search([], limit=1)]
        self.fields, self.asked, self.telling = 0, 0, 0

    def leaks(self):
        """Ask everything; yield ``(model, path, operator)`` of what gives a hidden value away."""
        places = {}
        for model in self.models:
            for name, definition in self._leaving_rights(model):
                places.setdefault(definition, []).append((model, name))
        self.fields = len(places)
        # What a mixin defines is asked on the first model, of a few, with a row that leads to a hidden customer; what
        # even a superuser does not find there, nobody is told.
        for rank in range(_MODELS):
            by_model = {}
            for definition, rows in places.items():
                if len(rows) > rank:
                    model, name = rows[rank]
                    by_model.setdefault(model, {})[name] = definition
            for model, names in by_model.items():
                self._connect(model, names)
                questions = {name: self._questions(model, name) for name in names}
                telling = self._telling(model, sum(questions.values(), []))
                self.telling += len(telling)
                told = [name for name in names if not telling.isdisjoint(questions[name])]
                for name in told:
                    places[names[name]].clear()
                yield from self._answers(model, sum((questions[name] for name in told), []))

    # === WHAT IS ASKED ===

    def _leaving_rights(self, model):
        """Yield ``(field, definition)`` of the fields of a model that are not searched by the rights of the user."""
        for name, field in model._fields.items():
            if (
                field.inherited
                or field.type in ("binary", "many2one_reference")
                or not model._has_field_access(field, "read")
            ):
                continue
            searches = field.search and not field.store or getattr(field, "bypass_search_access", False)
            if field.related or searches:
                classes = reversed(type(model).__mro__)
                definer = next((cls for cls in classes if isinstance(vars(cls).get(name), type(field))), type(model))
                yield name, (definer.__module__, definer.__qualname__, name)

    def _questions(self, model, name):
        field = model._fields[name]
        # Searches of Odoo's own answer some operators only.
        operators = ["=ilike", "not =ilike"]
        if field.search and not field.related:
            operators += ["ilike", "not ilike", "in", "not in"]
        paths = self._paths(model, field, self.steps)
        questions = [Question(path, operator) for path in paths for operator in operators]
        if field.relational:
            questions += [Question(name, operator) for operator in ("ilike", "not ilike")]
        return questions

    def _paths(self, model, field, steps):
        """Yield the paths to texts that a field is, or leads to."""
        if field.type in _TEXT:
            yield field.name
        elif field.relational and steps:
            comodel = model.env[field.comodel_name]
            others = [
                other
                for other in comodel._fields.values()
                if comodel._has_field_access(other, "read") and not other.inherited
            ]
            # What is hidden there is hidden whole, or by the column: one of each tells.
            texts = [other for other in others if other.type in _TEXT and other.store]
            texts.sort(key=lambda other: not COPIED.search(other.name))
            relations = [other for other in others if other.relational and other._description_searchable]
            for other in [*texts[:1], *texts[-1:], *relations]:
                for path in self._paths(comodel, other, steps - 1):
                    yield f"{field.name}.{path}"

    # === ROWS THAT LEAD TO A HIDDEN CUSTOMER ===

    def _connect(self, model, names):
        """Let rows that the user may read refer to hidden records, and stay readable."""
        marked = [document.id for document, _tier in self.markers.documents if document._name == model._name]
        with mute_logger(*QUIET):
            rows = model.search([("id", "not in", marked)], limit=2, order="id desc")
        for name in sorted({(model._fields[name].related or name).partition(".")[0] for name in names}):
            field = model._fields[name]
            if field.type not in ("many2one", "many2many") or not field.store or field.related:
                continue
            for tier, row in zip("23", rows):
                for document, of in self.markers.documents:
                    if document._name == field.comodel_name and of == tier:
                        self._refer(row, field, document)
                        break

    def _refer(self, row, field, target):
        cr = self.env.cr
        savepoint = cr.savepoint()
        tier = target.sudo()._kehu_highest_tier()
        try:
            with mute_logger(*QUIET):
                if field.type == "many2one":
                    cr.execute(
                        SQL(
                            "UPDATE %s SET %s = %s WHERE id = %s",
                            SQL.identifier(row._table),
                            SQL.identifier(field.name),
                            target.id,
                            row.id,
                        )
                    )
                else:
                    cr.execute(
                        SQL(
                            "INSERT INTO %s (%s, %s) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                            SQL.identifier(field.relation),
                            SQL.identifier(field.column1),
                            SQL.identifier(field.column2),
                            row.id,
                            target.id,
                        )
                    )
                self.env.invalidate_all(flush=False)
                row.sudo().modified([field.name])
                self.env.flush_all()
                for customer in self.markers.customers.values():
                    customer._check_kehu_tier()  # our own companies and colleagues are never classified
                # Odoo may have given the hidden record to the customer of the row.
                keep = row.search_count([("id", "=", row.id)]) and target.sudo()._kehu_highest_tier() == tier
        except Exception:
            keep = False
        if not keep:
            self.env.invalidate_all(flush=False)
        savepoint.close(rollback=not keep)

    # === ASKING ===

    def _telling(self, model, questions):
        """Return the questions that could tell: a superuser answers them with rows which the user may read."""
        visible = model._search([])

        def condition(question):
            right, _wrong = question.domains()
            return SQL("(%s) INTERSECT (%s)", self._ids(model.sudo(), right), visible.select())

        return set(self._true(model, [question for question in questions if "not" not in question.operator], condition))

    def _answers(self, model, questions):
        def condition(question):
            right, wrong = (self._ids(model, domain) for domain in question.domains())
            if "not" in question.operator:
                right, wrong = wrong, right
            return SQL("(%s) EXCEPT (%s)", right, wrong)

        self.asked += len(questions)
        return [(model._name, question.path, question.operator) for question in self._true(model, questions, condition)]

    def _ids(self, model, domain):
        return model.with_context(active_test=False)._search(domain).select()

    def _true(self, model, questions, condition):
        """Return the questions for which ``condition`` selects a row; those that nobody can ask are left out."""
        selects = {}
        with mute_logger(*QUIET):
            for question in questions:
                savepoint = self.env.cr.savepoint(flush=False)
                try:
                    selects[question] = condition(question)
                except Exception:
                    savepoint.close(rollback=True)
                else:
                    savepoint.close(rollback=False)
        found, left = [], [list(selects)[at : at + _BATCH] for at in range(0, len(selects), _BATCH)]
        while left:
            batch = left.pop()
            savepoint = self.env.cr.savepoint(flush=False)
            try:
                with mute_logger(*QUIET):
                    rows = self.env.execute_query(
                        SQL(" UNION ALL ").join(
                            SQL("SELECT %s WHERE EXISTS (%s)", number, selects[question])
                            for number, question in enumerate(batch)
                        )
                    )
                found += [batch[number] for [number] in rows]
                savepoint.close(rollback=False)
            except Exception:
                savepoint.close(rollback=True)
                if len(batch) > 1:
                    left += [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        return found
