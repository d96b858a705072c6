from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .major_common import MajorCase


class AccusationCase(MajorCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer.lang = "en_US"
        cls.superiors = cls.supervisor | cls.director | cls.general_manager

    def accuse(self, users, complaint=None, by=None, **vals):
        """Name users on a complaint, as a clerk unless said otherwise; return complaint and accusation in sudo."""
        complaint = complaint or self.complain()
        complaint.with_user(by or self.taker).write({
            "accused_user_ids": [Command.link(user.id) for user in users], **vals})
        return complaint.sudo(), complaint.sudo().accusation_ids[:1]

    def asked(self, accusation):
        return accusation.activity_ids.filtered(
            lambda activity: "Decide on an accusation" in (activity.summary or "")).user_id


@tagged("post_install", "-at_install")
class TestAccusation(AccusationCase):
    """C8: accusing a superior, or somebody with a role in the complaint, is decided by the next superior not named."""

    # === WHAT IS A PROPOSAL ===

    def test_clerk_who_accuses_superior_proposes(self):
        complaint, accusation = self.accuse(self.supervisor, accusation_reason="He shouted at the customer.")
        self.assertFalse(complaint.accused_user_ids)
        self.assertEqual(complaint.conflicted_user_ids, self.supervisor)
        self.assertEqual(
            (accusation.state, accusation.user_id, accusation.accused_user_ids, accusation.reason),
            ("proposed", self.taker, self.supervisor, "He shouted at the customer."))
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
        for role, user in (("user_id", self.handler), ("investigator_id", self.investigator),
                           ("executor_id", self.employee), ("callback_user_id", self.crisis)):
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
            [complaint.sudo().former_holder_ids for complaint in complaints],
            [self.handler, self.crisis, self.handler])
        complaints.with_user(self.taker).accused_user_ids = self.handler
        self.assertEqual(
            [bool(complaint.sudo().accusation_ids) for complaint in complaints], [True, False, True])

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
        by_default = self.env["kehu.complaint"].with_user(self.taker).with_context(
            default_accused_user_ids=[Command.set(self.supervisor.ids)]).create({"name": "Rude"}).sudo()
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
        for steps in ((self.superiors | self.lawyer,), (self.superiors, self.lawyer), (self.lawyer, self.superiors),
                      (self.supervisor, self.director, self.general_manager, self.lawyer)):
            with self.assertRaisesRegex(UserError, "on paper"), self.env.cr.savepoint():
                for users in steps:
                    self.accuse(users, complaint)
        self.assertFalse(complaint.sudo().accusation_ids or complaint.sudo().conflicted_user_ids)
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()
            self.env.invalidate_all()
            todo = self.env["mail.activity"].search([
                ("user_id", "=", self.officer.id), ("summary", "like", "on paper")])
            self.assertEqual(len(todo), 1)
            self.assertTrue(todo.with_user(self.officer).has_access("read"))
            self.assertNotRegex(
                f"{todo.summary} {todo.note}", f"{complaint.number}|{self.supervisor.name}|{self.director.name}")
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
        self.env.ref("kehu_archive.group_clearance_confidential").user_ids += self.taker | self.general_manager
        _complaint, accusation = self.accuse(self.supervisor)
        self.assertEqual(accusation.decider_ids, self.general_manager)

    # === THE DECISION ===

    def test_rejection_gives_roles_and_sight_back(self):
        complaint, accusation = self.accuse(self.handler)
        accusation.with_user(self.supervisor).workflow_move("reject", "A mix-up of names.")
        self.assertEqual((complaint.user_id, complaint.conflicted_user_ids.ids), (self.handler, []))
        self.assertTrue(complaint.with_user(self.handler).has_access("write"))
        self.assertEqual(
            (accusation.decided_user_id, accusation.decision_reason, bool(accusation.date_decided)),
            (self.supervisor, "A mix-up of names.", True))
        self.assertEqual(accusation.activity_ids.user_id, self.taker, "the proposer is told")
        self.assertFalse(accusation.with_user(self.handler).has_access("read"), "not even afterwards")
        self.assertNotRegex("".join(complaint.message_ids.mapped("body")), "ccus|vacant")
        tracked = complaint.message_ids.tracking_value_ids.field_id
        self.assertNotIn("user_id", tracked.mapped("name"))

    def test_withdrawal_gives_roles_and_sight_back(self):
        complaint, accusation = self.accuse(self.handler)
        with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
            accusation.with_user(self.taker).workflow_move("withdraw", " ")
        accusation.with_user(self.taker).workflow_move("withdraw", "I mistook them for somebody else.")
        self.assertEqual(
            (accusation.state, accusation.decided_user_id, accusation.decision_reason),
            ("withdrawn", self.taker, "I mistook them for somebody else."))
        self.assertEqual((complaint.user_id, complaint.conflicted_user_ids.ids), (self.handler, []))
        self.assertTrue(complaint.with_user(self.handler).has_access("write"))
        self.assertFalse(accusation.activity_ids, "nobody has anything to do")
        self.assertFalse(accusation.with_user(self.handler).has_access("read"), "not even afterwards")
        self.assertNotRegex("".join(complaint.message_ids.mapped("body")), "ccus|vacant")
        with self.assertRaisesRegex(UserError, "kept as evidence"), self.env.cr.savepoint():
            accusation.unlink()
        for user, move in ((self.taker, "withdraw"), (self.supervisor, "reject"), (self.supervisor, "confirm")):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                accusation.with_user(user).workflow_move(move, "After all")

    def test_withdrawn_accusation_may_be_proposed_again(self):
        complaint, accusation = self.accuse(self.handler)
        accusation.with_user(self.taker).workflow_move("withdraw", "Too early.")
        _complaint, again = self.accuse(self.handler, complaint)
        self.assertNotEqual(again, accusation)
        self.assertEqual((again.state, accusation.state), ("proposed", "withdrawn"))

    def test_decided_accusation_is_not_withdrawn(self):
        for move in ("confirm", "reject"):
            _complaint, accusation = self.accuse(self.handler)
            accusation.with_user(self.supervisor).workflow_move(move, "So it is.")
            with self.assertRaisesRegex(UserError, "It is"), self.env.cr.savepoint():
                accusation.with_user(self.taker).workflow_move("withdraw", "After all")

    def test_rejection_replaces_deputy_unless_work_went_on(self):
        complaint, accusation = self.accuse(self.handler)
        complaint.with_user(self.taker).user_id = self.taker
        accusation.with_user(self.supervisor).workflow_move("reject", "A mix-up.")
        self.assertEqual(complaint.user_id, self.handler)
        other, accusation = self.accuse(self.handler, self.complain(serial="SN-2", product_id=False))
        other.with_user(self.taker).user_id = self.taker
        other.with_user(self.supervisor).workflow_move("accept")
        accusation.with_user(self.supervisor).workflow_move("reject", "A mix-up.")
        self.assertEqual(other.user_id, self.taker)

    def test_rejection_keeps_parts_of_complaint_as_they_were(self):
        complaint = self.complain()
        action = self.env["kehu.corrective.action"].create({
            "name": "Measure coils", "complaint_ids": complaint.ids, "owner_id": self.supervisor.id,
            "verifier_id": self.director.id})
        complaint.message_subscribe(self.supervisor.partner_id.ids)
        _complaint, accusation = self.accuse(self.supervisor, complaint)
        self.accuse(self.employee, complaint)  # at once, which excludes nobody else for good
        self.assertFalse(action.with_user(self.supervisor).has_access("read"))
        accusation.with_user(self.director).workflow_move("reject", "No.")
        self.assertEqual(action.owner_id, self.supervisor)
        self.assertIn(self.supervisor.partner_id, complaint.sudo().message_partner_ids)

    def test_rejection_lets_approver_decide_again(self):
        complaint = self.bring_to(self.complain(), "pending", amount=5000).sudo()
        _complaint, accusation = self.accuse(self.supervisor, complaint)
        approval = complaint.approval_ids
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            approval.with_user(self.supervisor).approve()
        accusation.with_user(self.director).workflow_move("reject", "No.")
        approval.with_user(self.supervisor).approve()

    def test_confirmation_excludes_for_good_and_asks_for_substitute(self):
        complaint, accusation = self.accuse(self.handler)
        accusation.with_user(self.supervisor).workflow_move("confirm", "The recording says so.")
        self.assertEqual((complaint.accused_user_ids, complaint.user_id.ids), (self.handler, []))
        vacant = complaint.activity_ids.filtered(lambda activity: "is vacant" in activity.summary)
        self.assertEqual(vacant.user_id, self.supervisor)
        with self.assertRaisesRegex(AccessError, "takes that back"), self.env.cr.savepoint():
            complaint.with_user(self.taker).accused_user_ids = [Command.clear()]
        with self.assertRaises(UserError), self.env.cr.savepoint():
            accusation.with_user(self.supervisor).workflow_move("reject", "After all")
        complaint.with_user(self.supervisor).accused_user_ids = [Command.clear()]
        self.assertFalse(complaint.conflicted_user_ids)

    def test_confirmed_unit_stays_accused(self):
        complaint = self.complain()
        complaint.accused_team_ids = self.unit
        complaint.sudo().accusation_ids.with_user(self.supervisor).workflow_move("confirm", "They did.")
        self.assertEqual(complaint.sudo().accused_team_ids, self.unit)
        with self.assertRaisesRegex(AccessError, "takes that back"), self.env.cr.savepoint():
            complaint.accused_team_ids = [Command.clear()]

    def test_same_person_is_proposed_once(self):
        complaint, accusation = self.accuse(self.supervisor)
        self.accuse(self.supervisor, complaint, by=self.handler)
        self.assertEqual(complaint.accusation_ids, accusation)
        accusation.with_user(self.director).workflow_move("reject", "No.")
        with self.assertRaisesRegex(UserError, "rejected an accusation"), self.env.cr.savepoint():
            self.accuse(self.supervisor, complaint)
        self.assertTrue(complaint.with_user(self.supervisor).has_access("read"))

    def test_role_waits_for_the_other_accusation(self):
        self.unit.member_ids += self.handler
        complaint, first = self.accuse(self.handler)
        complaint.with_user(self.taker).accused_team_ids = self.unit
        second = complaint.accusation_ids - first
        first.with_user(self.supervisor).workflow_move("reject", "Not in person.")
        self.assertFalse(complaint.user_id)
        second.with_user(self.supervisor).workflow_move("reject", "Nor the unit.")
        self.assertEqual(complaint.user_id, self.handler)

    def test_late_decision_climbs(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint, accusation = self.accuse(self.handler)
        self.assertEqual(str(accusation.deadline_ids.date_due)[:10], "2026-03-03")
        for moment, told in (("2026-03-03 12:00:00", self.supervisor), ("2026-03-05 12:00:00", self.superiors),
                             ("2026-03-09 12:00:00", self.superiors | self.lawyer)):
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
            late = accusation.activity_ids.filtered("kehu_deadline_id")
            self.assertEqual(late.user_id & (self.superiors | self.lawyer), told, moment)
        self.assertNotIn(self.handler, accusation.activity_ids.user_id)
        accusation.with_user(self.supervisor).workflow_move("confirm", "Late, but so it is.")
        self.assertEqual(accusation.deadline_ids.state, "missed")


@tagged("post_install", "-at_install")
class TestAccusationAttacked(AccusationCase):
    """C8, C14: what a client sends changes no decision, and the named find no trace."""

    def test_named_superior_finds_no_trace(self):
        complaint = self.complain()
        complaint.message_subscribe(self.supervisor.partner_id.ids)
        complaint.activity_schedule("mail.mail_activity_data_todo", user_id=self.supervisor.id, summary="Call them")
        mails = self.env["mail.mail"].sudo().search([("recipient_ids", "in", self.supervisor.partner_id.ids)])
        _complaint, accusation = self.accuse(self.supervisor, complaint, accusation_reason="XQZ")
        accusation.with_user(self.director).message_post(body="XQZ")
        complaint.message_post(body="XQZ", message_type="comment", subtype_xmlid="mail.mt_comment")
        notified = self.env["mail.notification"].sudo().search([("res_partner_id", "=", self.supervisor.partner_id.id)])
        self.assertFalse(notified.filtered(lambda row: "XQZ" in (row.mail_message_id.body or "")))
        self.assertEqual(mails.search([("recipient_ids", "in", self.supervisor.partner_id.ids)]), mails)
        for decision, decider in (("reject", self.director), ("withdraw", self.taker)):
            if accusation.state != "proposed":
                _complaint, accusation = self.accuse(self.supervisor, self.complain(), accusation_reason="XQZ")
            self.check_no_trace(accusation, self.supervisor)
            accusation.with_user(decider).workflow_move(decision, "No.")
            self.check_no_trace(accusation, self.supervisor)

    def check_no_trace(self, accusation, user):
        """Check that the user, who is named, finds nothing of the accusation, nor of its complaint as long as it waits."""
        complaint = accusation.complaint_id
        mine = self.env(user=user)
        Accusation = mine["kehu.complaint.accusation"]
        self.assertFalse(Accusation.search([]))
        self.assertFalse(Accusation.name_search(complaint.number))
        self.assertFalse(Accusation.search([("decider_ids", "in", self.director.ids)]))
        self.assertFalse(Accusation.formatted_read_group([], ["user_id"], ["__count"]))
        self.assertFalse(mine["kehu.complaint"].search([("accusation_ids.reason", "ilike", "XQZ")]))
        for model, name in (("kehu.deadline", "res_model"), ("kehu.workflow.log", "res_model"), ("mail.message", "model"),
                            ("mail.activity", "res_model"), ("mail.followers", "res_model")):
            self.assertFalse(mine[model].search([(name, "=", accusation._name)]), model)
        for record in (accusation, accusation.message_ids, accusation.activity_ids, accusation.deadline_ids):
            self.assertFalse(record.with_user(user)._filtered_access("read"), record)
        is_waiting = accusation.state == "proposed"
        self.assertEqual(complaint.with_user(user).has_access("read"), not is_waiting)
        if is_waiting:
            for model, name in (("mail.activity", "res_model"), ("mail.message", "model"), ("mail.followers", "res_model")):
                self.assertFalse(mine[model].search([(name, "=", "kehu.complaint"), ("res_id", "=", complaint.id)]), model)
        else:
            for attack in (
                lambda: complaint.with_user(user).read(["former_holder_ids"]),
                lambda: mine["kehu.complaint"].search([("former_holder_ids", "in", user.ids)]),
            ):
                with self.assertRaises(AccessError):
                    attack()

    def test_colleague_reads_nothing_of_accusation(self):
        _complaint, accusation = self.accuse(self.supervisor)
        for user, reads in ((self.handler, False), (self.crisis, False), (self.taker, True), (self.lawyer, True)):
            mine = self.env(user=user)
            about = [("res_model", "=", accusation._name), ("res_id", "=", accusation.id)]
            self.assertEqual(accusation.with_user(user).has_access("read"), reads, user.name)
            self.assertEqual(bool(mine["kehu.complaint.accusation"].search([("id", "=", accusation.id)])), reads)
            self.assertEqual(bool(mine["kehu.deadline"].search(about)), reads, user.name)
            self.assertEqual(bool(mine["mail.message"].search([
                ("model", "=", accusation._name), ("res_id", "=", accusation.id)])), reads, user.name)

    def test_links_of_named_colleague_stop(self):
        complaint = self.complain(contact_email="feng@ruida.example.com").sudo()
        self.handler.email = "feng@ruida.example.com"
        token = complaint._portal_ensure_token()
        self.accuse(self.handler, complaint)
        self.assertNotEqual(complaint.access_token, token)

    def test_decision_cannot_be_forged(self):
        complaint, accusation = self.accuse(self.supervisor)
        forged = {
            "complaint_id": complaint.id, "user_id": self.handler.id,
            "accused_user_ids": [Command.set(self.director.ids)]}
        for user in (self.taker, self.handler, self.supervisor, self.director, self.lawyer):
            mine = accusation.with_user(user)
            for attack in (
                lambda mine=mine: mine.write({"state": "confirmed"}),
                lambda mine=mine: mine.write({"reason": "Another"}),
                lambda mine=mine: mine.write({"accused_user_ids": [Command.clear()]}),
                lambda mine=mine: mine.write({"roles_before": {}}),
                lambda mine=mine: mine.create(forged),
                lambda mine=mine: mine.create({**forged, "state": "confirmed"}),
                lambda mine=mine: mine.with_context(default_state="confirmed").create(forged),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()
        for command in (
            Command.create({"accused_user_ids": [Command.set(self.director.ids)], "state": "confirmed"}),
            Command.update(accusation.id, {"state": "rejected"}), Command.delete(accusation.id), Command.clear(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                complaint.with_user(self.taker).write({"accusation_ids": [command]})
        for field in ("conflicted_user_ids", "former_holder_ids"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(self.taker).write({field: [Command.clear()]})
        for user in (self.handler, self.supervisor, self.director, self.lawyer, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                accusation.with_user(user).workflow_move("withdraw", "In their name")
        with self.assertRaisesRegex(UserError, "kept as evidence"), self.env.cr.savepoint():
            accusation.unlink()
        self.assertEqual((accusation.state, accusation.accused_user_ids), ("proposed", self.supervisor))

    def test_commands_of_every_shape_propose(self):
        ids = self.supervisor.ids
        for value in ([Command.set(ids)], [[6, 0, ids]], [Command.link(ids[0])], [[4, ids[0]]], ids, self.supervisor):
            complaint = self.complain()
            complaint.with_user(self.taker).write({"accused_user_ids": value})
            self.assertFalse(complaint.sudo().accused_user_ids, value)
            self.assertEqual(complaint.sudo().accusation_ids.accused_user_ids, self.supervisor, value)
            complaint = self.complain()
            complaint.with_user(self.taker).with_context(
                active_test=False, kehu_workflow_permit=True, tracking_disable=True).write({"accused_user_ids": value})
            self.assertEqual(complaint.sudo().accusation_ids.state, "proposed")

    def test_import_of_accused_superior_proposes(self):
        result = self.env["kehu.complaint"].with_user(self.taker).load(
            ["name", "accused_user_ids/.id"], [["Rude", str(self.supervisor.id)]])
        complaint = self.env["kehu.complaint"].browse(result["ids"])
        self.assertFalse(complaint.accused_user_ids)
        self.assertEqual(complaint.accusation_ids.accused_user_ids, self.supervisor)

    def test_portal_user_reads_no_accusation(self):
        complaint, accusation = self.accuse(self.supervisor)
        portal = new_test_user(self.env, "test_portal", "base.group_portal")
        for user in (portal, self.employee, self.crisis):
            self.assertFalse(accusation.with_user(user).has_access("read"))
