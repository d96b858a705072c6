from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TierCase


@tagged("post_install", "-at_install")
class TestLooseFiles(TierCase):
    """X3: what somebody uploads, and has not sent yet, is theirs alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Admin")
        cls.customer = cls.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "3"})

    def upload(self, user, **vals):
        values = {"name": "contract.txt", "raw": b"secret", "res_model": "mail.compose.message", "res_id": 0}
        return self.env["ir.attachment"].with_user(user).create({**values, **vals})

    def find(self, user, *conditions):
        return self.env["ir.attachment"].with_user(user).search([("name", "=", "contract.txt"), *conditions])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_waiting_file_is_no_administrators(self):
        file = self.upload(self.officer)
        theirs = file.with_user(self.admin)
        for conditions in ((), [("res_model", "=", "mail.compose.message")], [("res_id", "=", False)]):
            self.assertFalse(self.find(self.admin, *conditions))
        for attempt in (
            lambda: theirs.read(["raw"]),
            lambda: theirs.write({"raw": b"another"}),
            lambda: theirs.write({"res_model": "res.partner", "res_id": self.admin.partner_id.id}),
            theirs.unlink,
            theirs.copy,
            lambda: self.env["ir.binary"].with_user(self.admin)._find_record(res_id=file.id).check_access("read"),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertEqual((file.raw, file.exists()), (b"secret", file))

    def test_uploader_sends_it(self):
        file = self.upload(self.officer)
        self.assertEqual(self.find(self.officer), file)
        message = self.customer.with_user(self.officer).message_post(body="Signed", attachment_ids=file.ids)
        self.assertEqual((message.attachment_ids, file.res_id), (file, self.customer.id))

    def test_administrators_keep_what_is_for_all(self):
        public = self.upload(self.officer, public=True)
        mine = self.upload(self.admin)
        of_contact = self.upload(self.officer, res_model="res.partner", res_id=self.admin.partner_id.id)
        self.assertEqual(self.find(self.admin), public | mine | of_contact)
