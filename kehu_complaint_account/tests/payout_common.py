from odoo.tests import new_test_user

from odoo.addons.kehu_complaint.tests.common import ComplaintCase

REFUND = {"kind": "refund", "amount": 300, "name": "Three chargers"}
DAMAGES = {"kind": "damages", "amount": 200}
GIFT = {"kind": "gift", "amount": 50}


class PayoutCase(ComplaintCase):
    """Accounting pays what the service has approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["account.journal"].search_count(
            [("type", "=", "sale"), ("company_id", "=", cls.env.company.id)]
        ):
            cls.env["account.chart.template"].try_loading("generic_coa", cls.env.company, install_demo=False)
        cls.accountant = new_test_user(cls.env, "test_accountant", "account.group_account_invoice", name="Lü")
        (cls.taker | cls.handler | cls.supervisor).lang = "en_US"

    def credited(self, *lines):
        """Return an approved complaint and its draft credit note."""
        complaint = self.approve(self.complain(), *lines or (REFUND, DAMAGES, GIFT))
        complaint.with_user(self.handler).action_create_credit_note()
        return complaint, complaint.sudo().credit_note_ids

    def pay(self, credit):
        credit.with_user(self.accountant).action_post()
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=credit.ids
        ).create({})._create_payments()
