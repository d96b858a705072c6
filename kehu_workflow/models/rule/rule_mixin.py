from contextlib import closing, contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS

from ...caches import clear_caches

# The key of the context under which a change is tried or carried out, and its value: no client can send it.
PERMIT = "kehu_rule_permit"
_PERMITTED = object()
# The key under which a form proposes what it would write.
PROPOSE = "kehu_propose_change"
_OF_MESSAGES = ("mail.thread", "mail.activity.mixin")


def permitted(records):
    """Return ``records`` with the permit to change rules without an approval."""
    return records.with_context(**{PERMIT: _PERMITTED, PROPOSE: False})


def is_permitted(env):
    """Return whether the server changes rules by itself, or carries out what was approved."""
    return env.su or env.context.get(PERMIT) is _PERMITTED


def state_of(record, names):
    """Return ``{name: value}`` of fields as JSON can hold and compare it; the rows of a rule with their own fields."""
    record = record.sudo().with_context(lang=None, active_test=False)
    state = {}
    for name in names:
        field, value = record._fields[name], record[name]
        match field.type:
            case "one2many":
                state[name] = [[row.id, state_of(row, row._kehu_rule_names())] for row in value.sorted("id")]
            case "many2one":
                state[name] = value.id
            case "many2many":
                state[name] = sorted(value.ids)
            case _:
                state[name] = value if isinstance(value, str | int | float | bool) else str(value)
    return state


def words_of(record, names):
    """Return ``{label: value}`` of fields in words, a line for each row of the rule."""
    record = record.sudo().with_context(active_test=False)
    described = record.fields_get(names, ["string", "selection"])
    words = {}
    for name in names:
        label, value = described[name]["string"], record[name]
        if record._fields[name].type == "one2many":
            for number, row in enumerate(value, 1):
                texts = words_of(row, row._kehu_rule_names())
                words[f"{label} {number}"] = "; ".join(f"{part}: {text}" for part, text in texts.items() if text)
        elif isinstance(value, models.BaseModel):
            words[label] = ", ".join(value.mapped("display_name"))
        elif selection := described[name].get("selection"):
            words[label] = dict(selection).get(value, "")
        elif isinstance(value, bool) and record._fields[name].type == "boolean":
            words[label] = record.env._("Yes") if value else record.env._("No")
        else:
            words[label] = "" if value is False or value == "[]" else str(value)
    return words


class RuleMixin(models.AbstractModel):
    """Rules that are changed with an approval where the company asks for it (A35).

    A rule has ``active`` and ``company_id``; rows of a rule name in ``_kehu_rule_field`` the many2one that leads to it. An
    archived rule has no effect, and is changed freely: its activation is what is approved.
    """

    _name = "kehu.rule.mixin"
    _description = "Rule Whose Changes May Be Approved"

    _kehu_rule_field = None

    rule_is_approved = fields.Boolean("Changes Are Approved", compute="_compute_rule_is_approved")

    # === COMPUTE ===

    def _compute_rule_is_approved(self):
        asking = self._kehu_rule_asking()
        for record in self:
            rule = record[self._kehu_rule_field] if self._kehu_rule_field else record
            record.rule_is_approved = bool(asking) and rule._kehu_rule_concerns(asking)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._kehu_rule_check()
        return records

    def write(self, vals):
        if is_permitted(self.env) or vals.keys().isdisjoint((*self._kehu_rule_names(), self._kehu_rule_field)):
            return super().write(vals)
        if self.env.context.get(PROPOSE) and not self._kehu_rule_field and len(self) == 1 and self.rule_is_approved:
            self._kehu_rule_propose(vals)
            return True
        self._kehu_rule_check()
        result = super().write(vals)
        # It may have come into force by this, or have become the rule of another company.
        self._kehu_rule_check()
        return result

    def unlink(self):
        self._kehu_rule_check()
        return super().unlink()

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        if "active" in self._fields and not self._kehu_rule_default_active():
            copies = [{**vals, "active": False} for vals in copies]
        return copies

    # === ACTIONS ===

    def action_propose_change(self):
        """Open the rule so that what is saved is proposed (A35)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a Change"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {PROPOSE: True},
        }

    def action_propose_toggle(self):
        """Propose that the rule comes into force, or is archived (A35)."""
        self.ensure_one()
        return self._kehu_rule_propose({"active": not self.active})._action_open()

    # === BUSINESS ===

    @api.model
    def _kehu_rule_asking(self):
        """Return the companies whose rules are changed with an approval only, in sudo."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return companies.search([("kehu_rules_approved", "=", True)])

    @api.model
    def _kehu_rule_default_active(self):
        """Return whether a new rule counts at once: otherwise it is entered, and its activation approved."""
        return is_permitted(self.env) or not self._kehu_rule_asking()

    @api.model
    def _kehu_rule_names(self):
        """Return the names of the fields that make up the rule: what people can set, and its rows."""
        messages = {name for mixin in _OF_MESSAGES for name in self.env[mixin]._fields}
        return [
            name
            for name, field in sorted(self._fields.items())
            if field.store
            and not (field.compute and field.readonly)
            and name not in MAGIC_COLUMNS
            and name not in messages
            and name != self._kehu_rule_field
            and (
                field.type != "one2many"
                or getattr(self.env[field.comodel_name], "_kehu_rule_field", None) == field.inverse_name
            )
        ]

    @api.model
    def _kehu_guarded_relations(self):
        own = (name for name in self._kehu_rule_names() if self._fields[name].type == "many2many")
        return super()._kehu_guarded_relations().union(own)

    @contextmanager
    def _kehu_watch_relation(self, name):
        # Whom a rule names is not changed from the side of the group or user, either.
        self._kehu_rule_check()
        with super()._kehu_watch_relation(name):
            yield

    def _kehu_rule_filter_approved(self):
        """Return the rules in force to which ``self`` belong and whose changes are approved, in sudo."""
        asking = self._kehu_rule_asking()
        if not asking:
            return self.browse()
        rules = self.sudo()[self._kehu_rule_field] if self._kehu_rule_field else self.sudo()
        return rules.filtered(lambda rule: rule.active and rule._kehu_rule_concerns(asking))

    def _kehu_rule_concerns(self, companies):
        """Return whether one rule is changed with an approval since ``companies`` ask for it (hook)."""
        return not self.company_id or self.company_id in companies

    def _kehu_rule_check(self):
        """Refuse changes past the approval.

        :raise UserError: the company asks for an approval, and this is none that was carried out
        """
        if not is_permitted(self.env) and (approved := self._kehu_rule_filter_approved()):
            raise UserError(
                self.env._(
                    "Changes of “%s” are approved first. Open it and press “Propose a Change”, or “Propose to Archive”. A "
                    "new rule is entered archived; then propose to activate it.",
                    ", ".join(approved.mapped("display_name")),
                )
            )

    def _kehu_rule_propose(self, vals):
        """Keep ``vals`` as a proposed change of one rule, after trying whether it could be carried out (A35).

        :return: the ``kehu.rule.change``
        :raise AccessError: the user may not change rules
        :raise ValidationError: the rule would be wrong
        :raise UserError: nothing would change
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["kehu.rule.change"]._propose(self, vals, self._kehu_rule_names())


def try_change(record, vals, names):
    """Return what a change would make of a record, in words and as JSON can hold it; nothing of it stays."""
    env = record.env
    with closing(env.cr.savepoint()):
        changed = permitted(record)
        changed.write(vals)
        env.flush_all()
        outcome = words_of(record, names), state_of(record, names)
    clear_caches(env)
    return outcome


class ApprovalRule(models.Model):
    """Who decides."""

    _name = "kehu.approval.rule"
    _inherit = ["kehu.approval.rule", "kehu.rule.mixin"]

    active = fields.Boolean(default=lambda self: self._kehu_rule_default_active())

    def _kehu_rule_concerns(self, companies):
        # Who decides on changes of the rules that all companies have is not for another company to say.
        # Nor is it where documents have no company.
        model = self.env.get(self.res_model)
        is_of_all = self.res_model == "kehu.rule.change" or model is None or "company_id" not in model._fields
        return is_of_all or super()._kehu_rule_concerns(companies)


class ApprovalStep(models.Model):
    _name = "kehu.approval.step"
    _inherit = ["kehu.approval.step", "kehu.rule.mixin"]
    _kehu_rule_field = "rule_id"


class DeadlineRule(models.Model):
    """By when, and who hears of it."""

    _name = "kehu.deadline.rule"
    _inherit = ["kehu.deadline.rule", "kehu.rule.mixin"]

    active = fields.Boolean(default=lambda self: self._kehu_rule_default_active())


class DeadlineStep(models.Model):
    _name = "kehu.deadline.step"
    _inherit = ["kehu.deadline.step", "kehu.rule.mixin"]
    _kehu_rule_field = "rule_id"
