from odoo.tests import tagged

from odoo.addons.kehu_workflow.tests.trail_common import TrailChecks

from .test_admission import AdmissionCase


@tagged("post_install", "-at_install")
class TestGradingForms(TrailChecks, AdmissionCase):
    def test_form_of_an_admission_asks_little(self):
        self.assertFormAsksLittle(self.approved(), 12)

    def test_form_of_an_evaluation_asks_little(self):
        evaluation = self.env["kehu.evaluation"].create({"partner_id": self.firm.id})
        self.assertFormAsksLittle(evaluation.with_user(self.grading_manager), 5)
