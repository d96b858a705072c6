import io

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfReader

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestProposalSheet(ComplaintCase, HttpCase):
    """C5, X6: the proposal on paper, with its decisions, marked when it is confidential."""

    def print_as(self, user, complaint):
        report = self.env["ir.actions.report"].with_user(user).with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf("kehu_complaint.proposal_sheet", complaint.ids)
        self.assertEqual(kind, "pdf")
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)

    def test_it_shows_facts_compensation_and_decisions(self):
        complaint = self.bring_to(self.complain(), "approved")
        self.assertNotIn("Feng |", self.print_as(self.handler, complaint))
        page, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.handler)
            ._render_qweb_html("kehu_complaint.proposal_sheet", complaint.ids)
        )
        for words in (
            complaint.number,
            "A batch of bad coils",
            "Exchange three chargers",
            "500.00",
            "Jiang",
            "Signature of the Customer",
        ):
            self.assertIn(words, page.decode())

    def test_a_confidential_one_says_who_took_it(self):
        complaint = self.bring_to(self.complain(), "approved")
        complaint.sudo().kehu_own_tier = "2"
        self.handler.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential") + self.env.ref(
            "kehu_confidential.group_confidential_export"
        )
        self.assertIn("Feng |", self.print_as(self.handler, complaint))

    def test_the_accused_does_not_print_it(self):
        complaint = self.bring_to(self.complain(), "approved")
        complaint.accused_user_ids = self.taker
        with self.assertRaises(AccessError):
            self.print_as(self.taker, complaint)
