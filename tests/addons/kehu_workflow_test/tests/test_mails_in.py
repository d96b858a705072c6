from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import CaseCommon

MAIL = """From: Sender <sender@outside.example.com>
To: {to}
Subject: {subject}
Message-ID: <{subject}@outside.example.com>

Words."""


@tagged("post_install", "-at_install")
class TestMailsIn(CaseCommon):
    """X3: Odoo makes documents of mails in superuser mode, with whatever values come along: the server takes mails in,
    and they write to no other record.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(cls.env, "mails_employee", "base.group_user", lang="en_US")
        cls.portal = new_test_user(cls.env, "mails_portal", "base.group_portal", lang="en_US")
        # Odoo's gateway must be an administrator.
        cls.gateway = new_test_user(cls.env, "mails_gateway", "base.group_system", lang="en_US")
        cls.other = cls.env["res.partner"].create({"name": "Other"})
        cls.bank = cls.env["res.partner.bank"].create({"acc_number": "6222000", "partner_id": cls.other.id})
        cls.taking = {
            "bank_ids": [(4, cls.bank.id)],
            "child_ids": [(4, cls.other.id), (1, cls.other.id, {"name": "Renamed"})],
            "user_ids": [
                (
                    0,
                    0,
                    {
                        "login": "mails_forged",
                        "name": "Forged",
                        "group_ids": [(4, cls.env.ref("base.group_system").id)],
                    },
                )
            ],
        }

    def assert_nothing_taken(self):
        self.assertEqual((self.other.name, self.other.parent_id.id, self.bank.partner_id), ("Other", False, self.other))
        self.assertFalse(self.env["res.users"].search([("login", "=", "mails_forged")]))

    def test_nobody_takes_in_a_mail_with_values(self):
        for user in (self.employee, self.portal, self.gateway):
            for number, values in enumerate(({"custom_values": self.taking}, {"thread_id": self.other.id})):
                raw = MAIL.format(to="x@example.com", subject=f"taken-{user.id}-{number}")
                with self.assertRaisesRegex(AccessError, "without any values"):
                    call_kw(self.env["res.partner"].with_user(user), "message_process", ["res.partner", raw], values)
        for user in (self.employee, self.portal):
            with self.assertRaisesRegex(AccessError, "gateway alone"):
                raw = MAIL.format(to="x@example.com", subject=f"taken-{user.id}")
                call_kw(self.env["res.partner"].with_user(user), "message_process", ["res.partner", raw], {})
        self.assert_nothing_taken()

    def test_mail_to_an_alias_writes_to_no_other_record(self):
        domain = self.env["mail.alias.domain"].create({"name": "mails-in.example.com"})
        tag = self.env["res.partner.category"].create({"name": "By mail"})
        self.env["mail.alias"].create(
            {
                "alias_name": "contacts",
                "alias_domain_id": domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                "alias_defaults": repr({**self.taking, "category_id": [(4, tag.id)]}),
            }
        )
        raw = MAIL.format(to="contacts@mails-in.example.com", subject="By-mail")
        call_kw(self.env["mail.thread"].with_user(self.gateway), "message_process", [False, raw], {})
        self.assertEqual(self.env["res.partner"].search([("name", "=", "By-mail")]).category_id, tag)
        self.assert_nothing_taken()
