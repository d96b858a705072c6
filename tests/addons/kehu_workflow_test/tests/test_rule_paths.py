from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestRulePaths(ApprovalCommon):
    """A6, X3: rules are evaluated as superuser, so they look no further than the document, its
    lines and what it names.
    """

    def create_deadline_rule(self, **values):
        return self.env["kehu.deadline.rule"].create(
            {
                "name": "Clock",
                "model_id": self.env["ir.model"]._get_id("kehu.test.case"),
                "stop_domain": "[('state', '=', 'closed')]",
                **values,
            }
        )

    def assert_refused(self, action):
        with self.assertRaisesRegex(ValidationError, "leads to other records"), self.env.cr.savepoint():
            action()

    def test_conditions_stay_with_the_document(self):
        deadline, step = self.create_deadline_rule(), self.rule.step_ids[0]
        domains = (
            "[('child_ids.note', '=like', 'x%')]",
            "['!', ('child_ids.note', '=like', 'x%')]",
            "[('child_ids', 'ilike', 'x')]",
            "[('child_ids', '=', 'x')]",
            "[('child_ids', 'in', ['x'])]",
            "[('child_ids', 'any', [('note', '=like', 'x%')])]",
            "[('parent_id', 'any', [('child_ids.note', '=like', 'x%')])]",
            "[('parent_id.child_ids.note', '=like', 'x%')]",
            "[('user_id.group_ids.name', '=like', 'x%')]",
        )
        for domain in domains:
            for record, name in (
                (self.rule, "domain"),
                (step, "domain"),
                *((deadline, name) for name in ("domain", "start_domain", "stop_domain", "pause_domain")),
            ):
                with self.subTest(domain=domain, record=record._name, name=name):
                    self.assert_refused(lambda record=record, name=name, domain=domain: record.write({name: domain}))

    def test_amounts_and_roles_stay_with_the_document(self):
        deadline = self.create_deadline_rule(step_ids=[Command.create({"recipient": "role", "role": "user_id"})])
        self.assert_refused(lambda: self.rule.write({"amount_path": "child_ids.amount"}))
        self.assert_refused(lambda: self.rule.step_ids[0].write({"role": "child_ids.user_id"}))
        self.assert_refused(lambda: deadline.step_ids.write({"role": "child_ids.user_id"}))

    def test_what_the_document_names_is_looked_at(self):
        domain = (
            "['|', ('create_date', '>', '2020-01-01'), '|', ('child_ids', '!=', False), '|', ('child_ids', "
            "'child_of', 1), "
            "('company_id.country_id.code', '=', 'CN')]"
        )
        self.rule.write({"domain": domain, "amount_path": "amount"})
        self.rule.step_ids[0].write({"domain": domain, "role": "user_id.create_uid"})
        self.create_deadline_rule(
            domain=domain, step_ids=[Command.create({"recipient": "role", "role": "user_id.create_uid"})]
        )
