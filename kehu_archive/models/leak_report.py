from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

from .officers_mixin import OFFICERS

_lt = LazyTranslate(__name__)

_REPORTED = {"name", "what", "remedy", "date_noticed", "supervisor_id"}


class LeakReport(models.Model):
    """Something confidential got out: reported, remedied, investigated and closed, against the clock (X8)."""
    _name = "kehu.leak.report"
    _description = "Leak Report"
    _inherit = ["kehu.officers.mixin", "kehu.deadline.mixin", "mail.activity.mixin"]
    _evidence_refusal = _lt("A leak that was reported is kept as evidence:")
    _order = "id desc"

    _workflow_moves = (
        Move("report", _lt("Report"), source=("draft",), target="reported", roles=("create_uid",),
             required=("what", "remedy", "supervisor_id"), after="_tell_at_once"),
        Move("investigate", _lt("Investigate"), source=("reported",), target="investigating", groups=OFFICERS,
             required=("investigator_id",), before="_check_impartial"),
        Move("close", _lt("Close"), source=("investigating",), target="closed", groups=OFFICERS,
             required=("findings", "responsible", "measures"), before="_check_impartial", after="_end_reminders"),
        Move("reopen", _lt("Reopen"), source=("closed",), target="investigating", groups=OFFICERS, reason=True),
    )

    name = fields.Char(string="Subject", required=True)
    what = fields.Text(string="What Leaked")
    remedy = fields.Text(string="Immediate Remedy", help="What was done at once against more damage.")
    date_noticed = fields.Datetime(string="Noticed On", required=True, default=fields.Datetime.now)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", help="Then the report is as confidential as the customer.")
    supervisor_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)], help="He is told at once.",
        default=lambda self: self.env.user.sudo().sale_team_id.user_id.filtered(lambda leader: leader != self.env.user))
    investigator_id = fields.Many2one("res.users", domain=[("share", "=", False)], tracking=True)
    findings = fields.Text(help="Cause and course, and what has come of it.")
    responsible = fields.Char(string="Responsible Person")
    responsible_user_ids = fields.Many2many(
        "res.users", string="Employees Concerned", domain=[("share", "=", False)],
        help="They neither investigate nor close the report, and do not read it.")
    measures = fields.Text(help="What is done to those responsible, and so that it does not happen again.")
    state = fields.Selection(
        [("draft", "Draft"), ("reported", "Reported"), ("investigating", "Under investigation"), ("closed", "Closed")],
        default="draft")

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            if _REPORTED & vals.keys() and any(report.state != "draft" for report in self):
                raise UserError(self.env._("What was reported stays as it was reported: write more into the findings."))
            if any(report.state == "closed" for report in self):
                raise UserError(self.env._("The report is closed: reopen it first."))
        return super().write(vals)

    # === BUSINESS ===

    def _check_impartial(self):
        for report in self:
            if report.responsible_user_ids & (self.env.user | report.investigator_id):
                raise UserError(self.env._("Employees concerned neither investigate nor close the report: leave it to another."))

    def _end_reminders(self):
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def _tell_at_once(self):
        """Supervisor and confidentiality officers hear of it in the same minute: those who may read of this customer."""
        for report in self:
            readers = (report.supervisor_id | self._kehu_officers()).filtered(
                lambda user, report=report: report.with_user(user).has_access("read"))
            if not readers:
                raise UserError(self.env._("Nobody would hear of it: choose a supervisor who may read about this customer."))
            for user in readers:
                report.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=user.id,
                    summary=report.with_context(lang=user.lang).env._("A leak was reported: act at once"))
