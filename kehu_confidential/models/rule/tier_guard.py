"""Nobody newly refers to a hidden record (X3).

A reference shows its label, and forms fill themselves from it: whoever may put any id into a field could read on from
there.
"""

from contextlib import nullcontext

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.kehu_workflow.models.system.linked_rows import as_ids

from ...at_work import looked_up, submitted_form
from .tier_rule import FOUND_BY_RULE, ROWS

_RELATIONAL = ("many2one", "many2many", "one2many", "reference")
_OURS_OR_MAIL = ("kehu.", "mail.")


class Base(models.AbstractModel):
    _inherit = "base"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if rule := FOUND_BY_RULE.get(self._name):
            vals_list = self._kehu_found_within_reach(rule, vals_list)
        if not self.env.su and (names := self._kehu_guarded_fields()):
            context = self.env.context
            defaults = {name: context[f"default_{name}"] for name in names if f"default_{name}" in context}
            with self._kehu_writing_to(self._kehu_check_references([*vals_list, defaults], deep=False)):
                return super().create(vals_list)
        if (form := submitted_form()) and form[0] == self._name:
            # A form of a website (website_pages.py): which records are hidden is not told by a refusal.
            mine = self.with_user(form[1])
            vals_list = [
                {name: value for name, value in vals.items() if mine._kehu_may_name(name, value)} for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and not vals.keys().isdisjoint(self._kehu_guarded_fields()):
            with self._kehu_writing_to(self._kehu_check_references([vals], deep=False)):
                return super().write(vals)
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        # What is hidden is no default, be it the user's own (ir.default) or from the context, with which `create`
        # refuses it.
        defaults = super().default_get(fields)
        if not self.env.su:
            for name in defaults.keys() & self._kehu_guarded_fields():
                if _hidden(self._kehu_references({name: defaults[name]}, deep=True)):
                    del defaults[name]
        return defaults

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            self._kehu_check_references([values], deep=True)
        return super().onchange(values, field_names, fields_spec)

    # === BUSINESS ===

    @api.model
    @ormcache("self._name")
    def _kehu_guarded_fields(self):
        """Return the names of the fields that can refer to a record which a tier can hide."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type in ("reference", "properties")
            or field.type in _RELATIONAL
            and (
                field.type == "one2many"
                or field.comodel_name == "ir.attachment"
                # The account of a hidden contact is hidden with it.
                or self.env[field.comodel_name]._inherits.get("res.partner")
                or self.env[field.comodel_name]._kehu_is_protected()
            )
        )

    def _kehu_may_name(self, name, value):
        """Return whether a visitor's form may fill in a field: it takes no row away from another record, and names
        nothing hidden.
        """
        field = self._fields.get(name)
        if not field or field.type not in _RELATIONAL:
            return True
        if field.type == "one2many" or (field.comodel_name or "").startswith(_OURS_OR_MAIL):
            return False
        return name not in self._kehu_guarded_fields() or not _hidden(self._kehu_references({name: value}, deep=True))

    def _kehu_found_within_reach(self, rule_field, vals_list):
        """Return the values of those rows only whose document is not hidden from those who made the rule, nor from the
        current user.

        :param rule_field: the name of the field that points to the rule
        """
        model_field, id_field = ROWS[self._name]
        rules = (
            self.env[self._fields[rule_field].comodel_name]
            .sudo()
            .browse({vals.get(rule_field) for vals in vals_list} - {None, False})
        )
        nobody = self.env.ref("base.public_user").sudo()
        within = {}
        for rule in rules.exists():
            name = rule[model_field]
            ids = {vals.get(id_field) for vals in vals_list if vals.get(rule_field) == rule.id}
            documents = self.env[name].browse(ids - {None, False}) if name in self.env else self.browse()
            for user in (rule.create_uid or nobody) | (rule.write_uid or nobody) | self.env.user:
                documents -= documents.with_user(user)._kehu_hidden().with_env(documents.env)
            within[rule.id] = set(documents._ids)
        return [vals for vals in vals_list if vals.get(id_field) in within.get(vals.get(rule_field), ())]

    def _kehu_check_references(self, vals_list, deep):
        """Refuse values that refer to a hidden record, unless ``self`` refers to it already.

        :param vals_list: values as for ``write``, or as ``onchange`` gets them
        :param deep: whether to look into the values of lines, too
        :return: the hidden contacts whom a dialog may name all the same
        :raise AccessError: naming neither the record nor its content
        """
        references, named = set(), self.env["res.partner"]
        for vals in vals_list:
            if isinstance(vals, dict):  # all else is refused by Odoo
                references |= self._kehu_references(vals, deep)
        hidden = _hidden(references)
        if hidden and any(self._ids):
            hidden -= self._kehu_known_references(vals_list)
        if contacts := self.env["res.partner"].union(*(record for record in hidden if record._name == "res.partner")):
            named = self._kehu_named_in_dialog(vals_list) & contacts
            hidden -= set(contacts._kehu_filter_looked_up(looked_up()) | named)
        if hidden:
            raise AccessError(
                self.env._(
                    "You cannot use a confidential record here that you may not read. Ask for access to it first."
                )
            )
        return named

    def _kehu_named_in_dialog(self, vals_list):
        """Return the contacts whom values name as the customers of the documents that a dialog is about (hook)."""
        return self.env["res.partner"]

    def _kehu_writing_to(self, contacts):
        """Return a context in which ``self`` is stored with these contacts, hidden from the user, in it (hook)."""
        return nullcontext()

    def _kehu_known_references(self, vals_list):
        """Return what ``self`` and the lines in the values refer to by now."""
        known = set()
        records = self._origin.sudo().with_context(active_test=False, prefetch_fields=False).exists()
        for name in self._kehu_guarded_fields() & set().union(*vals_list):
            field = self._fields[name]
            if not (field.store or field.type in ("one2many", "many2many")):
                continue
            if field.type == "properties":
                for row in records.read([name]):
                    known |= self._kehu_property_references(name, row[name] or [])
                continue
            for target in records.mapped(name) if field.type != "reference" else [r[name] for r in records if r[name]]:
                known.add(target.with_env(self.env))
                if field.type == "one2many":
                    for vals in vals_list:
                        lines = [command[2] for command in vals.get(name) or () if _is_command(command, 1)]
                        known |= target.with_env(self.env)._kehu_known_references(lines) if lines else set()
        return known

    def _kehu_references(self, vals, deep):
        """Return the records, as a set of singletons, that the values of guarded fields refer to."""
        found = set()
        for name in vals.keys() & self._kehu_guarded_fields():
            field, value = self._fields[name], vals[name]
            if not value:
                continue
            if field.type == "reference":
                model, _comma, record_id = str(value).partition(",")
                if model in self.env:
                    found.update(self.env[model].browse(_ids([record_id])))
                continue
            if field.type == "properties":
                found |= self._kehu_property_references(name, value)
                continue
            comodel = self.env[field.comodel_name]
            if field.type == "many2one":
                found.update(comodel.browse(_ids([value])))
                continue
            for command in value if isinstance(value, (list, tuple)) else [value]:
                if not isinstance(command, (list, tuple)):
                    found.update(comodel.browse(_ids([command])))
                elif _is_command(command, 4):
                    found.update(comodel.browse(_ids([command[1]])))
                elif _is_command(command, 6):
                    found.update(comodel.browse(_ids(command[2])))
                elif deep and (_is_command(command, 0) or _is_command(command, 1)):
                    found |= comodel._kehu_references(command[2], deep)
        return found

    def _kehu_property_references(self, name, value):
        """Return the records that properties refer to: a list of definitions with values, or values by name."""
        if isinstance(value, dict):
            value = [
                {**self.get_property_definition(f"{name}.{key}"), "value": of_key}
                for key, of_key in value.items()
                if of_key
            ]
        return {
            self.env[definition["comodel"]].browse(record_id)
            for definition in value
            if isinstance(definition, dict)
            and definition.get("type") in ("many2one", "many2many")
            and definition.get("comodel") in self.env
            for record_id in _ids(
                definition.get("value") or () if definition["type"] == "many2many" else [definition.get("value")]
            )
        }


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    _kehu_is_document_row = True

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        # Odoo looks for files as superuser, and leaves out those that the user may not read: paths would lead anywhere.
        if not (self.env.su or bypass_access):
            domain = self._kehu_within_rights(Domain(domain).optimize_full(self)).map_conditions(
                self._kehu_asked_by_user
            )
            # Nor does the order look at what they point to.
            for name in (term.split()[0] for term in (order or "").split(",") if term.strip()):
                self._kehu_check_not_secret(name)
                if name in self._fields and self._fields[name].type == "many2one":
                    order = None
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    def _kehu_asked_by_user(self, condition):
        """Return a condition, of a domain in superuser mode, in a form that is evaluated in the rights of the user."""
        if condition.field_expr in ("id", "res_model", "res_id", "res_field", "public"):
            return condition
        return Domain.custom(
            to_sql=lambda model, alias, query: condition._to_sql(model.with_env(self.env), alias, query)
        )

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._origin._ids):
            return self.browse()
        hidden = set()
        for model, files in self._origin.sudo().with_context(prefetch_fields=False).grouped("res_model").items():
            if model in self.env and (
                gone := set(self.env[model].browse({file.res_id for file in files if file.res_id})._kehu_hidden()._ids)
            ):
                hidden.update(file.id for file in files if file.res_id in gone)
        return self.filtered(lambda file: file._origin.id in hidden)


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _find_record(self, *args, **kwargs):
        record = super()._find_record(*args, **kwargs)
        if delegation := record._inherits.get("ir.attachment"):
            # Odoo asks for the outer record only, and streams the file of another one.
            file = record.sudo()[delegation].with_env(self.env)
            if file._kehu_hidden():
                file.check_access("read")
        return record


def _is_command(value, code):
    return (
        isinstance(value, (list, tuple))
        and len(value) > 1
        and value[0] == code
        and (code == 4 or len(value) > 2 and isinstance(value[2], dict if code < 2 else (list, tuple)))
    )


def _ids(values):
    """Yield the ids in values as clients send them: numbers, pairs with a label, dictionaries of ``web_read``."""
    for value in values:
        if isinstance(value, dict):
            value = value.get("id")
        elif isinstance(value, (list, tuple)):
            value = value[0] if value else None
        if isinstance(value, models.BaseModel):
            value = value.id
        yield from filter(None, as_ids(value))


def _hidden(references):
    """Return those of a set of singletons that are hidden from the user, asking once for each model."""
    hidden = set()
    by_model = {}
    for record in references:
        # The default of many a document, and nobody's own account is hidden from them.
        if record != record.env.user:
            by_model.setdefault(record._name, []).append(record.id)
    for record in references:
        if ids := by_model.pop(record._name, None):
            records = record.browse(ids)
            hidden.update(records._kehu_hidden())
            if record._name == "ir.attachment":
                # Who delegates to a file reads it, whosever it is.
                hidden.update(records.exists() - records._filtered_access("read"))
            elif record.env.user._is_portal():
                # Odoo labels whatever id a form sends. One that does not exist is refused alike.
                hidden.update(records - records.exists()._filtered_access("read"))
    return hidden
