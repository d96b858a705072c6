from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import LazyTranslate, format_date

from odoo.addons.kehu_archive.groups import GENERAL_MANAGER
from odoo.addons.kehu_workflow.approval import ApprovalKind
from odoo.addons.kehu_workflow.workflow import Move

from ...groups import DIRECTOR

_lt = LazyTranslate(__name__)

DIRECTORS = (DIRECTOR,)


class ServiceSheet(models.Model):
    """The complaints of a week or a month in figures, on the general manager's desk in time (C13).

    A job builds it on the first working day after the period and asks for its approval; approved, it is sent. The
    figures stay as they were on that day; each reader gets those of the complaints that they may see. Nobody but the
    server writes it.
    """

    _name = "kehu.service.sheet"
    _description = "Complaint Sheet"
    _inherit = ["kehu.approval.mixin", "kehu.deadline.mixin", "kehu.server.rows.mixin"]
    _order = "date_to desc, period, company_id"
    _mail_post_access = "read"

    _workflow_moves = (
        Move(
            "submit",
            _lt("Submit"),
            source=("draft",),
            target="pending",
            groups=DIRECTORS,
            access="read",
            approval="distribution",
        ),
        Move(
            "grant",
            _lt("Approve"),
            source=("pending",),
            target="distributed",
            granted="distribution",
            after="_distribute",
        ),
        Move("return", _lt("Return"), source=("pending",), target="draft", returned="distribution"),
    )
    _approval_kinds = (ApprovalKind("distribution", _lt("Complaint sheet"), watched=("date_built",)),)

    period = fields.Selection([("week", "Week"), ("month", "Month")], required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="First Day", required=True, readonly=True)
    date_to = fields.Date(string="Last Day", required=True, readonly=True)
    date_built = fields.Datetime(string="As Of", readonly=True)
    date_distributed = fields.Datetime(string="Sent On", readonly=True)
    recipient_ids = fields.Many2many("res.users", "kehu_service_sheet_recipient_rel", string="Sent To", readonly=True)
    solved_target = fields.Float(string="Target: Solved (%)", readonly=True)
    satisfaction_target = fields.Float(string="Target: Satisfaction (%)", readonly=True)
    major_numbers = fields.Text(
        string="Major Complaints",
        compute="_compute_major_numbers",
        help="Their numbers only: what they are about is confidential.",
    )
    row_ids = fields.One2many(
        "kehu.service.sheet.row", "sheet_id", string="Complaints", readonly=True, groups=NO_ACCESS
    )
    line_ids = fields.One2many("kehu.service.sheet.line", "sheet_id", string="Figures", readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("pending", "Under approval"), ("distributed", "Sent")], default="draft"
    )

    _once = models.UniqueIndex("(company_id, period, date_from)", "There is a sheet of this period already.")

    # === COMPUTE ===

    @api.depends("period", "date_from")
    def _compute_display_name(self):
        for sheet in self:
            if not sheet.date_from:
                sheet.display_name = False
            elif sheet.period == "month":
                sheet.display_name = self.env._(
                    "Complaints of %s", format_date(self.env, sheet.date_from, date_format="yyyy-MM")
                )
            else:
                sheet.display_name = self.env._(
                    "Complaints from %(first)s to %(last)s",
                    first=format_date(self.env, sheet.date_from, date_format="yyyy-MM-dd"),
                    last=format_date(self.env, sheet.date_to, date_format="yyyy-MM-dd"),
                )

    # === ACTIONS ===

    def action_rebuild(self):
        """Count again, as long as the sheet is a draft.

        :raise AccessError: the user is no service director
        :raise UserError: the sheet was submitted
        """
        self.check_access("read")
        if not self.env.user.has_group(DIRECTOR):
            raise AccessError(self.env._("Only a service director counts a sheet again."))
        self._workflow_lock()
        if any(sheet.state != "draft" for sheet in self):
            raise UserError(self.env._("What was submitted or sent stays as it is."))
        self.sudo()._build()
        return True

    # === BUSINESS: APPROVAL ===

    def _approval_essentials(self, kind):
        """The figures of all complaints that the reader may see."""
        essentials = super()._approval_essentials(kind)
        names = ("count", "on_time", "solved", "satisfaction")
        totals = self.line_ids.filtered(lambda line: line.dimension == "all")
        labels = totals.fields_get(names, ["string"])
        for line in totals:
            essentials[line.sheet_id.id] += [
                (labels[name]["string"], f"{line[name]:g}") for name in names if line[name]
            ]
        return essentials

    # === CRON ===

    @api.model
    def _cron_build(self):
        """Build the sheets of the last week and month that are still missing, each company from its first working hour
        on.
        """
        missing = [
            (company, period, first, last)
            for company in self._companies()
            for period, first, last in self._periods_due(company)
            if not self.search_count(
                [("company_id", "=", company.id), ("period", "=", period), ("date_from", "=", first)], limit=1
            )
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(missing))
        for company, period, first, last in missing:
            sheet = self.with_context(lang=company._kehu_lang()).create(
                {"company_id": company.id, "period": period, "date_from": first, "date_to": last}
            )
            sheet._build()
            sheet._submit_built()
            if not cron._commit_progress(1):
                break

    @api.model
    def _companies(self):
        """Return the companies that ever had a complaint."""
        return self.env["res.company"].browse(
            company.id for [company] in self.env["kehu.complaint"]._read_group([], ["company_id"]) if company.active
        )

    @api.model
    def _periods_due(self, company):
        """Return ``[(period, first day, last day)]`` of the last months and weeks, once the company has begun to work
        after them.

        Several: after a week without a working hour, or a time when the job stood still, none is left out.
        """
        now = fields.Datetime.now()
        calendar = company.resource_calendar_id
        today = fields.Datetime.context_timestamp(self.with_context(tz=calendar.tz), now).date()
        month, week = today.replace(day=1), today - timedelta(days=today.weekday())
        [[since]] = (
            self.env["kehu.complaint"].sudo()._read_group([("company_id", "=", company.id)], [], ["date_received:min"])
        )
        due = []
        for period, begin, length, most in (
            ("month", month, relativedelta(months=1), 2),
            ("week", week, timedelta(days=7), 4),
        ):
            for back in range(most, 0, -1):
                first, end = begin - back * length, begin - (back - 1) * length
                begun = calendar._kehu_due(self._midnight(end, calendar.tz), 1 / 60, "work_hours", company) <= now
                if begun and (back == 1 or since and since.date() < end):
                    due.append((period, first, end - timedelta(days=1)))
        return due

    def _submit_built(self):
        """Ask for the approval of a sheet that was just built; where nobody could decide, the directors are told."""
        try:
            with self.env.cr.savepoint():
                self._move("submit")
        except UserError as error:
            self._message_log(body=str(error))
            for user in self._workflow_role_directors()[self.id]:
                self.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=self.with_context(lang=user.lang).env._(
                        "The complaint sheet could not be submitted: do it by hand"
                    ),
                )

    # === BUSINESS ===

    def _distribute(self):
        """Send the sheets to those who should get them and may read them, with workbook and PDF in their language."""
        for sheet in self:
            people = (sheet.company_id.kehu_sheet_group_ids or self.env.ref(GENERAL_MANAGER)).sudo().all_user_ids
            people = people.filtered(
                lambda user, sheet=sheet: user.active and not user.share and sheet.company_id <= user.company_ids
            )
            people = people.filtered(lambda user, sheet=sheet: sheet.with_user(user).has_access("read"))
            if not people:
                raise UserError(
                    self.env._("Nobody would get “%s”: choose in the company who gets the sheets.", sheet.display_name)
                )
            sheet.write({"recipient_ids": [Command.set(people.ids)], "date_distributed": fields.Datetime.now()})
            for lang, users in people.grouped("lang").items():
                sheet.with_context(lang=lang)._send(users)

    def _send(self, users):
        attachments = self.env["ir.attachment"].create(
            [
                {"name": name, "raw": content, "res_model": self._name, "res_id": self.id}
                for name, content in self._files()
            ]
        )
        self.env["mail.mail"].create(
            {
                "subject": self.display_name,
                "body_html": self.env["ir.qweb"]._render("kehu_complaint.service_sheet_mail", {"sheet": self}),
                "recipient_ids": [Command.set(users.partner_id.ids)],
                "attachment_ids": [Command.set(attachments.ids)],
                "model": self._name,
                "res_id": self.id,
                "auto_delete": False,
            }
        )

    def _workflow_role_directors(self):
        return self._members(DIRECTOR)

    def _workflow_role_general_managers(self):
        return self._members(GENERAL_MANAGER)

    def _members(self, group):
        """Return ``{sheet_id: members of the group}`` who work in the sheet's company."""
        group = self.env.ref(group).sudo()
        people = (group.user_ids or group.all_user_ids).filtered(lambda user: user.active and not user.share)
        return {
            sheet.id: people.filtered(lambda user, sheet=sheet: sheet.company_id <= user.company_ids)
            for sheet in self.sudo()
        }

    @api.model
    def _workflow_label_of_role(self, role):
        labels = {"directors": self.env._("Service Directors"), "general_managers": self.env._("General Managers")}
        return labels.get(role) or super()._workflow_label_of_role(role)

    def _kehu_watermark(self):
        """Who took the sheet out of the system, and when: it sums up confidential complaints, too (X6)."""
        if not self or self.env.uid == SUPERUSER_ID:
            return ""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        return f"{self.env.user.name} | {now:%Y-%m-%d %H:%M} | {', '.join(self.mapped('display_name'))}"
