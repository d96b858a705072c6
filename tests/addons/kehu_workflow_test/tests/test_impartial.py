from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestImpartial(ApprovalCommon):
    """C8: nobody takes part in what concerns them, or decides on it. The case concerns its beneficiary."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.clerk | cls.manager | cls.outsider).lang = "en_US"

    def test_concerned_user_gets_no_part(self):
        self.case.beneficiary_id = self.outsider
        with self.assertRaisesRegex(ValidationError, "concerns them. Choose somebody else, for instance"):
            self.case.user_id = self.outsider
        self.case.user_id = self.clerk

    def test_substitute_has_the_fewest_open_cases(self):
        self.create_cases(2, user_id=self.clerk.id)
        self.assertEqual(self.case._impartial_substitutes("user_id")[self.case.id][0], self.manager)
        self.case.beneficiary_id = self.manager
        self.assertEqual(self.case._impartial_substitutes("user_id")[self.case.id], self.clerk)

    def test_part_of_a_concerned_user_becomes_vacant(self):
        self.case.user_id = self.outsider
        self.case.activity_schedule("mail.mail_activity_data_todo", user_id=self.outsider.id)
        other = self.create_cases(1, user_id=self.outsider.id)
        self.env.cr.execute(
            "UPDATE kehu_test_case SET beneficiary_id = %s WHERE id = %s", [self.outsider.id, self.case.id]
        )
        self.case.invalidate_recordset(["beneficiary_id"])
        (self.case | other)._impartial_exclude()
        self.assertFalse(self.case.user_id)
        self.assertEqual(self.case.activity_ids.user_id, self.manager)
        self.assertRegex(self.case.activity_ids.summary, "is vacant")
        self.assertRegex(self.case.activity_ids.note, "Suggested: ")
        self.assertEqual(other.user_id, self.outsider)

    def test_concerned_user_decides_on_nothing(self):
        self.case.beneficiary_id = self.manager
        self.directors.user_ids += self.manager
        self.rule.step_ids[0].unlink()
        approval = self.submit()
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.manager).approve()
        approval.with_user(self.director).approve()
        self.assertEqual(approval.state, "approved")
