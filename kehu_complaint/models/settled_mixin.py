"""What was reviewed, answered, signed or closed stays as it was (C3, C6, T6)."""
from odoo import api, models
from odoo.exceptions import UserError


class SettledMixin(models.AbstractModel):
    """Documents of which people write a part until a step is taken, whatever group they have.

    To change it afterwards the step is taken back by a move, which leaves its reason in the history.
    """
    _name = "kehu.settled.mixin"
    _description = "Settled Step by Step"

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            self._check_settled(vals)
        return super().write(vals)

    def _check_settled(self, vals):
        """
        :raise UserError: naming the documents and the fields
        """
        for document in self.sudo():
            settled = document._settled_fields().intersection(vals)
            if changed := [name for name in sorted(settled) if document._settled_changes(name, vals[name])]:
                labels = document.with_env(self.env).fields_get(changed, ["string"])
                raise UserError(self.env._(
                    "%(document)s: what was reviewed, answered, signed or closed stays as it is (%(fields)s). "
                    "If it is wrong, have the step taken back first, or write a note.",
                    document=document._workflow_names(), fields=", ".join(labels[name]["string"] for name in changed)))

    def _settled_changes(self, name, value):
        """Return whether ``value`` is another than the present one; forms send what they show."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return bool(value)
        return field.convert_to_record(field.convert_to_cache(value, self), self) != self[name]

    # === BUSINESS ===

    def _settled_fields(self):
        """Return the names of the fields of one document, in sudo, that nobody writes any more (hook)."""
        return set()

    @api.model
    def _settled_but(self, *names):
        """Return all fields that people could write, except for the conversation and these names.

        Rows of the document are settled by themselves.
        """
        return {
            name for name, field in self._fields.items()
            if name not in (*names, "state", "number") and field.type != "one2many"
            and not name.startswith(("activity_", "message_", "rating_", "website_message_"))}
