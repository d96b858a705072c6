from odoo.tests import new_test_user, tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestPolicyKept(GradingCase):
    """G7: payment terms and credit limit that came with the grade are not replaced without a trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env.ref("account.account_payment_term_immediate")
        cls.grade_b.with_company(cls.company).write({"payment_term_id": cls.term.id, "credit_limit": 1000})
        cls.customer = cls.new_customer("Graded")
        cls.accountant = new_test_user(
            cls.env,
            "test_accountant",
            "account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
        )
        cls.sheet = (
            cls.env["kehu.evaluation"]
            .sudo()
            .create({"partner_id": cls.customer.id, "company_id": cls.company.id, "proposed_grade_id": cls.grade_b.id})
        )
        cls.sheet._take_effect()
        cls.before = cls.sheet.activity_ids
        cls.env.flush_all()
        cls.env.cr.flush()

    def change(self, **values):
        """Return what the chatter says of a change by somebody in accounting."""
        messages = self.customer.message_ids
        # The tests of accounting track nothing.
        mine = self.customer.with_user(self.accountant).with_context(tracking_disable=False, mail_notrack=False)
        mine.write(values)
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        return (self.customer.message_ids - messages).sudo().tracking_value_ids.field_id.mapped("name")

    def test_change_of_terms_leaves_a_line(self):
        self.assertEqual(self.customer.credit_limit, 1000)
        self.assertEqual(self.change(credit_limit=9_999_999), ["credit_limit"])
        later = self.env.ref("account.account_payment_term_end_following_month")
        self.assertEqual(self.change(property_payment_term_id=later.id), ["property_payment_term_id"])

    def told(self):
        return self.sheet.activity_ids - self.before

    def test_changed_terms_are_told_to_managers_if_nobody_decided(self):
        self.change(credit_limit=1000.0, phone="+86 20 1234 5678")
        self.assertFalse(self.told(), "nothing differs")
        self.change(credit_limit=9_999_999)
        self.assertIn(self.grading_manager, self.told().user_id)
        self.assertNotIn(self.accountant, self.told().user_id)

    def test_changed_terms_are_told_to_those_who_approved(self):
        rule = self.env["kehu.approval.rule"].search([("res_model", "=", "kehu.evaluation")], limit=1)
        document = {"res_model": "kehu.evaluation", "res_id": self.sheet.id}
        approval = (
            self.env["kehu.approval"]
            .sudo()
            .create(
                {
                    **document,
                    "rule_id": rule.id,
                    "kind": rule.kind,
                    "company_id": self.company.id,
                    "requester_id": self.salesman.id,
                    "state": "approved",
                    "snapshot": {"partner_id": self.customer.id},
                    "digest": "-",
                    "route": [[rule.step_ids[0].id, "count", 1, [], [], ""]],
                    "step_id": rule.step_ids[0].id,
                }
            )
        )
        self.env["kehu.approval.decision"].sudo().create(
            {
                **document,
                "approval_id": approval.id,
                "step_id": approval.step_id.id,
                "user_id": self.financier.id,
                "principal_id": self.financier.id,
                "verdict": "approved",
            }
        )
        later = self.env.ref("account.account_payment_term_end_following_month")
        self.change(property_payment_term_id=later.id)
        self.assertEqual(self.told().user_id, self.financier)
        self.new_customer("Not graded").with_user(self.accountant).credit_limit = 5
        self.assertEqual(len(self.told()), 1)
