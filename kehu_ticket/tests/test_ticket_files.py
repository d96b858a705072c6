from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.kehu_complaint.tests.test_evidence_files import EvidenceCase

from .common import SIGNATURE, TicketCase


@tagged("post_install", "-at_install")
class TestTicketFiles(EvidenceCase, TicketCase):
    """A14, T6: files of tickets are evidence, whoever would like to be without them."""

    def test_files_of_ticket_and_its_log_are_kept(self):
        ticket = self.bring_ticket_to(self.call(), "done")
        order = ticket.sudo().dispatch_ids
        log = ticket.sudo().log_ids
        files = [self.attach(document, self.technician) for document in (ticket, order, log)]
        self.assert_kept(files[0], self.technician, self.handler, self.admin)
        self.assert_kept(files[1], self.handler, self.admin)
        ticket.with_user(self.technician).write({"signature": SIGNATURE, "signed_by": "Huang"})
        self.assert_kept(files[2], self.handler, self.admin)
        signature = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id), ("res_field", "=", "signature")]
        )
        self.assertTrue(signature)
        for user in (self.technician, self.handler, self.admin):
            for call in (
                lambda user=user: signature.with_user(user).unlink(),
                lambda user=user: signature.with_user(user).write({"raw": b"x"}),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    call()
