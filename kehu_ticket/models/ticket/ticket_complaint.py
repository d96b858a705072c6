"""A complaint leads to service tickets, and service to a complaint; whoever is complained about
leaves both (C8, T1).
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.kehu_complaint.groups import STAFF
from odoo.addons.kehu_complaint.models.service.service_mixin import BY_ITSELF

_SHARED = (
    "partner_id",
    "company_id",
    "team_id",
    "contact_name",
    "contact_phone",
    "contact_email",
    "product_id",
    "quantity",
    "serial",
    "order_reference",
    "priority",
)


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    def _service_prepare_follower(self):
        """Return the values of a document that follows from this one: its parties and what it is about.

        :raise AccessError: whoever asks is not of the service, or may not work on this one
        """
        self.ensure_one()
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service takes down complaints and tickets."))
        self.check_access("write")
        return {name: self._fields[name].convert_to_write(self[name], self) for name in _SHARED}

    def _service_open(self):
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "views": [(False, "form")]}


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    ticket_ids = fields.One2many("kehu.service.ticket", "complaint_id", string="Service Tickets")
    ticket_count = fields.Integer(string="Service Tickets in All", compute="_compute_ticket_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ticket_count(self):
        counts = dict(
            self.env["kehu.service.ticket"]._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
            )
        )
        for complaint in self:
            complaint.ticket_count = counts.get(complaint._origin, 0)

    # === ACTIONS ===

    def action_open_tickets(self):
        """Open the service tickets of the complaint."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_ticket.kehu_service_ticket_action")
        return {**action, "domain": [("complaint_id", "=", self.id)], "context": {}}

    def action_new_ticket(self):
        """Make a service ticket of the complaint, under its tier and without those complained about.

        :raise AccessError: see ``_service_prepare_follower``
        """
        vals = self._service_prepare_follower()
        kind = self.env.ref("kehu_ticket.service_kind_feedback")
        ticket = self.env["kehu.service.ticket"].create(
            {
                **vals,
                "name": self.name,
                "complaint_id": self.id,
                "description": self.description,
                "kind_id": kind.id,
                "channel": "follow_up" if self.channel in BY_ITSELF else self.channel,
            }
        )
        return ticket._service_open()

    # === BUSINESS ===

    def _impartial_exclude(self):
        result = super()._impartial_exclude()
        self.sudo().ticket_ids._impartial_exclude()
        return result


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    # === CRUD ===

    def write(self, vals):
        """
        :raise AccessError: the complaint keeps the ticket closer than it would be without it; or it would take the
            ticket from somebody with a part in it, of whom the user is no superior
        """
        if "complaint_id" not in vals:
            return super().write(vals)
        if not self.env.su:
            self._check_below(self.env["kehu.complaint"].sudo().browse(vals["complaint_id"] or []))
        tiers = {ticket: ticket.kehu_tier for ticket in self.sudo()}
        result = super().write(vals)
        if not self.env.su and any(ticket.kehu_tier < tier for ticket, tier in tiers.items()):
            raise AccessError(self.env._("Its complaint keeps the ticket confidential: it stays with it."))
        if vals["complaint_id"]:
            self.sudo()._impartial_exclude()
        return result

    # === ACTIONS ===

    def action_new_complaint(self):
        """Take a complaint down that the customer makes about this service; the ticket belongs to it from then on.

        :raise AccessError: see ``_service_prepare_follower``
        :raise UserError: it belongs to one already
        """
        vals = self._service_prepare_follower()
        if self.complaint_id:
            raise UserError(self.env._("The ticket belongs to a complaint already."))
        if self.dismissal:
            raise UserError(self.env._("The ticket was taken out: put it back first, or go on with its original."))
        complaint = self.env["kehu.complaint"].create(
            {
                **vals,
                "name": self.name,
                # What a third party reported is not the customer's word there, either.
                "channel": "third" if self.channel == "third" else "follow_up",
                "kehu_own_tier": self.kehu_own_tier,
            }
        )
        # The ticket may be closed, and usually is.
        self.sudo().complaint_id = complaint
        return complaint._service_open()

    # === BUSINESS ===

    def _check_below(self, complaint):
        """Refuse tickets with a part for users whom their complaint excludes (C8).

        :raise AccessError: the complaint excludes somebody with a part in the ticket, or of whom it takes a superior
        """
        excluded = complaint.conflicted_user_ids
        for ticket in self.sudo().filtered(lambda ticket: ticket.complaint_id != complaint) if excluded else ():
            holders = ticket._service_handlers().union(*(ticket[name] for name in ticket._impartial_roles))
            if complaint.with_env(self.env)._takes_superior(excluded - ticket._kehu_excluded_users(), holders):
                raise AccessError(
                    self.env._(
                        "Colleagues with a part in the ticket could not read it any more below this complaint: a "
                        "superior of theirs puts it there."
                    )
                )

    def _impartial_exclude(self):
        result = super()._impartial_exclude()
        self.sudo().dispatch_ids._impartial_exclude()
        self.sudo().handover_ids._impartial_exclude()
        return result

    # === RULE ===

    @api.model
    def _kehu_readers_domain(self, mode="read"):
        # What only its complaint keeps close is open to whoever works on the complaint. Not by a join to all
        # complaints: few are close.
        complaints, clearance = self.env["kehu.complaint"].sudo(), self.env["res.partner"]._kehu_clearance()
        kept = complaints._search(Domain("kehu_tier", ">", clearance) & complaints._kehu_readers_domain(mode))
        through = (
            Domain("kehu_own_tier", "<=", clearance)
            & self._service_customer_domain()
            & Domain("complaint_id", "in", kept)
        )
        return super()._kehu_readers_domain(mode) | through
