from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestMailQueue(TierCase):
    """X3: an administrator without clearance sees no mail of a hidden customer in the technical menus."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Marker Ltd", "is_company": True, "kehu_tier": "2", "email": "marker@example.com"}
        )
        cls.open = cls.env["res.partner"].create({"name": "Open Ltd", "is_company": True, "email": "open@example.com"})

    def mail(self, **vals):
        return self.env["mail.mail"].create({"subject": "Marker subject", "body_html": "<p>Marker text</p>", **vals})

    def assertHidden(self, record, domain, *names):
        record = record.with_user(self.admin)
        model = record.browse().with_context(active_test=False)
        for attack in (
            lambda: record.read(list(names)),
            lambda: record.export_data(list(names)),
            lambda: record.web_read({names[0]: {}}),
        ):
            with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
                attack()
            self.assertNotIn("Marker", str(refused.exception))
        self.assertFalse(model.search(domain))
        self.assertEqual(model.search_count(domain), 0)
        self.assertEqual(sum(group["__count"] for group in model.formatted_read_group(domain, [], ["__count"])), 0)
        self.assertFalse(model.search_read(domain, list(names)))

    def test_mail_about_a_hidden_customer(self):
        self.assertHidden(
            self.mail(model="res.partner", res_id=self.customer.id, email_to="marker@example.com"),
            [("subject", "=like", "Marker%")],
            "subject",
            "body_html",
            "email_to",
        )

    def test_mail_to_a_hidden_customer(self):
        self.assertHidden(
            self.mail(recipient_ids=[Command.link(self.customer.id)]),
            [("body_html", "ilike", "Marker")],
            "subject",
            "body_html",
        )

    def test_mail_about_document_of_hidden_customer(self):
        account = self.env["res.partner.bank"].create({"acc_number": "1", "partner_id": self.customer.id})
        self.assertHidden(
            self.mail(model="res.partner.bank", res_id=account.id, email_to="marker@example.com"),
            [("email_to", "ilike", "marker")],
            "email_to",
        )

    def test_mail_of_a_document_of_ours_is_its_readers(self):
        report = (
            self.env["kehu.leak.report"]
            .with_user(self.salesman)
            .create({"name": "Marker", "what": "x", "remedy": "x", "supervisor_id": self.leader.id})
        )
        self.assertHidden(
            self.mail(model="kehu.leak.report", res_id=report.id),
            [("subject", "=like", "Marker%")],
            "subject",
            "body_html",
        )

    def test_notification_of_a_bare_address(self):
        message = self.customer.message_post(body="Marker", subject="Marker")
        notification = self.env["mail.notification"].create(
            {"mail_message_id": message.id, "notification_type": "email", "mail_email_address": "marker@example.com"}
        )
        self.assertHidden(notification, [("mail_email_address", "=like", "marker%")], "mail_email_address")

    def test_message_and_its_schedule(self):
        message = self.customer.message_post(body="Marker", subject="Marker")
        self.assertHidden(message, [("body", "ilike", "Marker")], "body", "subject")
        schedule = self.env["mail.message.schedule"].create(
            {
                "mail_message_id": message.id,
                "scheduled_datetime": "2040-01-01",
                "notification_parameters": '{"x": "Marker"}',
            }
        )
        self.assertHidden(schedule, [("notification_parameters", "ilike", "Marker")], "notification_parameters")

    def test_other_mails_are_seen_and_sent_again(self):
        mail = self.mail(
            model="res.partner", res_id=self.open.id, recipient_ids=[Command.link(self.open.id)], state="exception"
        )
        theirs = mail.with_user(self.admin)
        self.assertEqual(theirs.search([("id", "=", mail.id)]).subject, "Marker subject")
        theirs.mark_outgoing()
        self.assertEqual(mail.state, "outgoing")
        hidden = self.mail(recipient_ids=[Command.link(self.customer.id)])
        self.assertEqual(hidden.with_user(self.officer).sudo().subject, "Marker subject", "the server sends it")
