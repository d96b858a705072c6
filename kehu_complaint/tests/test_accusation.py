from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .accusation_common import AccusationCase


@tagged("post_install", "-at_install")
class TestAccusation(AccusationCase):
    """C8: accusing a superior, or somebody with a role in the complaint, is decided by the next superior not named."""

    # === WHAT IS A PROPOSAL ===

    def test_clerk_who_accuses_superior_proposes(self):
        complaint, accusation = self.accuse(self.supervisor, accusation_reason="Shouting at the customer.")
        self.assertFalse(complaint.accused_user_ids)
        self.assertEqual(complaint.conflicted_user_ids, self.supervisor)
        self.assertEqual(
            (accusation.state, accusation.user_id, accusation.accused_user_ids, accusation.reason),
            ("proposed", self.taker, self.supervisor, "Shouting at the customer."),
        )
        self.assertEqual((accusation.decider_ids, self.asked(accusation)), (self.director, self.director))
        self.assertFalse(complaint.with_user(self.supervisor).has_access("read"))
        self.assertTrue(accusation.with_user(self.taker).has_access("read"))
        self.assertFalse(accusation.with_user(self.handler).has_access("read"), "another clerk does not read it")

    def test_clerk_who_accuses_handler_proposes(self):
        complaint, accusation = self.accuse(self.handler)
        self.assertFalse(complaint.accused_user_ids | complaint.user_id)
        self.assertEqual(accusation.decider_ids, self.supervisor)
        self.assertIn("Handler: Feng", accusation.roles_vacated)

    def test_role_taken_away_in_same_write_still_counts(self):
        complaint, accusation = self.accuse(self.handler, user_id=False)
        self.assertEqual((complaint.accused_user_ids.ids, accusation.state), ([], "proposed"))

    def test_role_taken_away_before_still_counts(self):
        for role, user in (
            ("user_id", self.handler),
            ("investigator_id", self.investigator),
            ("executor_id", self.employee),
            ("callback_user_id", self.crisis),
        ):
            complaint = self.complain().with_user(self.taker).with_context(tracking_disable=True)
            complaint.write({role: user.id})
            complaint.write({role: self.taker.id})
            complaint.write({role: False})
            self.env.flush_all()
            self.env.invalidate_all()
            _complaint, accusation = self.accuse(user, complaint)
            self.assertEqual((complaint.sudo().accused_user_ids.ids, accusation.state), ([], "proposed"), role)
        complaint, accusation = self.accuse(self.employee)
        self.assertFalse(accusation, "a role in another complaint is none in this one")

    def test_role_taken_away_in_batch_still_counts(self):
        complaints = self.complain() | self.complain(user_id=self.crisis.id) | self.complain()
        complaints.write({"user_id": self.taker.id})
        self.assertEqual(
            [complaint.sudo().former_holder_ids for complaint in complaints], [self.handler, self.crisis, self.handler]
        )
        complaints.with_user(self.taker).accused_user_ids = self.handler
        self.assertEqual([bool(complaint.sudo().accusation_ids) for complaint in complaints], [True, False, True])

    def test_copy_excludes_whom_its_source_excludes(self):
        complaint, accusation = self.accuse(
            self.handler,
            self.complain(self.supervisor, accused_user_ids=self.employee.ids, accused_team_ids=self.unit.ids),
        )
        copied = complaint.with_user(self.taker).copy({"accused_user_ids": [Command.clear()]}).sudo()
        self.assertEqual(copied.conflicted_user_ids, complaint.sudo().conflicted_user_ids)
        self.assertEqual((copied.accused_user_ids, copied.accused_team_ids), (self.employee, self.unit))
        proposed = copied.accusation_ids
        self.assertEqual((proposed.accused_user_ids, proposed.decider_ids), (self.handler, accusation.decider_ids))
        self.assertFalse(copied.with_user(self.handler).has_access("read"))

    def test_superior_accuses_former_handler_directly(self):
        complaint = self.complain()
        complaint.user_id = self.taker
        _complaint, accusation = self.accuse(self.handler, complaint, by=self.supervisor)
        self.assertFalse(accusation)

    def test_complaint_taken_down_with_superior_proposes(self):
        complaint = self.complain(accused_user_ids=[Command.set(self.supervisor.ids)], accusation_reason="Rude").sudo()
        accusation = complaint.accusation_ids
        self.assertEqual((accusation.accused_user_ids, accusation.reason), (self.supervisor, "Rude"))
        self.assertFalse(complaint.accused_user_ids)
        by_default = (
            self.env["kehu.complaint"]
            .with_user(self.taker)
            .with_context(default_accused_user_ids=[Command.set(self.supervisor.ids)])
            .create({"name": "Rude"})
            .sudo()
        )
        self.assertEqual(by_default.accusation_ids.state, "proposed")

    def test_unit_names_its_leader_and_members(self):
        complaint = self.complain()
        complaint.accused_team_ids = self.unit
        accusation = complaint.sudo().accusation_ids
        self.assertFalse(complaint.sudo().accused_team_ids)
        self.assertEqual(accusation.accused_team_ids, self.unit)
        self.assertEqual(accusation.named_user_ids, self.leader | self.salesman)
        self.assertEqual(complaint.sudo().conflicted_user_ids, self.leader | self.salesman)

    def test_colleague_without_role_is_accused_at_once(self):
        complaint, accusation = self.accuse(self.employee | self.crisis)
        self.assertFalse(accusation)
        self.assertEqual(complaint.accused_user_ids, self.employee | self.crisis)

    def test_colleague_and_superior_part_ways(self):
        complaint, accusation = self.accuse(self.employee | self.director)
        self.assertEqual((complaint.accused_user_ids, accusation.accused_user_ids), (self.employee, self.director))

    def test_superior_accuses_those_below_directly(self):
        for superior, users in ((self.supervisor, self.handler | self.leader), (self.director, self.supervisor)):
            complaint, accusation = self.accuse(users, by=superior)
            self.assertFalse(accusation)
            self.assertEqual(complaint.accused_user_ids, users)

    def test_superior_who_accuses_equal_or_higher_proposes(self):
        other = self.service_user("test_supervisor_2", "service_supervisor", "Qin")
        self.env.ref("kehu_complaint.group_service_supervisor").user_ids += other
        for users, decider in ((other, self.director), (self.director, self.general_manager)):
            _complaint, accusation = self.accuse(users, by=self.supervisor)
            self.assertEqual((accusation.state, accusation.decider_ids), ("proposed", decider))

    # === WHO DECIDES ===

    def test_proposer_named_and_clerks_do_not_decide(self):
        other = self.service_user("test_director_2", "service_director", "Qin")
        self.env.ref("kehu_complaint.group_service_director").user_ids += other
        complaint, accusation = self.accuse(self.general_manager, by=self.director)
        self.assertEqual(accusation.decider_ids, other)
        for user in (self.director, self.general_manager, self.taker, self.supervisor, self.lawyer, self.investigator):
            for move in ("confirm", "reject"):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    accusation.with_user(user).workflow_move(move, "As I say")
        dialog = complaint.with_user(other).action_reject_accusation()
        self.assertEqual(dialog["context"]["default_res_ids"], accusation.ids)
        with self.assertRaisesRegex(UserError, "yours to decide"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).action_confirm_accusation()
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            accusation.with_user(other).workflow_move("reject", " ")
        accusation.with_user(other).workflow_move("reject", "It was the system.")

    def test_decision_goes_on_to_next_when_decider_is_named(self):
        complaint, first = self.accuse(self.supervisor)
        _complaint, second = self.accuse(self.director, complaint)
        self.assertNotEqual(first, second)
        self.assertEqual((first.decider_ids, second.decider_ids), (self.general_manager, self.general_manager))
        self.assertEqual(self.asked(first), self.general_manager)
        second.with_user(self.general_manager).workflow_move("reject", "It was not the director.")
        self.assertEqual((first.decider_ids, self.asked(first)), (self.director, self.general_manager | self.director))

    def test_legal_affairs_decides_where_all_superiors_are_named(self):
        complaint, accusation = self.accuse(self.superiors)
        self.assertEqual((accusation.decider_ids, self.asked(accusation)), (self.lawyer, self.lawyer))
        self.assertTrue(complaint.with_user(self.lawyer).has_access("read"))
        accusation.with_user(self.lawyer).workflow_move("reject", "Not all of them.")
        self.assertTrue(complaint.with_user(self.supervisor).has_access("read"))

    def test_accusation_of_everybody_is_refused_and_officer_told(self):
        complaint = self.complain()
        for steps in (
            (self.superiors | self.lawyer,),
            (self.superiors, self.lawyer),
            (self.lawyer, self.superiors),
            (self.supervisor, self.director, self.general_manager, self.lawyer),
        ):
            with self.assertRaisesRegex(UserError, "on paper"), self.env.cr.savepoint():
                for users in steps:
                    self.accuse(users, complaint)
        self.assertFalse(complaint.sudo().accusation_ids or complaint.sudo().conflicted_user_ids)
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()
            self.env.invalidate_all()
            todo = self.env["mail.activity"].search(
                [("user_id", "=", self.officer.id), ("summary", "like", "on paper")]
            )
            self.assertEqual(len(todo), 1)
            self.assertTrue(todo.with_user(self.officer).has_access("read"))
            self.assertNotRegex(
                f"{todo.summary} {todo.note}", f"{complaint.number}|{self.supervisor.name}|{self.director.name}"
            )
            for user in self.superiors | self.handler:
                self.assertFalse(todo.with_user(user)._filtered_access("read"), user.name)

    def test_nobody_is_taken_from_whom_a_decision_waits(self):
        complaint, accusation = self.accuse(self.supervisor | self.director, by=self.general_manager)
        self.assertFalse(accusation)
        _complaint, accusation = self.accuse(self.general_manager, complaint)
        self.assertEqual(accusation.decider_ids, self.lawyer)
        with self.assertRaisesRegex(UserError, "on paper"), self.env.cr.savepoint():
            self.accuse(self.lawyer, complaint)

    def test_superior_who_may_not_read_is_no_decider(self):
        self.customer.kehu_tier = "2"
        self.env.ref("kehu_confidential.group_clearance_confidential").user_ids += self.taker | self.general_manager
        _complaint, accusation = self.accuse(self.supervisor)
        self.assertEqual(accusation.decider_ids, self.general_manager)
