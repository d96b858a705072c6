from odoo import Command, api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.approval import ApprovalKind

from .complaint import FINDINGS

_lt = LazyTranslate(__name__)


class Complaint(models.Model):
    """The report of the investigation: none of its writers reviews it (C4).

    A supervisor reviews it, or where the authority table has a rule for it, those whom the rule names, one after the
    other.
    """

    _inherit = "kehu.complaint"

    # Employees whom a superior confirms as responsible meanwhile are no other report.
    _approval_kinds = (
        ApprovalKind(
            "report",
            _lt("Investigation report"),
            watched=(
                "cause_id",
                "course",
                "responsible_team_id",
                "responsible",
                "conclusion",
                "remedy",
                "prevention",
            ),
        ),
    )

    investigator_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        index="btree_not_null",
        tracking=True,
        copy=False,
        check_company=True,
    )
    cause_id = fields.Many2one(
        "kehu.complaint.cause", index="btree_not_null", tracking=True, ondelete="restrict", copy=False
    )
    course = fields.Text(string="Course of Events", copy=False)
    responsible = fields.Char(
        string="Responsible Outsiders",
        copy=False,
        help="Who is responsible and neither a unit nor an employee: a carrier, a supplier.",
    )
    conclusion = fields.Text(copy=False)
    remedy = fields.Text(copy=False)
    prevention = fields.Text(copy=False)
    report_user_ids = fields.Many2many(
        "res.users",
        "kehu_complaint_report_user_rel",
        string="Report Written By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="None of them reviews it.",
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        if not self.env.su:
            complaints.sudo().filtered(
                lambda complaint: any(complaint[name] for name in FINDINGS[1:])
            )._keep_report_writer()
        return complaints

    def write(self, vals):
        written = (
            self.browse()
            if self.env.su
            else self.sudo().filtered(
                lambda complaint: any(
                    complaint._settled_changes(name, vals[name]) for name in vals.keys() & set(FINDINGS[1:])
                )
            )
        )
        result = super().write(vals)
        written._keep_report_writer()
        return result

    def _keep_report_writer(self):
        """Remember that the current user wrote part of these reports: another one reviews them (C4)."""
        if new := self.filtered(lambda complaint: self.env.user not in complaint.report_user_ids):
            new.write({"report_user_ids": [Command.link(self.env.uid)]})

    # === WORKFLOW ===

    def _fill_investigator(self):
        self._fill_role("investigator_id")

    def _workflow_moved(self, move, sources, reason):
        if move.name in ("again", "reopen", "customer_reopens"):
            self._keep_in_chatter(["execution_note"], lambda: self.env._("What was done until then:"))
        return super()._workflow_moved(move, sources, reason)

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        if move.name in ("revise", "review"):
            refusal = self.env._("You wrote this report, so another supervisor has to review it.")
            barred |= {complaint.id: refusal for complaint in self if self.env.user in complaint._report_writers()}
        return barred

    def _report_writers(self):
        """Return the users who wrote the report: others review it (C4)."""
        return self.investigator_id | self.report_user_ids

    def _approval_excluded_users(self):
        """Writers of a report do not decide on it, whoever hands it in (C4)."""
        excluded = super()._approval_excluded_users()
        nobody = self.env["res.users"]
        return {
            complaint.id: excluded.get(complaint.id, nobody)
            | (complaint._report_writers() if complaint.state == "reviewing" else nobody)
            for complaint in self.sudo()
        }

    def _workflow_role_reviewers(self):
        receivers, directors = self._workflow_role_receivers(), self._workflow_role_directors()
        ruled = self._approval_filter_ruled("report")  # whom the rule names is told by the approval
        return dict.fromkeys(self.ids, self.env["res.users"]) | {
            complaint.id: receivers[complaint.id] - complaint._report_writers()
            or directors[complaint.id] - complaint._report_writers()
            for complaint in self - ruled
        }

    def _keep_findings(self):
        """A revised report, or a later one, says something else: these stay in the chatter, as they were handed in (C4)."""
        self._keep_in_chatter(FINDINGS[1:], lambda: self.env._("The report that was handed in:"))
