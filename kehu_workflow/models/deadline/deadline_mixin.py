from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from .deadline import OPEN

URGENCY = ("late", "today", "warning", "running", "paused")


class DeadlineMixin(models.AbstractModel):
    """Gives a model clocks: the rules an administrator makes for it start, stop and pause them (A4, C7).

    A model may offer actions to the escalation steps: ``_deadline_hooks = {"record_violation": _lt("Record a
    violation")}`` with a method ``_deadline_hook_record_violation(clocks, step)`` that is called in
    sudo with all late records at once.
    """

    _name = "kehu.deadline.mixin"
    _description = "Clocks"
    _kehu_has_trail = True
    _kehu_has_clocks = True

    # Extensions of a model list only what they add.
    _deadline_hooks = {}

    deadline_ids = fields.One2many(
        "kehu.deadline",
        "res_id",
        "Deadlines",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )
    deadline_date = fields.Datetime(
        "Next Deadline", compute="_compute_deadline", search="_search_deadline_date", compute_sudo=True
    )
    deadline_state = fields.Selection(
        "_selection_deadline_state",
        "Deadline Status",
        compute="_compute_deadline",
        search="_search_deadline_state",
        compute_sudo=True,
    )
    deadline_summary = fields.Json("Clocks", compute="_compute_deadline", compute_sudo=True)

    @api.model
    def _selection_deadline_state(self):
        """The most urgent first. A list would be translated with the addon of each model that has clocks."""
        labels = {
            "late": self.env._("Late"),
            "today": self.env._("Due Today"),
            "warning": self.env._("Due Soon"),
            "running": self.env._("In Time"),
            "paused": self.env._("Paused"),
        }
        return list(labels.items())

    # === COMPUTE ===

    @api.depends("deadline_ids.state", "deadline_ids.date_due", "deadline_ids.date_warning")
    @api.depends_context("lang", "tz")
    def _compute_deadline(self):
        clocks = self.env["kehu.deadline"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", OPEN)], order="date_due, id"
        )
        reasons = {
            pause.deadline_id.id: pause.display_name
            for pause in clocks.filtered(lambda clock: clock.state == "paused").pause_ids
            if not pause.date_to
        }
        by_record = clocks.grouped("res_id")
        now, tonight = fields.Datetime.now(), self._deadline_end_of_today()
        for record in self:
            mine = by_record.get(record._origin.id, clocks.browse())
            running = mine.filtered(lambda clock: clock.state == "running")
            record.deadline_date = running[:1].date_due
            states = [clock._status(now, tonight) for clock in mine]
            record.deadline_state = min(states, key=self._deadline_urgency, default=False)
            record.deadline_summary = [
                {
                    "id": clock.id,
                    "name": clock.rule_id.name,
                    "state": state,
                    "start": fields.Datetime.to_string(clock.date_start),
                    "due": fields.Datetime.to_string(clock.date_due),
                    "reason": reasons.get(clock.id, False),
                }
                for state, clock in sorted(
                    zip(states, mine, strict=True), key=lambda pair: self._deadline_urgency(pair[0])
                )
            ]

    @api.model
    def _search_deadline_date(self, operator, value):
        if operator in ("in", "not in") and False in value:
            return NotImplemented
        return self._deadline_search(Domain("state", "=", "running") & Domain("date_due", operator, value))

    @api.model
    def _search_deadline_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now, tonight = fields.Datetime.now(), self._deadline_end_of_today()
        running = Domain("state", "=", "running")
        meanings = {
            "late": running & Domain("date_due", "<", now),
            "today": running & Domain("date_due", ">=", now) & Domain("date_due", "<=", tonight),
            "warning": running & Domain("date_due", ">", tonight) & Domain("date_warning", "<=", now),
            "running": running
            & Domain("date_due", ">", tonight)
            & (Domain("date_warning", "=", False) | Domain("date_warning", ">", now)),
            "paused": Domain("state", "=", "paused"),
        }
        domain = Domain.FALSE
        for state in value:
            if state is False:
                domain |= ~self._deadline_search(Domain("state", "in", OPEN))
            elif state in meanings:
                domain |= self._deadline_search(meanings[state])
        return domain

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._deadline_sync(created=True)
        return records

    def write(self, vals):
        result = super().write(vals)
        self._deadline_written(vals)
        return result

    def unlink(self):
        self.check_access("unlink")
        self.env["kehu.deadline"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", OPEN)]
        )._end("cancelled", self.env._("The record was deleted."))
        return super().unlink()

    # === BUSINESS ===

    def _deadline_written(self, vals):
        """Have the clocks look at these records if a rule looks at ``vals``.

        Called by ``write()``; a model that delegates to another calls it when it writes the other itself.
        """
        if not self.env["kehu.deadline.rule"]._watched_fields(self._name).isdisjoint(vals):
            self._deadline_sync()

    # === BUSINESS: ROLES AND HOOKS ===

    @api.model
    def _deadline_hook_labels(self):
        """``{hook: label}`` of what the model with its extensions offers to the escalation steps."""
        hooks = {}
        for cls in reversed(type(self).__mro__):
            hooks |= vars(cls).get("_deadline_hooks", {})
        return {hook: self.env._(label) for hook, label in hooks.items()}  # pylint: disable=gettext-variable

    @api.model
    def _deadline_has_role(self, role):
        """Whether ``role`` is a path to users, or declared as ``_workflow_role_<role>()``."""
        if hasattr(self, f"_workflow_role_{role}"):
            return True
        model = self
        for name in role.split("."):
            field = model._fields.get(name)
            if field is None or not field.relational:
                return False
            model = self.env[field.comodel_name]
        return model._name == "res.users"

    def _deadline_role_users(self, role):
        """``{record_id: users}`` in ``role``."""
        if method := getattr(self, f"_workflow_role_{role}", None):
            return method()
        return {record.id: record.mapped(role) for record in self}

    def _deadline_last_resort(self, user):
        """``{record_id: users}`` to be told that there is something late if nobody whom the steps name may read it
        (hook).

        :param user: who is in charge of the rule
        """
        return dict.fromkeys(self.ids, user)

    # === BUSINESS: SEARCH ===

    @api.model
    def _deadline_search(self, domain):
        """Records that have a clock in ``domain``."""
        query = self.env["kehu.deadline"].sudo()._search(Domain("res_model", "=", self._name) & domain)
        return Domain("id", "in", query.subselect("res_id"))

    @api.model
    def _deadline_end_of_today(self):
        """The last second of the user's day, naive UTC."""
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=1)
        zone = today.tzinfo if hasattr(today.tzinfo, "localize") else pytz.utc
        return zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None) - timedelta(seconds=1)

    @api.model
    def _deadline_urgency(self, state):
        return URGENCY.index(state)
