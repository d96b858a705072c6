"""What the holder of a role writes, and what nobody else writes for them (C4, C6)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...groups import STAFF, SUPERVISOR


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    # What an employee outside the service may write who has a role: {role: fields}. Extensions add.
    _service_parts = {
        "callback_user_id": {"satisfaction", "callback_note"},
    }
    # What only the holder of a role writes, whatever group others have: {role: fields}. Extensions add.
    _service_own = {
        "callback_user_id": {"satisfaction", "callback_note"},
    }
    # The state in which customers are called back.
    _service_callback_state = None

    my_roles = fields.Json(compute="_compute_my_roles", help="Those of the user in which only they write.")

    # === COMPUTE ===

    @api.depends(lambda self: tuple(self._service_own) if not self._abstract else ())
    @api.depends_context("uid")
    def _compute_my_roles(self):
        for document in self:
            document.my_roles = [role for role in self._service_own if self.env.user in document[role]]

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if not self.env.su:
            own = set().union(*self._service_own.values())
            # Looked at afterwards: it can come as a default, too.
            documents._check_own({document: {name for name in own if document[name]} for document in documents.sudo()})
        return documents

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if "callback_user_id" in vals:
            self._check_caller_stays(vals["callback_user_id"])
        if "callback_note" in vals:
            self.sudo().filtered("callback_note").with_env(self.env)._keep_corrected({"callback_note"}, vals)
        changed = {document: document._service_own_changes(vals) for document in self.sudo()}
        result = super().write(vals)
        self._check_own(changed)
        return result

    def _check_own(self, changed):
        """Refuse fields that belong to a role which the user does not have.

        :param changed: ``{document in sudo: names of fields}``
        :raise AccessError: the user does not have the role to which a field belongs
        """
        for document, names in changed.items():
            for role, own in self._service_own.items():
                if (written := sorted(names & own)) and self.env.user not in document[role]:
                    labels = self.fields_get([role, *written], ["string"])
                    raise AccessError(
                        self.env._(
                            "Only “%(role)s” writes: %(fields)s.",
                            role=labels[role]["string"],
                            fields=", ".join(labels[name]["string"] for name in written),
                        )
                    )

    def _check_caller_stays(self, user_id):
        """Once the customer has answered, nobody whose work is judged has somebody else ask again (C6).

        :raise AccessError: another user is to call back, and who says so is no supervisor
        """
        if self.env.user.has_group(SUPERVISOR):
            return
        for document in self.sudo():
            if (
                document.state == self._service_callback_state
                and document._service_is_answered()
                and document._settled_changes("callback_user_id", user_id)
            ):
                raise AccessError(
                    self.env._(
                        "The customer of %s has answered: a supervisor decides whether somebody else asks again.",
                        document.display_name,
                    )
                )

    # === BUSINESS ===

    def _service_is_answered(self):
        """Return whether whoever calls back has entered what the customer said."""
        self.ensure_one()
        is_theirs = self.satisfaction and "satisfaction" not in self._settled_fields()
        return bool(self.callback_user_id and (is_theirs or self.callback_note))

    def _service_own_changes(self, vals):
        """Return the names of the fields of a role that ``vals`` changes here, as far as the customer did not fill them
        in (hook).
        """
        self.ensure_one()
        return {
            name
            for name in set().union(*self._service_own.values()) & vals.keys()
            if self._settled_changes(name, vals[name])
        }

    def _service_check_part(self, vals):
        """Let whoever is not of the service write what belongs to their part, and nothing else.

        :raise AccessError: with what the user may write
        """
        if self.env.su or self.env.user.has_group(STAFF):
            return
        for document in self.sudo():
            mine = set().union(
                *(names for role, names in self._service_parts.items() if self.env.user in document[role])
            )
            if foreign := vals.keys() - mine - self._service_free_fields():
                labels = self.fields_get(sorted(foreign), ["string"])
                raise AccessError(
                    self.env._(
                        "These are the service's to write: %s.",
                        ", ".join(description["string"] for description in labels.values()),
                    )
                )

    @api.model
    def _service_free_fields(self):
        """Return the names of the fields that chatter and activities write for everybody who takes part."""
        return {
            name for name in self._fields if name.startswith(("activity_", "message_", "rating_", "website_message_"))
        }
