from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestComputedFields(TierCase):
    """X2, X3, X5: Odoo lets whoever may write a record overwrite what is computed of it. Where a rule, an address or a
    template so says something else than people see, nobody can.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "computed_admin", "base.group_system,base.group_partner_manager")
        cls.domain = cls.env["mail.alias.domain"].create({"name": "computed.example.com"})

    def assert_refused(self, record, values, user=None):
        with self.assertRaisesRegex(AccessError, "filled by the system"), self.env.cr.savepoint():
            record.with_user(user or self.admin).with_context(lang="en_US").sudo(False).write(values)

    def test_no_computed_field_is_written_past_what_is_noted(self):
        tried = 0
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or not model._kehu_is_computed_alone():
                continue
            record = model.sudo().with_context(active_test=False).search([], limit=1)
            for field in record and model._kehu_computed_alone():
                tried += 1
                with self.assertRaises(UserError, msg=f"{name}.{field}"), self.env.cr.savepoint():
                    record.with_user(self.admin).sudo(False).write({field: record[field]})
        self.assertGreater(tried, 10)

    def test_what_decides_is_not_overwritten(self):
        kind = self.env["ir.model"]._get_id
        rule = self.env["ir.rule"].create(
            {"name": "All", "model_id": kind("res.partner.category"), "domain_force": "[]"}
        )
        alias = self.env["mail.alias"].create(
            {"alias_name": "computed", "alias_domain_id": self.domain.id, "alias_model_id": kind("res.partner")}
        )
        template = self.env["mail.template"].create({"name": "Template", "model_id": kind("res.partner")})
        approvals = self.env["kehu.approval.rule"].search([], limit=1)
        for record, values in (
            (rule, {"global": False}),  # it would hold for nobody
            (alias, {"alias_full_name": "desk@computed.example.com"}),  # where mails arrive
            (template, {"model": "res.users"}),
            (approvals, {"res_model": "res.partner"}),
            (self.env.company.currency_id, {"decimal_places": 7}),
            (self.officer, {"share": True}),
            (self.officer, {"email_normalized": "admin@computed.example.com"}),
            (self.officer.partner_id, {"email_normalized": "admin@computed.example.com"}),
        ):
            self.assert_refused(record, values)

    def test_address_of_a_customer_is_what_people_see(self):
        customer = self.file_customer(email="customer@computed.example.com")
        other = self.file_customer(name="Other")
        for values in (
            {"email_normalized": "clerk@computed.example.com"},
            {"partner_share": False},
            {"complete_name": "Somebody"},
            {"commercial_partner_id": other.id},
            {"child_ids": [(0, 0, {"name": "Person"})], "email_normalized": "clerk@computed.example.com"},
        ):
            self.assert_refused(customer, values, self.clerk)
        contacts = self.env["res.partner"].with_user(self.clerk)
        for context, values in (
            ({}, {"email_normalized": "clerk@computed.example.com"}),
            ({"default_email_normalized": "clerk@computed.example.com"}, {}),
        ):
            made = contacts.with_context(**context).create(
                {"name": "Made", "email": "made@computed.example.com", **values}
            )
            self.assertEqual(made.email_normalized, "made@computed.example.com")
        customer.with_user(self.clerk).email = "New <new@computed.example.com>"
        self.assertEqual(customer.email_normalized, "new@computed.example.com")

    def test_mails_arrive_where_the_alias_says(self):
        user = self.admin
        alias = (
            self.env["mail.alias"]
            .with_user(user)
            .create(
                {
                    "alias_name": "renamed",
                    "alias_domain_id": self.domain.id,
                    "alias_full_name": "desk@computed.example.com",
                    "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                }
            )
        )
        self.assertEqual(alias.alias_full_name, "renamed@computed.example.com")
        alias.alias_name = "again"
        self.assertEqual(alias.alias_full_name, "again@computed.example.com")
