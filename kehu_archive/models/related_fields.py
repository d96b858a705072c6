"""Related fields are computed as superuser: what they take from a hidden contact does not leave the server (X3)."""
from odoo import api, models
from odoo.tools import ormcache

_TEXT = ("char", "text", "html")


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    @ormcache("self._name")
    def _kehu_contact_fields(self):
        """Return ``{field: path to the contact}`` of the text fields that are related to one of a contact."""
        found = {}
        for name, field in self._fields.items():
            if field.related and not field.inherited and field.type in _TEXT:
                path, _dot, _target = field.related.rpartition(".")
                if path and field.related_field.model_name == "res.partner":
                    found[name] = path
        return found

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if self.env.su or not (names := self._kehu_contact_fields().keys() & set(fnames)):
            return rows
        path_of = self._kehu_contact_fields()
        records = self.sudo().with_context(prefetch_fields=False).browse(row["id"] for row in rows)
        hidden = {path: records.mapped(path).with_env(self.env)._kehu_hidden() for path in {path_of[name] for name in names}}
        for row in rows:
            for name in names:
                if contact := records.browse(row["id"]).mapped(path_of[name]) & hidden[path_of[name]]:
                    row[name] = contact[0].display_name if self._fields[name].related_field.name == "name" else False
        return rows
