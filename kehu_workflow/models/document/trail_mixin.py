from collections import defaultdict
from collections.abc import Set
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, ormcache

from ...access import refuse_also
from ...evidence import MergePermit

_lt = LazyTranslate(__name__)
_MODELS = "kehu_workflow.models_with_rows"
_READING = "kehu_workflow.documents_read"
# In the context, while rows are looked up whose documents are asked for afterwards. No client can send this object.
_WALKING = object()
# So many rows are looked at one by one, and so many documents named one by one.
FEW = 1000


class _Reading:
    """What is known of the user's documents within a call that only reads."""

    def __init__(self):
        self.readable = defaultdict(dict)  # {(environment, model): {document_id: whether the user may read it}}
        self.few = defaultdict(dict)  # {environment: {model: ids of all that the user may read}}
        self.noted = defaultdict(set)  # {(user, how, model): ids that the access log has from this call}


def values_asked_for(domain, name):
    """The values that a field has in whatever an optimized domain finds.

    :return: a set, or ``None`` if the domain does not say
    """
    operator = getattr(domain, "OPERATOR", None)
    if operator == "&":
        said = [values for child in domain.children if (values := values_asked_for(child, name)) is not None]
        return set.intersection(*said) if said else None
    if operator == "|":
        said = [values_asked_for(child, name) for child in domain.children]
        return None if None in said else set.union(*said)
    if domain.is_false():
        return set()
    if getattr(domain, "field_expr", None) == name and domain.operator == "in" and isinstance(domain.value, Set):
        return set(domain.value)
    return None


def _each_in(documents):
    """Return the domain of the rows whose document is found by a query, which is asked once for each row.

    PostgreSQL would collect all that the query finds, whatever the number of rows; ``OFFSET 0`` keeps it from that.
    """

    def to_sql(rows, alias, query):
        return SQL(
            "EXISTS (SELECT FROM %s WHERE %s = %s AND %s OFFSET 0)",
            documents.from_clause,
            SQL.identifier(documents.table, "id"),
            rows._field_to_sql(alias, "res_id", query),
            documents.where_clause or SQL("TRUE"),
        )

    return Domain.custom(to_sql=to_sql)


class TrailMixin(models.AbstractModel):
    """Rows about a document (``res_model``, ``res_id``), which follow the document's confidentiality.

    Whoever may read the document may read them; only server code writes them, unless the model says otherwise.
    The model declares ``res_model`` and ``res_id`` itself.

    A document model is one whose class has ``_kehu_has_trail = True``, as our mixins do.
    """

    _name = "kehu.trail.mixin"
    _description = "Rows that follow a document"
    _inherit = ["kehu.evidence.mixin", "kehu.server.rows.mixin", "kehu.server.written.mixin"]
    _evidence_refusal = _lt("The history of a document cannot be deleted:")

    # The order of the model is that of an index: a page of rows costs as much as these rows.
    _trail_is_paged = False
    # The rows show their document, which is read together with the question whether the user may.
    _trail_shows_document = False
    # Rows that state a fact: not even server code changes or deletes them.
    _trail_append_only = False

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.cr.cache.pop((_MODELS, self._name), None)
        return rows

    def write(self, vals):
        self._kehu_check_by_hand("write")  # before the refusal below, which would tell that the rows are there
        permit = self.env.context.get("kehu_evidence_permit")
        if self._trail_append_only and not (isinstance(permit, MergePermit) and permit.carries(self, vals)):
            raise UserError(
                self.env._("Entries of “%s” cannot be changed.", self.env["ir.model"]._get(self._name).name)
            )
        return super().write(vals)

    # === ACTIONS ===

    def action_open_document(self):
        """Open the document that the row is about, as far as the user may read it."""
        self.ensure_one()
        return self._action_open(self.res_model, self.res_id)

    @api.model
    def _action_open(self, model, record_id):
        if not model or model not in self.env or not record_id:
            raise UserError(self.env._("There is no document to open."))
        document = self.env[model].browse(record_id).exists()
        document.check_access("read")
        return document._get_records_action(context={})

    # === RULE ===

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation != "read" or not any(self._ids):
            return result
        return refuse_also(self, operation, result, lambda rows: rows - rows._filter_by_document())

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if self.env.context.get("kehu_trail") is _WALKING:
            self = self.with_context(kehu_trail=None)
        elif not (self.env.su or bypass_access):
            domain = Domain(domain)
            is_page = self._trail_is_paged and limit and (order or self._order) == self._order
            domain &= self._domain_by_document(domain, is_page=is_page)
        return super(TrailMixin, self)._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        # The rows of a document are looked up by their inverse alone and then read: the rules are asked once for both.
        if field_names and len(field_names) == 1:
            field_names = None
        offset = offset or 0
        if not self.env.su and limit and isinstance(limit, int) and offset + limit <= FEW:
            rows = self.with_context(kehu_trail=_WALKING)._search(
                domain, limit=offset + limit, order=order or self._order
            )
            rows = self._fetch_query(rows, self._determine_fields_to_fetch(field_names))
            readable = rows & rows._filter_by_document()
            (rows - readable).invalidate_recordset()
            if len(rows) < offset + limit or len(readable) == len(rows):
                return readable[offset:]
            if _READING in self.env.cr.cache and len(readable) < len(rows) / 2:
                self._trail_name_few(Domain(domain))
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    @api.readonly
    def web_search_read(self, domain, specification, offset=0, limit=None, order=None, count_limit=None):
        with self._trail_reading():
            return super().web_search_read(domain, specification, offset, limit, order, count_limit)

    @api.model
    @api.readonly
    def search_count(self, domain, limit=None):
        # Most often the rows of the models on the page are as many as are counted.
        known, env = self._trail_known().readable if limit else {}, self.with_context(active_test=False).env
        if names := {name for (asking, name), answers in known.items() if asking == env and any(answers.values())}:
            count = super().search_count(Domain(domain) & Domain("res_model", "in", names), limit)
            if count == limit:
                return count
        return super().search_count(domain, limit)

    # === BUSINESS ===

    @api.model
    @contextmanager
    def _trail_reading(self, documents=None):
        """Ask once for each document whether the user may read it, within a call that only reads.

        :param documents: what the call reads in the user's rights: it fails unless the user may read all of them
        """
        cache = self.env.cr.cache
        if _READING in cache:
            yield
            return
        reading = cache[_READING] = _Reading()
        if documents is not None and not documents.env.su:
            documents = documents.with_context(active_test=False)
            reading.readable[documents.env, documents._name] = dict.fromkeys(documents.ids, True)
        try:
            yield
        finally:
            cache.pop(_READING, None)

    @api.model
    def _trail_known(self):
        return self.env.cr.cache.get(_READING) or _Reading()

    @api.model
    def _domain_by_document(self, domain, *, is_page=False):
        """The rows whose document the user may read, as one domain of sub-queries.

        :param domain: what the rows fulfil besides
        :param is_page: ask for the document of each row by itself, instead of collecting all that the user may read
        """
        found, domain = Domain.FALSE, domain.optimize(self)
        names, ids = self._trail_models(domain), values_asked_for(domain, "res_id")
        if len(names) == 1 and ids is not None and len(ids) <= FEW and all(isinstance(res_id, int) for res_id in ids):
            return Domain("res_model", "in", names) & Domain("res_id", "in", self._trail_readable(names[0], ids))
        few = self._trail_known().few[self.with_context(active_test=False).env]
        for name in names:
            documents = self.env[name].with_context(active_test=False)
            if name in few:
                found |= Domain("res_model", "=", name) & Domain("res_id", "in", few[name])
            elif documents.has_access("read"):
                readable = documents._search([])
                found |= Domain("res_model", "=", name) & (
                    _each_in(readable) if is_page else Domain("res_id", "in", readable)
                )
        return found

    def _filter_by_document(self):
        """The rows of ``self`` whose document exists and may be read by the user."""
        allowed = self.browse()
        for name, rows in self.sudo().grouped("res_model").items():
            if name in self._document_models():
                readable = self._trail_readable(name, rows.mapped("res_id"))
                allowed += self.browse(row.id for row in rows if row.res_id in readable)
        return allowed

    @api.model
    def _trail_readable(self, name, ids):
        """The ids of those documents of a model that exist and may be read by the user."""
        documents = self.env[name].with_context(active_test=False)
        known = self._trail_known().readable[documents.env, name]
        if unknown := set(ids) - known.keys():
            if documents.has_access("read"):
                documents = documents.search_fetch(
                    [("id", "in", list(unknown))], None if self._trail_shows_document else [], order="id"
                )
            known |= dict.fromkeys(unknown, False) | dict.fromkeys(documents._ids, True)
        return {res_id for res_id in ids if known[res_id]}

    @api.model
    def _trail_name_few(self, domain):
        """Note all documents that the user may read, of the models of which these are few, within a call that only
        reads.

        :param domain: what the rows fulfil besides
        """
        parts, found = [], {}
        for name in self._trail_models(domain):
            documents = self.env[name].with_context(active_test=False)
            if documents.has_access("read"):
                query = documents._search([], limit=FEW + 1)
                parts.append(SQL("(%s)", query.select(SQL("%s", name), SQL.identifier(query.table, "id"))))
                found[name] = []
        for name, res_id in self.env.execute_query(SQL(" UNION ALL ").join(parts)) if parts else ():
            found[name].append(res_id)
        few = self._trail_known().few[self.with_context(active_test=False).env]
        few |= {name: ids for name, ids in found.items() if len(ids) <= FEW}

    @api.model
    def _trail_models(self, domain):
        """Names of the document models of whose rows a domain may find some, at most of all that have rows.

        The rules of each of them become a part of the statement.
        """
        domain, models = domain.optimize(self), self._document_models()
        found = values_asked_for(domain, "res_model")
        if found is None:
            rows = Domain.AND(
                Domain(name, "in", list(ids))
                for name, field in self._fields.items()
                if (name == "id" or field.type == "many2one" and field.store and field.index)
                and (ids := values_asked_for(domain, name)) is not None
                and all(isinstance(row_id, int) for row_id in ids)
            )
            if rows.is_true():
                found = self._trail_models_with_rows()
            else:
                rows_found = self.sudo().with_context(active_test=False)._read_group(rows, ["res_model"])
                found = {name for (name,) in rows_found}
        return [name for name in models if name in found]

    @api.model
    def _trail_models_with_rows(self):
        """Names of the models of which there are rows at all, from one step in the index to the next.

        They are kept within the transaction until there are new rows.
        """
        known, key = self.env.cr.cache, (_MODELS, self._name)
        if key in known:
            return known[key]
        self.flush_model(["res_model", "res_id"])
        first = SQL("SELECT min(res_model) FROM %s WHERE res_id IS NOT NULL", SQL.identifier(self._table))
        statement = SQL(
            """
            WITH RECURSIVE found(name) AS (
                %(first)s UNION ALL SELECT (%(first)s AND res_model > found.name) FROM found WHERE name IS NOT NULL
            )
            SELECT name FROM found WHERE name IS NOT NULL
            """,
            first=first,
        )
        known[key] = {name for (name,) in self.env.execute_query(statement)}
        return known[key]

    @api.model
    @ormcache()
    def _document_models(self):
        """Names of the installed models that have such rows."""
        return tuple(
            name
            for name, model in self.env.registry.items()
            if getattr(model, "_kehu_has_trail", False) and not model._abstract
        )
