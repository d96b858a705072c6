"""Major complaints: why, who is told at once, and by when the general manager must know (C9)."""

from functools import partial

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_archive.groups import GENERAL_MANAGER, LEGAL
from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL
from odoo.addons.kehu_workflow.workflow import Move, clean_reason

from ...groups import CRISIS_TEAM, STAFF, SUPERVISOR

_lt = LazyTranslate(__name__)

# Who works on every major complaint, although it is kept closer than its customer.
MAJOR_READERS = (
    CRISIS_TEAM,
    LEGAL,
    GENERAL_MANAGER,
    SUPERVISOR,
)


class MajorReason(models.Model):
    """What makes a complaint a major one (C9)."""

    _name = "kehu.major.reason"
    _description = "Reason of a Major Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    # Steps of the history that change no state: no source, so nobody is offered them as moves.
    _workflow_moves = (
        Move("mark_major", _lt("Became Major"), source=(), target="received"),
        Move("unmark_major", _lt("Not Major After All"), source=(), target="received"),
        Move("report_up", _lt("Reported Up"), source=(), target="received"),
        Move("report_missed", _lt("Not Reported Up in Time"), source=(), target="received"),
    )
    _deadline_hooks = {"report_missed": _lt("Record that a major complaint was not reported up in time")}

    major_reason_ids = fields.Many2many(
        "kehu.major.reason",
        "kehu_complaint_major_reason_rel",
        string="Why It Is Major",
        ondelete="restrict",
        copy=False,
        tracking=True,
        help="One reason is enough. After the decision on the complaint only a supervisor adds reasons.",
    )
    is_major = fields.Boolean(string="Major", compute="_compute_is_major", store=True, precompute=True, tracking=True)
    date_major = fields.Datetime(
        string="Became Major On", readonly=True, copy=False, help="Stays when it turns out not to be major after all."
    )
    major_user_id = fields.Many2one(
        "res.users",
        string="Became Major By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whoever took down what makes it major keeps reading it.",
    )
    reported_up_on = fields.Datetime(readonly=True, copy=False)
    reported_up_user_id = fields.Many2one("res.users", string="Reported Up By", readonly=True, copy=False)
    report_missed = fields.Boolean(
        string="Not Reported Up in Time", readonly=True, copy=False, help="Stays, even if it is reported up later."
    )
    report_missed_on = fields.Datetime(readonly=True, copy=False)
    report_missed_user_id = fields.Many2one(
        "res.users", string="Report Missed By", readonly=True, copy=False, help="The handler at that time."
    )

    _major_idx = models.Index("(company_id, date_received) WHERE is_major")

    # === COMPUTE ===

    @api.depends("major_reason_ids")
    def _compute_is_major(self):
        for complaint in self:
            complaint.is_major = bool(complaint.major_reason_ids)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._mark_major_by_kind()
        complaints.filtered(lambda complaint: complaint.is_major and not complaint.date_major)._become_major()
        return complaints

    def write(self, vals):
        if {"major_reason_ids", "kind_id"}.isdisjoint(vals):
            return super().write(vals)
        before = {complaint: complaint.major_reason_ids for complaint in self.sudo()}
        result = super().write(vals)
        if not self.env.su and any(reasons - complaint.major_reason_ids for complaint, reasons in before.items()):
            raise AccessError(
                self.env._("A reason once given stays. A supervisor can press “Not Major After All” and say why.")
            )
        if "kind_id" in vals:
            self._mark_major_by_kind()
        self.browse(
            complaint.id for complaint, reasons in before.items() if complaint.is_major and not reasons
        )._become_major()
        return result

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {
            "date_major",
            "major_user_id",
            "reported_up_on",
            "reported_up_user_id",
            "report_missed",
            "report_missed_on",
            "report_missed_user_id",
        }

    # === WORKFLOW ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name in ("end", "close", "drop"):
            for complaint in self.sudo().filtered(
                lambda complaint: complaint.is_major and not complaint.reported_up_on
            ):
                blockers[complaint.id].append(
                    self.env._("This is a major complaint: report it up to the general manager first.")
                )
        return blockers

    # === ACTIONS ===

    def action_report_up(self, text=None):
        """Report major complaints up to the general manager, which ends the clock (C9).

        :param text: what the customer is told; without it the dialog asks for it
        :raise AccessError: the user is not of the service, or may not write the complaint
        :raise UserError: no text, not major, reported already, or nobody is there to be told
        """
        self._check_major_step(STAFF)
        if text is None:
            return self.env["kehu.complaint.major.wizard"]._action_open(self, "report_up")
        text = self._major_text(text)
        complaints = self.sudo()  # only what this step stamps
        if reported := complaints.filtered("reported_up_on"):
            raise UserError(self.env._("%s was reported up already.", reported[0].display_name))
        filter_readers = partial(self.env["mail.activity"]._kehu_filter_readers, complaints)
        readers = filter_readers(complaints._workflow_role_general_managers())
        directors = filter_readers(complaints._workflow_role_directors())
        told = {complaint.id: readers[complaint.id] or directors[complaint.id] for complaint in complaints}
        if lonely := complaints.filtered(lambda complaint: not told[complaint.id]):
            raise UserError(
                self.env._(
                    "No general manager or director may read %s: ask an administrator for one who may.",
                    lonely[0].display_name,
                )
            )
        complaints.write({"reported_up_on": fields.Datetime.now(), "reported_up_user_id": self.env.uid})
        complaints._log_step("report_up", text)
        complaints._workflow_remind(told, _lt("A major complaint is reported to you: read its history"))
        return True

    def action_unmark_major(self, reason=None):
        """Say that complaints are not major after all; they stay as confidential as they are.

        :param reason: without it the dialog asks for it
        :raise AccessError: the user is no supervisor, or may not write the complaint
        :raise UserError: no reason, or not major
        """
        self._check_major_step(SUPERVISOR)
        if reason is None:
            return self.env["kehu.complaint.major.wizard"]._action_open(self, "unmark_major")
        reason = self._major_text(reason)
        complaints = self.sudo()  # nobody else takes reasons away
        complaints.write({"major_reason_ids": [Command.clear()]})
        complaints._log_step("unmark_major", reason)
        return True

    def _check_major_step(self, group):
        if not self.env.user.has_group(group):
            raise AccessError(self.env._("This is for: %s.", self.env.ref(group).sudo().full_name))
        self.check_access("write")
        self._workflow_lock()
        self.invalidate_recordset(["is_major", "reported_up_on"])
        if minor := self.filtered(lambda complaint: not complaint.is_major):
            raise UserError(self.env._("%s is not a major complaint.", minor[0].display_name))

    def _major_text(self, text):
        if not (text := clean_reason(text)):
            raise UserError(self.env._("Write a few words: they are kept in the history."))
        return text

    # === BUSINESS ===

    def _mark_major_by_kind(self):
        reasons = self.env["kehu.complaint.kind"]._major_by_kind()
        for told, complaints in self.sudo().grouped(lambda complaint: reasons.get(complaint.kind_id.id)).items():
            if told:
                complaints._mark_major(told)

    def _mark_major(self, reason):
        """Add a reason that the system found, or that another document tells.

        :param reason: the end of the xml id of a ``kehu.major.reason``
        """
        if not self:
            return
        reason = self.env.ref(f"kehu_complaint.major_reason_{reason}")
        self.sudo().filtered(lambda complaint: reason not in complaint.major_reason_ids).write(
            {"major_reason_ids": [Command.link(reason.id)]}
        )

    def _become_major(self):
        """Keep them closer and tell those who must know at once."""
        if not self:
            return
        # Nobody comes to read what they could not, by changing something else that makes it major.
        knew = self.sudo(False)._filtered_access("read")
        for complaints, user_id in ((knew, self.env.uid), (self - knew, False)):
            complaints.sudo().write(
                {
                    "date_major": fields.Datetime.now(),
                    "major_user_id": user_id,
                    "reported_up_on": False,
                    "reported_up_user_id": False,
                }
            )
        complaints = self.sudo()
        complaints.filtered(lambda complaint: complaint.kehu_own_tier < CONFIDENTIAL).write(
            {"kehu_own_tier": CONFIDENTIAL}
        )
        for reasons, alike in complaints.grouped("major_reason_ids").items():
            alike._log_step("mark_major", ", ".join(reasons.mapped("name")))
        complaints._tell_major()

    def _tell_major(self):
        """The head of the unit, the crisis team, legal affairs and the general managers hear of it in the same minute,
        if they may read it.
        """
        people = {complaint.id: complaint.team_id.user_id for complaint in self}
        for role in ("crisis_team", "legal", "general_managers"):
            people = {
                complaint_id: people[complaint_id] | users
                for complaint_id, users in self._workflow_users_in_role(role).items()
            }
        told = self.env["mail.activity"]._kehu_filter_readers(self, people)
        self._workflow_remind(told, _lt("A major complaint has come in"))
        self._queue_major_mails(told)
        lonely = self.filtered(lambda complaint: not told[complaint.id])
        lonely._message_log_batch(
            dict.fromkeys(
                lonely.ids,
                self.env._(
                    "Neither the head of the unit nor anybody of the crisis team, legal affairs and general management "
                    "may read this: tell them by word."
                ),
            )
        )

    def _queue_major_mails(self, told):
        """One mail for each person about all of them; it says that there is something to read, not what."""
        waiting = {}
        for complaint_id, users in told.items():
            for user in users.filtered("email"):
                waiting.setdefault(user, []).append(complaint_id)
        if not waiting:
            return
        self.env["mail.mail"].sudo().create(
            [self.browse(ids)._prepare_major_mail(user) for user, ids in waiting.items()]
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _prepare_major_mail(self, user):
        complaints = self.with_context(lang=user.lang)
        return {
            "subject": complaints.env._("Major complaint: %s", ", ".join(complaints.mapped("number"))),
            "body_html": complaints.env["ir.qweb"]._render(
                "kehu_complaint.major_complaint_mail",
                {"complaints": complaints, "user": user, "base_url": self[0].get_base_url()},
            ),
            "email_from": self.env.user.email_formatted,
            "recipient_ids": [Command.link(user.partner_id.id)],
            "auto_delete": True,
        }

    def _log_step(self, name, reason):
        """Append a step that changes no state to the history."""
        self.env["kehu.workflow.log"].sudo().create(
            [
                {
                    "res_model": self._name,
                    "res_id": complaint.id,
                    "user_id": self.env.uid,
                    "move": name,
                    "state_from": complaint.state,
                    "state_to": complaint.state,
                    "reason": reason,
                }
                for complaint in self
            ]
        )
        self.invalidate_recordset(["workflow_log_ids"], flush=False)

    # === DEADLINE ===

    def _deadline_hook_report_missed(self, clocks, step):
        """Keep as a fact that nobody reported up in time, and who handled it then."""
        for handler, complaints in self.grouped("user_id").items():
            complaints.filtered(lambda complaint: not complaint.report_missed).write(
                {"report_missed": True, "report_missed_on": fields.Datetime.now(), "report_missed_user_id": handler.id}
            )
            complaints._log_step("report_missed", handler.name or self.env._("Nobody handled it."))

    def _workflow_role_crisis_team(self):
        return self._impartial_group_members(CRISIS_TEAM)

    def _workflow_role_legal(self):
        return self._impartial_group_members(LEGAL)

    @api.model
    def _workflow_label_of_role(self, role):
        labels = {"crisis_team": self.env._("Crisis Team"), "legal": self.env._("Legal Affairs")}
        return labels.get(role) or super()._workflow_label_of_role(role)

    # === RULE ===

    @api.model
    def _kehu_readers_domain(self, mode="read"):
        user = self.env.user
        # What was kept close for another reason than that it is major, stays so.
        major = Domain("date_major", "!=", False) & Domain("kehu_own_tier", "<=", CONFIDENTIAL)
        if not any(user.has_group(group) for group in MAJOR_READERS):
            major &= Domain("major_user_id", "=", user.id)
        return super()._kehu_readers_domain(mode) | major & self._service_customer_domain()


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _kehu_reading_groups(self):
        return (*super()._kehu_reading_groups(), *MAJOR_READERS)
