"""Fields that hold the content of another record follow that record: what is hidden there is empty here (X3).

Three kinds are found by themselves. Related fields, of whatever type, are computed as superuser, whatever the path leads
through, and an administrator makes them without code (manual_fields.py). Columns such as an e-mail address are copied
from the customer into documents that one may read; texts are made of the customer when a document is read, such as a
warning. All are empty for whom the record is hidden from: when read and
exported, and also when searched, grouped, sorted, summed up.
"""

import re
from itertools import compress

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from odoo.addons.kehu_workflow.models.system.addon_rows import OURS

_TEXT = ("char", "text", "html")
_NESTED = ("many2one", "one2many", "many2many", "reference", "many2one_reference", "properties")
_MANY = ("one2many", "many2many", "properties", "properties_definition")
# The names that Odoo's apps give to copies of a contact's particulars, to the token that opens a page with them, and to
# an address that it is part of.
# Whom people put in copy is theirs.
PARTICULAR = re.compile(
    r"email(?!_cc|_layout|_template)|phone|mobile|street|zip|(^|_)city|(^|_)vat($|_)|contact_name|partner_(name|address|city|zip|bank)|"
    r"acc(ount)?_(number|holder)|payment_details|^access_token$|^landing_route$"
)

_determine_domain = fields.Field.determine_domain

# In the context, while columns are fetched into the cache, which superuser mode shares. No client can send this object.
_FETCHING = object()


class Base(models.AbstractModel):
    _inherit = "base"

    # Whether records belong to a document of any model, with which they are hidden one by one (document_rows.py).
    _kehu_is_document_row = False

    @api.model
    @ormcache("self._name")
    def _kehu_followed_fields(self):
        """Return ``{field: paths}``: the field is empty for whom one of the records at the paths is hidden from."""
        followed = {}
        if self._abstract:
            return followed
        for name, field in self._fields.items():
            if paths := self._kehu_paths_to_sources(field):
                followed[name] = paths
        return followed

    @api.model
    def _kehu_paths_to_sources(self, field):
        """Return the paths to the records that the value of a field is taken from, as far as one of
        them can be hidden.
        """
        paths = ()
        if field.related and field.related_field.name != "commercial_partner_id":  # which is the customer, too
            paths = self._kehu_paths_along(field.related)
        elif field.store and field.type in _TEXT and not field.company_dependent and PARTICULAR.search(field.name):
            paths = self._kehu_customer_fields()
        elif field.name in self._kehu_told_fields():
            paths = self._kehu_customer_fields()
        return tuple(path for path in paths if self._kehu_is_followed(path, field.manual))

    @api.model
    @ormcache("self._name")
    def _kehu_told_fields(self):
        """Return the names of the texts that apps make of the customer when a document is read."""
        if self._name.startswith(OURS):
            return frozenset()  # ours ask for rights themselves
        customers, depends = self._kehu_customer_fields(), self.pool.field_depends
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.compute
            and not field.store
            and not field.related
            and field.type in _TEXT
            and name != "display_name"
            and any(path.partition(".")[0] in customers for path in depends[field])
        )

    @api.model
    def _kehu_paths_along(self, related):
        """Return the paths to the records that ``related`` passes, and to those that the fields on the way are taken
        from.
        """
        model, passed, paths = self, (), []
        for field in self._kehu_fields_of(related):
            paths += [".".join((*passed, path)) for path in model._kehu_paths_to_sources(field)]
            passed = (*passed, field.name)
            paths.append(".".join(passed))
            model = self.env[field.comodel_name] if field.comodel_name else None
        return tuple(dict.fromkeys(paths[:-1]))

    @api.model
    def _kehu_is_followed(self, path, is_manual):
        """Return whether the record at ``path`` can be hidden from somebody who reads what leads to it.

        :param is_manual: whether the field is one that an administrator added. It follows access rights to our
            documents, too, and what the server keeps for itself.
        """
        *_others, last = self._kehu_fields_of(path)
        model, target = self.env[last.model_name], self.env[last.comodel_name]
        if is_manual and (target._name.startswith(OURS) or target._transient or target._kehu_has_own_domain()):
            return True
        if last.name in model._kehu_covering_fields():
            return False
        # A record and the messages, activities and ratings about it are hidden together.
        is_about_it = (
            target._kehu_is_document_row
            and not target._kehu_is_protected()
            and (
                model._kehu_is_document_row
                or last.type == "one2many"
                and target._fields[last.inverse_name].type == "many2one_reference"
            )
        )
        return target._kehu_can_be_hidden() and not is_about_it

    @api.model
    def _kehu_can_be_hidden(self):
        """Return whether records of this model can be hidden, by themselves or with the record to which they belong."""
        return self._kehu_is_protected() or self._kehu_is_document_row or "res.partner" in self._inherits

    @api.model
    @ormcache("self._name")
    def _kehu_has_own_domain(self):
        """Return whether the model itself says which of its rows are hidden, whatever they are about."""
        return any(
            "_kehu_domain" in vars(cls) and cls._name != "base" for cls in type(self).mro() if hasattr(cls, "_name")
        )

    @api.model
    def _kehu_fields_of(self, path):
        """Yield the fields of a path; as far as they are there, while Odoo takes a field out of the registry."""
        model = self
        for step in path.split("."):
            if (field := model._fields.get(step)) is None:
                return
            yield field
            model = self.env[field.comodel_name] if field.comodel_name else None

    def _kehu_reached_domain(self, name):
        """Return the domain of the records from which the current user may follow all paths of a field.

        Where a path cannot be searched, no record is one of them for a user from whom anything is hidden.
        """
        domain = Domain.TRUE
        for path in self._kehu_followed_fields()[name]:
            *_others, last = fields = list(self._kehu_fields_of(path))
            target = self.env[last.comodel_name]
            hidden = target._kehu_untold_domain() if self._fields[name].manual else target._kehu_hidden_ones_domain()
            if not hidden.is_false():
                if not all(field._description_searchable for field in fields):
                    return Domain.FALSE
                if last.name == name:
                    # Sorting by the field joins its records to the query as well: they are looked up apart from it.
                    hidden = target.sudo().with_context(active_test=False)._search(hidden)
                for field in reversed(fields):
                    hidden = Domain(field.name, "any!", hidden)
                domain &= ~hidden
        return domain

    def _kehu_emptied(self, names):
        """Return ``{field: {id: hidden record}}`` of the fields that are empty for the current user."""
        records = self._origin.sudo().with_context(active_test=False, prefetch_fields=False)
        followed, emptied = self._kehu_followed_fields(), {}
        hidden_at = {
            (path, is_manual): self._kehu_hidden_at(records, path, is_manual)
            for path, is_manual in {(path, self._fields[name].manual) for name in names for path in followed[name]}
        }
        for name in names:
            is_manual = self._fields[name].manual
            rows = {
                record.id: target[0]
                for path in followed[name]
                if (hidden := hidden_at[path, is_manual])
                for record in records
                if (target := record.mapped(path) & hidden)
            }
            if rows:
                emptied[name] = rows
        return emptied

    def _kehu_hidden_at(self, records, path, is_manual):
        """Return those of the records at a path that a field of the current user's does not show."""
        targets = records.mapped(path)._origin.with_env(self.env)
        return targets._kehu_untold() if is_manual else targets._kehu_hidden()

    # === READING ===

    @api.model
    def _kehu_fields_by_user(self):
        """Return the names of computed fields that say something else to each user, for which Odoo would keep one value
        for all users of a transaction (hook).
        """
        return self._kehu_told_fields()

    def _compute_field_value(self, field):
        others = self
        computed = {computed.name for computed in self.pool.field_computed[field]}
        if not self.env.su and computed <= self._kehu_told_fields() and not self._kehu_sees_labels():
            # Odoo reads the customer as superuser, or as the user, who would be refused the whole document.
            others = self - self._kehu_leave_untold(computed)
            if not others:
                return None
        result = super(Base, others)._compute_field_value(field)
        names = self._kehu_followed_fields().keys() & computed
        if names and (drafts := others.filtered(lambda record: not record.id)) and not self._kehu_sees_labels():
            # What a form is filled with.
            drafts._kehu_empty_drafts(names)
        return result

    def _kehu_leave_untold(self, names):
        """Leave fields empty in the records whose customer is hidden from the current user, and return these."""
        documents = self.sudo().with_context(active_test=False, prefetch_fields=False)
        fields = self._kehu_customer_fields()
        customers = self.env["res.partner"].union(*(documents[name]._origin.with_env(self.env) for name in fields))
        hidden = set(customers._kehu_hidden()._ids)
        untold = self.browse(
            record.id for record in documents if any(hidden & set(record[name]._origin._ids) for name in fields)
        )
        for record in untold:
            record.update(dict.fromkeys(names, ""))
        return untold

    def _kehu_empty_drafts(self, names):
        drafts, followed = self.sudo().with_context(active_test=False), self._kehu_followed_fields()
        for name in names:
            for path in followed[name]:
                if hidden := self._kehu_hidden_at(drafts, path, self._fields[name].manual):
                    for draft in drafts.filtered(
                        lambda record, path=path, hidden=hidden: record.mapped(path)._origin & hidden
                    ):
                        draft.with_env(self.env)[name] = False

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        names = not self.env.su and self._kehu_followed_fields().keys() & set(fnames)
        for name, hidden in (self._kehu_emptied(names) if names else {}).items():
            for row in rows:
                if record := hidden.get(row["id"]):
                    row[name] = self._kehu_emptied_value(name, record)
        return rows

    def web_read(self, specification):
        # Odoo reads the records of a relation, and what a reference points to, besides the values themselves.
        names = (
            not self.env.su
            and isinstance(specification, dict)
            and [
                name
                for name in self._kehu_followed_fields().keys() & specification.keys()
                if self._fields[name].type in _NESTED
            ]
        )
        emptied = self._kehu_emptied(names) if names else {}
        if not emptied:
            return super().web_read(specification)
        rows = {}
        for gone, records in self.grouped(
            lambda record: frozenset(name for name in emptied if record.id in emptied[name])
        ).items():
            values = {name: [] if self._fields[name].type in _MANY else False for name in gone}
            shown = {name: spec for name, spec in specification.items() if name not in gone}
            for row in super(Base, records).web_read(shown):
                rows[row["id"]] = {**row, **values}
        return [rows[record_id] for record_id in self._ids if record_id in rows]

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        names = not self.env.su and self._kehu_followed_fields().keys() & {path[0] for path in fields if path}
        emptied = self._kehu_emptied(names) if names else {}
        if not emptied:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        lines = []
        for record in self:
            kept = [bool(path) and record.id not in emptied.get(path[0], ()) for path in fields]
            for line in super(Base, record)._export_rows(
                list(compress(fields, kept)), _is_toplevel_call=_is_toplevel_call
            ):
                cells = iter(line)
                lines.append([next(cells) if is_kept else "" for is_kept in kept])
        return lines

    def _kehu_emptied_value(self, name, hidden):
        """Return what is shown in an emptied field: the label in place of a name, nothing in place of the rest."""
        field = self._fields[name]
        is_name = (
            field.related and field.related_field.name == "name" and field.related_field.model_name == hidden._name
        )
        if is_name and hidden.with_env(self.env)._kehu_hidden():
            return hidden.with_env(self.env).display_name
        if name in self._kehu_told_fields():
            return ""  # as apps leave it: their forms ask whether a warning is the empty text
        return [] if field.type in _MANY else False

    def _kehu_masked(self):
        # A label made of such a field.
        masked, name = super()._kehu_masked(), self._rec_name
        if name in self._kehu_followed_fields() and (others := self - masked):
            emptied = others._kehu_emptied([name]).get(name, ())
            masked |= others.filtered(lambda record: record._origin.id in emptied)
        return masked

    # === SEARCHING ===

    def _field_to_sql(self, alias, field_expr, query=None):
        sql = super()._field_to_sql(alias, field_expr, query)
        if self.env.su or query is None or self.env.context.get("kehu_fetching") is _FETCHING:
            return sql
        if (name := field_expr.partition(".")[0]) in self._kehu_followed_fields():
            reached = self._kehu_reached_sql(name, alias, query)
            if reached is not None:
                return SQL("(CASE WHEN %s THEN %s END)", reached, sql)
        return sql

    def _kehu_reached_sql(self, name, alias, query):
        """Return the condition that the current user may follow all paths of a field, or nothing if they always may."""
        reached = self._kehu_reached_domain(name)
        if reached.is_true():
            return None
        model = self.sudo().with_context(active_test=False)
        return reached.optimize_full(model)._to_sql(model, alias, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        sql = super()._read_group_groupby(alias, groupby_spec, query)
        name = groupby_spec.partition(":")[0].partition(".")[0]
        is_followed = (
            self._fields[name].type == "many2many" and not self.env.su and name in self._kehu_followed_fields()
        )
        # Neither the records of a relation nor their number are told. The join to its table is the last one.
        relation = next(reversed(query._joins)) if is_followed else None
        reached = self._kehu_reached_sql(name, alias, query) if is_followed else None
        if reached is not None:
            _kind, table, condition = query._joins.pop(relation)
            query.add_join("LEFT JOIN", relation, table, SQL("%s AND %s", condition, reached))
        return sql

    def _fetch_query(self, query, fields):
        if self.env.su or not any(field.name in self._kehu_followed_fields() for field in fields):
            return super()._fetch_query(query, fields)
        return super(Base, self.with_context(kehu_fetching=_FETCHING))._fetch_query(query, fields).with_env(self.env)


def _determine_followed_domain(field, records, operator, value):
    """Return the domain of a condition on a field without column; of one that an administrator added, within the user's
    rights.

    The field leads to our documents, which not a tier but access rights may hide.
    """
    domain = _determine_domain(field, records, operator, value)
    if records.env.su or not field.manual or field.name not in records._kehu_followed_fields():
        return domain
    if domain is NotImplemented and operator in Domain.NEGATIVE_OPERATORS:
        domain = ~Domain(
            _determine_domain(field, records, "=" if operator == "!=" else operator.removeprefix("not "), value),
            internal=True,
        )
    return (
        domain
        if domain is NotImplemented
        else Domain(domain, internal=True) & records._kehu_followed_domain(field.name)
    )


fields.Field.determine_domain = _determine_followed_domain


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        # A visitor comes here by a link with a token only.
        if (
            not self.env.su
            and not self._kehu_sees_labels()
            and field_name in record._kehu_followed_fields()
            and (record.with_env(self.env)._kehu_emptied([field_name]))
        ):
            raise MissingError(
                self.env._("There is no such file, or you may not read the record that it is taken from.")
            )
        return super()._record_to_stream(record, field_name)
