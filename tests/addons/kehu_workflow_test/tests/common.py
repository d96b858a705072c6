from odoo.tests import TransactionCase, new_test_user


class CaseCommon(TransactionCase):
    """A clerk, a manager, an outsider, and a case of amount 1,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.lang = "en_US"  # of what jobs write
        cls.clerk = new_test_user(
            cls.env, "case_clerk", groups="kehu_workflow_test.group_clerk", email="clerk@example.com"
        )
        cls.manager = new_test_user(
            cls.env, "case_manager", groups="kehu_workflow_test.group_manager", email="manager@example.com"
        )
        cls.outsider = new_test_user(cls.env, "case_outsider", groups="base.group_user", email="outsider@example.com")
        cls.case = cls.create_cases(1)

    @classmethod
    def create_cases(cls, count, **values):
        return cls.env["kehu.test.case"].create(
            [{"name": f"Case {index}", "amount": 1000, **values} for index in range(count)]
        )

    def log_of(self, case):
        return self.env["kehu.workflow.log"].search([("res_model", "=", case._name), ("res_id", "=", case.id)])
