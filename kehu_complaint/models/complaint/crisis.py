"""What the crisis team meets about and has done (C9)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, is_html_empty

from ...groups import CRISIS_TEAM, SUPERVISOR

_lt = LazyTranslate(__name__)


class CrisisPart(models.AbstractModel):
    """Rows of a major complaint that people take part in who need not be of the service, but never the accused."""

    _name = "kehu.crisis.part"
    _description = "Part of a Major Complaint"
    _inherit = ["kehu.complaint.part", "kehu.evidence.mixin"]
    _evidence_refusal = _lt("What was done about a major complaint is kept:")
    _check_company_auto = True

    # === CONSTRAINT ===

    @api.constrains("complaint_id")
    def _check_major(self):
        for part in self:
            if not part.sudo().complaint_id.date_major:
                raise ValidationError(
                    self.env._("Crisis meetings and measures belong to major complaints: give a reason first.")
                )

    @api.constrains(lambda self: self._impartial_roles)
    def _check_may_read(self):
        for name in self._impartial_roles:
            for user in self.sudo()[name]:
                parts = self.sudo().filtered(lambda part, user=user, name=name: user in part[name])
                if parts.complaint_id.with_user(user)._kehu_hidden():
                    raise ValidationError(
                        self.env._(
                            "%s may not read about this customer: choose somebody else, or have access granted first.",
                            user.name,
                        )
                    )

    # === CRUD ===

    def write(self, vals):
        if "complaint_id" in vals and not self.env.su:
            raise AccessError(self.env._("This belongs to one complaint: make another one there."))
        return super().write(vals)


class CrisisMeeting(models.Model):
    _name = "kehu.crisis.meeting"
    _description = "Crisis Meeting"
    _inherit = ["kehu.crisis.part", "kehu.settled.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"
    _impartial_roles = ("member_ids",)

    date = fields.Datetime(required=True, default=fields.Datetime.now)
    place = fields.Char()
    member_ids = fields.Many2many(
        "res.users",
        "kehu_crisis_meeting_member_rel",
        string="Present",
        required=True,
        domain=[("share", "=", False)],
        help="They read the complaint from then on.",
    )
    minutes = fields.Html()
    decisions = fields.Html(string="What Was Decided")

    # === CRUD ===

    def write(self, vals):
        if not self.env.su:
            if closed := self.sudo().complaint_id.filtered(lambda complaint: complaint.state == "closed"):
                raise UserError(
                    self.env._("%s is closed: what its meetings decided stays as it is.", closed._workflow_names())
                )
        return super().write(vals)

    @api.constrains("date", "minutes", "decisions")
    def _check_held(self):
        for meeting in self:
            if meeting.date > fields.Datetime.now() and not (
                is_html_empty(meeting.minutes) and is_html_empty(meeting.decisions)
            ):
                raise ValidationError(
                    self.env._("The meeting is still to come: minutes and decisions are written afterwards.")
                )

    # === BUSINESS ===

    def _settled_fields(self):
        """What is in the minutes stays, and of which meeting they are; what else is to be said is the next meeting's
        (C9).
        """
        written = {name for name in ("minutes", "decisions") if not is_html_empty(self[name])}
        return super()._settled_fields() | written | ({"date", "place", "member_ids"} if written else set())


class CrisisMeasure(models.Model):
    _name = "kehu.crisis.measure"
    _description = "Measure on a Major Complaint"
    _inherit = ["kehu.crisis.part", "kehu.deadline.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_due, id"
    _mail_post_access = "read"
    _impartial_roles = ("owner_id",)

    name = fields.Char(string="What", required=True, tracking=True)
    owner_id = fields.Many2one(
        "res.users",
        string="Who",
        domain=[("share", "=", False)],
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    date_due = fields.Date(string="Until", required=True, tracking=True)
    result = fields.Text()
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    done_user_id = fields.Many2one("res.users", string="Done By", readonly=True, copy=False)
    is_mine_to_do = fields.Boolean(string="Mine to Do", compute="_compute_is_mine_to_do")

    # === COMPUTE ===

    @api.depends("date_done", "owner_id")
    @api.depends_context("uid")
    def _compute_is_mine_to_do(self):
        mine = self._origin._filtered_access("write")
        for measure in self:
            measure.is_mine_to_do = not measure.date_done and measure._origin in mine

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_done", "done_user_id"}

    def write(self, vals):
        if not self.env.su:
            # Chatter and activities are everybody's who takes part.
            written = {name for name in vals if not name.startswith(("activity_", "message_"))}
            if written and any(self.sudo().mapped("date_done")):
                raise UserError(self.env._("The measure is done: what was done stays as it is. Make another one."))
            if written - {"result"} and not self._is_keeper():
                raise AccessError(self.env._("Of a measure its owner writes the result."))
        return super().write(vals)

    # === ACTIONS ===

    def action_done(self):
        """Say that the measures are done, by their owner or whoever keeps them.

        :raise AccessError: the user may not write one of them
        :raise UserError: done already, or the result is empty
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        self.invalidate_recordset(["date_done", "result"])
        for measure in self:
            if measure.date_done:
                raise UserError(self.env._("“%s” is done already.", measure.name))
            if not measure.result:
                raise UserError(self.env._("“%s”: write what has come of it first.", measure.name))
        # The user may not stamp these.
        return self.sudo().write({"date_done": fields.Datetime.now(), "done_user_id": self.env.uid})

    # === BUSINESS ===

    @api.model
    def _is_keeper(self):
        return self.env.user.has_group(CRISIS_TEAM) or self.env.user.has_group(SUPERVISOR)

    def _workflow_role_crisis_team(self):
        return self._impartial_group_members(CRISIS_TEAM)

    @api.model
    def _impartial_open_domain(self):
        return Domain("date_done", "=", False)


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    crisis_meeting_ids = fields.One2many("kehu.crisis.meeting", "complaint_id", string="Crisis Meetings")
    crisis_measure_ids = fields.One2many("kehu.crisis.measure", "complaint_id", string="Measures")

    def _impartial_exclude(self):
        result = super()._impartial_exclude()
        complaints = self.sudo()
        complaints.crisis_measure_ids._impartial_exclude()
        # Who was at a meeting that was held, stays in its minutes; but reads them no more.
        for meeting in complaints.crisis_meeting_ids.filtered(lambda meeting: meeting.date > fields.Datetime.now()):
            if accused := meeting.member_ids & meeting.complaint_id._accused_for_good():
                meeting.member_ids -= accused
        return result

    @api.model
    def _kehu_readers_domain(self, mode="read"):
        mine = Domain("crisis_measure_ids", "any!", [("owner_id", "=", self.env.uid)]) | Domain(
            "crisis_meeting_ids", "any!", [("member_ids", "in", [self.env.uid])]
        )
        return super()._kehu_readers_domain(mode) | mine & self._service_customer_domain()
