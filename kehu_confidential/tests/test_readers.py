from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestReaders(TierCase):
    """X4, X7: officers are shown who can read a customer or a document, and by what right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Marker Ltd", "is_company": True})
        cls.seller = new_test_user(cls.env, "test_seller", "base.group_user", name="Seller")
        cls.other = new_test_user(cls.env, "test_other", "base.group_user", name="Other")
        cls.officer.lang = "en_US"
        cls.customer.sudo().write({"user_id": cls.seller.id, "kehu_tier": "3"})
        cls.env.flush_all()

    def readers(self, document, user=None):
        dialog = self.env["kehu.readers"].with_user(user or self.officer)
        dialog = dialog.with_context(active_model=document._name, active_id=document.id)
        return {
            self.env["res.users"].browse(command[2]["user_id"]): command[2]["reasons"].split("\n")
            for command in dialog.default_get(["line_ids"])["line_ids"]
        }

    def test_readers_are_those_who_can_read(self):
        readers = self.readers(self.customer)
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        for user in users:
            self.assertEqual(user in readers, self.customer.with_user(user).has_access("read"), user.login)
        self.assertIn("Salesperson", readers[self.seller])
        self.assertIn("Clearance: Top secret", readers[self.officer])
        self.assertNotIn(self.other, readers)

    def test_open_customer_has_a_reason_for_each_reader(self):
        customer = self.env["res.partner"].create({"name": "Open"})
        readers = self.readers(customer)
        self.assertEqual(readers[self.other], ["Below confidential"])
        self.assertTrue(all("".join(reasons) for reasons in readers.values()))

    def test_grant_is_a_reason(self):
        self.env["kehu.grant"].with_user(self.officer).create(
            {
                "user_id": self.other.id,
                "partner_id": self.customer.id,
                "purpose": "A visit",
                "date_until": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.assertIn("Grant", self.readers(self.customer)[self.other])

    def test_readers_of_other_companies_and_any_rule(self):
        other = self.env["res.company"].create({"name": "Another company"})
        self.seller.write({"company_ids": [Command.link(other.id)]})
        self.seller.company_id = other
        self.seller.company_ids -= self.env.company
        group, model = self.env.ref("base.group_user"), self.env["ir.model"]._get("kehu.leak.report")
        for domain in (False, "[('create_date.year_number', '=', 1)]", "[('id', 'in', company_ids)]"):
            self.env["ir.rule"].create(
                {"name": "Any", "model_id": model.id, "groups": [Command.link(group.id)], "domain_force": domain}
            )
        report = (
            self.env["kehu.leak.report"]
            .with_user(self.officer)
            .create({"name": "Leak", "what": "A list", "partner_id": self.customer.id})
        )
        self.env.flush_all()
        report = report.with_context(allowed_company_ids=self.env.company.ids)
        dialog = (
            self.env["kehu.readers"]
            .with_user(self.officer)
            .with_context(active_model=report._name, active_id=report.id, allowed_company_ids=self.env.company.ids)
        )
        readers = {command[2]["user_id"] for command in dialog.default_get(["line_ids"])["line_ids"]}
        self.assertIn(self.officer.id, readers)

    def test_dialog_is_for_officers_who_may_read(self):
        for user in (self.seller, self.other):
            with self.assertRaises(AccessError):
                self.readers(self.customer, user)
        uncleared = new_test_user(self.env, "test_uncleared", "base.group_user,kehu_confidential.group_tier_officer")
        with self.assertRaises(AccessError):
            self.readers(self.customer, uncleared)

    def test_dialog_opened_from_elsewhere_says_so(self):
        dialog = self.env["kehu.readers"].with_user(self.officer)
        for name, document_id in (
            (None, None),
            ("res.country", 1),
            ("no.model", 1),
            ("res.partner", "1"),
            ("res.partner", True),
            ([], 1),
        ):
            with self.assertRaisesRegex(UserError, "from a customer"):
                dialog.with_context(active_model=name, active_id=document_id).default_get(["line_ids"])

    def test_dialog_is_offered_to_officers_on_documents(self):
        def offered(user, model):
            bindings = self.env["ir.actions.actions"].with_user(user).get_bindings(model)
            return [action["name"] for action in bindings.get("action", ()) if action["name"] == "Who Can Read This"]

        self.assertTrue(offered(self.officer, "res.partner"))
        self.assertTrue(offered(self.officer, "kehu.leak.report"))
        self.assertFalse(offered(self.officer, "res.country"))
        self.assertFalse(offered(self.officer, "no.model"))
        self.assertFalse(offered(self.seller, "res.partner"))

    def test_employees_cost_what_their_rules_ask(self):
        def cost():
            self.customer._kehu_readers()  # what a process keeps is kept
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.customer._kehu_readers()
            return self.env.cr.sql_log_count - before

        few = cost()
        for number in range(20):
            new_test_user(self.env, f"test_more_{number}", "base.group_user")
        self.assertLessEqual(cost(), few + 20 * 2)  # the units that somebody leads, the decisions that wait for them

    def test_refusal_is_in_words_of_ours(self):
        with self.assertRaisesRegex(AccessError, "take part in it"):
            self.customer.with_user(self.other).check_access("read")
