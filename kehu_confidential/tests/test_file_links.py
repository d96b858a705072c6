import io
import json
import zipfile

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileWriter as PdfWriter

from .common import TierCase


@tagged("post_install", "-at_install")
class TestFileLinks(HttpCase, TierCase):
    """X3, X5, X6: whoever opens a file reads its document; whatever way a file goes, it leaves an entry."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "test_reader",
            "base.group_user,base.group_partner_manager,kehu_confidential.group_clearance_top_secret",
            name="Reader",
        )
        cls.reader.lang = "en_US"
        cls.customer = cls.env["res.partner"].create({"name": "Quiet Ltd", "is_company": True})
        cls.other = cls.env["res.partner"].create({"name": "Open Ltd", "is_company": True})
        cls.file = cls.env["ir.attachment"].create(
            {"name": "contract.txt", "raw": b"Contract", "res_model": "res.partner", "res_id": cls.customer.id}
        )
        cls.customer.message_post(body="Look", attachment_ids=cls.file.ids)
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        # In a test, reading from a replica and writing the log at once is impossible (tests/test_confidential_log.py
        # does that).
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)

    def sign(self, login):
        """Return the link that the chatter of the customer gives for the file."""
        self.authenticate(login, login)
        answer = self.make_jsonrpc_request(
            "/mail/thread/messages", {"thread_model": "res.partner", "thread_id": self.customer.id, "fetch_params": {}}
        )
        [file] = answer["data"]["ir.attachment"]
        return {name: file[f"{name}_access_token"] for name in ("raw", "thumbnail")}

    def fetch(self, login, address):
        self.authenticate(login, login)
        return self.url_open(address)

    def classify(self):
        self.customer.with_user(self.officer).kehu_tier = "3"
        self.env.flush_all()

    def entries(self):
        self.env.invalidate_all()
        return self.env["kehu.access.log"].search(
            [("partner_id", "=", self.customer.id), ("action", "in", ("file", "export"))]
        )

    def test_signed_link_ends_with_the_right(self):
        signs = self.sign("test_employee")
        address = f"/web/content/{self.file.id}?access_token={signs['raw']}"
        self.assertEqual(self.fetch("test_employee", address).content, b"Contract", "a colleague who may read")
        self.assertNotEqual(self.fetch(None, address).content, b"Contract", "passed on to a visitor")
        thumbnail = f"/web/image/{self.file.id}/thumbnail?access_token={signs['thumbnail']}"
        self.file.thumbnail = self.env.company.logo
        self.env.flush_all()
        seen = self.fetch("test_employee", thumbnail).content
        self.assertNotEqual(self.fetch(None, thumbnail).content, seen)
        self.classify()
        for link in (address, thumbnail):
            for login in ("test_employee", None):
                with self.subTest(link=link, login=login):
                    self.assertNotIn(self.fetch(login, link).content, (b"Contract", seen))
        self.assertEqual(self.fetch("test_reader", address).content, b"Contract")

    def test_customers_link_goes_on_until_the_documents_ends(self):
        visitor = self.env.ref("base.public_user")
        token = self.file.with_user(visitor).sudo()._get_raw_access_token()
        address = f"/web/content/{self.file.id}?access_token={token}"
        self.assertEqual(self.fetch(None, address).content, b"Contract")

    def test_picture_of_confidential_contact_is_not_signed(self):
        self.customer.image_1920 = self.env.company.logo
        self.env.flush_all()
        token = self.customer.with_user(self.employee)._get_avatar_128_access_token()
        address = f"/web/image/res.partner/{self.customer.id}/avatar_128?access_token={token}"
        seen = self.fetch(None, address).content
        self.assertEqual(self.fetch("test_reader", address).content, seen)
        self.classify()
        for login in ("test_employee", None):
            self.assertNotEqual(self.fetch(login, address).content, seen)

    def test_files_in_archives_and_previews_leave_an_entry(self):
        self.classify()
        self.authenticate("test_reader", "test_reader")
        self.entries().unlink()
        self.env.flush_all()
        response = self.url_open(
            "/mail/attachment/zip",
            data={"file_ids": str(self.file.id), "zip_name": "files.zip", "csrf_token": Request.csrf_token(self)},
        )
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            self.assertEqual(archive.read("contract.txt"), b"Contract")
        self.assertEqual(self.entries().mapped("action"), ["file"])
        self.entries().unlink()
        page, writer = io.BytesIO(), PdfWriter()
        writer.add_blank_page(width=100, height=100)
        writer.write(page)
        paper = self.env["ir.attachment"].create(
            {"name": "contract.pdf", "raw": page.getvalue(), "res_model": "res.partner", "res_id": self.customer.id}
        )
        self.env.flush_all()
        self.assertEqual(self.url_open(f"/mail/attachment/pdf_first_page/{paper.id}").status_code, 200)
        self.assertEqual(self.entries().mapped("action"), ["file"])

    def test_app_copies_no_file_to_an_open_contact(self):
        self.classify()
        self.authenticate("test_reader", "test_reader")
        call = {"jsonrpc": "2.0", "params": {"res_model": "res.partner", "res_id": self.other.id, "name": "x.png"}}
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"/html_editor/modify_image/{self.file.id}",
                data=json.dumps(call),
                headers={"Content-Type": "application/json"},
            ).json()
        self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessError")
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", "res.partner"), ("res_id", "=", self.other.id)])
        )
        elsewhere = {"res_model": "res.partner", "res_id": self.other.id}
        with self.assertRaisesRegex(AccessError, "permission"):
            self.file.with_user(self.reader).sudo().copy(elsewhere)
        self.assertTrue(self.file.with_user(self.reader).copy(), "beside the original")
        self.assertTrue(self.file.copy(elsewhere), "by the server itself")
        self.reader.group_ids += self.env.ref("kehu_confidential.group_confidential_export")
        self.entries().unlink()
        self.file.with_user(self.reader).sudo().copy(elsewhere)
        self.assertEqual(self.entries().mapped("action"), ["export"])
