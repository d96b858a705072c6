"""Complaints and tickets may be what the customer turned to us with once more: they are joined to it (C1)."""

from odoo import api, fields, models

from odoo.addons.kehu_complaint.groups import STAFF


class ServiceDismissalMixin(models.AbstractModel):
    _inherit = "kehu.service.dismissal.mixin"

    duplicate_ticket_id = fields.Many2one(
        "kehu.service.ticket", string="Same As Ticket", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    @api.model
    def _duplicate_fields(self):
        return (*super()._duplicate_fields(), "duplicate_ticket_id")


class ServiceDismissalWizard(models.TransientModel):
    _inherit = "kehu.service.dismissal.wizard"

    duplicate_ticket_id = fields.Many2one("kehu.service.ticket", string="Same As Ticket")
    joinable_ticket_ids = fields.Many2many("kehu.service.ticket", string="Service Tickets", compute="_compute_joinable")


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    joined_ticket_ids = fields.One2many(
        "kehu.ticket.dismissal",
        "duplicate_complaint_id",
        string="Duplicate Tickets",
        domain=[("state", "=", "approved")],
        groups=STAFF,
    )


class ServiceTicket(models.Model):
    _inherit = "kehu.service.ticket"

    joined_ids = fields.One2many(
        "kehu.complaint.dismissal",
        "duplicate_ticket_id",
        string="Duplicates",
        domain=[("state", "=", "approved")],
        groups=STAFF,
    )

    joined_ticket_ids = fields.One2many(
        "kehu.ticket.dismissal",
        "duplicate_ticket_id",
        string="Duplicate Tickets",
        domain=[("state", "=", "approved")],
        groups=STAFF,
    )

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if vals.get("complaint_id"):
            # Each contains the messages of the other.
            for ticket in self.sudo():
                ticket.joined_ticket_ids.ticket_id._keep_below(ticket.complaint_id)
        return result

    # === BUSINESS ===

    def _filter_joinable(self, others):
        complaint = self.sudo().complaint_id
        return (
            super()
            ._filter_joinable(others)
            .filtered(lambda other: not complaint or complaint == self._join_source(other))
        )

    def _join_keep_alike(self, other):
        self._keep_below(self._join_source(other))

    def _keep_below(self, complaint):
        """Put tickets that were taken out below the complaint of their original: whoever is kept from one is kept from
        both. In sudo.
        """
        accused = complaint._accused_for_good()
        for ticket in self.filtered(lambda ticket: ticket.complaint_id != complaint) if complaint else ():
            vacant = [name for name in ticket._impartial_vacated if ticket[name] & accused]
            ticket.write({"complaint_id": complaint.id, **dict.fromkeys(vacant, False)})

    def _impartial_exclude(self):
        result = super()._impartial_exclude()
        for ticket in self.sudo().filtered("joined_ids"):
            ticket.complaint_id._keep_out_alike(ticket.joined_ids.complaint_id)
        return result
