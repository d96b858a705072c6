from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.kehu_archive.groups import FINANCE
from odoo.addons.kehu_complaint.groups import STAFF, SUPERVISOR
from odoo.addons.kehu_complaint.moments import moment
from odoo.addons.kehu_workflow.workflow import Move

from .ticket import ENDED

_lt = LazyTranslate(__name__)


class TicketCash(models.Model):
    """Cash that a technician took on site: handed in the same day, to somebody else who confirms it (T5)."""

    _name = "kehu.ticket.cash"
    _description = "Cash Taken on Site"
    _inherit = ["kehu.ticket.part", "kehu.workflow.mixin", "kehu.deadline.mixin"]
    _order = "date_taken, id"
    _rec_name = "ticket_id"
    _evidence_refusal = _lt("What was taken is not struck out. Correct the amount, or have it confirmed:")
    _impartial_roles = ("user_id",)

    _workflow_moves = (
        Move(
            "confirm",
            _lt("Received in Full"),
            source=("taken",),
            target="confirmed",
            groups=(STAFF, FINANCE),
            after="_stamp_confirmed",
        ),
    )

    user_id = fields.Many2one(
        "res.users",
        string="Taken By",
        required=True,
        domain=[("share", "=", False)],
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    amount = fields.Monetary(required=True, tracking=True)
    date_taken = fields.Datetime(string="Taken On", required=True, default=fields.Datetime.now)
    day_taken = fields.Date(
        compute="_compute_day_taken", store=True, precompute=True, help="The clock runs until its end."
    )
    confirmed_user_id = fields.Many2one("res.users", string="Handed To", readonly=True, copy=False, ondelete="restrict")
    date_confirmed = fields.Datetime(string="Handed In On", readonly=True, copy=False)
    state = fields.Selection(
        [("taken", "With the technician"), ("confirmed", "Handed in")], default="taken", tracking=True
    )

    _amount_positive = models.Constraint("CHECK (amount > 0)", "Enter how much was taken.")

    # === COMPUTE ===

    @api.depends("date_taken")
    def _compute_day_taken(self):
        for cash in self:
            zone = cash.company_id.resource_calendar_id.tz
            cash.day_taken = fields.Datetime.context_timestamp(cash.with_context(tz=zone), cash.date_taken).date()

    @api.depends("amount", "user_id")
    def _compute_display_name(self):
        for cash in self:
            amount = (
                cash.currency_id.format(cash.amount) if cash.currency_id else ""
            )  # none as long as there is no ticket
            cash.display_name = f"{amount} ({cash.user_id.name})"

    # === CONSTRAINT ===

    @api.constrains("date_taken")
    def _check_date_taken(self):
        latest = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        if any(cash.date_taken > latest for cash in self):
            raise ValidationError(self.env._("Nobody takes cash in the future: correct the time."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_own()
        return rows

    def write(self, vals):
        if vals.keys() - self._ticket_free_fields():
            self._check_own()
        if "date_taken" in vals and not self.env.su:
            self._check_taken_no_later(moment(vals["date_taken"]))
        result = super().write(vals)
        if "user_id" in vals:
            self._check_own()
        return result

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"confirmed_user_id", "date_confirmed"}

    def _filter_evidence(self):
        return self

    def _check_own(self):
        """Refuse changes of cash that is not one's own, or that is handed in (T5).

        :raise AccessError: it is somebody else's cash
        :raise UserError: it is handed in already, or its ticket is closed
        """
        if self.env.su:
            return
        rows = self.sudo()
        if any(row.state != "taken" or row.ticket_id.state in ENDED for row in rows):
            raise UserError(self.env._("This cash is handed in already, or its ticket is closed."))
        if not self.env.user.has_group(SUPERVISOR) and rows.user_id - self.env.user:
            raise AccessError(self.env._("Everybody enters the cash that they took."))

    def _check_taken_no_later(self, date):
        """Refuse a later day of taking cash.

        :raise UserError: it would be handed in later than on the day on which it was taken (T5)
        """
        if any(not date or date > cash.date_taken for cash in self.sudo()):
            raise UserError(
                self.env._(
                    "Cash is handed in on the day on which it was taken: correct that time to an earlier one only."
                )
            )

    # === ACTIONS ===

    def action_confirm(self):
        """Confirm that the cash is handed in; the button in the list of the ticket."""
        return self.workflow_move("confirm")

    # === WORKFLOW ===

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        if move.name == "confirm":
            refusal = self.env._(
                "Whoever took the cash does not confirm that it is handed in: hand it to somebody else."
            )
            barred |= {cash.id: refusal for cash in self if self.env.user in cash.user_id | cash.create_uid}
        return barred

    def _stamp_confirmed(self):
        self.sudo().write({"confirmed_user_id": self.env.uid, "date_confirmed": fields.Datetime.now()})


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    cash_ids = fields.One2many("kehu.ticket.cash", "ticket_id")
