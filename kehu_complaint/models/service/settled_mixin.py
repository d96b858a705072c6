"""What was reviewed, answered, signed or closed stays as it was (C3, C6, T6)."""

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError


class SettledMixin(models.AbstractModel):
    """Documents of which people write a part until a step is taken, whatever group they have.

    To change it afterwards the step is taken back by a move, which leaves its reason in the history.
    """

    _name = "kehu.settled.mixin"
    _description = "Settled Step by Step"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and arch.find(".//sheet") is not None:
            for name, states in self._settled_states().items():
                settled = f"state in {list(states)}"
                for node in arch.xpath(f"//field[@name='{name}'][not(ancestor::field)]"):
                    node.set("readonly", f"({before}) or {settled}" if (before := node.get("readonly")) else settled)
        return arch, view

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            self._check_settled(vals)
        return super().write(vals)

    def _check_settled(self, vals):
        """Refuse changes of settled fields.

        :raise UserError: naming the documents and the fields
        """
        for document in self.sudo():
            settled = document._settled_fields().intersection(vals)
            if changed := [name for name in sorted(settled) if document._settled_changes(name, vals[name])]:
                labels = document.with_env(self.env).fields_get(changed, ["string"])
                raise UserError(
                    self.env._(
                        "%(document)s: what was reviewed, answered, signed or closed stays as it is (%(fields)s). "
                        "If it is wrong, have the step taken back first, or write a note.",
                        document=document.display_name,
                        fields=", ".join(labels[name]["string"] for name in changed),
                    )
                )

    def _settled_changes(self, name, value):
        """Return whether ``value`` is another than the present one; forms send what they show."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return bool(value)
        return field.convert_to_record(field.convert_to_cache(value, self), self) != self[name]

    # === BUSINESS ===

    def _keep_corrected(self, names, vals, thread=None):
        """Note what the fields ``names`` said that ``vals`` changes, unless the chatter tracks them by itself.

        :param thread: path to the document whose chatter keeps it; their own without it
        """
        untracked = [name for name in sorted(names) if not getattr(self._fields[name], "tracking", None)]
        for document in self.sudo():
            document._keep_in_chatter(
                [name for name in untracked if document._settled_changes(name, vals[name])],
                lambda: self.env._("Corrected. It said before:"),
                thread=thread,
                empty="–",
            )

    def _keep_in_chatter(self, names, title, thread=None, empty=None):
        """Note the present values of fields, which are about to be replaced or can be later on.

        :param names: of fields
        :param title: returns the words above them
        :param thread: see ``_keep_corrected()``
        :param empty: what stands for empty fields, which are left out without it
        """
        labels = self.fields_get(names, ["string"]) if names else {}
        for document in self.sudo():
            said = [
                (labels[name]["string"], value)
                for name in names
                if (value := document._fields[name].convert_to_export(document[name], document) or empty)
            ]
            if said:
                (document[thread] if thread else document)._message_log(
                    body=Markup("<p>%s</p><ul>%s</ul>")
                    % (title(), Markup().join(Markup("<li>%s: %s</li>") % line for line in said))
                )

    def _settled_fields(self):
        """Return the names of the fields of one document, in sudo, that nobody writes any more (hook)."""
        return set()

    @api.model
    def _settled_states(self):
        """Return ``{field: states}`` in which nobody writes the field any more; forms show it readonly then (hook)."""
        return {}

    @api.model
    def _settled_but(self, *names):
        """Return all fields that people could write, except for the conversation and these names.

        Rows of the document are settled by themselves.
        """
        return {
            name
            for name, field in self._fields.items()
            if name not in (*names, "state", "number")
            and field.type != "one2many"
            and not name.startswith(("activity_", "message_", "rating_", "website_message_"))
        }
