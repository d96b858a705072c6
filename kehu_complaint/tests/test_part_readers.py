from odoo import Command
from odoo.tests import new_test_user, tagged

from .major_common import MajorCase


class Noted:
    """The changes of rights and the lines of the access log."""

    def setUp(self):
        super().setUp()
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.officer
        self.begin()

    def begin(self):
        """Leave out what was noted until now."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.before = [
            self.env[model].search([], order="id desc", limit=1).id or 0
            for model in ("kehu.right.change", "kehu.access.log")
        ]

    def told(self):
        """Return ``{(model, field): users}`` of whom the officers were told, each with a line in the log."""
        changes, lines = (
            self.env[model].search([("id", ">", last)])
            for model, last in zip(("kehu.right.change", "kehu.access.log"), self.before)
        )
        for change in changes:
            self.assertEqual((change.state, change.activity_ids.user_id), ("direct", self.officer))
            for document in change.res_ids:
                self.assertTrue(
                    lines.filtered(
                        lambda line, change=change, document=document: (
                            (line.action, line.res_model, line.res_id) == ("right", change.res_model, document)
                            and change.name in line.note
                        )
                    )
                )
        return {(change.res_model, change.name): change.beneficiary_ids for change in changes}


@tagged("post_install", "-at_install")
class TestComplaintPartReaders(Noted, MajorCase):
    """X5, C9: who comes to read a confidential complaint by a part in it is noted, and told to the officers."""

    def test_members_of_past_meeting_are_told(self):
        complaint = self.major()
        meeting = (
            self.env["kehu.crisis.meeting"]
            .with_user(self.crisis)
            .create({"complaint_id": complaint.id, "date": "2026-03-02 06:00:00", "member_ids": self.crisis.ids})
        )
        self.begin()
        meeting.member_ids = [Command.link(self.employee.id)]
        self.assertTrue(complaint.with_user(self.employee).has_access("read"))
        self.assertEqual(self.told(), {("kehu.crisis.meeting", "member_ids"): self.employee})

    def test_returning_handler_waits_for_officer(self):
        admin = new_test_user(self.env, "test_part_admin", "base.group_system")
        complaint = self.major(user_id=self.handler.id)
        complaint.partner_id.sudo().kehu_tier = "1"
        self.assertEqual((complaint.kehu_tier, complaint.partner_id.kehu_tier), ("2", "1"))
        both = self.handler | self.employee
        both.with_user(admin).active = False
        self.env.invalidate_all()
        both.with_user(admin).active = True
        self.assertEqual((self.handler.active, self.employee.active), (False, True))
        request = self.env["kehu.right.change"].search([("name", "=", "active"), ("state", "=", "pending")])
        self.assertEqual((request.beneficiary_ids, request.tier), (self.handler, "2"))
        request.with_user(self.officer).workflow_move("confirm")
        self.env.invalidate_all()
        self.assertTrue(self.handler.active and complaint.with_user(self.handler).has_access("read"))

    def test_owner_of_measure_is_told_and_tracked(self):
        complaint = self.major()
        measure = (
            self.env["kehu.crisis.measure"]
            .with_user(self.crisis)
            .create(
                {"complaint_id": complaint.id, "name": "Recall", "owner_id": self.crisis.id, "date_due": "2099-03-09"}
            )
        )
        self.begin()
        complaint.with_user(self.crisis).write(
            {"crisis_measure_ids": [Command.update(measure.id, {"owner_id": self.employee.id})]}
        )
        self.assertEqual(self.told(), {("kehu.crisis.measure", "owner_id"): self.employee})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn(
            self.employee,
            [
                self.env["res.users"].browse(value.new_value_integer)
                for value in measure.sudo().message_ids.tracking_value_ids
            ],
        )

    def test_roles_of_complaint_are_told_from_confidential_on(self):
        complaint = self.complain()
        complaint.with_user(self.supervisor).workflow_move("accept")
        complaint.with_user(self.handler).write(
            {"investigator_id": self.investigator.id, "callback_user_id": self.taker.id}
        )
        self.assertFalse(self.told())
        complaint.with_user(self.supervisor).major_reason_ids = self.media
        self.assertEqual(
            self.told(),
            {
                ("kehu.complaint", "user_id"): self.handler,
                ("kehu.complaint", "investigator_id"): self.investigator,
                ("kehu.complaint", "callback_user_id"): self.taker,
            },
        )
        self.begin()
        complaint.with_user(self.supervisor).executor_id = self.employee
        self.assertEqual(self.told(), {("kehu.complaint", "executor_id"): self.employee})

    def test_cleared_colleagues_are_not_told(self):
        complaint = self.major()
        self.begin()
        complaint.with_user(self.supervisor).write({"executor_id": self.cleared.id})
        complaint.with_user(self.supervisor).write({"callback_user_id": self.supervisor.id})
        self.assertFalse(self.told())

    def test_part_opens_nothing_of_hidden_customer(self):
        self.customer.kehu_tier = "2"
        self.taker.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        self.begin()
        complaint = self.complain()
        self.assertFalse(complaint.with_user(self.handler).has_access("read"))
        self.assertFalse(self.told())

    def test_accused_officer_is_not_told_and_does_not_read(self):
        auditor = self.service_user("test_auditor", "service_user", "Wei")
        self.env.ref("kehu_confidential.group_tier_auditor").user_ids = auditor | self.officer
        complaint = self.major(user=self.general_manager, accused_user_ids=self.officer.ids)
        self.begin()
        complaint.with_user(self.supervisor).investigator_id = self.investigator
        self.env["kehu.crisis.meeting"].with_user(self.crisis).create(
            {"complaint_id": complaint.id, "date": "2026-03-02 06:00:00", "member_ids": self.employee.ids}
        )
        changes = self.env["kehu.right.change"].search([("id", ">", self.before[0])])
        lines = self.env["kehu.access.log"].search([("id", ">", self.before[1]), ("action", "=", "right")])
        self.assertEqual(set(changes.mapped("res_model")), {"kehu.complaint", "kehu.crisis.meeting"})
        self.assertEqual(changes.activity_ids.user_id, auditor)
        for rows in (changes, lines):
            for user, readable in ((auditor, rows), (self.officer, rows.browse())):
                mine = rows.with_user(user)
                self.assertEqual(mine.search([("id", "in", rows.ids)]), readable)
                self.assertEqual(mine._filtered_access("read"), readable)
        self.assertFalse(self.env["mail.activity"].with_user(self.officer).search([("user_id", "=", self.officer.id)]))

    def test_officers_who_are_not_accused_are_told(self):
        other = self.service_user("test_officer_2", "service_user", "Wei")
        other.group_ids += self.env.ref("kehu_confidential.group_tier_officer")
        self.begin()
        complaint = self.major(user=self.general_manager, accused_user_ids=other.ids)
        complaint.with_user(self.supervisor).investigator_id = self.investigator
        changes = self.env["kehu.right.change"].search(
            [("id", ">", self.before[0]), ("res_model", "=", "kehu.complaint")]
        )
        self.assertEqual(changes.activity_ids.user_id, self.officer)
        complaint.with_user(self.general_manager).write(
            {"accused_user_ids": False, "accusation_reason": "Another was meant"}
        )
        self.assertTrue(changes.with_user(other).has_access("read"))
