from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_archive.models.res_partner_tier import _TIER_WRITTEN as TIER_WRITTEN

from .common import CODE, ArchiveCase, credit_code


@tagged("post_install", "-at_install")
class TestApprovalLending(ArchiveCase):
    """X2, X5, A6: an approval lends reading to those who decided it when it was asked for; an officer confirms who comes later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "test_director", "kehu_archive.group_marketing_director", name="Director")
        cls.rule_manager = new_test_user(
            cls.env, "test_rule_manager", "kehu_archive.group_archive_user,kehu_workflow.group_workflow_manager", name="Zhu")
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhao")
        cls.colleague = new_test_user(
            cls.env, "test_officer_2", "kehu_archive.group_tier_officer,kehu_archive.group_clearance_top_secret", name="Feng")
        # Those of the demo company decide nothing here.
        cls.env.ref("kehu_archive.group_tier_officer").user_ids = cls.officer | cls.colleague
        cls.env.ref("kehu_archive.group_marketing_director").user_ids = cls.director
        cls.step = cls.env.ref("kehu_archive.approval_step_filing_unit")
        cls.later_step = cls.env.ref("kehu_archive.approval_step_filing_director")
        # Users come to decide later by becoming members: a changed step counts for what is asked for afterwards.
        cls.deputies = cls.env["res.groups"].create({"name": "Deputies"})
        cls.step.group_ids = cls.deputies
        cls.archive = cls.file_archive(vat=CODE, legal_representative="Zhao", kehu_team_id=cls.unit.id).with_env(cls.env)
        cls.archive.kehu_custodian_id = cls.clerk
        cls.earlier = cls.env["kehu.right.change"].search([])

    def submit(self, tier="2"):
        self.archive.sudo().kehu_tier = tier
        self.archive.with_user(self.clerk).workflow_move("submit")
        return self.archive.approval_ids.filtered(lambda approval: approval.state == "pending")

    def join(self, user, by=None, group=None):
        user.with_user(by or self.admin).group_ids = [Command.link((group or self.deputies).id)]

    def reads(self, user):
        self.env.invalidate_all()
        readable = {record.with_user(user).has_access("read") for record in (self.archive, self.archive.partner_id)}
        found = bool(self.env["res.partner"].with_user(user).search_count([("id", "=", self.archive.partner_id.id)]))
        self.assertEqual(readable, {found})
        return found

    def requests(self, state="pending"):
        return self.env["kehu.right.change"].search([("res_model", "=", "kehu.approval"), ("state", "=", state)]) - self.earlier

    def log(self):
        return self.env["kehu.access.log"].search([
            ("action", "=", "right"), ("note", "like", "kehu_lent_user_ids"), ("partner_id", "=", self.archive.partner_id.id)])

    def told(self, approval):
        return self.env["mail.activity"].search([("kehu_approval_id", "=", approval.id)]).user_id

    # === ASKED FOR ===

    def test_candidate_when_asked_reads_and_officers_are_told(self):
        approval = self.submit()
        self.assertEqual(approval.kehu_lent_user_ids, self.director)  # the leader reads anyway
        self.assertFalse(self.reads(self.director))
        self.assertIn("Director", self.log().note)
        self.assertEqual((self.log().partner_id, self.log().user_id), (self.archive.partner_id, self.clerk))
        change = self.requests("direct")
        self.assertEqual(change.beneficiary_ids, self.director)
        self.assertEqual(change.activity_ids.user_id, self.officer | self.colleague)
        approval.with_user(self.leader).approve()
        self.assertTrue(self.reads(self.director))
        approval.with_user(self.director).approve()
        self.assertFalse(self.reads(self.director))

    def test_officers_are_told_once_of_candidate_of_rule(self):
        approval = self.submit()
        approval.with_user(self.clerk).withdraw()
        self.archive.with_user(self.clerk).workflow_move("submit")
        self.assertEqual(len(self.log()), 2)
        self.assertEqual(len(self.requests("direct")), 1)

    def test_unclassified_customer_lends_nothing(self):
        approval = self.submit("1")
        self.join(self.employee)
        self.assertFalse(approval.kehu_lent_user_ids | self.requests().beneficiary_ids | self.requests("direct").beneficiary_ids)
        self.env["kehu.approval"].search([("state", "=", "pending")])._refresh_candidates()
        self.assertNotIn(self.employee, self.told(approval))
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.employee).approve()

    # === CHANGED STEPS, GROUPS, DELEGATIONS, TIERS ===

    def test_rule_manager_adds_nobody_to_what_is_pending(self):
        approval = self.submit()
        for user in (self.employee, self.rule_manager, self.cleared):
            self.step.with_user(self.rule_manager).user_ids = [Command.link(user.id)]
            approval._refresh_candidates()
            with self.assertRaises(AccessError):
                approval.with_user(user).approve()
        self.assertFalse(self.reads(self.employee) or self.reads(self.rule_manager))
        self.assertFalse(self.requests())
        self.assertEqual(len(self.log()), 1)
        self.assertTrue(self.env["kehu.access.log"].search([("action", "=", "right"), ("note", "like", "+ % / Business unit")]))

    def test_members_who_come_later_wait_for_officer(self):
        approval = self.submit()
        for user in (self.employee, self.rule_manager):
            self.join(user)
            self.assertFalse(self.reads(user))
            with self.assertRaises(AccessError):
                approval.with_user(user).approve()
        requests = self.requests()
        self.assertEqual(requests.beneficiary_ids, self.employee | self.rule_manager)
        self.assertEqual(requests.requester_id, self.admin)
        self.assertEqual(requests.activity_ids.user_id, self.officer | self.colleague)
        self.assertEqual(len(self.log()), 1)

    def test_accepted_newcomer_does_not_change_number(self):
        self.step.write({"quorum": "count", "needed": 2})
        self.deputies.user_ids = self.cleared
        approval = self.submit()
        self.join(self.employee)
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertEqual((approval.needed, approval.asked_user_ids), (2, self.leader | self.cleared | self.employee))
        approval.with_user(self.employee).approve()
        self.assertEqual(approval.step_id, self.step)
        approval.with_user(self.leader).approve()
        self.assertEqual(approval.step_id, self.later_step)

    def test_where_all_must_agree_nobody_joins(self):
        self.step.quorum = "all"
        self.deputies.user_ids = self.cleared
        approval = self.submit()
        self.join(self.employee)
        self.assertFalse(self.requests())
        self.assertEqual((approval.needed, approval.asked_user_ids), (2, self.leader | self.cleared))

    def test_rule_manager_confirms_nothing(self):
        self.submit()
        self.join(self.employee)
        for user in (self.rule_manager, self.employee, self.admin):
            with self.assertRaises(UserError):  # or AccessError, which is one: nothing is told to the employee
                self.requests().with_user(user).workflow_move("confirm")
        self.assertFalse(self.reads(self.employee))

    def test_confirmed_newcomer_is_told_and_decides(self):
        approval = self.submit()
        self.join(self.employee)
        approval._refresh_candidates()
        self.assertNotIn(self.employee, self.told(approval))
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertTrue(self.reads(self.employee))
        self.assertIn(self.employee, self.told(approval))
        line = self.log()[0]
        self.assertEqual(line.user_id, self.officer)
        self.assertIn(self.employee.name, line.note)
        approval.with_user(self.employee).approve()
        self.assertFalse(self.reads(self.employee))

    def test_refused_newcomer_is_not_asked_for_again(self):
        approval = self.submit()
        self.join(self.employee)
        self.requests().with_user(self.officer).workflow_move("refuse", "Not concerned")
        approval._refresh_candidates()
        self.assertFalse(self.requests())
        self.assertFalse(self.reads(self.employee))

    def test_request_ends_with_its_approval(self):
        approval = self.submit()
        self.join(self.employee)
        change = self.requests()
        approval.with_user(self.clerk).withdraw()
        self.assertEqual(change.state, "withdrawn")
        self.assertFalse(change.activity_ids)

    def test_newcomer_taken_off_the_step_gains_nothing(self):
        self.submit()
        self.join(self.employee)
        self.employee.with_user(self.admin).group_ids = [Command.unlink(self.deputies.id)]
        with self.assertRaisesRegex(UserError, "not concerned"):
            self.requests().with_user(self.officer).workflow_move("confirm")

    def test_later_step_changed_meanwhile_waits_too(self):
        approval = self.submit()
        self.join(self.employee, group=self.env.ref("kehu_archive.group_marketing_director"))
        self.assertEqual(self.requests().requester_id, self.admin)
        approval.with_user(self.leader).approve()
        self.assertFalse(self.reads(self.employee))
        self.assertEqual(self.told(approval), self.director)

    def test_newcomer_with_clearance_is_asked_next_time(self):
        approval = self.submit()
        self.join(self.cleared)
        self.assertFalse(self.requests())
        approval._refresh_candidates()
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.cleared).approve()

    def test_officer_lends_directly_but_not_to_oneself(self):
        self.env.ref("base.group_erp_manager").user_ids |= self.officer | self.colleague
        approval = self.submit("3")
        self.join(self.employee, by=self.officer)
        self.assertIn(self.employee, approval.kehu_lent_user_ids & approval.asked_user_ids)
        self.assertTrue(self.reads(self.employee))
        self.colleague.group_ids -= self.env.ref("kehu_archive.group_clearance_top_secret")
        for user in (self.colleague, self.rule_manager):
            self.join(user, by=self.colleague)
        self.assertFalse(self.reads(self.colleague) or self.reads(self.rule_manager))
        self.assertEqual(self.requests().beneficiary_ids, self.colleague | self.rule_manager)

    def test_officer_at_work_lends_to_nobody_unasked(self):
        approval = self.submit()
        self.env.cr.execute(  # as a role changes, without a word to the approval
            "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)", [self.deputies.id, self.employee.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.join(self.rule_manager)
        self.requests().filtered(lambda change: change.beneficiary_ids == self.rule_manager).with_user(self.officer).workflow_move("confirm")
        self.assertEqual(approval.kehu_lent_user_ids, self.director | self.rule_manager)
        self.assertFalse(self.reads(self.employee))

    def test_new_member_of_step_group_waits_and_is_logged(self):
        approval = self.submit()
        approval.with_user(self.leader).approve()
        group = self.env.ref("kehu_archive.group_marketing_director")
        self.employee.with_user(self.admin).group_ids = [Command.link(group.id)]
        self.assertFalse(self.reads(self.employee))
        self.assertEqual((self.requests().requester_id, self.requests().beneficiary_ids), (self.admin, self.employee))
        self.assertTrue(self.env["kehu.access.log"].search(
            [("action", "=", "right"), ("res_model", "=", "res.users"), ("res_id", "=", self.employee.id),
             ("note", "=", f"+ {group.full_name}")]))

    def test_group_of_rule_managers_gives_no_reading(self):
        self.submit()
        self.admin.with_user(self.admin).group_ids = [Command.link(self.env.ref("kehu_workflow.group_workflow_manager").id)]
        self.step.with_user(self.admin).user_ids = [Command.link(self.admin.id)]
        self.assertFalse(self.reads(self.admin) or self.requests())

    def test_delegate_waits_unless_there_when_asked(self):
        today = fields.Date.today()
        dates = {"date_from": today - timedelta(days=1), "date_to": today + timedelta(days=3)}
        Delegation = self.env["kehu.approval.delegation"].with_user(self.leader)
        Delegation.create({"delegate_id": self.employee.id, **dates})
        self.assertTrue(self.env["kehu.access.log"].search([("action", "=", "right"), ("note", "like", "+ Chen: ")]))
        approval = self.submit()
        self.assertTrue(self.reads(self.employee))
        Delegation.create({"delegate_id": self.rule_manager.id, **dates})
        self.assertFalse(self.reads(self.rule_manager))
        self.assertEqual((self.requests().requester_id, self.requests().beneficiary_ids), (self.leader, self.rule_manager))
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertTrue(self.reads(self.rule_manager))
        approval.with_user(self.rule_manager).approve()

    def test_tier_raised_meanwhile_takes_reading_until_confirmed(self):
        approval = self.submit("1")
        approval.with_user(self.leader).approve()
        self.archive.sudo().kehu_tier = "2"
        self.assertFalse(self.reads(self.director))
        approval._refresh_candidates()
        self.assertEqual(self.requests().beneficiary_ids, self.director)
        self.requests().with_user(self.officer).workflow_move("confirm")
        approval.with_user(self.director).approve()
        self.assertEqual(self.archive.state, "formal")

    def test_responsible_is_warned_when_all_wait(self):
        approval = self.submit("1")
        approval.with_user(self.leader).approve()
        self.archive.sudo().kehu_tier = "2"
        self.env.invalidate_all()
        approval._refresh_candidates()
        self.assertIn("Nobody can decide", approval.rule_id.activity_ids.mapped("summary")[0])

    # === FORGED ===

    def test_list_is_filled_by_nobody_but_the_server(self):
        approval = self.submit()
        link = [Command.link(self.employee.id)]
        # An administrator can give any access right to the model.
        self.env["ir.model.access"].create({
            "name": "all", "model_id": self.env["ir.model"]._get_id("kehu.approval"), "group_id": self.env.ref("base.group_system").id,
            "perm_read": True, "perm_write": True, "perm_create": True})
        for records in (approval.with_user(self.rule_manager), approval.with_user(self.clerk), approval.with_user(self.admin), approval):
            with self.assertRaises(AccessError):
                records.write({"kehu_lent_user_ids": link})
        for user in (self.clerk, self.rule_manager):
            with self.assertRaises(AccessError):
                self.archive.with_user(user).write({"approval_ids": [Command.update(approval.id, {"kehu_lent_user_ids": link})]})
        with self.assertRaises(AccessError):
            self.env["kehu.approval"].create([{**approval.copy_data()[0], "kehu_lent_user_ids": link}])
        forged = {"kehu_right_permit": {"model": "kehu.approval", "ids": approval.ids, "name": "kehu_lent_user_ids", "value": self.employee.id}}
        with self.assertRaises(AccessError):
            approval.with_context(**forged).write({"kehu_lent_user_ids": link})
        self.assertEqual(approval.kehu_lent_user_ids, self.director)

    def test_default_in_context_lends_nothing(self):
        self.archive.sudo().kehu_tier = "2"
        archive = self.archive.with_user(self.clerk).with_context(default_kehu_lent_user_ids=[Command.link(self.employee.id)])
        archive.workflow_move("submit")
        self.assertEqual(self.archive.approval_ids.kehu_lent_user_ids, self.director)

    # === TAKEN AWAY ===

    def taken(self):
        return self.env["kehu.right.change"].search([("is_taken", "=", True)]) - self.earlier

    def test_officers_are_told_of_user_taken_off_step(self):
        step = self.later_step.with_user(self.rule_manager)
        step.user_ids = [Command.link(self.employee.id)]
        self.assertFalse(self.taken())
        step.user_ids = [Command.unlink(self.employee.id)]
        change = self.taken()
        self.assertRecordValues(change, [{"state": "direct", "requester_id": self.rule_manager.id, "name": "user_ids"}])
        self.assertIn(f"Marketing director: {self.employee.name}", change.before_label)
        self.assertEqual(change.activity_ids.user_id, self.officer | self.colleague)
        self.assertTrue(self.env["kehu.access.log"].search(
            [("action", "=", "right"), ("res_id", "=", self.employee.id), ("note", "=like", "− % / Marketing director")]))

    def test_officers_are_told_of_role_step_and_rule_taken_away(self):
        self.deputies.user_ids = self.employee
        self.step.with_user(self.rule_manager).role = False
        self.assertIn("kehu_team_id.user_id", self.taken().before_label)
        told = self.taken()
        spare = self.env["kehu.approval.step"].with_user(self.rule_manager).create(
            {"rule_id": self.step.rule_id.id, "name": "Spare", "user_ids": [Command.set(self.director.ids)]})
        spare.unlink()
        gone = self.taken() - told
        self.assertEqual((gone.name, gone.document_names), ("step_ids", self.step.rule_id.name))
        self.assertIn("Director", gone.before_label)
        told = self.taken()
        self.step.rule_id.with_user(self.rule_manager).active = False
        self.assertIn(self.employee.name, " ".join((self.taken() - told).mapped("before_label")))

    def test_officers_are_told_of_member_taken_off_step_group(self):
        group = self.env.ref("kehu_archive.group_marketing_director")
        self.director.with_user(self.admin).group_ids = [Command.unlink(group.id)]
        self.assertRecordValues(self.taken(), [{"name": "group_ids", "res_ids": self.director.ids}])
        self.assertEqual(self.taken().activity_ids.user_id, self.officer | self.colleague)

    def test_officers_are_told_of_delegation_that_ends(self):
        today = fields.Date.today()
        delegation = self.env["kehu.approval.delegation"].with_user(self.leader).create(
            {"delegate_id": self.employee.id, "date_from": today - timedelta(days=2), "date_to": today + timedelta(days=3)})
        approval = self.submit()
        self.assertTrue(self.reads(self.employee))
        delegation.date_to = today + timedelta(days=2)
        self.assertFalse(self.taken())
        delegation.date_to = today - timedelta(days=2)
        self.assertFalse(self.reads(self.employee))
        self.assertRecordValues(self.taken(), [{"name": "kehu_lent_user_ids", "res_ids": approval.ids, "requester_id": self.leader.id}])
        self.assertIn(self.employee.name, self.taken().before_label)
        delegation.date_to = today + timedelta(days=3)
        told = self.taken()
        delegation.unlink()
        self.assertEqual((self.taken() - told).activity_ids.user_id, self.officer | self.colleague)

    # === SPEED ===

    def test_hidden_from_says_what_each_user_sees(self):
        users = self.env["res.users"].search([("share", "=", False)])
        secret = self.file_archive(name="Other", vat=credit_code(77), legal_representative="Zhao", kehu_team_id=self.unit.id)
        secret.sudo().kehu_tier = "3"
        self.archive.sudo().kehu_tier = "2"
        self.archive.partner_id.sudo().user_id = self.employee
        self.env["kehu.grant"].sudo().create({
            "user_id": self.rule_manager.id, "partner_id": self.archive.partner_id.id, "purpose": "Audit",
            "date_from": fields.Datetime.now() - timedelta(hours=1), "date_until": fields.Datetime.now() + timedelta(hours=1)})
        archives = self.archive | secret.with_env(self.env)
        for records in (archives, archives.partner_id):
            hidden = records._kehu_hidden_from(users)
            for record in records:
                each = users.filtered(lambda user, record=record: record.with_user(user)._kehu_hidden())
                self.assertEqual(hidden[record.id], each)
                self.assertTrue(each and users - each)

    def test_queries_are_the_same_for_many_users(self):
        approval, counts = self.submit(), []
        for number in (1, 20, 100):
            users = self.env["res.users"].union(*(
                new_test_user(self.env, f"many_{number}_{index}", "base.group_user") for index in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            self.env.cr.postcommit.data.pop(TIER_WRITTEN, None)  # tiers that this transaction writes are looked up each time
            approval._kehu_filter_hidden({approval.id: self.cleared})  # fills the caches
            before = self.env.cr.sql_log_count
            self.assertEqual(approval._kehu_filter_hidden({approval.id: users}), {approval.id: users})
            counts.append(self.env.cr.sql_log_count - before)
        self.env.registry.clear_cache()
        self.assertEqual(len(set(counts)), 1, counts)

    def test_lending_costs_the_same_for_many_approvals(self):
        counts = []
        for number in (2, 12):
            archives = self.env["kehu.archive"].with_user(self.clerk).create([
                {"name": f"Customer {number}/{index}", "vat": credit_code(100 * number + index), "kehu_team_id": self.unit.id,
                 "kehu_custodian_id": self.clerk.id, "legal_representative": "Zhao"} for index in range(number)])
            archives.sudo().partner_id.kehu_tier = "2"
            archives.workflow_move("submit")
            self.env.cr.execute("INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)", [self.deputies.id, self.employee.id])
            approvals = archives.sudo().approval_ids
            self.assertEqual(approvals.kehu_lent_user_ids, self.director)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(approvals.browse(approvals.ids)._kehu_to_lend()), number)
            counts.append(self.env.cr.sql_log_count - before)
            self.env.cr.execute("DELETE FROM res_groups_users_rel WHERE gid = %s", [self.deputies.id])
            self.env.invalidate_all()
        self.assertLess(counts[1], counts[0] + 6)
