import json

from odoo import http
from odoo.tests import HttpCase, tagged

from .test_manual_fields import ManualFieldsCase


@tagged("post_install", "-at_install")
class TestReportNames(HttpCase, ManualFieldsCase):
    """X3: the name of a printed file says no more than the document does."""

    def test_name_of_a_printed_file_shows_nothing_hidden(self):
        self.add_fields({"x_barcode": {"related": "parent_id.barcode"}})
        self.env["ir.actions.report"].create(
            {
                "name": "Note",
                "model": "res.partner",
                "report_type": "qweb-text",
                "report_name": "kehu_confidential.test_name",
                "print_report_name": "'%s %s' % (object.name, object.x_barcode)",
            }
        )
        self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "Note",
                "key": "kehu_confidential.test_name",
                "arch": "<t><t t-foreach='docs' t-as='doc' t-out='doc.name'/></t>",
            }
        )
        for user, is_shown in ((self.spy, False), (self.officer, True)):
            self.authenticate(user.login, user.login)
            answer = self.url_open(
                "/report/download",
                data={
                    "data": json.dumps([f"/report/text/kehu_confidential.test_name/{self.branch.id}", "qweb-text"]),
                    "csrf_token": http.Request.csrf_token(self),
                },
            )
            self.assertEqual(answer.text.strip(), "Branch")
            self.assertIn("Branch", answer.headers["Content-Disposition"])
            self.assertEqual("M555" in answer.headers["Content-Disposition"], is_shown, user.login)
