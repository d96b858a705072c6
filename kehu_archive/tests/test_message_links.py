from odoo.tests import HttpCase, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestMessageLinks(ArchiveCase, HttpCase):
    """X3: the address of a message names its document to readers only."""

    def setUp(self):
        super().setUp()
        self.archive = self.file_archive(self.officer, kehu_custodian_id=self.clerk.id)
        self.archive.partner_id.kehu_tier = "3"
        self.message = self.archive.with_user(self.clerk).message_post(body="Said")

    def answer(self, message_id):
        response = self.url_open(f"/mail/view?message_id={message_id}", allow_redirects=False)
        return response.status_code, response.headers["Location"].replace(str(message_id), "ID")

    def test_visitor_is_told_nothing(self):
        status, address = self.answer(self.message.id)
        self.assertEqual((status, address), self.answer(self.message.id + 100000))
        self.assertNotIn("kehu.archive", address)

    def test_user_who_may_not_read_is_told_nothing(self):
        self.authenticate("test_employee", "test_employee")
        self.assertEqual(self.answer(self.message.id), self.answer(self.message.id + 100000))

    def test_reader_comes_to_the_document(self):
        self.authenticate("test_clerk", "test_clerk")
        self.assertIn("kehu.archive", self.answer(self.message.id)[1])
