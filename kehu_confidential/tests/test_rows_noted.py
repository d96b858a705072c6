from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestRowsNoted(TierCase):
    """X5: rows that name a customer and repeat what a document says are noted under the document, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "test_reader",
            "base.group_user,base.group_partner_manager,kehu_confidential.group_clearance_top_secret",
            name="Reader",
        )
        cls.customer = cls.env["res.partner"].create({"name": "Marker Ltd", "is_company": True, "kehu_tier": "3"})

    def noted(self, records, names):
        log = self.env["kehu.access.log"]
        before = log.search([])
        records.with_user(self.reader).read(names)
        return {(entry.res_model, entry.res_id) for entry in log.search([]) - before}

    def test_scheduled_message_is_noted_under_its_document(self):
        message = (
            self.env["mail.scheduled.message"]
            .with_user(self.reader)
            .create(
                {
                    "model": "res.partner",
                    "res_id": self.customer.id,
                    "author_id": self.reader.partner_id.id,
                    "body": "Secret",
                    "scheduled_date": fields.Datetime.now() + timedelta(days=1),
                }
            )
        )
        self.env.flush_all()
        self.assertEqual(self.noted(message, ["body"]), {("res.partner", self.customer.id)})

    def test_label_asked_for_in_the_context_of_a_field_is_noted(self):
        open_one = self.env["res.partner"].create({"name": "Open Ltd"})
        message = open_one.message_post(
            body="Hello", author_id=self.customer.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.customer.email = "marker@example.com"
        self.env.flush_all()
        log = self.env["kehu.access.log"]
        for context, is_noted in (({}, False), ({"show_email": True}, True)):
            before = log.search([])
            row = {"author_id": {"fields": {"display_name": {}}, "context": context}}
            [read] = message.with_user(self.reader).web_read(row)
            self.assertEqual("marker@" in str(read), is_noted)
            entries = {(entry.res_model, entry.res_id) for entry in log.search([]) - before}
            self.assertEqual(("res.partner", self.customer.id) in entries, is_noted)
