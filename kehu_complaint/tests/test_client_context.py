from odoo.addons.rpc.controllers import json2
from odoo.service import model as service
from odoo.tests import tagged

from .test_service_mail import ServiceMailCase

SWITCHES = dict.fromkeys(
    (
        "import_file",
        "install_mode",
        "kehu_approval_reminder",
        "kehu_subscribe_later",
        "mail_activity_automation_skip",
        "mail_auto_subscribe_no_notify",
        "mail_create_nolog",
        "mail_create_nosubscribe",
        "mail_notrack",
        "tracking_disable",
    ),
    True,
)


@tagged("post_install", "-at_install")
class TestClientContext(ServiceMailCase):
    """A6, A14: no client switches off what follows from a call: who follows, is told, is thanked, and what is noted."""

    def call(self, records, user, method, *args, **context):
        """Call as a client of ``user`` does."""
        arguments = list(args) if method == "create" else [records.ids, *args]
        return service.call_kw(
            records.with_env(self.env).with_user(user), method, arguments, {"context": context or SWITCHES}
        )

    def created(self):
        complaint_id = self.call(
            self.env["kehu.complaint"],
            self.taker,
            "create",
            {"name": "Broken", "partner_id": self.customer.id, "user_id": self.handler.id, "desk_id": self.desk.id},
        )
        return self.env["kehu.complaint"].browse(complaint_id)

    def assertTold(self, complaint, user):
        self.assertTrue(
            self.env["mail.message"].search(
                [
                    ("model", "=", complaint._name),
                    ("res_id", "=", complaint.id),
                    ("partner_ids", "in", user.partner_id.ids),
                ]
            )
        )

    def test_handler_follows_and_customer_is_thanked(self):
        complaint = self.created()
        self.assertTrue(complaint.is_confirmation_due)
        self.assertTrue(complaint.message_ids)
        self.assertLessEqual((self.taker | self.handler).partner_id, complaint.message_partner_ids)
        self.assertTold(complaint, self.handler)

    def test_next_handler_follows_and_is_told(self):
        complaint = self.created()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.call(complaint, self.handler, "write", {"user_id": self.supervisor.id})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn(self.supervisor.partner_id, complaint.message_partner_ids)
        self.assertTold(complaint, self.supervisor)
        self.assertTrue(complaint.message_ids.tracking_value_ids)

    def test_held_reply_is_taken_off_the_list(self):
        complaint = self.mail()
        complaint.sudo()._service_confirm()
        self.answer(complaint, sender="Secretary <secretary@elsewhere.example.com>", body="Photos attached.")
        message = complaint.held_message_ids
        reminder = complaint.activity_ids.filtered(lambda activity: "secretary@" in activity.summary)
        self.assertTrue(message and reminder)
        self.call(message, self.taker, "action_kehu_reply_is_customers")
        self.env.invalidate_all()
        self.assertFalse(complaint.held_message_ids or reminder.exists())

    def test_each_protocol_asks_for_methods_here(self):
        self.assertIs(json2.get_public_method, service.get_public_method)

    def test_what_adds_is_seen(self):
        complaint = self.created()
        reader = self.service_user("test_reader", "service_user", "Wei")
        service.call_kw(
            complaint.with_user(self.handler),
            "message_post",
            [complaint.ids],
            {"body": "See", "partner_ids": reader.partner_id.ids, "context": {"mail_post_autofollow": True}},
        )
        self.assertIn(reader.partner_id, complaint.message_partner_ids)

    def test_import_from_file_thanks_nobody(self):
        import_ = (
            self.env["base_import.import"]
            .with_user(self.supervisor)
            .create(
                {"res_model": "kehu.complaint", "file_type": "text/csv", "file": b"name,contact_name\nOld one,Huang\n"}
            )
        )
        result = service.call_kw(
            import_,
            "execute_import",
            [
                import_.ids,
                ["name", "contact_name"],
                ["name", "contact_name"],
                {"quoting": '"', "separator": ",", "has_headers": True},
            ],
            {"context": SWITCHES},
        )
        complaint = self.env["kehu.complaint"].browse(result["ids"])
        self.assertEqual((complaint.name, complaint.is_confirmation_due), ("Old one", False))
