"""Who did the work is remembered: handing it over to somebody else for a while makes nobody impartial (C4, C6)."""

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS


# For so long, a role that somebody else gave is no work by itself.
BRIEF = timedelta(days=1)


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    # Whoever has these roles, makes these moves or writes these fields does the work. Extensions add.
    _service_work_roles = {"user_id"}
    _service_work_moves = set()
    _service_work_fields = set()

    worked_user_ids = fields.Many2many(
        "res.users", string="Did the Work", readonly=True, copy=False, context={"active_test": False}, groups=NO_ACCESS
    )
    # {user_id: the moment at which somebody else gave them a role}
    role_given = fields.Json(readonly=True, copy=False, groups=NO_ACCESS)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if not self.env.su:
            documents.sudo().filtered(
                lambda document: any(document[name] for name in self._service_work_fields)
            )._service_keep_workers(lambda document: self.env.user)
        return documents

    def write(self, vals):
        if not self._service_work_roles.isdisjoint(vals):
            # Roles in what nobody has taken on yet are no work.
            begun = self.sudo().filtered(lambda document: document.state != "received")
            begun._service_keep_workers(
                lambda document: document._service_holders().filtered(
                    lambda user: not document._service_is_briefly(user)
                )
            )
        holders = {}
        if not self.env.su and not self._service_work_roles.isdisjoint(vals):
            holders = {document: document._service_holders() for document in self.sudo()}
        is_work = not self.env.su and any(
            document._settled_changes(name, vals[name])
            for document in self.sudo()
            for name in self._service_work_fields & vals.keys()
        )
        result = super().write(vals)
        for document, users in holders.items():
            document._service_note_given(document._service_holders() - users)
        if is_work:
            self._service_keep_workers(lambda document: self.env.user)
        return result

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"worked_user_ids", "role_given"}

    # === WORKFLOW ===

    def _workflow_moved(self, move, sources, reason):
        if move.name in self._service_work_moves and not self.env.su:
            self._service_keep_workers(lambda document: self.env.user)
        return super()._workflow_moved(move, sources, reason)

    def _check_own(self, changed):
        """Nor do users who worked meanwhile, and still are to call back, write what the customer said (C6)."""
        result = super()._check_own(changed)
        answers = self._service_own["callback_user_id"]
        for document, names in changed.items():
            if names & answers and self.env.user in document._service_handlers():
                raise UserError(document.with_env(self.env)._service_callback_refusal())
        return result

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name in ("call_back", "close"):
            for document in self.filtered(lambda document: document.callback_user_id & document._service_handlers()):
                blockers[document.id].append(document._service_callback_refusal())
        return blockers

    # === BUSINESS ===

    def _service_note_given(self, users):
        """Remember that the current user gave these users a role; in sudo."""
        if users:
            moment = fields.Datetime.to_string(fields.Datetime.now())
            given = {str(user.id): user != self.env.user and moment for user in users}
            self.role_given = {**(self.role_given or {}), **given}

    def _service_is_briefly(self, user):
        """Return whether somebody else gave the user a role less than a day ago: that makes nobody partial."""
        moment = (self.sudo().role_given or {}).get(str(user.id))
        return bool(moment) and fields.Datetime.now() - fields.Datetime.to_datetime(moment) < BRIEF

    def _service_holders(self):
        """Return the users who have a role in which one does the work."""
        return self.env["res.users"].union(*(self[name] for name in self._service_work_roles))

    def _service_handlers(self):
        return super()._service_handlers() | self._service_holders() | self.sudo().worked_user_ids

    def _service_keep_workers(self, get_workers):
        """Remember who works.

        :param get_workers: returns the users for a document in sudo
        """
        kept = self.sudo().with_context(active_test=False)
        for users, documents in kept.grouped(
            lambda document: get_workers(document).sudo() - document.worked_user_ids
        ).items():
            if users:
                documents.write({"worked_user_ids": [Command.link(user.id) for user in users]})
