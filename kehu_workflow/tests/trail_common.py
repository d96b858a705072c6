from contextlib import contextmanager
from unittest.mock import patch

from lxml import etree

from odoo.fields import Domain
from odoo.tools import SQL


class TrailChecks:
    """What a search of rows about documents finds, and how much of the database it asks for that."""

    @contextmanager
    def statements(self):
        """Collect the statements of a call: yields the list of them."""
        statements, cursor = [], type(self.env.cr)
        execute = cursor.execute

        def remember(cr, query, *args, **kwargs):
            statements.append(query.code if isinstance(query, SQL) else query)
            return execute(cr, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.cache.clear()
        with patch.object(cursor, "execute", remember):
            yield statements

    def count_selects(self, call):
        """Return how many SELECTs the statements of a call have, once the caches of the registry are filled."""
        for _time in range(2):
            with self.statements() as statements:
                call()
        return sum(statement.count("SELECT") for statement in statements)

    # === FORMS ===

    def view_specification(self, record, view_type="form"):
        """Return what the web client reads to open a view of a record, as the user."""
        specification = {}
        self._add_fields(etree.fromstring(record.get_view(view_type=view_type)["arch"]), record, specification)
        return specification

    def _add_fields(self, node, model, specification):
        for child in node.iterchildren(etree.Element):
            if child.tag != "field":
                self._add_fields(child, model, specification)
                continue
            field = model._fields[child.get("name")]
            values = specification.setdefault(field.name, {})
            if field.type == "many2one":
                values["fields"] = {"display_name": {}}
            elif field.relational:
                lines = values.setdefault("fields", {})
                for view in child.iterchildren("list", "kanban"):
                    self._add_fields(view, model.env[field.comodel_name], lines)

    def assertFormAsksLittle(self, record, most):
        """Opening the form of a document takes few SELECTs for its history, approvals and clocks, and none for models
        that it is not about.
        """
        specification = self.view_specification(record)
        rest = {
            name: values
            for name, values in specification.items()
            if not hasattr(self.env.get(record._fields[name].comodel_name), "_trail_append_only")
        }
        self.assertLess(len(rest), len(specification))
        whole = self.count_selects(lambda: record.web_read(specification))
        with self.more_models():
            self.assertEqual(self.count_selects(lambda: record.web_read(specification)), whole)
        added = whole - self.count_selects(lambda: record.web_read(rest))
        self.assertLessEqual(added, most)

    # === SEARCHES ===

    @contextmanager
    def more_models(self):
        """Let forty more models be taken for documents with such rows."""
        mixin = type(self.env["kehu.trail.mixin"])
        models = [name for name in self.env.registry if name.startswith(("res.", "mail.", "ir."))][:40]
        document_models = mixin._document_models
        with patch.object(mixin, "_document_models", lambda rows: [*document_models(rows), *models]):
            yield

    def asking_all_models(self, rows):
        """Let searches of these rows put the rules of all document models into the statement."""
        return patch.object(type(rows), "_trail_models", lambda rows, domain: rows._document_models())

    def assertFindsTheSame(self, rows, domain):
        """Return the rows that a domain finds, which are those found with the rules of all models; pages are of them."""
        found = rows.search(domain, order="id")
        with self.asking_all_models(rows):
            self.assertEqual(found.ids, rows.search(domain, order="id").ids, repr(domain))
        pages = rows.search(domain, limit=3) + rows.search(domain, offset=3, limit=len(found) + 1)
        ids = rows.search(domain).ids
        self.assertEqual(pages.ids, ids, repr(domain))
        for limit in (2, 5):
            page = rows.web_search_read(domain, {"res_id": {}}, limit=limit, count_limit=7)
            self.assertEqual([values["id"] for values in page["records"]], ids[:limit], repr(domain))
            self.assertEqual(page["length"], min(len(ids), 7 if len(ids) >= limit else limit), repr(domain))
        return found

    def random_domain(self, random, rows, depth=3):
        """Return a tree of conditions on rows, many of them on the document or on ids."""
        if depth and random.random() < 0.7:
            parts = [self.random_domain(random, rows, depth - 1) for _part in range(random.choice((2, 2, 3)))]
            domain = random.choice((Domain.AND, Domain.AND, Domain.OR))(parts)
            return ~domain if random.random() < 0.2 else domain
        return self.random_condition(random, rows)

    def random_condition(self, random, rows):
        every = rows.sudo().search([], order="id")
        some = random.sample(every, min(len(every), random.randint(0, 6)))
        names = [row.res_model for row in some] or [random.choice(rows._document_models())]
        query = rows.sudo()._search([("res_model", "in", names)])
        conditions = [
            Domain("res_model", "=", names[0]),
            Domain("res_model", "in", names),
            Domain("res_model", "in", [*names, False]),
            Domain("res_model", "in", []),
            Domain("res_model", "!=", names[0]),
            Domain("res_model", "not in", names),
            Domain("res_model", "=ilike", names[0].upper()),
            Domain("res_model", "in", query.subselect("res_model")),
            Domain("res_id", "in", [row.res_id for row in some]),
            Domain("id", "in", [row.id for row in some]),
            Domain("id", "not in", [row.id for row in some]),
            Domain("id", "any", Domain("res_model", "=", names[0])),
            Domain("id", "in", query),
            Domain("id", "<", every[len(every) // 2].id),
            Domain("create_uid", "=", rows.env.uid),
            Domain.TRUE,
            Domain.FALSE,
        ]
        for name, field in rows._fields.items():
            if field.type == "many2one" and field.store and name not in ("create_uid", "write_uid"):
                ids = [row[name].id for row in some]
                conditions += [
                    Domain(name, "in", ids),
                    Domain(name, "=", ids[0] if ids else False),
                    Domain(name, "not in", ids),
                    Domain(f"{name}.id", "in", ids),
                    Domain(f"{name}.create_uid.name", "ilike", "e"),
                ]
        return random.choice(conditions)
