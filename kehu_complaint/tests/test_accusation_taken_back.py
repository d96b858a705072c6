from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .accusation_common import AccusationCase


@tagged("post_install", "-at_install")
class TestAccusationTakenBack(AccusationCase):
    """C8: who named somebody, or a superior of theirs, takes it back with a reason, and the supervisors are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.superiors.lang = "en_US"

    def pardon(self, complaint, user, reason="Another was meant", **vals):
        complaint.with_user(user).write(
            {
                "accused_user_ids": [Command.clear()],
                "accused_team_ids": [Command.clear()],
                "accusation_reason": reason,
                **vals,
            }
        )

    def assert_refused(self, complaint, *users):
        for user in users:
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(AccessError, "takes that back"),
                self.env.cr.savepoint(),
            ):
                self.pardon(complaint, user)
            self.env.invalidate_all()

    def test_clerk_takes_nothing_back_that_superior_said(self):
        complaint, _accusation = self.accuse(self.handler, by=self.supervisor)
        self.assert_refused(complaint, self.taker, self.crisis)
        self.pardon(complaint, self.director)
        self.assertTrue(complaint.with_user(self.handler).has_access("read"))

    def test_clerk_takes_nothing_back_in_closed_complaint(self):
        complaint = self.bring_to(self.complain(), "closed")
        self.accuse(self.investigator, complaint, by=self.supervisor)
        self.assert_refused(complaint, self.taker)

    def test_clerk_takes_nothing_back_that_colleague_said(self):
        complaint, accusation = self.accuse(self.employee)
        self.assertFalse(accusation)
        self.assert_refused(complaint, self.handler)
        with self.assertRaisesRegex(UserError, "why they are not any more"), self.env.cr.savepoint():
            self.pardon(complaint, self.taker, reason=" ")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.handler).write({"accused_by": {}})
        self.pardon(complaint, self.taker)
        self.assertFalse(complaint.conflicted_user_ids)

    def test_naming_again_makes_nobody_the_one_who_named(self):
        complaint, _accusation = self.accuse(self.handler, by=self.supervisor)
        self.accuse(self.handler | self.employee, complaint)
        self.assert_refused(complaint, self.taker)
        complaint.with_user(self.taker).write(
            {"accused_user_ids": [Command.unlink(self.employee.id)], "accusation_reason": "Another was meant"}
        )
        self.assertEqual(complaint.accused_user_ids, self.handler)

    def test_unit_is_taken_back_by_superiors(self):
        complaint = self.complain(self.director, accused_team_ids=[Command.link(self.unit.id)])
        self.assert_refused(complaint, self.taker)
        self.pardon(complaint, self.supervisor)
        self.assertFalse(complaint.sudo().conflicted_user_ids)

    def test_superior_does_not_free_an_equal(self):
        other = self.service_user("test_supervisor_2", "service_supervisor", "Qin")
        complaint, _accusation = self.accuse(self.supervisor, by=self.director)
        self.assert_refused(complaint, other)

    def test_each_change_is_a_line_and_a_todo(self):
        complaint = self.complain()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.accuse(self.employee, complaint)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn(self.employee.name, complaint.sudo().message_ids.tracking_value_ids.mapped("new_value_char"))
        todo = complaint.sudo().activity_ids.filtered(
            lambda activity: "complained about was changed" in activity.summary
        )
        self.assertEqual(todo.user_id, self.supervisor)
        self.pardon(complaint, self.supervisor)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn(self.employee.name, complaint.sudo().message_ids.tracking_value_ids.mapped("old_value_char"))
        self.assertIn("Another was meant", "".join(complaint.sudo().message_ids.mapped("body")))

    def test_proposal_leaves_no_line(self):
        complaint, accusation = self.accuse(self.handler)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(accusation.state, "proposed")
        self.assertNotIn("accused_user_ids", complaint.message_ids.tracking_value_ids.field_id.mapped("name"))
        self.assertNotIn(
            "complained about was changed", " ".join(filter(None, complaint.activity_ids.mapped("summary")))
        )
