from datetime import datetime

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import CODE, OTHER_CODE, ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveFiling(ArchiveCase):
    """A3, A4, A6: from first contact to the formal archive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "test_director", "kehu_archive.group_marketing_director", name="Director")
        cls.env.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": "Asia/Shanghai", "company_id": cls.env.company.id}
        )
        cls.archive = cls.file_archive(
            vat=CODE, legal_representative="Zhao", kehu_team_id=cls.unit.id, date_first_contact="2026-03-02"
        )

    def submit(self):
        self.archive.with_user(self.clerk).workflow_move("submit")
        return self.archive.approval_ids.filtered(lambda approval: approval.state == "pending")

    def test_formal_after_unit_manager_and_marketing_director(self):
        approval = self.submit()
        self.assertEqual(self.archive.state, "pending")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            approval.with_user(self.director).approve()  # not yet the director's turn
        approval.with_user(self.leader).approve("Known since 2024")
        self.assertEqual(self.archive.state, "pending")
        with freeze_time("2026-03-05 02:00:00"):
            approval.with_user(self.director).approve()
        self.assertEqual(self.archive.state, "formal")
        self.assertEqual(str(self.archive.date_filed), "2026-03-05")
        history = self.archive.workflow_log_ids.sorted("id")
        self.assertEqual(history.mapped("move"), ["submit", "file"])
        self.assertEqual(history.mapped("user_id"), self.clerk + self.director)

    def test_approver_reads_confidential_customer_during_turn(self):
        self.archive.kehu_custodian_id = self.clerk
        self.archive.sudo().kehu_tier = "2"
        approval = self.submit()
        as_director = self.archive.with_user(self.director)
        self.assertFalse(as_director.search([("id", "=", self.archive.id)]))
        approval.with_user(self.leader).approve()
        self.assertTrue(as_director.search([("id", "=", self.archive.id)]))
        self.assertEqual(as_director.partner_id.name, "Test Customer")
        for record in (as_director, as_director.partner_id):  # or the director could keep what was lent
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                record.kehu_custodian_id = self.director
        approval.with_user(self.director).approve()
        self.assertFalse(as_director.has_access("read"))
        self.assertFalse(as_director.partner_id.search([("id", "=", self.archive.partner_id.id)]))

    def test_nobody_files_past_the_approvers(self):
        approval = self.submit()
        for user in (self.clerk, self.manager, self.salesman, self.officer):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                approval.with_user(user).approve()
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.archive.with_user(user).workflow_move("file")
        self.assertEqual(self.archive.state, "pending")

    def test_refused_archive_comes_back_with_the_reason(self):
        approval = self.submit()
        approval.with_user(self.leader).refuse("Registered address is missing")
        self.assertEqual(self.archive.state, "preliminary")
        self.assertIn("Registered address is missing", self.archive.workflow_log_ids.mapped("reason"))
        self.assertTrue(self.submit())

    def test_card_must_be_filled_before_submitting(self):
        self.archive.vat = self.archive.legal_representative = False
        with (
            self.assertRaisesRegex(UserError, "Unified Social Credit Code.*Legal Representative"),
            self.env.cr.savepoint(),
        ):
            self.submit()
        self.assertEqual(self.archive.state, "preliminary")

    def test_identity_is_frozen_from_submission_on(self):
        """Neither through the archive nor the contact record behind it, a contact person or the merge wizard."""
        person, twin = self.env["res.partner"].create(
            [
                {"name": "Person", "parent_id": self.archive.partner_id.id},
                {"name": "Another Customer", "is_company": True},
            ]
        )
        self.submit()
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.clerk).create({})
        for way_round in (
            lambda: person.with_user(self.clerk).write({"vat": OTHER_CODE}),
            lambda: merge._merge((self.archive.partner_id + twin).ids, twin.with_user(self.clerk)),
        ):
            with self.assertRaisesRegex(UserError, "Take it back first"), self.env.cr.savepoint():
                way_round()
            self.env.invalidate_all()
        for record in (self.archive.with_user(self.clerk), self.archive.partner_id.with_user(self.clerk)):
            for vals in ({"name": "Another Customer"}, {"vat": OTHER_CODE}):
                with self.assertRaisesRegex(UserError, "Take it back first"), self.env.cr.savepoint():
                    record.write(vals)
        self.archive.with_user(self.clerk).phone = "0755-1234567"
        for colleague in (self.leader, self.salesman, self.manager):
            with self.assertRaisesRegex(AccessError, "Who asked for the approval"), self.env.cr.savepoint():
                self.archive.with_user(colleague).workflow_move("withdraw", "Not mine")
        self.archive.with_user(self.clerk).workflow_move("withdraw", "Name changed")
        self.archive.with_user(self.clerk).name = "Another Customer"

    def test_going_back_needs_a_reason(self):
        approval = self.submit()
        approval.with_user(self.leader).approve()
        approval.with_user(self.director).approve()
        for name, user in (("revise", self.clerk), ("rest", self.clerk), ("close", self.manager)):
            with self.assertRaisesRegex(UserError, "reason"), self.env.cr.savepoint():
                self.archive.with_user(user).workflow_move(name)
        self.archive.with_user(self.clerk).workflow_move("revise", "The company was renamed")
        self.assertEqual(self.archive.state, "preliminary")

    def test_locked_card_names_the_way_back(self):
        approval = self.submit()
        with self.assertRaisesRegex(UserError, "first .button “Withdraw”"), self.env.cr.savepoint():
            self.archive.with_user(self.clerk).name = "Another Customer"
        approval.with_user(self.leader).approve()
        approval.with_user(self.director).approve()
        with self.assertRaisesRegex(UserError, "first .button “Revise”"), self.env.cr.savepoint():
            self.archive.with_user(self.clerk).name = "Another Customer"

    def test_raised_tier_keeps_the_reason_on_the_archive(self):
        """X1: in the chatter where the button is, too."""
        action = self.archive.with_user(self.clerk).action_kehu_raise_tier()
        dialog = self.env["kehu.tier.raise"].with_user(self.clerk).with_context(action["context"])
        dialog.create({"tier": "1", "reason": "New product under way"}).action_apply()
        message = self.archive.message_ids.filtered(lambda message: "New product under way" in (message.body or ""))
        self.assertEqual(message.author_id, self.clerk.partner_id)

    def test_filing_clock_runs_five_working_days(self):
        """A4: counted from the first contact, a make-up Saturday is a working day."""
        self.env["kehu.workday"].create(
            [
                {"name": "Make-up day", "date": "2026-03-07", "kind": "working"},
                {"name": "Holiday", "date": "2026-03-04", "kind": "holiday"},
            ]
        )
        archive = self.file_archive(name="Clocked", date_first_contact="2026-03-02")
        clock = archive.deadline_ids
        self.assertEqual(clock.date_due.date(), datetime(2026, 3, 9).date())
        archive.with_user(self.manager).date_first_contact = "2026-03-03"
        self.assertEqual(len(archive.deadline_ids.filtered(lambda clock: clock.state == "running")), 1)
        self.assertGreater(archive.deadline_date, clock.date_due.replace(hour=0))

    def test_existing_customer_has_no_filing_clock(self):
        with self.assertRaisesRegex(AccessError, "only a manager"), self.env.cr.savepoint():
            self.file_archive(name="Old", is_existing=True)
        archive = self.file_archive(name="Old")
        self.assertEqual(archive.sudo().deadline_ids.state, "running")
        with self.assertRaisesRegex(AccessError, "only a manager"), self.env.cr.savepoint():
            archive.is_existing = True
        archive.with_user(self.manager).is_existing = True
        self.assertEqual(archive.sudo().deadline_ids.state, "cancelled")
        old = self.file_archive(self.manager, name="Older", is_existing=True, date_first_contact="2020-01-01")
        self.assertFalse(old.sudo().deadline_ids)

    def test_filing_clock_starts_without_first_contact(self):
        archives = self.env["kehu.archive"].with_user(self.clerk)
        today = fields.Date.context_today(archives)
        for number, (context, vals) in enumerate(
            (({}, {"date_first_contact": False}), ({"default_date_first_contact": False}, {}), ({}, {})),
        ):
            archive = archives.with_context(**context).create({"name": f"New {number}", **vals})
            self.assertEqual(archive.date_first_contact, today)
            self.assertEqual(archive.sudo().deadline_ids.mapped("state"), ["running"])

    def test_first_contact_is_moved_later_by_manager_alone(self):
        archive = self.file_archive(name="Clocked", date_first_contact="2026-03-02")
        for date in ("2026-03-03", False):
            with self.assertRaisesRegex(AccessError, "later day"), self.env.cr.savepoint():
                archive.with_user(self.clerk).date_first_contact = date
        archive.with_user(self.clerk).date_first_contact = "2026-03-01"
        with self.assertRaisesRegex(ValidationError, "in the future"), self.env.cr.savepoint():
            archive.with_user(self.manager).date_first_contact = "2099-12-31"
        with self.assertRaisesRegex(ValidationError, "in the future"), self.env.cr.savepoint():
            self.file_archive(name="Later", date_first_contact="2099-12-31")

    @freeze_time("2026-03-03 02:00:00")
    def test_clock_is_met_by_submitting_in_time(self):
        archive = self.file_archive(
            name="In Time", vat=OTHER_CODE, legal_representative="Qian", kehu_team_id=self.unit.id
        )
        self.assertEqual(archive.deadline_state, "running")
        archive.with_user(self.clerk).workflow_move("submit")
        self.assertEqual(archive.deadline_ids.state, "met")

    def test_who_withdraws_gains_no_time(self):
        with freeze_time("2026-03-02 02:00:00"):
            archive = self.file_archive(
                name="To and Fro", vat=OTHER_CODE, legal_representative="Qian", kehu_team_id=self.unit.id
            )
        due = archive.deadline_date
        mine = archive.with_user(self.clerk)
        for withdraw in (
            lambda: mine.workflow_move("withdraw", "Not yet"),
            lambda: archive.approval_ids[0].with_user(self.clerk).withdraw("Not yet"),
        ):
            with freeze_time("2026-03-05 02:00:00"):
                mine.workflow_move("submit")
                withdraw()
                self.assertEqual((archive.state, archive.deadline_date), ("preliminary", due))
        with freeze_time("2026-03-05 02:00:00"):
            mine.workflow_move("submit")
            archive.approval_ids[0].with_user(self.leader).refuse("The address is missing")
        self.assertGreater(archive.deadline_date, due, "a decision gives time to follow it")

    def ask_besides(self, approval, state):
        """Something else that was asked for of the same document."""
        return approval.sudo().copy({"kind": "besides", "state": state, "date": fields.Datetime.now()})

    def test_who_withdraws_after_other_request_gains_no_time(self):
        with freeze_time("2026-03-02 02:00:00"):
            self.archive.date_first_contact = "2026-03-02"
            due = self.archive.deadline_date
        with freeze_time("2026-03-03 02:00:00"):
            approval = self.submit()
        with freeze_time("2026-03-04 02:00:00"):
            self.ask_besides(approval, "approved")
        with freeze_time("2026-03-05 02:00:00"):
            self.archive.with_user(self.clerk).workflow_move("withdraw", "Not yet")
        self.assertEqual(self.archive.deadline_date, due)

    def test_withdrawn_archive_counts_from_date_as_it_is(self):
        with freeze_time("2026-03-05 02:00:00"):
            other = self.file_archive(name="Earlier", date_first_contact="2026-03-02")
            archive = self.file_archive(
                name="Later",
                vat=OTHER_CODE,
                legal_representative="Qian",
                kehu_team_id=self.unit.id,
                date_first_contact="2026-03-04",
            )
            archive.with_user(self.clerk).workflow_move("submit")
            archive.with_user(self.manager).date_first_contact = other.date_first_contact
            archive.with_user(self.clerk).workflow_move("withdraw", "Not yet")
            self.assertEqual(archive.deadline_date, other.deadline_date)

    def test_revised_archive_is_not_late_by_later_request(self):
        """It was filed long ago; what was asked for since, and withdrawn, has nothing to do with that clock (C7)."""
        self.env.ref("kehu_archive.deadline_rule_filing").domain = "[]"
        with freeze_time("2026-03-03 02:00:00"):
            approval = self.submit()
            approval.with_user(self.leader).approve()
            approval.with_user(self.director).approve()
        with freeze_time("2026-04-01 02:00:00"):
            self.ask_besides(approval, "withdrawn")
        with freeze_time("2026-04-10 02:00:00"):
            self.archive.with_user(self.clerk).workflow_move("revise", "The company was renamed")
            self.assertEqual(self.archive.deadline_state, "running")

    def test_late_archive_is_escalated_to_unit_manager(self):
        self.assertEqual(self.archive.deadline_state, "late")
        self.assertIn(self.archive, self.env["kehu.archive"].search([("deadline_state", "=", "late")]))
        with self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
        self.assertEqual(self.archive.activity_ids.user_id, self.clerk + self.leader)

    def test_late_archive_nobody_may_read_is_told_to_officer(self):
        self.archive.sudo().write({"kehu_tier": "3", "kehu_custodian_id": False, "kehu_team_id": False})
        in_charge = self.env.ref("kehu_archive.deadline_rule_filing").user_id
        self.assertFalse(self.archive.with_user(in_charge).has_access("read"))
        with self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
        self.assertIn(self.officer, self.archive.sudo().activity_ids.user_id)
        self.assertNotIn(in_charge, self.archive.sudo().activity_ids.user_id)

    def test_clocks_approvals_and_history_cannot_be_forged(self):
        self.submit()
        for records in (self.archive.deadline_ids, self.archive.approval_ids, self.archive.workflow_log_ids):
            for user in (self.clerk, self.manager, self.leader):
                with self.assertRaises(AccessError):
                    records.with_user(user).write({"res_id": 0})
                with self.assertRaises(AccessError):
                    records.with_user(user).unlink()
        for name in ("deadline_ids", "approval_ids", "workflow_log_ids"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.archive.with_user(self.manager).write({name: [Command.clear()]})
                self.env.flush_all()
        self.assertTrue(self.archive.approval_ids)
