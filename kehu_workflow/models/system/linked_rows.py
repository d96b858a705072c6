"""What is guarded or noted is so from the other side of a many2many, too (X3, X5).

A relation is one table, whichever field writes it: the rules of a group are the groups of a rule.
"""

from collections.abc import Iterable
from contextlib import ExitStack, contextmanager, suppress
from math import ceil, floor

from odoo import Command, api, models
from odoo.tools import ormcache

_GREATEST_ID = 2**31 - 1


def named_ids(value):
    """Return the ids that a value for a many2many names, whatever a client sent."""
    if isinstance(value, models.BaseModel):
        return set(value.ids)
    ids = []
    for command in value if isinstance(value, (list, tuple)) else ():
        if not isinstance(command, (list, tuple)):
            ids.append(command)
        elif len(command) > 2 and command[0] == Command.SET and isinstance(command[2], Iterable):
            ids += command[2]
        else:
            ids += command[1:2]
    return {number for id_ in ids for number in as_ids(id_) if 0 < number <= _GREATEST_ID}


def as_ids(value):
    """Return what PostgreSQL may take a value for in a column of ids: it rounds numbers, and reads them from texts,
    hexadecimal ones, too.
    """
    for read in (float, lambda text: int(text, 0)):
        with suppress(TypeError, ValueError, OverflowError):
            number = read(value)
            return {floor(number), ceil(number)}
    return set()


class Base(models.AbstractModel):
    _inherit = "base"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not (linking := self._kehu_relations_of_others()):
            return super().create(vals_list)
        # A link can come as a default, too; Odoo's own look-up of defaults is inside of super().
        given = [{**self.default_get([name for name in linking if name not in vals]), **vals} for vals in vals_list]
        with self._kehu_watching_relations(given):
            return super().create(vals_list)

    def write(self, vals):
        if self._kehu_relations_of_others().keys().isdisjoint(vals):
            return super().write(vals)
        with self._kehu_watching_relations([vals]):
            return super().write(vals)

    def unlink(self):
        if not (linking := self._kehu_relations_of_others()):
            return super().unlink()
        with self._kehu_watching_relations([dict.fromkeys(linking)]):
            return super().unlink()

    # === BUSINESS ===

    @api.model
    def _kehu_guarded_relations(self):
        """Return the names of the many2many fields whose changes are refused or noted (hook)."""
        return frozenset()

    @contextmanager
    def _kehu_watch_relation(self, name):
        """Refuse, or note, what is done meanwhile to a many2many of these rows from its other side (hook).

        :param name: one of :meth:`_kehu_guarded_relations`
        """
        yield

    @api.model
    def _kehu_relations_of_others(self):
        """Return the fields of this model that write a guarded relation of another model; none while models are loaded.

        :return: ``{name: names of fields of the other model}``
        """
        return self._kehu_find_relations_of_others() if self.pool.ready else {}

    @api.model
    @ormcache("self._name")
    def _kehu_find_relations_of_others(self):
        linking = {}
        for name, field in self._fields.items():
            if field.type == "many2many" and field.store and not field.inherited:
                others = self.env[field.comodel_name]
                inverses = {other.name for other in self.pool.field_inverses[field]}
                if linked := inverses & others._kehu_guarded_relations():
                    linking[name] = tuple(sorted(linked))
        return linking

    @contextmanager
    def _kehu_watching_relations(self, vals_list):
        """Have the rows that are linked with these records, or come to be, look at what is done meanwhile.

        :param vals_list: values that are written, by which of these fields
        """
        records = self.sudo().with_context(active_test=False)
        with ExitStack() as stack:
            for name, linked in self._kehu_relations_of_others().items():
                if not (values := [vals[name] for vals in vals_list if name in vals]):
                    continue
                others = self.env[self._fields[name].comodel_name]
                rows = records[name].with_env(self.env) | others.browse(set().union(*map(named_ids, values)))
                for other_name in linked:
                    stack.enter_context(rows.exists()._kehu_watch_relation(other_name))
            yield
