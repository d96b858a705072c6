from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .flow_case import FlowCase
from .markers import CONTENT, QUIET


@tagged("post_install", "-at_install")
class TestStoredForUsers(FlowCase, MockEmail):
    """X3, A9: what Odoo stores as superuser for a user reads, changes and deletes nothing of others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls.markers.customers["3"]
        cls.staff = new_test_user(cls.env, "staff", "base.group_user", email="staff@example.com")
        cls.file = cls.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", cls.secret.id)], limit=1
        )
        cls.message = cls.secret.message_ids[:1]
        template = cls.env["mail.template"].create(
            {"name": "News", "model_id": cls.partner_model, "subject": "News", "body_html": "<p>News</p>"}
        )
        cls.template = template.with_user(cls.staff)
        cls.env.flush_all()

    def send(self, user=None, **values):
        return self.template.with_user(user or self.staff).send_mail(self.open.id, email_values=values)

    def assertRefused(self, call):
        with self.assertRaises(AccessError), mute_logger(*QUIET), self.env.cr.savepoint():
            call()

    def test_mail_of_a_template_takes_no_file_that_is_not_read(self):
        for command in (Command.link(self.file.id), Command.set(self.file.ids), self.file.id, [4.0, str(self.file.id)]):
            self.assertRefused(lambda command=command: self.send(email_to="me@example.org", attachment_ids=[command]))
        mail = self.send(self.cleared, email_to="me@example.org", attachment_ids=[Command.link(self.file.id)])
        self.assertEqual(self.env["mail.mail"].sudo().browse(mail).attachment_ids, self.file)

    def test_mail_of_a_template_changes_and_deletes_nothing(self):
        for values in (
            {"attachment_ids": [Command.update(self.file.id, {"public": True})]},
            {"attachment_ids": [Command.delete(self.file.id)]},
            {"attachment_ids": [Command.create({"name": "x", "res_model": "res.partner", "res_id": self.secret.id})]},
            {"recipient_ids": [Command.update(self.secret.id, {"email": "me@example.org"})]},
            {"recipient_ids": [Command.link(self.secret.id)]},
            {"child_ids": [Command.update(self.message.id, {"body": "forged"})]},
            {"mail_message_id": self.message.id},
            {"model": "res.partner", "res_id": self.secret.id},
            {"headers": "{'Bcc': 'me@example.org'}"},
        ):
            self.assertRefused(lambda values=values: self.send(**values))

    def test_mail_of_a_template_leaves_in_nobody_elses_name(self):
        for values in ({"author_id": self.cleared.partner_id.id}, {"email_from": "Boss <cleared@example.com>"}):
            mail = self.env["mail.mail"].sudo().browse(self.send(email_to="me@example.org", **values))
            self.assertEqual((mail.author_id, mail.email_from), (self.staff.partner_id, self.staff.email_formatted))
        mail = (
            self.env["mail.mail"]
            .sudo()
            .browse(
                self.send(
                    author_id=self.staff.partner_id.id,
                    email_from=self.staff.email_formatted,
                    email_to="friend@example.org",
                    recipient_ids=[Command.link(self.open.id)],
                )
            )
        )
        self.assertEqual((mail.email_to, mail.recipient_ids), ("friend@example.org", self.open))

    def test_own_account_reaches_no_row_of_others(self):
        bank, key = self.secret.bank_ids[:1], self.env["res.users.apikeys"]
        customer = new_test_user(self.env, "a_customer", "base.group_portal")
        for user in (self.staff, self.clerk, customer):
            mine = user.with_user(user)
            for command in (
                Command.update(bank.id, {"partner_id": user.partner_id.id}),
                Command.update(bank.id, {"message_ids": [Command.update(self.message.id, {"body": "forged"})]}),
                Command.link(bank.id),
                Command.delete(bank.id),
            ):
                self.assertRefused(lambda command=command: mine.write({"employee_bank_account_ids": [command]}))
            self.assertEqual(bank.acc_number, f"{CONTENT}3")
        key = self.env["res.users.apikeys"].browse(
            key.with_user(self.cleared).sudo()._generate("rpc", "key", None)
            and self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.cleared.id)]).id
        )
        mine = self.staff.with_user(self.staff)
        for command in (Command.delete(key.id), Command.unlink(key.id), Command.link(key.id)):
            self.assertRefused(lambda command=command: mine.write({"api_key_ids": [command]}))

    def test_own_account_is_changed_as_ever(self):
        employee = self.env["hr.employee"].create({"name": "Staff", "user_id": self.staff.id})
        mine = self.staff.with_user(self.staff)
        mine.write({"signature": "<p>Regards</p>", "tz": "Asia/Shanghai"})
        if "resume_line_ids" in mine._fields:
            kind = self.env["hr.resume.line.type"].search([], limit=1)
            line = {"name": "Studies", "date_start": "2020-01-01", "line_type_id": kind.id}
            mine.write({"resume_line_ids": [Command.create(line)]})
            added = employee.resume_line_ids.filtered(lambda row: row.name == "Studies")
            mine.write({"resume_line_ids": [Command.update(added.id, {"name": "School"})]})
            self.assertEqual(added.name, "School")
            mine.write({"resume_line_ids": [Command.delete(added.id)]})
            self.assertFalse(added.exists())

    def test_token_goes_to_the_customer_alone(self):
        order = self.env["sale.order"].create({"partner_id": self.markers.customers["2"].id})
        token = order._portal_ensure_token()
        template = self.env["mail.template"].create(
            {
                "name": "Order",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "Order",
                "use_default_to": False,
                "body_html": f'<a href="/my/orders/{order.id}?access_token=">Order</a>',
            }
        )
        self.env.flush_all()
        address = order.partner_id.email
        for user in (self.clerk, self.cleared):
            for values in (
                {"email_to": f"{address}, me@example.org"},
                {"email_to": address, "email_cc": "me@example.org"},
                {"recipient_ids": [Command.link(order.partner_id.id)], "email_cc": "me@example.org"},
                {"email_to": address},
            ):
                if user == self.clerk and "recipient_ids" in values:
                    continue
                mail = template.with_user(user).send_mail(order.id, email_values={"recipient_ids": [], **values})
                self.env.flush_all()
                with self.mock_mail_gateway():
                    self.env["mail.mail"].sudo().browse(mail).send()
                others = [sent for sent in self._mails if "me@example.org" in f"{sent['email_to']} {sent['email_cc']}"]
                shown = any(token in str(sent["body"]) for sent in self._mails)
                if user == self.clerk:
                    self.assertEqual(any(token in str(sent["body"]) for sent in others), False, values)
                    self.assertEqual(shown, not others, values)
                else:
                    self.assertTrue(shown, values)
