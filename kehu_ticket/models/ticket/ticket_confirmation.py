import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_datetime

_SIGNED = {"signature", "signed_by"}
# What is still written of a ticket for which the customer has signed: who goes on with it, and what the customer says
# afterwards.
_AFTER_SIGNING = (
    "signature",
    "signed_by",
    "user_id",
    "callback_user_id",
    "callback_note",
    "satisfaction",
    "waiting_reason",
    "priority",
    "contact_name",
    "contact_phone",
    "contact_email",
    "kehu_own_tier",
    "complaint_id",
)


class ServiceTicket(models.Model):
    """The customer confirms with a signature what was done, on the technician's phone (T6)."""

    _inherit = "kehu.service.ticket"

    signature = fields.Image(string="Signature of the Customer", max_width=1024, max_height=1024, copy=False)
    signed_by = fields.Char(copy=False, help="Name of the person who signs for the customer.")
    date_signed = fields.Datetime(string="Signed On", readonly=True, copy=False)
    unsigned_reason = fields.Char(
        string="Why There Is No Signature",
        tracking=True,
        copy=False,
        help="For instance: confirmed by telephone with whom and when.",
    )

    # === CONSTRAINT ===

    @api.constrains("signature", "signed_by")
    def _check_signed_by(self):
        if any(ticket.signature and not (ticket.signed_by or "").strip() for ticket in self):
            raise ValidationError(self.env._("Enter the name of the person who signs."))

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # A signature comes under finished work only, however it came here.
        if any(ticket.signature or ticket.signed_by for ticket in tickets.sudo()):
            raise AccessError(self.env._("Nobody signs before the work is finished."))
        return tickets

    def write(self, vals):
        if self.env.su or _SIGNED.isdisjoint(vals):
            return super().write(vals)
        self._check_signable()
        result = super().write(vals)
        if vals.get("signature"):
            self._keep_signature()
        return result

    def _settled_fields(self):
        settled = super()._settled_fields()
        if self.signature:
            settled |= self._settled_but(*_AFTER_SIGNING) | ({"satisfaction"} if self.satisfaction else set())
        return settled

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"date_signed"}

    def _check_signable(self):
        """Refuse signatures for work that is not finished, or not signed for.

        :raise UserError: the work is not finished, is signed for already, or is of a kind that nobody signs for
        :raise AccessError: the user was not there (T6)
        """
        tickets = self.sudo()
        if kinds := tickets.kind_id.filtered(lambda kind: not (kind.is_signed or kind.is_onsite)):
            raise UserError(
                self.env._("“%s” is not signed for: ask the customer in a call-back.", ", ".join(kinds.mapped("name")))
            )
        if tickets.filtered(
            lambda ticket: (
                self.env.user
                not in (ticket.technician_ids | ticket.log_ids.filtered(lambda log: log.way == "onsite").user_id)
            )
        ):
            raise AccessError(
                self.env._(
                    "The customer signs with the technician of the dispatch order, or with a colleague who entered "
                    "work on site into the "
                    "service log."
                )
            )
        if early := tickets.filtered(lambda ticket: ticket.state != "done"):
            raise UserError(
                self.env._("%s is not finished: the customer signs for finished work.", early._workflow_names())
            )
        if signed := tickets.filtered("signature"):
            raise UserError(
                self.env._(
                    "%s is signed already. If it is not in order yet, say so and let it be signed again.",
                    signed._workflow_names(),
                )
            )

    def _keep_signature(self):
        """Date it and the work; keep both in the chatter, where they stay if the work goes on and is signed again."""
        tickets, now = self.sudo(), fields.Datetime.now()
        tickets.write({"date_signed": now})
        for model in self.pool.descendants(["kehu.ticket.work"], "_inherit"):
            if not self.env[model]._abstract:
                rows = self.env[model].sudo().search([("ticket_id", "in", tickets.ids), ("date_signed", "=", False)])
                rows.write({"date_signed": now})
        for ticket in tickets:
            ticket.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    self.env._("Signed by %s.", ticket.signed_by),
                    Markup().join(map(Markup("<li>%s</li>").__mod__, ticket._signed_lines())),
                ),
                attachments=[(f"{ticket.number}.png", base64.b64decode(ticket.with_context(bin_size=False).signature))],
            )

    # === BUSINESS ===

    def _service_own_changes(self, vals):
        # Customers who sign say at once how content they are, to a technician who was sent; a handler would answer for
        # them.
        changed = super()._service_own_changes(vals)
        return changed - {"satisfaction"} if vals.get("signature") and self.env.user in self.technician_ids else changed

    def _signed_lines(self):
        """Return in lines of text what the customer signs for: answer, work, parts, devices, and the satisfaction."""
        labels = self.fields_get(["solution", "satisfaction"], ["string", "selection"])
        satisfaction = dict(labels["satisfaction"]["selection"]).get(self.satisfaction)
        return [
            *(
                f"{labels[name]['string']}: {value}"
                for name, value in (("solution", self.solution), ("satisfaction", satisfaction))
                if value
            ),
            *(
                f"{format_datetime(self.env, log.date_from)} – {format_datetime(self.env, log.date_to)}, "
                f"{log.user_id.name}: {log.work}"
                for log in self.log_ids
            ),
            *(
                f"{part.name} × {part.quantity:g}: {part.currency_id.format(part.amount)}"
                for part in self.log_ids.part_ids
            ),
            *(
                ", ".join(
                    filter(
                        None,
                        (
                            device.serial,
                            device.fault,
                            device.old_number,
                            device.new_number,
                            device.old_sim,
                            device.new_sim,
                        ),
                    )
                )
                for device in self.device_ids
            ),
        ]

    @api.model
    def _prepare_unsigned_values(self):
        return {
            "signature": False,
            "signed_by": False,
            "date_signed": False,
            "unsigned_reason": False,
            "satisfaction": False,
        }
