from lxml import etree

from odoo.tests import tagged

from odoo.addons.kehu_workflow.tests.trail_common import TrailChecks

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintForms(TrailChecks, ComplaintCase):
    def test_form_of_a_complaint_asks_little(self):
        complaint = self.complain()
        self.bring_to(complaint, "approved")
        self.assertFormAsksLittle(complaint.with_user(self.handler), 5)

    def test_form_of_an_approval_asks_little(self):
        complaint = self.complain()
        self.bring_to(complaint, "approved")
        approval = self.env["kehu.approval"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertFormAsksLittle(approval.with_user(self.handler), 30)

    def test_empty_lists_of_a_complaint_say_what_they_are_for(self):
        complaint = self.complain().with_user(self.supervisor)
        for action in (complaint.action_open_disputes(), complaint.action_open_corrective_actions()):
            self.assertIn("o_view_nocontent_smiling_face", action["help"])

    def test_supervisor_gives_several_to_a_handler(self):
        complaints = self.complain() + self.complain()
        view = self.env["kehu.complaint"].with_user(self.supervisor).get_view(view_type="list")
        fields = etree.fromstring(view["arch"]).xpath(
            "/list[@multi_edit='1']//field[not(@readonly='1') and not(@column_invisible)]"
        )
        self.assertEqual([field.get("name") for field in fields], ["user_id"])
        complaints.with_user(self.supervisor).user_id = self.handler
        self.assertEqual(complaints.user_id, self.handler)

    def test_unchecked_complaint_is_not_offered_to_be_accepted(self):
        arch = etree.fromstring(
            self.env["kehu.complaint"].with_user(self.supervisor).get_view(view_type="form")["arch"]
        )
        [button] = arch.xpath("""//header/button[@args='["accept"]']""")
        self.assertIn("verification == 'open'", button.get("invisible"))
        self.assertTrue(arch.xpath("//field[@name='verification']"))
