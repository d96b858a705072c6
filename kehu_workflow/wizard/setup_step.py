from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..groups import WORKFLOW_MANAGER


class SetupStep(models.TransientModel):
    """What a company sets up before it begins, what of it is done and what is missing.

    The rows are made when the list is opened. Each addon adds its own steps to ``_find_steps``.
    """

    _name = "kehu.setup.step"
    _description = "Setup Step"
    _order = "is_done, id"

    application = fields.Char(readonly=True)
    name = fields.Char(string="Step", readonly=True)
    is_done = fields.Boolean(string="Done", readonly=True)
    missing = fields.Text(readonly=True)
    action = fields.Char(readonly=True)

    # === ACTION ===

    @api.model
    def action_check(self):
        """Look at the settings of the current company, and open the list.

        :raise AccessError: the caller is neither an administrator nor a manager of the rules
        """
        self._check_may_set_up()
        steps = self.sudo().create(self.sudo()._find_steps())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Setup"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [("id", "in", steps.ids)],
        }

    def action_open(self):
        """Open where the step is done."""
        self.ensure_one()
        self._check_may_set_up()
        return self.env["ir.actions.actions"]._for_xml_id(self.action)

    def _check_may_set_up(self):
        if not (self.env.user.has_group("base.group_system") or self.env.user.has_group(WORKFLOW_MANAGER)):
            raise AccessError(self.env._("Setting up is for administrators and managers of the rules."))

    # === BUSINESS ===

    @api.model
    def _find_steps(self):
        """Return the values of the rows for the current company, in the order in which they are done."""
        application, company = self.env._("Workflow"), self.env.company
        return [
            self._step(
                application,
                self.env._("Company: country and language"),
                not (company.country_id and company.partner_id.lang)
                and self.env._("Choose the country, and the language on the company's contact."),
                "base.action_res_company_form",
            ),
            self._step(
                application,
                self.env._("Working hours"),
                not company.resource_calendar_id.attendance_ids and self.env._("Deadlines have no hours to count in."),
                "resource.action_resource_calendar_form",
            ),
            self._step(
                application,
                self.env._("Holidays of this year"),
                self._find_unknown_year(company),
                "kehu_workflow.kehu_workday_action",
            ),
            self._step(
                application,
                self.env._("Approval rules: somebody for each step"),
                self._find_rules_without_people(company),
                "kehu_workflow.kehu_approval_rule_action",
            ),
            self._step(
                application,
                self.env._("Deadline rules: somebody for each step"),
                self._find_clocks_without_people(company),
                "kehu_workflow.kehu_deadline_rule_action",
            ),
        ]

    @api.model
    def _step(self, application, name, missing, action):
        """Return the values of a row.

        :param missing: a sentence about what is missing, falsy if the step is done
        :param action: the external id of the window in which it is done
        """
        return {
            "application": application,
            "name": name,
            "is_done": not missing,
            "missing": missing or False,
            "action": action,
        }

    @api.model
    def _find_unknown_year(self, company):
        year = company._kehu_today().year
        known = self.env["kehu.workday"].search_count(
            [
                ("date", ">=", f"{year}-01-01"),
                ("date", "<=", f"{year}-12-31"),
                ("company_id", "in", (False, company.id)),
            ],
            limit=1,
        )
        return not known and self.env._("No holiday of %s is known.", year)

    @api.model
    def _find_rules_without_people(self, company):
        rules = self.env["kehu.approval.rule"].search([("company_id", "in", (False, company.id))])
        return "\n".join(f"{rule.name}: {rule.problem}" for rule in rules if rule.problem)

    @api.model
    def _find_clocks_without_people(self, company):
        rules = self.env["kehu.deadline.rule"].search([("company_id", "in", (False, company.id))])
        problems = ((rule, step._find_problem()) for rule in rules for step in rule.step_ids)
        return "\n".join(f"{rule.name}: {problem}" for rule, problem in problems if problem)

    @api.model
    def _find_too_few(self, group, needed=1):
        """Return a sentence if the group has too few members.

        :param group: its external id
        :param needed: how many employees it takes
        """
        group = self.env.ref(group)
        members = group.all_user_ids.filtered(lambda user: user.active and not user.share)
        if len(members) >= needed:
            return False
        return self.env._(
            "“%(group)s” takes %(needed)s, and has %(found)s.", group=group.name, needed=needed, found=len(members)
        )
