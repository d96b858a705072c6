from ast import literal_eval
from typing import NamedTuple

import pytz

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...caches import clear_caches
from ...groups import WORKFLOW_MANAGER
from ...worktime import UNITS

_lt = LazyTranslate(__name__)

UNIT_SELECTION = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("work_hours", "Working Hours"),
    ("days", "Calendar Days"),
    ("work_days", "Working Days"),
]
assert tuple(unit for unit, _label in UNIT_SELECTION) == UNITS

CONDITIONS = ("domain", "start_domain", "stop_domain", "pause_domain")


class StepSpec(NamedTuple):
    """A step as the sweep needs it."""

    id: int
    trigger: str
    amount: float
    unit: str


class RuleSpec(NamedTuple):
    """A rule as plain data, cached per model."""

    id: int
    company_id: int
    domain: Domain
    start: Domain
    stop: Domain | None
    pause: Domain | None
    start_field: str | None
    amount: float
    unit: str
    calendar_id: int
    warning_amount: float
    warning_unit: str
    steps: tuple[StepSpec, ...]
    # Rules of one family succeed each other, as when the priority changes: same start, same end.
    family: tuple


class DeadlineRule(models.Model):
    """By when something must be done, and who hears of it if it is not (A4, C7, C10).

    A clock starts when a record meets ``domain`` and ``start_domain`` (or has ``start_field_id``),
    stops when it meets ``stop_domain``, and stands still while it meets ``pause_domain``.
    """

    _name = "kehu.deadline.rule"
    _description = "Deadline Rule"
    _inherit = ["kehu.evidence.mixin"]
    _evidence_refusal = _lt("A rule is not deleted, so that the history of its clocks stays readable: archive it:")
    _order = "model_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    model_id = fields.Many2one(
        "ir.model",
        "Applies To",
        required=True,
        ondelete="cascade",
        domain=lambda self: [("model", "in", self._clocked_models())],
    )
    model_name = fields.Char(related="model_id.model", string="Model Name")
    domain = fields.Char("Which Ones", default="[]", help="Empty: all.")
    start_domain = fields.Char("Starts When", default="[]", help="Empty: as soon as the record exists.")
    start_field_id = fields.Many2one(
        "ir.model.fields",
        "Counted From",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime'))]",
        help="A date of the record. Empty: from the moment the clock starts.",
    )
    stop_domain = fields.Char("Done When", default="[]", help="Empty: never.")
    pause_domain = fields.Char("Stands Still While", default="[]", help="Empty: never by itself.")
    pause_group_id = fields.Many2one(
        "res.groups", "May Pause by Hand", ondelete="restrict", help="With a reason. Empty: nobody."
    )

    amount = fields.Float("Time Allowed", required=True, default=1.0)
    unit = fields.Selection(UNIT_SELECTION, required=True, default="work_days")
    calendar_id = fields.Many2one(
        "resource.calendar", "Working Schedule", ondelete="restrict", help="Empty: that of the record's company."
    )
    warning_amount = fields.Float("Warn Before", help="0: no warning.")
    warning_unit = fields.Selection(UNIT_SELECTION, required=True, default="work_days")
    step_ids = fields.One2many("kehu.deadline.step", "rule_id", "Reminders and Escalation", copy=True)
    user_id = fields.Many2one(
        "res.users",
        "In Charge of the Rule",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_user(),
        help="Is told when a reminder finds nobody else who may read the record.",
    )

    zone = fields.Char(
        "Time Zone", compute="_compute_zone", help="That of the working schedule: hours and days count there."
    )
    zone_problem = fields.Char(compute="_compute_zone")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "The time allowed must be more than zero.")
    _warning_positive = models.Constraint("CHECK (warning_amount >= 0)", "A warning cannot come after the deadline.")

    @api.model
    def _default_user(self):
        # Rules that come with an addon are created by OdooBot, which reads no reminders.
        return self.env.user if self.env.user.active else self.env.ref("base.user_admin")

    # === COMPUTE ===

    @api.depends("calendar_id.tz", "company_id.resource_calendar_id.tz", "company_id.country_id")
    @api.depends_context("company", "lang")
    def _compute_zone(self):
        """Show in which time zone the working hours are; they may have been entered for another one (P4)."""
        for rule in self:
            company = rule.company_id or self.env.company
            calendar = rule.calendar_id or company.resource_calendar_id
            rule.zone = calendar.tz or company._kehu_zone()
            zones = pytz.country_timezones.get(company.country_id.code or "", ())
            rule.zone_problem = (
                bool(zones)
                and rule.zone not in zones
                and self.env._(
                    "The hours of “%(calendar)s” count in %(zone)s, and %(company)s is in %(country)s: correct the time "
                    "zone of the schedule, or deadlines end at other hours than people work.",
                    calendar=calendar.name or "",
                    zone=rule.zone,
                    company=company.name,
                    country=company.country_id.name,
                )
            )

    # === CONSTRAINT ===

    @api.constrains("model_id", "start_field_id", *CONDITIONS)
    def _check_conditions(self):
        for rule in self:
            if rule.model_name not in self._clocked_models():
                raise ValidationError(self.env._("“%s” has no clocks: choose another model.", rule.model_id.name))
            for name in CONDITIONS:
                rule._check_condition(name)
            for step in rule.step_ids:
                self.env[rule.model_name]._kehu_check_rule_path(step.role or "")
            field = rule.start_field_id
            if field and (field.model != rule.model_name or field.ttype not in ("date", "datetime")):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” is not a date of “%(model)s”.",
                        field=field.field_description,
                        model=rule.model_id.name,
                    )
                )
            if rule.company_id and "company_id" not in self.env[rule.model_name]._fields:
                raise ValidationError(
                    self.env._("“%s” belongs to no company: leave the company empty.", rule.model_id.name)
                )

    @api.constrains("amount", "unit", "warning_amount", "warning_unit", "calendar_id")
    def _check_time(self):
        for rule in self:
            for amount, unit in ((rule.amount, rule.unit), (rule.warning_amount, rule.warning_unit)):
                if unit in ("days", "work_days") and amount % 1:
                    raise ValidationError(
                        self.env._("“%s”: days are counted whole. Use hours for parts of a day.", rule.name)
                    )
            company = rule.company_id or self.env.company
            calendar = rule.calendar_id or company.resource_calendar_id
            now = fields.Datetime.now()
            calendar._kehu_due(now, rule.amount, rule.unit, company)
            calendar._kehu_due(now, -rule.warning_amount, rule.warning_unit, company)

    @api.constrains("user_id")
    def _check_user(self):
        for rule in self:
            if not rule.user_id.active or rule.user_id.share:
                raise ValidationError(self.env._("Who is in charge of “%s” must be an active employee.", rule.name))

    def _check_condition(self, name):
        self.ensure_one()
        label = self.fields_get([name], ["string"])[name]["string"]
        try:
            domain = self._parse(self[name])
            if domain is not None:
                domain.validate(self.env[self.model_name])
        except (ValueError, TypeError, SyntaxError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "“%(condition)s” of “%(rule)s” is not a condition on %(model)s: %(error)s. "
                    "Only plain values can be compared with, no expressions.",
                    condition=label,
                    rule=self.name,
                    model=self.model_id.name,
                    error=error,
                )
            ) from None
        self.env[self.model_name]._kehu_check_rule_domain(domain or Domain.TRUE)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        clear_caches(self.env)
        return rules

    def write(self, vals):
        if "model_id" in vals and any(rule.model_id.id != vals["model_id"] for rule in self):
            raise UserError(self.env._("A rule stays with its model: make a new one for the other model."))
        result = super().write(vals)
        if vals.keys() - {"name", "sequence", "user_id", "pause_group_id"}:
            self._changed()
        return result

    def unlink(self):
        clear_caches(self.env)
        return super().unlink()

    # === ACTIONS ===

    def action_open_deadlines(self):
        """Open the clocks that the rule started."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_workflow.kehu_deadline_action")
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}

    # === BUSINESS ===

    def _filter_evidence(self):
        if not self.env.su:
            return self  # whether clocks have run would tell of records that are hidden from the user (X3)
        run = self.env["kehu.deadline"].sudo()._read_group([("rule_id", "in", self.ids)], ["rule_id"])
        return self & self.browse(rule.id for (rule,) in run)

    def _changed(self):
        """Have the running clocks planned again under what the rule says now."""
        clear_caches(self.env)
        self.env["kehu.deadline"].sudo()._flag_for_replan(Domain("rule_id", "in", self.ids))

    def _in_charge(self):
        """Return who is in charge of the rule; of those who left the company, another administrator of rules (C10)."""
        self.ensure_one()
        administrators = self.env.ref(WORKFLOW_MANAGER).sudo().all_user_ids
        users = self.sudo().user_id | administrators.sorted("id") | self.env.ref("base.user_admin").sudo()
        return users.filtered("active")[:1] or self.sudo().user_id

    @api.model
    def _clocked_models(self):
        """Names of the models that have clocks."""
        return [
            name
            for name, model in self.env.registry.items()
            if getattr(model, "_kehu_has_clocks", False) and not model._abstract
        ]

    @api.model
    def _parse(self, text):
        """The condition in ``text``; None when it is empty."""
        items = literal_eval((text or "[]").strip())
        return Domain(items) if items else None

    @api.model
    @tools.ormcache("model_name")
    def _specs(self, model_name):
        """The active rules of a model as plain data, in their order."""
        return tuple(rule._prepare_spec() for rule in self.sudo().search([("model_id.model", "=", model_name)]))

    def _prepare_spec(self):
        self.ensure_one()
        start, stop = self._parse(self.start_domain), self._parse(self.stop_domain)
        return RuleSpec(
            id=self.id,
            company_id=self.company_id.id,
            domain=self._parse(self.domain) or Domain.TRUE,
            start=start or Domain.TRUE,
            stop=stop,
            pause=self._parse(self.pause_domain),
            start_field=self.start_field_id.name or None,
            amount=self.amount,
            unit=self.unit,
            calendar_id=self.calendar_id.id,
            warning_amount=self.warning_amount,
            warning_unit=self.warning_unit,
            steps=tuple(
                StepSpec(step.id, step.trigger, step.amount, step.unit)
                for step in self.step_ids
                if step.trigger != "warning" or self.warning_amount
            ),
            family=(str(start), self.start_field_id.id, str(stop)),
        )

    @api.model
    @tools.ormcache("model_name")
    def _responsible_fields(self, model_name):
        """Fields of the model which, when written, can make somebody else responsible for its clocks."""
        steps = self.sudo().search([("model_id.model", "=", model_name)]).step_ids
        return frozenset(step.role.split(".")[0] for step in steps if step.recipient == "role" and step.role)

    @api.model
    @tools.ormcache("model_name")
    def _watched_fields(self, model_name):
        """Fields of the model which, when written, can start, stop or pause a clock.

        Stored computed fields count through the fields of the record that they are computed from.
        """
        model = self.env[model_name]
        watched = {"company_id"} & model._fields.keys()
        for spec in self._specs(model_name):
            conditions = [spec.domain, spec.start, spec.stop or Domain.TRUE, spec.pause or Domain.TRUE]
            for domain in conditions:
                watched |= {condition.field_expr.split(".")[0] for condition in domain.iter_conditions()}
            watched |= {spec.start_field} - {None}
        todo = [name for name in watched if name in model._fields]
        while todo:
            for path in self.env.registry.field_depends.get(model._fields[todo.pop()], ()):
                if (name := path.split(".")[0]) not in watched:
                    watched.add(name)
                    todo.append(name)
        return frozenset(watched)


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_counted_from(self):
        # PostgreSQL would delete the rule with its clocks and their history, which no code of ours sees.
        if self.env.uid == SUPERUSER_ID and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        rules = self.env["kehu.deadline.rule"].sudo().with_context(active_test=False)
        if rules := rules.search([("start_field_id", "in", self.ids)]):
            raise UserError(
                self.env._(
                    "Deadlines are counted from this field, and their history would be deleted with it: %s. Have them "
                    "counted from another one first.",
                    ", ".join(rules.mapped("name")),
                )
            )
