from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import LazyTranslate

from ...workflow import StatePermit, clean_reason

_lt = LazyTranslate(__name__)


class WorkflowMixin(models.AbstractModel):
    """States whose moves are declared and enforced by the server (A3).

    The model declares its ``state`` field and ``_workflow_moves``; see docs/developing.md.
    """

    _name = "kehu.workflow.mixin"
    _description = "Workflow"
    _inherit = ["mail.thread", "kehu.evidence.mixin", "kehu.code.defaults.mixin"]
    _kehu_has_trail = True
    _evidence_refusal = _lt("This was under way or decided once and is kept. Withdraw, cancel or close it instead:")

    # Extensions of a model list only what they add, or replace by name.
    _workflow_moves = ()
    # Whether buttons move only what the form showed, and nothing that somebody else has written since.
    _workflow_as_shown = False

    # The model gives the values; the attributes here hold for all.
    state = fields.Selection("_selection_state", "Status", required=True, readonly=True, copy=False, index=True)
    workflow_moves = fields.Json("Possible Moves", compute="_compute_workflow_moves")
    workflow_log_ids = fields.One2many("kehu.workflow.log", "res_id", "Status History", readonly=True)

    def _register_hook(self):
        super()._register_hook()
        if not self._abstract:
            self._workflow_check_declaration()

    @api.model
    def _selection_state(self):
        return []

    # === COMPUTE ===

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_workflow_moves(self):
        """Names of the moves from the present state that the user's groups and roles allow, and nothing bars."""
        names = {record: [] for record in self}
        for move in self._workflow_move_map().values():
            candidates = self.filtered(lambda record, move=move: record.state in move.source)
            movable = candidates._workflow_filter_movable_by_user(move)
            barred = movable.sudo()._workflow_barred(move)
            for record in movable:
                if record.id not in barred:
                    names[record].append(move.name)
        for record in self:
            record.workflow_moves = names[record]

    # === CRUD ===

    @api.readonly
    def web_read(self, specification):
        with self.env["kehu.trail.mixin"]._trail_reading(self._origin):
            return super().web_read(specification)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "state" in fields:
            defaults["state"] = self._workflow_initial_state()
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        initial = self._workflow_initial_state()
        forged = [self.env.context.get("default_state", initial), *(vals.get("state", initial) for vals in vals_list)]
        if any(state != initial for state in forged):
            raise self._workflow_state_error()
        return super().create([{**vals, "state": initial} for vals in vals_list])

    def write(self, vals):
        if "state" in vals:
            permit = self.env.context.get("kehu_workflow_permit")
            if not (isinstance(permit, StatePermit) and permit.covers(self, vals)):
                if any(record.state != vals["state"] for record in self.sudo()):
                    raise self._workflow_state_error()
                vals = {name: value for name, value in vals.items() if name != "state"}
        return super().write(vals)

    def _track_get_fields(self):
        # _workflow_post() writes the tracking of all moved records at once.
        tracked = super()._track_get_fields()
        return tracked - {"state"} if tracked else tracked

    # === ACTIONS ===

    def workflow_move(self, name, reason=None):
        """Make the declared move ``name`` on all records, or none.

        The way in for clients: the caller's own rights count, even when server code calls it in sudo.

        :raise AccessError: who calls may not make this move
        :raise UserError: the state is another, fields or the reason are missing, somebody else was first
        """
        records = self | self.browse()  # a client may name a record twice
        records.sudo(False)._move(name, reason=reason)
        return True

    def action_workflow_move(self, name):
        """What buttons call: make the move, or open the dialog that asks for its reason.

        :raise UserError: the form did not show what there is by now
        """
        self._workflow_check_shown()
        if self._workflow_get_move(name).reason:
            return self.env["kehu.workflow.move.wizard"]._action_open(self, name)
        return self.workflow_move(name)

    def action_workflow_explain(self):
        """Open the answer to “why can't I?”: each move from here and what it lacks."""
        self.ensure_one()
        return self.env["kehu.workflow.explain.wizard"]._action_open(self)

    # === BUSINESS ===

    def _workflow_check_shown(self):
        shown = self.env.context.get("kehu_shown_on") if self._workflow_as_shown else None
        if shown and any(
            record.write_uid != self.env.user and fields.Datetime.to_string(record.write_date) > str(shown)
            for record in self.sudo()
        ):
            raise UserError(self.env._("This was changed since you opened it. Reload and look before you decide."))

    def _filter_evidence(self):
        """Whatever was ever moved, even if it was moved back."""
        initial = self._workflow_initial_state()
        moved = {
            res_id
            for (res_id,) in self.env["kehu.workflow.log"]
            .sudo()
            ._read_group([("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"])
        }
        return self.filtered(lambda record: record.state != initial or record.id in moved)

    def _move(self, name, reason=None):
        """Make the move ``name`` on all records, or none, with its history (A3).

        Server code may call it in sudo: then nobody's groups and roles are asked for, since the
        server itself moves; all else holds. The rows are locked first, so that of several users
        pressing at once one wins and the others are told at once.

        :raise AccessError, UserError, LockError: see :meth:`workflow_move`
        """
        if not self:
            return
        move = self._workflow_get_move(name)
        reason = clean_reason(reason)
        self.check_access(move.access)
        self._workflow_lock()
        self._workflow_check(move, reason)
        records = self.sudo()
        sources = {record.id: record.state for record in records}
        if move.before:
            getattr(records, move.before)()
        permit = StatePermit(self._name, frozenset(self.ids), move.target)
        records.with_context(kehu_workflow_permit=permit).write({"state": move.target})
        records._workflow_append_log(move, sources, reason)
        records._workflow_post(move, sources, reason)
        if move.after:
            getattr(records, move.after)()
        self._workflow_moved(move, sources, reason)

    def _workflow_moved(self, move, sources, reason):
        """Hook: the records were moved by ``move`` from ``sources``, ``{record_id: state}``."""

    def _workflow_lock(self):
        """Lock the rows and forget what was read before."""
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise LockError(
                self.env._("Somebody else is just working on this. Reload and look before you try again.")
            ) from None
        self.invalidate_recordset(["state"])

    def _workflow_check(self, move, reason):
        """Raise unless ``move`` is possible for every record."""
        if not self.env.su:
            if strangers := self - self._workflow_filter_movable_by_user(move):
                raise AccessError(
                    self.env._(
                        "“%(move)s” is not for you to do on %(documents)s. %(who)s",
                        move=self._workflow_label(move),
                        documents=strangers._workflow_names(),
                        who=self._workflow_who(move),
                    )
                )
        blockers = self.sudo()._workflow_blockers(move)
        if not self.env.su:
            for record_id, sentence in self.sudo()._workflow_barred(move).items():
                blockers[record_id].append(sentence)
        if move.reason and not reason:
            for record in self:
                blockers[record.id].append(self.env._("A reason must be given."))
        if blockers:
            records = self.sudo().browse(blockers)
            raise UserError(
                self.env._("“%s” is not possible:", self._workflow_label(move))
                + "".join(f"\n{record.display_name}: {' '.join(blockers[record.id])}" for record in records[:10])
            )

    def _workflow_filter_movable_by_user(self, move):
        """The records on which the user's groups or roles allow ``move``."""
        user = self.env.user
        if any(user.has_group(group) for group in move.groups):
            return self
        allowed = self.browse()
        for role in move.roles:
            users = (self - allowed).sudo()._workflow_users_in_role(role)
            allowed += self.browse(record_id for record_id, who in users.items() if user in who)
        return self & allowed

    def _workflow_users_in_role(self, role):
        """``{record_id: users}`` in ``role``: a path of fields, or ``_workflow_role_<role>()``."""
        if method := getattr(self, f"_workflow_role_{role}", None):
            return method()
        return {record.id: record.mapped(role) for record in self}

    def _workflow_remind(self, people, summary, activity_type_id=None, values=None):
        """As ``_kehu_tell()`` of activities, of these records."""
        self.env["mail.activity"]._kehu_tell(self, people, summary, activity_type_id, values)

    def _workflow_append_log(self, move, sources, reason):
        self.env["kehu.workflow.log"].sudo().create(
            [
                {
                    "res_model": self._name,
                    "res_id": record.id,
                    "user_id": self.env.uid,
                    "move": move.name,
                    "state_from": sources[record.id],
                    "state_to": move.target,
                    "reason": reason or False,
                }
                for record in self
            ]
        )
        self.invalidate_recordset(["workflow_log_ids"], flush=False)

    def _workflow_post(self, move, sources, reason):
        """Tell it in the chatter, for all records at once, as core tracking would one by one."""
        body = f"{self._workflow_label(move)}: {reason}" if reason else self._workflow_label(move)
        messages = self._message_log_batch(dict.fromkeys(self.ids, body))
        Tracking = self.env["mail.tracking.value"].sudo()
        description = self.fields_get(["state"], ["string", "type", "selection"])["state"]
        Tracking.create(
            [
                {
                    **Tracking._create_tracking_values(
                        sources[message.res_id], move.target, "state", description, self.browse(message.res_id)
                    ),
                    "mail_message_id": message.id,
                }
                for message in messages
            ]
        )

    # === BUSINESS: THE DECLARATION ===

    @api.model
    @tools.ormcache()
    def _workflow_move_map(self):
        """``{name: move}`` of the model with all its extensions, in the order of declaration."""
        moves = {}
        for cls in reversed(type(self).__mro__):
            moves |= {move.name: move for move in vars(cls).get("_workflow_moves", ())}
        return tools.frozendict(moves)

    @api.model
    def _workflow_get_move(self, name):
        move = self._workflow_move_map().get(name) if isinstance(name, str) else None
        if not move:
            raise UserError(
                self.env._(
                    "“%(model)s” knows no move “%(name)s”.", model=self.env["ir.model"]._get(self._name).name, name=name
                )
            )
        return move

    @api.model
    def _workflow_initial_state(self):
        """The state in which every record is born: the field's default, else its first value."""
        field = self._fields["state"]
        return field.default(self) if field.default else field.get_values(self.env)[0]

    @api.model
    def _workflow_check_declaration(self):
        """Raise ValueError, at start-up, on a declaration that could never work."""
        states = set(self._fields["state"].get_values(self.env))
        for move in self._workflow_move_map().values():
            if unknown := {*move.source, move.target} - states:
                raise ValueError(f"{self._name}: move {move.name!r} names unknown states {sorted(unknown)}")
            if unknown := set(move.required) - set(self._fields):
                raise ValueError(f"{self._name}: move {move.name!r} requires unknown fields {sorted(unknown)}")
            if move.access not in ("read", "write"):
                raise ValueError(f"{self._name}: move {move.name!r} has no access {move.access!r}")
            if unknown := [group for group in move.groups if not self.env.ref(group, raise_if_not_found=False)]:
                raise ValueError(f"{self._name}: move {move.name!r} names unknown groups {unknown}")
            for method in filter(None, (move.before, move.after)):
                if not callable(getattr(self, method, None)):
                    raise ValueError(f"{self._name}: move {move.name!r} calls unknown method {method!r}")

    # === BUSINESS: WORDS ===

    @api.model
    def _workflow_label(self, move):
        return self.env._(move.label)  # pylint: disable=gettext-variable

    @api.model
    def _workflow_who(self, move):
        """A sentence that names who may make ``move``."""
        groups = [self.env.ref(group).sudo().full_name for group in move.groups]
        roles = [self._workflow_label_of_role(role) for role in move.roles]
        if not move.is_for_people:
            return self.env._("The system does it by itself.")
        return self.env._("It takes one of: %s.", ", ".join(groups + roles))

    @api.model
    def _workflow_label_of_role(self, role):
        """How users call a role: the label of the field it ends in. Extend for ``_workflow_role_…``."""
        model, label = self, role
        for name in role.split("."):
            field = model._fields.get(name)
            if field is None:
                return role
            label = model.fields_get([name], ["string"]).get(name, {}).get("string", name)
            model = self.env[field.comodel_name] if field.comodel_name else model
        return label

    def _workflow_names(self):
        return ", ".join(filter(None, self.sudo()[:10].mapped("display_name")))

    @api.model
    def _workflow_state_error(self):
        return AccessError(
            self.env._(
                "The status of “%s” changes through its moves only: leave it out of what you write or import, and "
                "press the button.",
                self.env["ir.model"]._get(self._name).name,
            )
        )
