"""What Odoo looks up when a field is read, such as possible duplicates, names and counts no hidden record (X3).

Such fields are computed as superuser or in SQL, whatever the reader may see: duplicates of a lead by its telephone
number, contacts with the same bank account.
"""

from odoo import api, models
from odoo.tools import frozendict, ormcache

# What is counted or averaged as superuser over the documents of all customers, although the reader can do so: in the
# reader's rights.
_IN_READERS_RIGHTS = {
    "depend_on_count",
    "closed_depend_on_count",  # tasks for which another task waits
    "rating_avg",
    "rating_avg_percentage",
    "rating_count",
    "rating_percentage_satisfaction",  # what customers gave a project or a desk
}


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    @ormcache("self._name")
    def _kehu_finding_fields(self):
        """Return ``{field: ((list, count), …)}``: the computed lists of protected records, by each field that has the
        same method.

        Lists that can be written hold what was put there, and are left to the server whole.
        """
        fields = [field for field in self._fields.values() if field.compute and not field.store]
        found = {}
        for field in fields:
            if (
                field.type in ("one2many", "many2many")
                and not field.inverse
                and self.env[field.comodel_name]._kehu_is_protected()
            ):
                group = self.pool.field_computed[field]
                count = field.name.removesuffix("_ids") + "_count"
                for other in group:
                    found.setdefault(other.name, []).append(
                        (field.name, count if any(f.name == count for f in group) else None)
                    )
        return frozendict({name: tuple(pairs) for name, pairs in found.items()})

    def _compute_field_value(self, field):
        lists = self._kehu_finding_fields().get(field.name, ()) if field.compute and not field.store else ()
        in_readers_rights = self.env.su and field.compute_sudo and not field.store and field.name in _IN_READERS_RIGHTS
        # Who the user is must not be asked for other fields: groups may be just what is being computed.
        if not (lists or in_readers_rights) or self._kehu_sees_labels():
            return super()._compute_field_value(field)
        if in_readers_rights and self.env.user._is_internal():
            return super(Base, self.sudo(False))._compute_field_value(field)
        result = super()._compute_field_value(field)
        # What server code reads as superuser is whole, unless Odoo computes the field as superuser for anybody.
        if not self.env.su or field.compute_sudo:
            for name, count in lists:
                self._kehu_leave_out_hidden(name, count)
        return result

    def _kehu_leave_out_hidden(self, name, count):
        """Take the hidden records out of a computed list, and out of the number that was computed with it."""
        if hidden := self[name]._kehu_hidden():
            for record in self:
                if gone := record[name] & hidden:
                    record[name] -= gone
                    if count:
                        record[count] -= len(gone)

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if self.env.su:
            return rows
        # Server code may have read the list before, and what can be written is whole in the cache.
        for name in fnames:
            field = self._fields[name]
            if (
                field.type in ("one2many", "many2many")
                and field.compute
                and not field.store
                and any(row[name] for row in rows)
            ):
                hidden = set(
                    self.env[field.comodel_name]
                    .browse({record_id for row in rows for record_id in row[name]})
                    ._kehu_hidden()
                    ._ids
                )
                for row in rows if hidden else ():
                    row[name] = [record_id for record_id in row[name] if record_id not in hidden]
            elif (
                field.type == "many2one"
                and field.compute
                and not (field.store or field.related)
                and any(row[name] for row in rows)
            ):
                self._kehu_empty_found_one(field, rows)
        return rows

    def _kehu_empty_found_one(self, field, rows):
        """Empty, in rows that were read, a computed field where it leads to a hidden record that the row does not name
        by itself.
        """
        targets = {
            row["id"]: row[field.name][0] if isinstance(row[field.name], tuple) else row[field.name] for row in rows
        }
        hidden = set(self.env[field.comodel_name].browse(set(targets.values()) - {False})._kehu_hidden()._ids)
        if not hidden:
            return
        names = [
            name
            for name, other in self._fields.items()
            if other.type == "many2one" and other.store and other.comodel_name == field.comodel_name
        ]
        documents = {
            document.id: document
            for document in self._origin.sudo().with_context(active_test=False, prefetch_fields=False)
        }
        for row in rows:
            if targets[row["id"]] in hidden:
                named = self.env[field.comodel_name].sudo().union(*(documents[row["id"]][name] for name in names))
                if field.comodel_name == "res.partner":
                    named |= named.commercial_partner_id
                if targets[row["id"]] not in named._ids:
                    row[field.name] = False
