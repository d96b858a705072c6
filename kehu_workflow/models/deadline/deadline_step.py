from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .deadline_rule import UNIT_SELECTION


class DeadlineStep(models.Model):
    """One escalation step of a rule: when, whom to tell, and how (C10)."""

    _name = "kehu.deadline.step"
    _description = "Reminder or Escalation"
    _order = "trigger desc, sequence, id"

    rule_id = fields.Many2one("kehu.deadline.rule", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    trigger = fields.Selection(
        [("overdue", "When Late"), ("warning", "At the Warning")],
        "When",
        required=True,
        default="overdue",
    )
    amount = fields.Float("Late By", help="0: as soon as it is late.")
    unit = fields.Selection(UNIT_SELECTION, required=True, default="work_days")
    recipient = fields.Selection(
        [("role", "Role on the Record"), ("group", "Group"), ("users", "Users")],
        "Whom",
        required=True,
        default="role",
    )
    role = fields.Char(
        help="A field of the record that holds users, or a path to one such as team_id.user_id, or a role its model "
        "declares."
    )
    group_id = fields.Many2one("res.groups", ondelete="restrict")
    user_ids = fields.Many2many("res.users")
    people = fields.Char("Who Is Told", compute="_compute_people")
    action = fields.Selection(
        [
            ("activity", "Activity"),
            ("mail", "E-mail"),
            ("message", "Note in the Chatter"),
            ("hook", "Action of the Model"),
        ],
        "How",
        required=True,
        default="activity",
    )
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="restrict", help="Empty: to do.")
    template_id = fields.Many2one("mail.template", ondelete="restrict")
    hook = fields.Selection(selection="_selection_hook", string="What")
    summary = fields.Char("Text", translate=True)

    _amount_positive = models.Constraint("CHECK (amount >= 0)", "An escalation step cannot come before the deadline.")

    # === COMPUTE ===

    @api.model
    def _selection_hook(self):
        """What the installed models offer to do when a deadline passes."""
        hooks = {}
        for name in self.env["kehu.deadline.rule"]._clocked_models():
            hooks |= self.env[name]._deadline_hook_labels()
        return sorted(hooks.items())

    @api.depends("trigger", "amount", "unit", "action", "summary")
    def _compute_display_name(self):
        for step in self:
            step.display_name = step.summary or step._describe()

    @api.depends("rule_id.model_id", "recipient", "role", "group_id", "user_ids", "action")
    @api.depends_context("lang")
    def _compute_people(self):
        """The role as users call it, the group or the users; nobody where the step tells nobody."""
        for step in self:
            model = self.env.get(step.rule_id.model_name)
            match step.recipient:
                case _ if step.action not in ("activity", "mail"):
                    step.people = False
                case "role" if step.role and hasattr(model, "_workflow_label_of_role"):
                    step.people = model._workflow_label_of_role(step.role)
                case "role":
                    step.people = step.role
                case "group":
                    step.people = step.sudo().group_id.name
                case _:
                    step.people = ", ".join(step.sudo().user_ids.mapped("name"))

    # === CONSTRAINT ===

    @api.constrains(
        "rule_id", "recipient", "role", "group_id", "user_ids", "action", "template_id", "hook", "amount", "unit"
    )
    def _check_step(self):
        for step in self:
            if problem := step._find_problem():
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”, %(step)s: %(problem)s",
                        rule=step.rule_id.name,
                        step=step._describe(),
                        problem=problem,
                    )
                )
            self.env[step.rule_id.model_name]._kehu_check_rule_path(step.role or "")

    def _find_problem(self):
        """A sentence saying why the step could never work; None if it can."""
        self.ensure_one()
        model = self.env[self.rule_id.model_name]
        if not getattr(model, "_kehu_has_clocks", False):
            return self.env._("the records have no clocks.")
        if self.unit in ("days", "work_days") and self.amount % 1:
            return self.env._("Days are counted whole. Use hours for parts of a day.")
        match self.action:
            case "activity" | "message" if not hasattr(model, "_message_log_batch"):
                return self.env._("the records have no chatter.")
            case "mail" if self.template_id.model != model._name:
                return self.env._("choose an e-mail template for this model.")
            case "hook" if self.hook not in model._deadline_hook_labels():
                return self.env._("the model does not offer this action.")
        if self.action not in ("activity", "mail"):
            return None
        match self.recipient:
            case "role" if not self.role or not model._deadline_has_role(self.role):
                return self.env._("“%s” is neither a path to users nor a role of the model.", self.role or "")
            case "group" if not self.group_id.sudo().all_user_ids.filtered("active"):
                return self.env._("the group has no members.")
            case "users" if not self.user_ids.filtered("active"):
                return self.env._("there is no active user.")
        return None

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.rule_id._changed()
        return steps

    def write(self, vals):
        result = super().write(vals)
        self.rule_id._changed()
        return result

    def unlink(self):
        self.check_access("unlink")
        self.rule_id._changed()
        return super().unlink()

    # === BUSINESS ===

    def _describe(self):
        self.ensure_one()
        if self.trigger == "warning":
            return self.env._("at the warning")
        if not self.amount:
            return self.env._("as soon as it is late")
        units = dict(self._fields["unit"]._description_selection(self.env))
        return self.env._("late by %(amount)g %(unit)s", amount=self.amount, unit=units[self.unit])

    def _fire(self, clocks, told_before):
        """Do what the step says for ``clocks`` of its rule, all at once.

        :param told_before: those of the clocks for which the step found nobody before
        :return: ``(values of the activities to create, clocks for which there is nobody to tell)``; whoever is in
            charge is told instead, once
        """
        self.ensure_one()
        self = self.with_context(lang=self.rule_id.user_id.lang)
        records = self.env[self.rule_id.model_name].browse(clocks.mapped("res_id"))
        by_record = {clock.res_id: clock for clock in clocks}
        match self.action:
            case "message":
                records._message_log_batch({res_id: self._message_body(clock) for res_id, clock in by_record.items()})
            case "hook":
                getattr(records, f"_deadline_hook_{self.hook}")(clocks, self)
            case "mail" | "activity":
                readers = self._find_readers(records)
                unheard = clocks.filtered(lambda clock: not readers.get(clock.res_id))
                readers = {res_id: users for res_id, users in readers.items() if users}
                in_charge, others = self._find_instead(records.browse((unheard - told_before).mapped("res_id")))
                if self.action == "mail":
                    # A mail says what is in the record; an activity only that there is one.
                    self._send_mails(readers | in_charge)
                    readers, instead = {}, others if hasattr(records, "_message_log_batch") else {}
                else:
                    instead = in_charge | others
                return [
                    *self._prepare_activities({by_record[res_id]: users for res_id, users in readers.items()}),
                    *self._prepare_activities(
                        {by_record[res_id]: users for res_id, users in instead.items()}, is_instead=True
                    ),
                ], unheard
        return [], clocks.browse()

    def _prepare_activities(self, told, is_instead=False):
        """Values of the activities for ``{clock: users}``."""
        return self.env["mail.activity"]._kehu_prepare_reminders(
            self.rule_id.model_name,
            [
                (
                    users,
                    {"res_id": clock.res_id, "date_deadline": clock._local_due_date(), "kehu_deadline_id": clock.id},
                )
                for clock, users in told.items()
            ],
            lambda lang: self.with_context(lang=lang)._activity_summary(is_instead),
            self.activity_type_id.id,
        )

    def _activity_summary(self, is_instead):
        self.ensure_one()
        summary = f"{self.rule_id.name}: {self.summary or self._describe()}"
        return self.env._("%s (nobody else to tell was found)", summary) if is_instead else summary

    def _find_readers(self, records):
        """``{record_id: users}`` to tell: those of the step who may read the record."""
        return self.env["mail.activity"]._kehu_filter_readers(records, self._find_recipients(records))

    def _find_recipients(self, records):
        """``{record_id: users}`` whom the step names."""
        match self.recipient:
            case "users":
                return dict.fromkeys(records._ids, self.user_ids)
            case "group":
                return dict.fromkeys(records._ids, self.group_id.sudo().all_user_ids)
            case "role":
                return records._deadline_role_users(self.role)

    def _find_instead(self, records):
        """For records that nobody whom the step names may read: ``{record_id: users}`` who are in charge of the rule and
        may, and ``{record_id: users}`` who else hears that there is one.
        """
        user = self.rule_id._in_charge()
        readers = self.env["mail.activity"]._kehu_filter_readers(records, dict.fromkeys(records._ids, user))
        in_charge = {res_id: users for res_id, users in readers.items() if users}
        hidden = records.filtered(lambda record: record.id not in in_charge)
        return in_charge, hidden._deadline_last_resort(user) if hidden else {}

    def _send_mails(self, users):
        """Queue the mails in this transaction: none leaves before it is committed."""
        by_users = {}
        for res_id, told in users.items():
            by_users.setdefault(told, []).append(res_id)
        for told, res_ids in by_users.items():
            self.template_id.send_mail_batch(
                res_ids,
                force_send=False,
                email_values={"recipient_ids": [(4, partner.id) for partner in told.partner_id]},
            )

    def _message_body(self, clock):
        return Markup("<b>%s</b><br/>%s") % (self.rule_id.name, self.summary or self._describe())
