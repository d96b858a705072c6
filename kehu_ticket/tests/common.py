from odoo.tests import new_test_user

from odoo.addons.kehu_complaint.tests.common import ComplaintCase

# 1 × 1 pixel
SIGNATURE = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class TicketCase(ComplaintCase):
    """Two technicians, who are no clerks, and a car that the customer bought with a locating device."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.skill = cls.env["kehu.service.skill"].create({"name": "Locating devices"})
        cls.technician = cls.technician_user("test_technician", "Xu")
        cls.other_technician = cls.technician_user("test_technician_2", "Ma")
        cls.repair = cls.env.ref("kehu_ticket.service_kind_repair")
        cls.phone = cls.env.ref("kehu_ticket.service_kind_phone")
        cls.product.list_price = 80
        cls.file = cls.env["kehu.product.file"].create(
            {
                "name": "粤B 12345",
                "kind": "plate",
                "partner_id": cls.customer.id,
                "device_number": "GPS-100",
                "sim_number": "1390000",
                "date_sold": "2026-01-10",
                "warranty_months": 12,
            }
        )

    @classmethod
    def technician_user(cls, login, name):
        return new_test_user(cls.env, login, "base.group_user", name=name, kehu_skill_ids=cls.skill.ids)

    @classmethod
    def call(cls, user=None, **vals):
        """Take a ticket down as ``user`` (a clerk)."""
        return (
            cls.env["kehu.service.ticket"]
            .with_user(user or cls.taker)
            .create(
                {
                    "name": "The device is silent",
                    "partner_id": cls.customer.id,
                    "kind_id": cls.repair.id,
                    "serial": "粤B12345",
                    "user_id": cls.handler.id,
                    **vals,
                }
            )
        )

    @classmethod
    def order(cls, ticket, user=None, **vals):
        """Write a dispatch order, as the handler of the ticket."""
        return (
            cls.env["kehu.dispatch.order"]
            .with_user(user or cls.handler)
            .create(
                {
                    "ticket_id": ticket.id,
                    "technician_id": cls.technician.id,
                    "skill_ids": cls.skill.ids,
                    "date_from": "2099-06-01 01:00:00",
                    "date_to": "2099-06-01 03:00:00",
                    **vals,
                }
            )
        )

    @classmethod
    def send(cls, ticket, **vals):
        """Have the technician sent, with the supervisor's approval."""
        order = cls.order(ticket, **vals)
        order.workflow_move("submit")
        order.sudo().approval_ids.with_user(cls.supervisor).approve()
        return order

    @classmethod
    def bring_ticket_to(cls, ticket, state, **log):
        """Bring a ticket along the usual way, each step by whom it belongs to."""
        ticket.with_user(cls.handler).workflow_move("take")
        mine = ticket.with_user(cls.technician)
        if ticket.kind_id.is_dispatched:
            order = cls.send(ticket).with_user(cls.technician)
            order.workflow_move("leave")
            cls.log(ticket, **log)
            order.workflow_move("end")
        if state in ("done", "closed"):
            (mine if ticket.kind_id.is_dispatched else ticket.with_user(cls.handler)).write(
                {"solution": "A new device."}
            )
            ticket.with_user(cls.handler).workflow_move("finish")
        if state == "closed":
            if ticket.kind_id.is_signed:
                mine.write({"signature": SIGNATURE, "signed_by": "Mr Deng", "satisfaction": "5"})
            ticket.with_user(cls.handler).workflow_move("close")
        return ticket

    @classmethod
    def log(cls, ticket, user=None, **vals):
        """Enter work into the service log, as the technician."""
        return (
            cls.env["kehu.service.log"]
            .with_user(user or cls.technician)
            .create(
                {
                    "ticket_id": ticket.id,
                    "work": "Looked at it",
                    "date_from": "2026-06-01 01:00:00",
                    "date_to": "2026-06-01 02:30:00",
                    **vals,
                }
            )
        )
