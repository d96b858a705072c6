import base64

from odoo.tests import tagged

from .test_service_mail import ServiceMailCase

SUBJECT = "移动电源漏液，朱镕"  # the last character is not in GB2312
FILE = "照片镕.jpg"


def word(data, charset=b"GB2312"):
    return b"=?" + charset + b"?B?" + base64.b64encode(data) + b"?="


@tagged("post_install", "-at_install")
class TestMailHeaders(ServiceMailCase):
    """C1: what mail programs in China write into headers is read."""

    def take(self, number, subject, disposition=b""):
        """Return the complaint of a mail with these bytes as subject, and with a file so described."""
        file = (
            b"--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n "
            + disposition
            + b"\r\n\r\neHg=\r\n"
            if disposition
            else b""
        )
        return self.take_in(
            b"From: Li <li@customer.example.com>\r\nTo: complaints@ruida.example.com\r\n"
            b"Message-ID: <headers%d@customer.example.com>\r\nSubject: " % number + subject + b"\r\n"
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=gbk\r\n\r\n"
            + SUBJECT.encode("gbk")
            + b"\r\n"
            + file
            + b"--b--\r\n"
        )

    def test_subjects_are_read_however_they_are_written(self):
        gbk, utf8 = SUBJECT.encode("gbk"), SUBJECT.encode()
        for number, subject in enumerate(
            (
                word(gbk[:5]) + b"\r\n " + word(gbk[5:], b"gb2312"),  # split inside a character
                word(utf8[:4], b"utf-8") + b" " + word(utf8[4:], b"UTF-8"),
                gbk,
                utf8,
                word(gbk, b"unknown-8bit"),
                word(gbk, b"rot13"),
            )
        ):
            with self.subTest(subject):
                self.assertEqual(self.take(number, subject).name, SUBJECT)

    def test_text_that_looks_like_a_header_stays(self):
        text = "Content-Type: 您转来的邮件"
        complaint = self.take_in(
            b"From: Li <li@customer.example.com>\r\nTo: complaints@ruida.example.com\r\nMessage-ID: <t@x.example.com>\r\n"
            b"Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n" + text.encode() + b"\r\n"
        )
        self.assertIn(text, complaint.description)

    def test_words_that_cannot_be_read_stop_no_mail(self):
        for number, subject in enumerate((b"=?gbk?B?A?=", b"=?gbk?B?", b"=?utf-8?Q?=zz?=", b"=?idna?B?/w==?=")):
            with self.subTest(subject):
                self.assertTrue(self.take(number, subject).name)

    def test_names_of_files_are_read_however_they_are_written(self):
        gbk = FILE.encode("gbk")
        escaped = b"".join(b"%%%02X" % byte for byte in gbk)
        for number, disposition in enumerate(
            (
                b'filename="' + word(gbk) + b'"',
                b'filename="' + word(gbk[:5]) + b" " + word(gbk[5:]) + b'"',
                b"filename*=gb2312''" + escaped,
                b'filename="' + gbk + b'"',
                b'filename="' + FILE.encode() + b'"',
            )
        ):
            with self.subTest(disposition):
                complaint = self.take(number, b"x", disposition)
                self.assertEqual(complaint.message_ids.attachment_ids.mapped("name"), [FILE])
                self.assertIn(SUBJECT, complaint.description)
