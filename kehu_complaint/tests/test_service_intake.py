from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ComplaintCase


class IntakeCase(ComplaintCase):
    def assert_supervisors(self, document, **intake):
        for name, value in intake.items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(AccessError, "corrected by a supervisor"),
                self.env.cr.savepoint(),
            ):
                document.with_user(self.handler).write({name: value})
            self.env.invalidate_all()
        document.with_user(self.handler).write({name: document[name] for name in ("serial", "quantity")})

    def assert_corrections_stay(self, document, kept):
        """Correct what was taken down, as a supervisor; the chatter keeps what it said.

        :param kept: its serial number
        """
        document.with_user(self.supervisor).write(
            {"product_id": False, "serial": "SN-9", "order_reference": "S9", "quantity": 1}
        )
        body = "".join(document.message_ids.mapped("body"))
        for said in (f"Serial Number: {kept}", "Product: Charger", "Order Reference: –"):
            self.assertIn(said, body)
        self.assertNotIn("Quantity", body, "it is as it was")

    def assert_company_is_not_emptied(self, document):
        for user in (self.handler, self.supervisor):
            with self.assertRaisesRegex(UserError, "never empty: Company"), self.env.cr.savepoint():
                document.with_user(user).write({"company_id": False})
                self.env.flush_all()

    def assert_company_stays(self, document):
        other = self.env["res.company"].create({"name": "Another company"})
        users = self.handler | self.supervisor
        users.company_ids += other
        for user in users:
            mine = document.with_user(user).with_context(allowed_company_ids=[self.env.company.id, other.id])
            with self.assertRaisesRegex(UserError, "stays with the company"), self.env.cr.savepoint():
                mine.write({"company_id": other.id, "user_id": False, "team_id": False})
            mine.write({"company_id": document.company_id.id})  # forms send what they show


@tagged("post_install", "-at_install")
class TestServiceIntake(IntakeCase):
    """C2: once it is accepted, what was taken down is corrected by a supervisor, and the chatter keeps what it said."""

    def test_intake_of_accepted_complaint_is_supervisors(self):
        complaint = self.complain(order_reference="S1", demand_amount=50)
        complaint.with_user(self.taker).serial = "SN-002"
        self.bring_to(complaint, "executing")
        self.assert_supervisors(
            complaint,
            name="Nothing",
            serial="SN-9",
            product_id=False,
            order_reference="S9",
            quantity=9,
            demand_amount=9,
            verification="none",
            team_id=False,
            desk_id=self.env["kehu.service.desk"].create({"name": "Desk"}).id,
            description="<p>Nothing</p>",
            major_reason_ids=[Command.link(self.env["kehu.major.reason"].search([], limit=1).id)],
        )

    def test_company_is_never_emptied(self):
        self.assert_company_is_not_emptied(self.complain())

    def test_what_is_corrected_stays_in_the_chatter(self):
        self.assert_corrections_stay(self.bring_to(self.complain(), "accepted"), "SN-001")

    def test_company_of_document_stays(self):
        self.assert_company_stays(self.complain(partner_id=False, product_id=False))
