from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.mail.tests.common import MailCase

from .common import TierCase

# What differs between any two requests: who they are, when they were made, and what was typed.
OWN = {
    "id",
    "create_date",
    "write_date",
    "display_name",
    "customer",
    "res_model",
    "res_id",
}


@tagged("post_install", "-at_install")
class TestAccessRequest(MailCase, TierCase):
    """X4: who may not read a customer asks for it, learns nothing by asking, and is told of the answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = [Command.set(cls.officer.ids)]
        (cls.employee + cls.officer).lang = "en_US"
        cls.customer = cls.file_customer(cls.officer, name="Secret Customer", ref="C-17", kehu_tier="3", user_id=False)

    def ask(self, user=None, **vals):
        requests = self.env["kehu.access.request"].with_user(user or self.employee)
        return requests.create({"customer": "C-17", "purpose": "Prepares the contract", **vals})

    def reminded(self, record):
        return self.env["mail.activity"].search([("res_model", "=", record._name), ("res_id", "=", record.id)])

    def test_officers_are_told_and_grant_what_was_asked_for(self):
        request = self.ask()
        self.assertEqual(self.reminded(request).user_id, self.officer)
        as_officer = request.with_user(self.officer)
        self.assertEqual(as_officer.customer_label, "Secret Customer")
        action = as_officer.action_grant()
        self.assertEqual(action["target"], "new", "a dialog, whose button saves the grant")
        grants = self.env["kehu.grant"].with_user(self.officer).with_context(action["context"])
        with Form(grants) as form:
            form.date_until = fields.Datetime.now() + timedelta(days=3)
        grant = form.record
        self.assertEqual((grant.user_id, grant.partner_id), (self.employee, self.customer))
        self.assertEqual(request.state, "granted")
        with self.assertRaisesRegex(UserError, "“Granted” now"), self.env.cr.savepoint():
            grant.copy({"request_id": request.id, "user_id": self.employee.id})
        self.assertFalse(self.reminded(request))
        activity = self.reminded(grant)
        self.assertEqual(activity.user_id, self.employee)
        self.assertTrue(activity.with_user(self.employee).has_access("read"))
        self.assertTrue(self.customer.with_user(self.employee).has_access("read"))
        action = grant.with_user(self.employee).action_open_customer()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.customer.id))
        activity.with_user(self.employee).action_done()

    def test_grant_of_a_later_day_is_told_by_mail(self):
        now = fields.Datetime.now()
        for days, places in ((1, (0, 1)), (0, (1, 0))):
            with self.mock_mail_gateway():
                grant = (
                    self.env["kehu.grant"]
                    .with_user(self.officer)
                    .create(
                        {
                            "user_id": self.employee.id,
                            "partner_id": self.customer.id,
                            "purpose": "Prepares the contract",
                            "date_from": now + timedelta(days=days),
                            "date_until": now + timedelta(days=3),
                        }
                    )
                )
            told = self.reminded(grant).filtered(lambda activity: activity.user_id == self.employee)
            self.assertEqual((len(told), len(self._new_mails)), places)
            self.assertNotIn("Secret", str(self._new_mails.mapped("body_html")))

    def test_asking_reveals_nothing(self):
        """What exists and what does not look alike, in the answer and in all that may be read later."""
        partners = self.env["res.partner"]
        shown = []
        for vals in (
            {"customer": "C-17"},
            {"customer": "C-99"},
            {"customer": "x", "res_model": "res.partner", "res_id": self.customer.id},
            {
                "customer": "x",
                "res_model": "res.partner",
                "res_id": partners.search([], order="id desc", limit=1).id + 9,
            },
            {"customer": "x", "res_model": "no.such.model", "res_id": 1},
        ):
            request = self.ask(**vals)
            self.env.invalidate_all()
            readable = request.fields_get(attributes=["type"])
            self.assertFalse({"customer_id", "customer_label"} & readable.keys())
            values = request.read(list(readable))[0]
            shown.append(
                {
                    name: len(value) if isinstance(value, list) else value
                    for name, value in values.items()
                    if name not in OWN
                }
            )
            self.assertNotIn("Secret", str(values))
            for name in ("customer_id", "customer_label"):
                with self.assertRaises(AccessError):
                    request.read([name])
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                request.search([("customer_id", "=", self.customer.id)])
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                request.action_grant()
        self.assertEqual(len({str(values) for values in shown}), 1)

    def test_record_that_is_met_tells_the_customer(self):
        person = self.env["res.partner"].create({"name": "Person", "parent_id": self.customer.id})
        request = self.ask(customer="x", res_model="res.partner", res_id=person.id)
        self.assertEqual(request.sudo().customer_id, self.customer.id)

    def test_number_that_no_record_has_is_refused_in_words(self):
        for number in (2**31, -(2**40), 2**70):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(ValidationError, "too large"),
                self.env.cr.savepoint(),
            ):
                self.ask(res_model="res.partner", res_id=number)
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(ValidationError, "too large"), self.env.cr.savepoint():
            self.ask(self.officer).sudo().write({"customer_id": 2**31})
            self.env.flush_all()

    def test_refusal_of_a_record_offers_to_ask(self):
        with self.assertRaises(AccessError) as refused:
            self.customer.with_user(self.employee).read(["name"])
        met = refused.exception.context["kehu_access_request"]
        with Form(self.env["kehu.access.request"].with_user(self.employee).with_context(**met)) as form:
            self.assertIn(f"#{self.customer.id}", form.customer)
            form.purpose = "Prepares the contract"
        self.assertEqual(form.record.sudo().customer_id, self.customer.id)

    def test_refusal_is_told_with_its_reason(self):
        request = self.ask()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            request.workflow_move("refuse", "No")
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            request.with_user(self.officer).workflow_move("refuse")
        request.with_user(self.officer).workflow_move("refuse", "Not your customer")
        self.assertEqual(self.reminded(request).user_id, self.employee)
        self.assertIn("Not your customer", request.workflow_log_ids.mapped("reason"))

    def test_refusing_is_not_the_main_button(self):
        requests = self.env["kehu.access.request"].with_user(self.officer)
        buttons = etree.fromstring(requests.get_view(view_type="form")["arch"]).xpath("//header/button")
        self.assertEqual(buttons[0].get("name"), "action_grant")
        self.assertEqual([button for button in buttons if "btn-primary" in button.get("class", "")], buttons[:1])

    def test_many_are_refused_with_one_reason(self):
        requests = (self.ask() + self.ask(customer="C-99") + self.ask(self.salesman)).sudo()
        as_officer = requests.with_user(self.officer)
        self.assertIn("refuse", as_officer.get_view(view_type="list")["arch"])
        dialog = as_officer.action_workflow_move("refuse")
        wizard = self.env[dialog["res_model"]].with_user(self.officer).with_context(**dialog["context"])
        with Form(wizard) as form:
            form.reason = "Not yours to prepare"
        form.record.action_confirm()
        self.assertEqual(set(requests.mapped("state")), {"refused"})
        self.assertEqual(set(requests.workflow_log_ids.mapped("reason")), {"Not yours to prepare"})
        self.assertEqual(self.reminded(requests[2]).user_id, self.salesman)

    def test_officers_filter_what_waits_too_long(self):
        late, today = self.ask(), self.ask()
        self.reminded(late).date_deadline = fields.Date.context_today(late) - timedelta(days=1)
        requests = self.env["kehu.access.request"].with_user(self.officer)
        [found] = etree.fromstring(requests.get_view(view_type="search")["arch"]).xpath("//filter[@name='late']")
        waiting = requests.search(safe_eval(found.get("domain")))
        self.assertEqual(waiting & (late + today).with_env(requests.env), late.with_env(requests.env))

    def test_request_is_nobody_elses(self):
        request = self.ask()
        self.assertFalse(request.with_user(self.salesman).search([]))
        for vals in ({"purpose": "x"}, {"customer_id": 1}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                request.write(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.ask(customer_id=self.customer.id)
        portal = new_test_user(self.env, "test_portal", "base.group_portal")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.ask(portal)
        with self.assertRaisesRegex(AccessError, "another user's"), self.env.cr.savepoint():
            self.env["kehu.grant"].with_user(self.officer).create(
                {
                    "user_id": self.salesman.id,
                    "partner_id": self.customer.id,
                    "purpose": "x",
                    "date_until": fields.Datetime.now() + timedelta(days=3),
                    "request_id": request.id,
                }
            )
        request.workflow_move("withdraw")
        self.assertFalse(self.reminded(request))

    def test_added_right_changes_no_request(self):
        self.env["ir.model.access"].search([("model_id.model", "=", "kehu.access.request")]).perm_write = True
        request = self.ask()
        for user in (self.employee, self.officer):
            with self.assertRaisesRegex(AccessError, "by the server alone"), self.env.cr.savepoint():
                request.with_user(user).write({"purpose": "Something else"})
        request.message_post(body="It is urgent")
        request.workflow_move("withdraw")
        self.assertEqual(request.state, "withdrawn")

    def test_officers_learn_no_customer_by_asking(self):
        for user in (self.officer, self.employee):
            request = self.ask(user, customer="x", res_model="res.partner", res_id=self.customer.id)
            self.assertEqual(request.sudo().customer_id, self.customer.id if user == self.employee else 0)

    def test_officers_see_no_request_about_what_they_are_kept_from(self):
        second = new_test_user(self.env, "test_second", "kehu_confidential.group_tier_officer")
        report = self.env["kehu.leak.report"].create(
            {"name": "x", "what": "x", "remedy": "x", "responsible_user_ids": self.officer.ids}
        )
        request = self.ask(customer="Report", res_model=report._name, res_id=report.id)
        self.assertEqual(self.reminded(request).user_id, second)
        requests = self.env["kehu.access.request"]
        self.assertFalse(requests.with_user(self.officer).search([("id", "=", request.id)]))
        for user in (second, self.employee):
            self.assertTrue(requests.with_user(user).search([("id", "=", request.id)]))
        with self.assertRaises(AccessError):
            request.with_user(self.officer).read(["customer"])
