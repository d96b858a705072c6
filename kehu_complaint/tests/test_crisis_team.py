from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .major_common import MajorCase


@tagged("post_install", "-at_install")
class TestCrisisTeam(MajorCase):
    """C9: the crisis team meets, keeps minutes and gives out measures with a clock."""

    def test_the_crisis_team_meets_and_gives_out_measures(self):
        complaint = self.major()
        meeting = (
            self.env["kehu.crisis.meeting"]
            .with_user(self.crisis)
            .create(
                {
                    "complaint_id": complaint.id,
                    "date": "2026-03-02 06:00:00",
                    "member_ids": [Command.set((self.crisis | self.investigator).ids)],
                    "minutes": "<p>All were heard.</p>",
                    "decisions": "<p>Recall the batch.</p>",
                }
            )
        )
        measure = (
            self.env["kehu.crisis.measure"]
            .with_user(self.crisis)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "Recall the batch",
                    "owner_id": self.investigator.id,
                    "date_due": "2026-03-09",
                }
            )
        )
        for record in (complaint, meeting, measure):
            self.assertTrue(record.with_user(self.investigator).has_access("read"), record)
            self.assertFalse(record.with_user(self.employee).has_access("read"), record)
        mine = measure.with_user(self.investigator)
        for vals in ({"date_due": "2027-01-01"}, {"owner_id": self.employee.id}, {"name": "Nothing"}):
            with self.assertRaisesRegex(AccessError, "owner writes the result"), self.env.cr.savepoint():
                mine.write(vals)
        for vals in ({"date_done": "2026-03-03"}, {"done_user_id": self.crisis.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                measure.with_user(self.crisis).write(vals)
        with self.assertRaisesRegex(UserError, "what has come of it"), self.env.cr.savepoint():
            mine.action_done()
        mine.result = "400 of 420 are back."
        self.assertEqual(
            [measure.with_user(user).is_mine_to_do for user in (self.investigator, self.crisis, self.taker)],
            [True, True, False],
        )
        mine.action_done()
        self.assertFalse(mine.is_mine_to_do)
        self.assertEqual(measure.done_user_id, self.investigator)
        for attack in (
            lambda: mine.action_done(),
            lambda: mine.write({"result": "All"}),
            lambda: measure.with_user(self.crisis).unlink(),
            lambda: meeting.with_user(self.crisis).unlink(),
            lambda: meeting.with_user(self.crisis).write(
                {"complaint_id": self.complain(serial="SN-7", product_id=False).id}
            ),
            lambda: meeting.with_user(self.taker).write({"minutes": "<p>Nothing.</p>"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()

    def test_clock_of_measure_reaches_manager_and_ends_with_it(self):
        rule = self.env.ref("kehu_complaint.deadline_rule_crisis_measure")
        with freeze_time("2026-03-02 02:00:00"):
            measure = (
                self.env["kehu.crisis.measure"]
                .with_user(self.crisis)
                .create(
                    {
                        "complaint_id": self.major().id,
                        "name": "Inform the press",
                        "owner_id": self.investigator.id,
                        "date_due": "2026-03-06",
                    }
                )
            )
        clock = measure.sudo().deadline_ids
        self.assertEqual((clock.rule_id, clock._local_due_date().isoformat()), (rule, "2026-03-07"))
        told = self.env["res.users"]
        for moment, user in (
            ("2026-03-06 06:00:00", self.investigator),
            ("2026-03-07 06:00:00", self.investigator),
            ("2026-03-10 06:00:00", self.crisis),
            ("2026-03-13 06:00:00", self.general_manager),
        ):
            for _run in range(2):
                self.sweep(moment)
            told |= user
            self.assertEqual(measure.sudo().activity_ids.user_id, told, moment)
        self.assertEqual(
            len(measure.sudo().activity_ids), 3, "one for each: a later one takes the place of the earlier"
        )
        # Who has something to do there sees it, and takes it off the list; the measure stays the crisis team's.
        activity = measure.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.investigator)[:1]
        activity.with_user(self.investigator).action_feedback(feedback="Writing it")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            measure.with_user(self.investigator).write({"date_due": "2026-05-01"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            clock.with_user(self.investigator).write({"date_due": "2026-05-01"})
        with freeze_time("2026-03-13 08:00:00"):
            measure.with_user(self.investigator).write({"result": "Printed on Friday"})
            measure.with_user(self.investigator).action_done()
        self.assertEqual(clock.state, "missed")
        self.assertFalse(measure.sudo().activity_ids)

    def test_another_due_date_starts_another_clock(self):
        measure = (
            self.env["kehu.crisis.measure"]
            .with_user(self.crisis)
            .create(
                {
                    "complaint_id": self.major().id,
                    "name": "Inform the press",
                    "owner_id": self.investigator.id,
                    "date_due": "2099-03-06",
                }
            )
        )
        measure.date_due = "2099-04-06"
        self.assertEqual(measure.sudo().deadline_ids.mapped("state"), ["cancelled", "running"])

    def test_the_accused_neither_meets_nor_has_measures(self):
        complaint = self.major(accused_user_ids=[Command.link(self.salesman.id)])
        Meeting, Measure = (self.env[f"kehu.crisis.{name}"].with_user(self.crisis) for name in ("meeting", "measure"))
        with self.assertRaisesRegex(UserError, "takes part in what concerns them"), self.env.cr.savepoint():
            Meeting.create({"complaint_id": complaint.id, "member_ids": self.salesman.ids})
        with self.assertRaisesRegex(UserError, "takes part in what concerns them"), self.env.cr.savepoint():
            Measure.create(
                {"complaint_id": complaint.id, "name": "x", "owner_id": self.salesman.id, "date_due": "2026-03-09"}
            )
        past, coming = (
            Meeting.create(
                {
                    "complaint_id": complaint.id,
                    "date": fields.Datetime.now() + timedelta(days=days),
                    "member_ids": self.investigator.ids,
                }
            )
            for days in (-1, 1)
        )
        measure = Measure.create(
            {"complaint_id": complaint.id, "name": "x", "owner_id": self.investigator.id, "date_due": "2026-03-09"}
        )
        complaint.with_user(self.supervisor).accused_user_ids |= self.investigator
        self.assertFalse(measure.sudo().owner_id or coming.sudo().member_ids)
        self.assertEqual(past.sudo().member_ids, self.investigator)
        for record in (complaint, past, coming, measure):
            self.assertFalse(record.with_user(self.investigator).has_access("read"), record)
        self.assertIn(
            "“Who” is vacant",
            " ".join(
                measure.sudo()
                .activity_ids.filtered(lambda activity: activity.user_id == self.supervisor)
                .mapped("summary")
            ),
        )

    def test_meetings_of_major_complaints_precede_minutes(self):
        ordinary = self.complain()
        Meeting = self.env["kehu.crisis.meeting"].with_user(self.crisis)
        with self.assertRaisesRegex(UserError, "belong to major"), self.env.cr.savepoint():
            Meeting.create({"complaint_id": ordinary.id})
        major = self.major(serial="SN-5", product_id=False)
        with self.assertRaisesRegex(UserError, "still to come"), self.env.cr.savepoint():
            Meeting.create(
                {"complaint_id": major.id, "date": fields.Datetime.now() + timedelta(days=1), "minutes": "<p>Held.</p>"}
            )
        self.customer.kehu_tier = "2"
        with self.assertRaisesRegex(UserError, "may not read about this customer"), self.env.cr.savepoint():
            self.env["kehu.crisis.meeting"].sudo().create(
                {"complaint_id": major.id, "member_ids": self.investigator.ids}
            )
