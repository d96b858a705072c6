from odoo.tests import Form, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestTakeACall(ComplaintCase):
    """C1: what callers say about themselves finds them."""

    def found(self, term, user=None):
        partners = self.env["res.partner"].with_user(user or self.taker).with_context(kehu_caller=True)
        return {partner_id for partner_id, _name in partners.name_search(term)}

    def test_caller_is_found_by_what_is_said(self):
        archive = self.file_archive(name="Deep Blue", phone="+86 (755) 8899-1234")
        complaint = self.complain(serial="PB20-0417", order_reference="SO-77")
        for term in ("0755 1234567", "07551234567", "1234567", "PB20-0417", "SO-77", complaint.number, "Bright"):
            self.assertIn(self.customer.id, self.found(term), term)
        for term in (archive.number, "075588991234", "755-8899-1234"):
            self.assertIn(archive.partner_id.id, self.found(term), term)
        self.assertNotIn(self.customer.id, self.found("7654321"))
        plain = self.env["res.partner"].with_user(self.taker).name_search("PB20-0417")
        self.assertFalse(plain, "elsewhere contacts are searched as ever")

    def test_caller_is_found_by_serial_of_product_file(self):
        file = self.env["kehu.product.file"].create({"name": "RD-MC-8800", "partner_id": self.customer.id})
        self.assertIn(self.customer.id, self.found("rd-mc-8800"))
        file.name = "RD-MC-9900"
        for term in ("RD-MC-9900", "RD-MC-8800"):
            self.assertIn(self.customer.id, self.found(term), "by a former number, too")
        self.customer.sudo().write({"kehu_tier": "3", "user_id": False, "kehu_team_id": False})
        self.env.invalidate_all()
        self.assertNotIn(self.customer.id, self.found("RD-MC-9900", self.taker))

    def test_hidden_customer_is_not_found_by_telephone(self):
        self.complain(serial="PB20-0417")
        self.customer.sudo().write({"kehu_tier": "3", "user_id": False, "kehu_team_id": False})
        self.env.invalidate_all()
        for term in ("0755 1234567", "PB20-0417"):
            self.assertNotIn(self.customer.id, self.found(term, self.taker))

    def test_the_form_for_calls_takes_it_down_in_one_step(self):
        form = self.env["kehu.complaint"].with_user(self.taker).with_context(default_channel="phone")
        with Form(form, "kehu_complaint.kehu_complaint_view_form_call") as call:
            call.partner_id = self.customer
            self.assertEqual(call.contact_email, "office@bright.example.com")
            call.name, call.description, call.serial = "Hot", "<p>Hot</p>", " SN-9 "
        complaint = call.record
        self.assertEqual((complaint.channel, complaint.serial, complaint.state), ("phone", "SN-9", "received"))
        self.assertEqual(complaint.action_open()["res_id"], complaint.id)
        told = complaint.action_take_down()["params"]
        self.assertIn(complaint.number, told["links"][0]["label"])
        self.assertIn(str(complaint.id), told["links"][0]["url"])
        self.assertEqual(told["next"]["tag"], "soft_reload", "the list behind shows it")

    def test_call_of_nobody_is_not_taken_down(self):
        call = Form(
            self.env["kehu.complaint"].with_user(self.taker).with_context(default_channel="phone"),
            "kehu_complaint.kehu_complaint_view_form_call",
        )
        call.name = "Hot"
        with self.assertRaisesRegex(AssertionError, "contact_name"):
            call.save()
        call.contact_name = "Mr Zhang"
        self.assertEqual(call.save().contact_name, "Mr Zhang")
