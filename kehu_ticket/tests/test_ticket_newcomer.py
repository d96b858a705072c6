from odoo import Command
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_complaint_newcomer import NewcomerCase


@tagged("post_install", "-at_install")
class TestTicketNewcomer(NewcomerCase):
    """C8: whoever joins a unit after it was complained about loses the tickets of the complaint, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls.service_user("test_newcomer", "service_user", "Zhu")
        cls.newcomer.lang = "en_US"
        major = cls.major(user=cls.supervisor, accused_team_ids=[Command.link(cls.unit.id)])
        # Of another customer, or it would be a repeated one, and so a major one, too.
        ordinary = cls.complain(
            cls.supervisor,
            partner_id=cls.env["res.partner"].create({"name": "Dim Phones"}).id,
            accused_team_ids=[Command.link(cls.unit.id)],
        )
        cls.ticket, cls.close_ticket = cls.env["kehu.service.ticket"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "name": "Fetch them",
                    "partner_id": complaint.partner_id.id,
                    "user_id": cls.newcomer.id,
                }
                for complaint in (ordinary, major)
            ]
        )
        cls.order = cls.env["kehu.dispatch.order"].create(
            {
                "ticket_id": cls.ticket.id,
                "technician_id": cls.newcomer.id,
                "date_from": "2099-06-01 01:00:00",
                "date_to": "2099-06-01 03:00:00",
            }
        )
        cls.ticket.with_user(cls.handler).workflow_move("take")
        cls.order.with_user(cls.handler).workflow_move("submit")
        cls.handover = cls.env["kehu.ticket.handover"].create(
            {"ticket_id": cls.ticket.id, "asked_user_id": cls.newcomer.id, "question": "When were they sent?"}
        )

    def test_new_member_leaves_tickets_and_supervisor_is_told(self):
        self.unit.member_ids += self.newcomer
        self.assertFalse(self.ticket.user_id | self.close_ticket.user_id | self.order.technician_id)
        self.assertEqual((self.order.state, self.handover.state), ("draft", "withdrawn"))
        self.assert_kept_from(self.newcomer, self.ticket, self.order, self.handover)
        self.assertEqual(
            self.vacancies(self.close_ticket), ["Handler"], "the supervisor works on the ticket of a major one, too"
        )
        self.assertEqual(self.vacancies(self.ticket), ["Handler"])
        self.assertEqual(self.vacancies(self.order), ["Technician"])
        self.assertEqual(self.vacancies(self.handover), ["To"])
