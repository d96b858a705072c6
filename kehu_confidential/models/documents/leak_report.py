from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move, Turn

from ...groups import OFFICERS
from ..settings.watched_settings import in_words

_lt = LazyTranslate(__name__)

_LOCKED_AFTER_DRAFT = {"name", "certainty", "what", "remedy", "date_noticed", "supervisor_id"}
_FOUND = ("findings", "responsible", "measures")


class LeakReport(models.Model):
    """Something confidential got out: reported, remedied, investigated and closed, against the clock (X8)."""

    _name = "kehu.leak.report"
    _description = "Leak Report"
    _inherit = ["kehu.officers.mixin", "kehu.deadline.mixin", "kehu.turn.mixin", "kehu.derived.mixin"]
    _kehu_excludes_users = True
    _evidence_refusal = _lt("A leak that was reported is kept as evidence:")
    _order = "id desc"

    _workflow_moves = (
        Move(
            "report",
            _lt("Report"),
            source=("draft",),
            target="reported",
            roles=("create_uid",),
            required=("what", "remedy", "supervisor_id"),
            after="_tell_at_once",
        ),
        Move(
            "investigate",
            _lt("Investigate"),
            source=("reported",),
            target="investigating",
            groups=OFFICERS,
            required=("investigator_id",),
        ),
        Move(
            "close",
            _lt("Close"),
            source=("investigating",),
            target="closed",
            groups=OFFICERS,
            required=_FOUND,
            after="_keep_findings",
        ),
        Move("reopen", _lt("Reopen"), source=("closed",), target="investigating", groups=OFFICERS, reason=True),
    )
    _workflow_turns = (
        Turn(
            "investigate",
            ("investigating",),
            "investigator_id",
            _lt("Investigate the leak, and write down what you find"),
        ),
    )

    name = fields.Char(string="Subject", required=True)
    certainty = fields.Selection(
        [("has", "Has leaked"), ("may", "May have leaked")], string="How Certain", required=True, default="has"
    )
    what = fields.Text(string="What Leaked")
    remedy = fields.Text(string="Immediate Remedy", help="What was done at once against more damage.")
    date_noticed = fields.Datetime(string="Noticed On", required=True, default=fields.Datetime.now)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        tracking=True,
        help="Then the report is as confidential as the customer.",
    )
    supervisor_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        help="This user is told at once.",
        default=lambda self: self.env.user.sudo().sale_team_id.user_id.filtered(lambda leader: leader != self.env.user),
    )
    investigator_id = fields.Many2one("res.users", domain=[("share", "=", False)], tracking=True)
    findings = fields.Text(tracking=True, help="Cause and course, and what has come of it.")
    responsible = fields.Char(string="Responsible Person", tracking=True)
    responsible_user_ids = fields.Many2many(
        "res.users",
        string="Employees Concerned",
        domain=[("share", "=", False)],
        tracking=True,
        help="They neither investigate nor close the report, and do not read it.",
    )
    found_user_ids = fields.Many2many(
        "res.users",
        "kehu_leak_report_found_user_rel",
        string="Investigated By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Who wrote findings, responsible persons or measures: none of them closes the report.",
    )
    measures = fields.Text(
        tracking=True, help="What is done to those responsible, and so that it does not happen again."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("reported", "Reported"), ("investigating", "Under investigation"), ("closed", "Closed")],
        default="draft",
    )

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            if _LOCKED_AFTER_DRAFT & vals.keys() and any(report.state != "draft" for report in self):
                raise UserError(self.env._("What was reported stays as it was reported: write more into the findings."))
            if any(report.state == "closed" for report in self):
                raise UserError(self.env._("The report is closed: reopen it first."))
            if "partner_id" in vals:
                self._check_customer(self.env["res.partner"].sudo().browse(vals["partner_id"] or ()))
        before = {}
        if not {"responsible_user_ids", "partner_id"}.isdisjoint(vals):
            before = {report: (report.responsible_user_ids, report._get_readers()) for report in self.sudo()}
        result = super().write(vals)
        if not self.env.su and not vals.keys().isdisjoint(_FOUND):
            self.sudo().found_user_ids = [Command.link(self.env.uid)]
        for report, (users, readers) in before.items():
            report._tell_excluded("responsible_user_ids", report.responsible_user_ids - users)
            if report.state != "draft" and "partner_id" in vals:
                report._tell_excluded("partner_id", readers - report._get_readers() - report.responsible_user_ids)
        return result

    # === BUSINESS ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name in ("investigate", "close"):
            for report in self.filtered(lambda report: report.responsible_user_ids & report.investigator_id):
                blockers[report.id].append(self._concerned_refusal())
        return blockers

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        for report in self if move.name in ("investigate", "close") else ():
            if self.env.user in report.responsible_user_ids:
                barred[report.id] = self._concerned_refusal()
            elif move.name == "close" and self.env.user in report.investigator_id | report.found_user_ids:
                barred[report.id] = self.env._(
                    "Whoever investigated does not close the report: leave it to another officer."
                )
        return barred

    def _concerned_refusal(self):
        """Return why employees concerned cannot act on a report."""
        return self.env._("Employees concerned neither investigate nor close the report: leave it to another.")

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"found_user_ids"}

    def _check_customer(self, customer):
        """Another customer than the reported one is an officer's to name, and never a laxer one: it would open the
        report (X1).

        :raise UserError: saying what to do instead
        """
        for report in self.sudo().filtered(lambda report: report.state != "draft" and report.partner_id != customer):
            if (
                self.env.user not in self._kehu_officers()
                or self.env.user in report.create_uid | report.supervisor_id | report.investigator_id
            ):
                raise UserError(
                    self.env._(
                        "The customer of a reported leak is changed by a confidentiality officer who has no other "
                        "part in it: "
                        "write more into the findings."
                    )
                )
            if (customer.kehu_tier or "0") < (report.partner_id.kehu_tier or "0"):
                raise UserError(
                    self.env._(
                        "The report would be less confidential than it is: write the customer into the findings."
                    )
                )

    def _get_readers(self):
        """Return those of author, supervisor and officers who may read the report."""
        people = self.create_uid | self.supervisor_id | self._kehu_officers()
        return people.filtered(lambda user: self.with_user(user).has_access("read"))

    def _tell_excluded(self, name, users):
        """Tell the auditors, too, that author, officers or the supervisor no longer read a report, by somebody's word
        (X5).

        :param name: the field by which they are excluded
        """
        if users := users & (self.create_uid | self.supervisor_id | self._kehu_officers()):
            names = ", ".join(users.mapped("name"))
            self.env["kehu.access.log"]._log_right(self, f"{self._fields[name].string} + {names}")
            self.env["kehu.right.change"]._keep_taken(self, name, {self.id: names}, self._kehu_highest_tier())

    @api.model
    def _kehu_excluding_domain(self):
        return Domain("responsible_user_ids", "in", [self.env.uid])

    def _kehu_excluded_users(self):
        return self.sudo().responsible_user_ids

    def _keep_findings(self):
        """Keep what it was closed with, which a later investigation writes anew."""
        names = [*_FOUND, "responsible_user_ids"]
        labels = self.fields_get(names, ["string"])
        self._message_log_batch(
            {
                report.id: Markup().join(
                    Markup("<p>%s: %s</p>") % (labels[name]["string"], in_words(report, name)) for name in names
                )
                for report in self
            }
        )
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def _tell_at_once(self):
        """Supervisor and confidentiality officers hear of it in the same minute: those who may read
        of this customer.
        """
        for report in self:
            readers = (report.supervisor_id | self._kehu_officers()).filtered(
                lambda user, report=report: report.with_user(user).has_access("read")
            )
            if not readers:
                raise UserError(
                    self.env._("Nobody would hear of it: choose a supervisor who may read about this customer.")
                )
            for user in readers:
                report.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=report.with_context(lang=user.lang).env._("A leak was reported: act at once"),
                )


class RightChange(models.Model):
    _inherit = "kehu.right.change"

    def _get_watching(self):
        # Whoever is left of the officers may be the one who took the others away.
        is_report = self.is_taken and self.res_model == "kehu.leak.report"
        return super()._get_watching() | (self._get_auditors() if is_report else self.env["res.users"])
