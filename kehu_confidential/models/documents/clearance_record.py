"""Clearance stands on a signed undertaking and on a training that is not too old, where the company
asks for them (X9).
"""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.parameters import bounded_number
from odoo.addons.kehu_workflow.workflow import Move

from ...groups import OFFICERS
from ..rights.secret_groups import VIEWERS
from ..rule.tier import CONFIDENTIAL, INTERNAL

_lt = LazyTranslate(__name__)

MONTHS_PARAMETER = "kehu_confidential.training_months"
MOST_MONTHS = 120
REMIND = relativedelta(days=30)

_LOCKED_AFTER_DRAFT = {"user_id", "kind", "date", "file", "file_name", "note"}


def training_months(env):
    """Return for how many months a training entitles to clearance (a system parameter); 0:
    clearance takes no evidence.
    """
    return bounded_number(env, MONTHS_PARAMETER, 0, 0, MOST_MONTHS)


class ClearanceRecord(models.Model):
    """An undertaking that an employee has signed, or a training that an employee has had (X9).

    The employee or an officer enters it, and another officer confirms it; then it stays as it is. A training ends by
    the clock of each request, without waiting for the job that says so.
    """

    _name = "kehu.clearance.record"
    _description = "Undertaking or Training"
    _inherit = ["kehu.derived.mixin", "kehu.officers.mixin", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "user_id"

    # What was confirmed can be written by nobody; reading it is enough to revoke it.
    _workflow_as_shown = True
    _workflow_moves = (
        Move(
            "confirm",
            _lt("Confirm"),
            source=("draft",),
            target="valid",
            groups=OFFICERS,
            after="_end_reminders",
            batch=True,
        ),
        Move("revoke", _lt("Revoke"), source=("valid",), target="revoked", groups=OFFICERS, reason=True, access="read"),
        Move("lapse", _lt("Lapse"), source=("valid",), target="lapsed"),
    )
    _workflow_statusbar = ("draft", "valid", "lapsed")

    user_id = fields.Many2one(
        "res.users",
        string="Employee",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    kind = fields.Selection(
        [("undertaking", "Confidentiality undertaking"), ("training", "Confidentiality training")],
        required=True,
        default="undertaking",
    )
    date = fields.Date(string="Signed or Trained On", required=True, default=fields.Date.context_today)
    date_until = fields.Date(
        string="Valid Until", compute="_compute_date_until", help="An undertaking is valid until it is revoked."
    )
    file = fields.Binary(string="Signed Copy", attachment=True)
    file_name = fields.Char()
    note = fields.Text(help="What the training was about, who gave it, and the result of the examination.")
    state = fields.Selection(
        [("draft", "To confirm"), ("valid", "Valid"), ("lapsed", "Lapsed"), ("revoked", "Revoked")], default="draft"
    )
    is_reminded = fields.Boolean(readonly=True, copy=False)

    _valid_idx = models.Index("(user_id, kind, date) WHERE state = 'valid'")

    # === COMPUTE ===

    @api.depends("kind", "date")
    def _compute_date_until(self):
        months = training_months(self.env)
        for record in self:
            is_limited = months and record.kind == "training" and record.date
            record.date_until = is_limited and record.date + relativedelta(months=months, days=-1)

    # === CONSTRAINT ===

    @api.constrains("user_id", "date")
    def _check_user_and_day(self):
        for record in self.sudo():
            if record.user_id.share or not record.user_id.active:
                raise ValidationError(self.env._("Undertakings and trainings are those of active internal users."))
            if record.date > record.user_id.company_id._kehu_today():
                raise ValidationError(
                    self.env._("The day of the signature or training lies in the future: enter it when it is over.")
                )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"is_reminded"}

    def write(self, vals):
        if not self.env.su and _LOCKED_AFTER_DRAFT & vals.keys() and any(record.state != "draft" for record in self):
            raise UserError(self.env._("What was confirmed stays as it was: revoke it, and enter another."))
        return super().write(vals)

    # === BUSINESS ===

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "confirm":
            for record in self:
                if record.kind == "undertaking" and not record.file:
                    blockers[record.id].append(self.env._("Attach the signed copy."))
        return blockers

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        if move.name == "confirm":
            refusal = self.env._(
                "Nobody confirms their own undertaking or training: leave it to another confidentiality officer."
            )
            barred |= {record.id: refusal for record in self if self.env.user in record.user_id}
        return barred

    def _end_reminders(self):
        trained = self.filtered(lambda record: record.kind == "training").user_id
        self.search([("user_id", "in", trained.ids), ("is_reminded", "=", True)]).activity_feedback(
            ["mail.mail_activity_data_todo"]
        )

    def _workflow_moved(self, move, sources, reason):
        result = super()._workflow_moved(move, sources, reason)
        sign, kinds = "+" if move.target == "valid" else "\u2212", dict(self._fields["kind"].selection)
        for (kind, date), records in self.sudo().grouped(lambda record: (record.kind, record.date)).items():
            self.env["kehu.access.log"]._log_right(records.user_id, f"{sign} {kinds[kind]} {date}")
        return result

    # === CRON ===

    @api.model
    def _cron_watch(self):
        """End the trainings that are too old, and remind once, a month before, those whose clearance stands on one."""
        if not training_months(self.env):
            return
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._kehu_today()
            self._search_ending(company, today - relativedelta(days=1))._move("lapse")
            self._search_ending(company, today + REMIND, Domain("is_reminded", "=", False))._remind()

    @api.model
    def _search_ending(self, company, day, domain=Domain.TRUE):
        """Return the trainings of a company's employees that end on ``day`` or before."""
        # Months differ by three days: the search takes a few more, and the last day of each decides.
        latest = day - relativedelta(months=training_months(self.env)) + relativedelta(days=4)
        return self.search(
            domain
            & Domain("kind", "=", "training")
            & Domain("state", "=", "valid")
            & Domain("user_id.company_id", "=", company.id)
            & Domain("date", "<=", latest)
        ).filtered(lambda training: training.date_until <= day)

    def _remind(self):
        """Ask for another training: those with clearance, unless they have had one."""
        cleared = self.user_id.filtered(lambda user: user.active and user.kehu_clearance >= CONFIDENTIAL)
        ends = cleared._kehu_trained_until()
        last = self.filtered(lambda training: ends.get(training.user_id) == training.date_until)
        last.is_reminded = True
        last._workflow_remind(
            {training.id: training.user_id for training in last},
            _lt("Your confidentiality training lapses soon, and your clearance with it"),
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    kehu_clearance_record_ids = fields.One2many("kehu.clearance.record", "user_id", string="Undertakings and Trainings")
    kehu_is_undertaking_signed = fields.Boolean(
        string="Undertaking Signed", compute="_compute_kehu_evidence", groups=",".join(VIEWERS)
    )
    kehu_trained_until = fields.Date(string="Trained Until", compute="_compute_kehu_evidence", groups=",".join(VIEWERS))

    # === COMPUTE ===

    @api.depends("kehu_clearance_record_ids.state")
    def _compute_kehu_clearance(self):
        result = super()._compute_kehu_clearance()
        cleared = self.filtered(lambda user: user.kehu_clearance >= CONFIDENTIAL)
        (cleared - cleared._kehu_filter_entitled()).kehu_clearance = INTERNAL
        return result

    @api.depends("kehu_clearance_record_ids.state")
    def _compute_kehu_evidence(self):
        signed, ends = self._kehu_filter_signed(), self._kehu_trained_until()
        for user in self:
            user.kehu_is_undertaking_signed = user in signed
            user.kehu_trained_until = ends.get(user)

    # === BUSINESS ===

    def _kehu_filter_entitled(self):
        """Return those of ``self`` whose evidence entitles them to the clearance of their groups today (X9)."""
        if not self or not training_months(self.env):
            return self
        ends = self._kehu_trained_until()
        return self._kehu_filter_signed().filtered(
            lambda user: user in ends and ends[user] >= user.company_id._kehu_today()
        )

    def _kehu_filter_signed(self):
        return self.env["kehu.clearance.record"].sudo().search(self._kehu_evidence("undertaking")).user_id & self

    def _kehu_trained_until(self):
        """Return ``{user: day}`` on which the last training of each ends; none of whoever has had none."""
        if not (months := training_months(self.env)):
            return {}
        last = (
            self.env["kehu.clearance.record"]
            .sudo()
            ._read_group(self._kehu_evidence("training"), ["user_id"], ["date:max"])
        )
        return {user: date + relativedelta(months=months, days=-1) for user, date in last}

    def _kehu_evidence(self, kind):
        return Domain("user_id", "in", self.ids) & Domain("kind", "=", kind) & Domain("state", "=", "valid")


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_training_months = fields.Integer(string="Training Valid For (Months)", config_parameter=MONTHS_PARAMETER)

    @api.constrains("kehu_training_months")
    def _check_kehu_training_months(self):
        if any(not 0 <= settings.kehu_training_months <= MOST_MONTHS for settings in self):
            raise ValidationError(
                self.env._("A training is valid for %s months at most; 0 asks for none.", MOST_MONTHS)
            )
