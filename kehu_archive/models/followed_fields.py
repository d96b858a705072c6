"""Fields that hold the content of another record follow that record: what is hidden there is empty here (X3).

Two kinds are found by themselves. Related fields are computed as superuser, whatever the path leads through, and an administrator
makes them without code. Columns such as an e-mail address are copied from the customer into documents that one may read. Both
are empty for whom the record is hidden from: when read and exported, and also when searched, grouped, sorted, summed up.
"""
import re
from itertools import compress

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

_TEXT = ("char", "text", "html")
_SCALAR = (*_TEXT, "integer", "float", "monetary", "date", "datetime", "selection")
# The names that Odoo's apps give to copies of a contact's particulars, and to the token that opens a page with them. Whom people
# put in copy is theirs.
_PARTICULAR = re.compile(
    r"email(?!_cc|_layout|_template)|phone|mobile|street|zip|(^|_)city|(^|_)vat($|_)|contact_name|partner_(name|address|city|zip|bank)|"
    r"acc(ount)?_(number|holder)|payment_details|^access_token$")

# In the context, while columns are fetched into the cache, which superuser mode shares. No client can send this object.
_FETCHING = object()


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    @ormcache("self._name")
    def _kehu_followed_fields(self):
        """Return ``{field: paths}``: the field is empty for whom one of the records at the paths is hidden from."""
        followed = {}
        if self._abstract:
            return followed
        for name, field in self._fields.items():
            paths = ()
            if field.related and not field.inherited and field.type in _SCALAR:
                steps = field.related.split(".")[:-1]
                paths = [".".join(steps[:end]) for end in range(1, len(steps) + 1)]
            elif field.store and field.type in _TEXT and not field.company_dependent and _PARTICULAR.search(name):
                paths = self._kehu_customer_fields()
            if paths := tuple(path for path in paths if self._kehu_is_followed(path)):
                followed[name] = paths
        return followed

    @api.model
    def _kehu_is_followed(self, path):
        """Return whether the record at ``path`` can be hidden from somebody who reads what leads to it."""
        *_others, last = fields = list(self._kehu_fields_of(path))
        return (
            last.name not in self.env[last.model_name]._kehu_covering_fields()
            and self.env[last.comodel_name]._kehu_is_protected()
            and all(field.store or field.search for field in fields))

    @api.model
    def _kehu_fields_of(self, path):
        """Yield the fields of a path."""
        model = self
        for step in path.split("."):
            yield (field := model._fields[step])
            model = self.env[field.comodel_name]

    def _kehu_reached_domain(self, paths):
        """Return the domain of the records from which the current user may follow all ``paths``."""
        domain = Domain.TRUE
        for path in paths:
            *_others, last = fields = list(self._kehu_fields_of(path))
            hidden = self.env[last.comodel_name]._kehu_hidden_ones_domain()
            if not hidden.is_false():
                for field in reversed(fields):
                    hidden = Domain(field.name, "any!", hidden)
                domain &= ~hidden
        return domain

    def _kehu_emptied(self, names):
        """Return ``{field: {id: hidden record}}`` of the fields that are empty for the current user."""
        records = self._origin.sudo().with_context(active_test=False, prefetch_fields=False)
        followed, emptied = self._kehu_followed_fields(), {}
        hidden_at = {
            path: records.mapped(path).with_env(self.env)._kehu_hidden()
            for path in {path for name in names for path in followed[name]}}
        for name in names:
            rows = {
                record.id: target[0] for path in followed[name] if hidden_at[path]
                for record in records if (target := record.mapped(path) & hidden_at[path])}
            if rows:
                emptied[name] = rows
        return emptied

    # === READING ===

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        names = not self.env.su and self._kehu_followed_fields().keys() & set(fnames)
        for name, hidden in (self._kehu_emptied(names) if names else {}).items():
            for row in rows:
                if record := hidden.get(row["id"]):
                    row[name] = self._kehu_emptied_value(name, record)
        return rows

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        names = not self.env.su and self._kehu_followed_fields().keys() & {path[0] for path in fields if path}
        emptied = self._kehu_emptied(names) if names else {}
        if not emptied:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        lines = []
        for record in self:
            kept = [bool(path) and record.id not in emptied.get(path[0], ()) for path in fields]
            for line in super(Base, record)._export_rows(
                    list(compress(fields, kept)), _is_toplevel_call=_is_toplevel_call):
                cells = iter(line)
                lines.append([next(cells) if is_kept else "" for is_kept in kept])
        return lines

    def _kehu_emptied_value(self, name, hidden):
        """Return what is shown in an emptied field: the label in place of a name, nothing in place of the rest."""
        field = self._fields[name]
        is_name = field.related and field.related_field.name == "name" and field.related_field.model_name == hidden._name
        return hidden.with_env(self.env).display_name if is_name else False

    # === SEARCHING ===

    def _field_to_sql(self, alias, field_expr, query=None):
        sql = super()._field_to_sql(alias, field_expr, query)
        if self.env.su or query is None or self.env.context.get("kehu_fetching") is _FETCHING:
            return sql
        if paths := self._kehu_followed_fields().get(field_expr):
            model = self.sudo().with_context(active_test=False)
            reached = self._kehu_reached_domain(paths)
            if not reached.is_true():
                return SQL("(CASE WHEN %s THEN %s END)", reached.optimize_full(model)._to_sql(model, alias, query), sql)
        return sql

    def _fetch_query(self, query, fields):
        if self.env.su or not any(field.name in self._kehu_followed_fields() for field in fields):
            return super()._fetch_query(query, fields)
        return super(Base, self.with_context(kehu_fetching=_FETCHING))._fetch_query(query, fields).with_env(self.env)
