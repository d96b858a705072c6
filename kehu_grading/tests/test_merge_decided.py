from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestMergeDecided(GradingCase):
    """A6, G3, G9, G10: what was decided about one customer holds for another only by somebody without a part in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contacts = cls.env.ref("base.group_partner_manager")
        cls.salesman.group_ids += contacts
        cls.keeper = new_test_user(
            cls.env,
            "test_keeper",
            "kehu_archive.group_archive_manager,base.group_partner_manager",
            company_id=cls.company.id,
        )
        cls.big = cls.new_customer("Big", email="same@example.com")
        cls.shell = (
            cls.env["res.partner"]
            .with_user(cls.salesman)
            .create({"name": "Big", "is_company": True, "email": "same@example.com", "user_id": cls.salesman.id})
        )

    def merge(self, user, into=None):
        into = into or self.big
        self.env["base.partner.merge.automatic.wizard"].with_user(user).create({})._merge(
            (self.big | self.shell).ids, into.with_user(user)
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def assertAsks(self, user):
        for into in (self.big, self.shell):
            with self.assertRaisesRegex(UserError, "no part in it"), self.env.cr.savepoint():
                self.merge(user, into)
            self.env.invalidate_all()

    def terms(self):
        return (
            self.env["kehu.special.terms"]
            .with_user(self.salesman)
            .create(
                {
                    "name": "Samples",
                    "partner_id": self.shell.id,
                    "content": "90 off for a tiny shop",
                    "discount_limit": 90,
                }
            )
        )

    def test_special_terms_of_a_shell(self):
        terms = self.terms()
        terms.workflow_move("submit")
        self.assertAsks(self.salesman)
        for user in (self.financier, self.marketing):
            terms.with_user(user).action_approval_approve()
        self.assertAsks(self.salesman)
        self.salesman.group_ids += self.env.ref("kehu_archive.group_archive_manager")
        self.assertAsks(self.salesman)
        self.merge(self.keeper)
        self.assertEqual((terms.partner_id, terms.state), (self.big, "approved"))
        self.assertIn("Merged: ", "".join(terms.sudo().message_ids.mapped("body")))
        terms._approval_check_unchanged()

    def test_ended_terms_and_drafts_bind_nobody(self):
        terms = self.terms()
        terms.workflow_move("submit")
        for user in (self.financier, self.marketing):
            terms.with_user(user).action_approval_approve()
        terms.with_user(self.grading_manager).workflow_move("end", "Over")
        draft = self.terms()
        self.merge(self.salesman)
        self.assertEqual((terms + draft).partner_id, self.big)

    def test_grade_of_a_contact_without_archive(self):
        evaluation = (
            self.env["kehu.evaluation"]
            .sudo()
            .create({"partner_id": self.shell.id, "company_id": self.company.id, "reason": "x"})
        )
        evaluation.flush_recordset()
        for state in ("pending", "approved", "in_force"):
            self.env.cr.execute("UPDATE kehu_evaluation SET state = %s WHERE id = %s", [state, evaluation.id])
            self.env.invalidate_all()
            self.assertAsks(self.salesman)
        self.env.cr.execute("UPDATE kehu_evaluation SET state = 'past' WHERE id = %s", [evaluation.id])
        self.env.invalidate_all()
        self.merge(self.salesman)
        self.assertEqual(evaluation.partner_id, self.big)

    def test_admission_of_another_firm(self):
        admission = (
            self.env["kehu.admission"]
            .with_user(self.salesman)
            .create({"partner_id": self.shell.id, "company_id": self.company.id, "reason": "x"})
        )
        admission.flush_recordset()
        self.env.cr.execute("UPDATE kehu_admission SET state = 'committee' WHERE id = %s", [admission.id])
        self.env.invalidate_all()
        self.assertAsks(self.salesman)
        self.merge(self.keeper)
        self.assertEqual(admission.partner_id, self.big)
