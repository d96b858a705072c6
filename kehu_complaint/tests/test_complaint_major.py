from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .major_common import MajorCase


@tagged("post_install", "-at_install")
class TestComplaintMajor(MajorCase):
    """C9: major complaints are kept closer, told at once and reported up against a clock."""

    def test_reason_makes_it_major_and_is_told_at_once(self):
        complaint = self.major()
        self.assertTrue(complaint.is_major and complaint.date_major)
        self.assertEqual(complaint.kehu_tier, "2")
        people = self.crisis | self.lawyer | self.general_manager
        self.assertEqual(self.told(complaint), people)
        mails = self.env["mail.mail"].sudo().search([("recipient_ids", "in", people.partner_id.ids)])
        self.assertEqual(mails.recipient_ids, people.partner_id)
        for mail in mails:
            self.assertIn(complaint.number, mail.body_html)
            self.assertNotIn("Bright Phones", mail.subject + mail.body_html)
            self.assertNotIn("get hot", mail.subject + mail.body_html)
        log = complaint.workflow_log_ids[0]
        self.assertEqual((log.move_label, log.reason), ("Became Major", "Media"))

    def test_head_of_the_unit_is_told(self):
        leader = self.unit.user_id
        leader.lang = "en_US"
        self.assertIn(leader, self.told(self.major()))
        accused = self.major(serial="SN-7", product_id=False, accused_user_ids=[Command.link(leader.id)])
        self.assertNotIn(leader, self.told(accused))

    def test_it_is_reported_up_before_it_is_closed(self):
        complaint = self.bring_to(self.major(), "callback")
        mine = complaint.with_user(self.taker)
        mine.satisfaction = "5"
        with self.assertRaisesRegex(UserError, "report it up"), self.env.cr.savepoint():
            mine.workflow_move("close")
        with self.assertRaisesRegex(UserError, "report it up"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).workflow_move("drop", "They withdrew it")
        complaint.with_user(self.handler).action_report_up("Three chargers got hot.")
        mine.workflow_move("close")
        self.assertEqual(complaint.state, "closed")

    def test_a_kind_makes_it_major(self):
        complaint = self.complain()
        self.assertFalse(complaint.is_major)
        complaint.kind_id = self.env.ref("kehu_complaint.complaint_kind_return")
        self.assertEqual(complaint.major_reason_ids, self.env.ref("kehu_complaint.major_reason_return"))
        self.assertEqual(self.told(complaint), self.crisis | self.lawyer | self.general_manager)

    def test_it_is_kept_from_those_who_have_no_part(self):
        stranger = self.service_user("test_stranger", "service_user", "Xu")
        ordinary, major = self.complain(), self.major(serial="SN-9", product_id=False)
        self.assertTrue(ordinary.with_user(stranger).has_access("read"))
        self.assertFalse(major.with_user(stranger).has_access("read"))
        for user in (
            self.taker,
            self.handler,
            self.supervisor,
            self.director,
            self.general_manager,
            self.crisis,
            self.lawyer,
        ):
            self.assertTrue(major.with_user(user).has_access("read"), user.name)
        closer = self.major(serial="SN-8", product_id=False)
        closer.sudo().kehu_own_tier = "3"
        self.assertFalse(closer.with_user(self.crisis).has_access("read"))
        self.customer.kehu_tier = "3"
        self.assertFalse(major.with_user(self.crisis).has_access("read"))

    def test_nobody_is_told_who_may_not_read_about_the_customer(self):
        self.customer.write({"kehu_tier": "3", "kehu_team_id": False})
        complaint = (
            self.env["kehu.complaint"]
            .sudo()
            .create({"name": "Chargers get hot", "partner_id": self.customer.id, "major_reason_ids": self.media.ids})
        )
        self.assertFalse(self.told(complaint))
        self.assertIn("tell them by word", "".join(complaint.message_ids.mapped("body")))

    def test_the_accused_of_the_crisis_team_hears_nothing(self):
        complaint = self.major(accused_user_ids=[Command.link(self.crisis.id)])
        self.assertEqual(self.told(complaint), self.lawyer | self.general_manager)
        self.assertFalse(complaint.with_user(self.crisis).has_access("read"))
        self.assertFalse(self.env["mail.mail"].sudo().search([("recipient_ids", "in", self.crisis.partner_id.ids)]))
        later = self.major(serial="SN-2", product_id=False)
        later.with_user(self.supervisor).accused_user_ids = self.lawyer
        self.assertNotIn(self.lawyer, self.told(later))

    def test_what_makes_it_major_cannot_be_forged(self):
        complaint = self.major()
        for vals in (
            {"is_major": False},
            {"date_major": False},
            {"major_user_id": self.taker.id},
            {"reported_up_on": "2026-01-01"},
            {"reported_up_user_id": self.taker.id},
            {"report_missed": True},
            {"report_missed_on": False},
            {"repeat_of_id": complaint.id},
            {"repeat_count": 9},
        ):
            for user in (self.handler, self.supervisor):
                with self.assertRaisesRegex(AccessError, "filled by the system"), self.env.cr.savepoint():
                    complaint.with_user(user).write(vals)
        forged = (
            self.env["kehu.complaint"]
            .with_user(self.taker)
            .with_context(default_reported_up_on="2026-01-01", default_is_major=True, default_repeat_count=5)
            .create(
                {
                    "name": "x",
                    "is_major": True,
                    "report_missed": True,
                    "reported_up_user_id": self.taker.id,
                    "repeat_count": 3,
                }
            )
        )
        self.assertFalse(
            forged.is_major
            or forged.reported_up_on
            or forged.reported_up_user_id
            or forged.report_missed
            or forged.repeat_count
        )

    def test_a_reason_once_given_is_not_taken_away_silently(self):
        complaint = self.major()
        for user in (self.handler, self.supervisor, self.director):
            for commands in (
                [Command.clear()],
                [Command.unlink(self.media.id)],
                [Command.set([])],
                [Command.set(self.env.ref("kehu_complaint.major_reason_other").ids)],
            ):
                with self.assertRaisesRegex(AccessError, "stays"), self.env.cr.savepoint():
                    complaint.with_user(user).write({"major_reason_ids": commands})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(user).write({"major_reason_ids": [Command.delete(self.media.id)]})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_unmark_major("I say so")
        for reason in ("", "  ", 3, False):
            with self.assertRaisesRegex(UserError, "few words"), self.env.cr.savepoint():
                complaint.with_user(self.supervisor).action_unmark_major(reason)
        wizard = (
            self.env["kehu.complaint.major.wizard"]
            .with_user(self.supervisor)
            .create({"complaint_ids": complaint.ids, "step": "unmark_major", "text": "The paper printed a correction."})
        )
        wizard.action_confirm()
        self.assertFalse(complaint.is_major)
        self.assertEqual((complaint.kehu_own_tier, bool(complaint.date_major)), ("2", True))
        log = complaint.workflow_log_ids[0]
        self.assertEqual(
            (log.move, log.user_id, log.reason), ("unmark_major", self.supervisor, "The paper printed a correction.")
        )
        with self.assertRaisesRegex(UserError, "not a major"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).action_unmark_major("Again")

    def test_only_a_supervisor_adds_a_reason_after_the_decision(self):
        complaint = self.bring_to(self.complain(), "accepted")
        with self.assertRaisesRegex(AccessError, "corrected by a supervisor"), self.env.cr.savepoint():
            complaint.with_user(self.handler).major_reason_ids = self.media
        complaint.with_user(self.supervisor).major_reason_ids = self.media
        self.assertTrue(complaint.is_major)

    def test_reported_up_within_24_hours(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint = self.major()
        clock = self.clock(complaint, "major_report")
        self.assertEqual((clock.state, str(clock.date_due)), ("running", "2026-03-03 02:00:00"))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            complaint.with_user(self.investigator).action_report_up("I do")
        with self.assertRaisesRegex(UserError, "few words"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_report_up(" ")
        with freeze_time("2026-03-02 10:00:00"):
            action = complaint.with_user(self.handler).action_report_up()
            wizard = (
                self.env[action["res_model"]]
                .with_user(self.handler)
                .with_context(action["context"])
                .create({"text": "The evening paper called."})
            )
            wizard.action_confirm()
        self.assertEqual((complaint.reported_up_user_id, clock.state), (self.handler, "met"))
        self.assertEqual(complaint.workflow_log_ids[0].reason, "The evening paper called.")
        self.assertIn(
            "reported to you",
            " ".join(
                complaint.sudo()
                .activity_ids.filtered(lambda activity: activity.user_id == self.general_manager)
                .mapped("summary")
            ),
        )
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            complaint.with_user(self.supervisor).action_report_up("Me, too")

    def test_not_reporting_in_time_is_kept(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint = self.major()
        for moment in ("2026-03-03 01:00:00", "2026-03-03 02:30:00", "2026-03-03 02:40:00"):
            self.sweep(moment)
            self.assertEqual(complaint.report_missed, moment > "2026-03-03 02:00:00")
        self.assertEqual(str(complaint.report_missed_on), "2026-03-03 02:30:00")
        self.assertEqual(complaint.report_missed_user_id, self.handler)
        self.assertEqual(complaint.workflow_log_ids.mapped("move").count("report_missed"), 1)
        complaint.with_user(self.supervisor).user_id = self.taker
        with freeze_time("2026-03-03 05:00:00"):
            complaint.with_user(self.taker).action_report_up("Late, but here it is.")
        self.assertTrue(complaint.report_missed)
        self.assertEqual(complaint.report_missed_user_id, self.handler)
        self.assertEqual(self.clock(complaint, "major_report").state, "missed")
        self.assertIn(complaint, self.env["kehu.complaint"].search([("report_missed", "=", True)]))

    def test_it_cannot_be_reported_to_nobody(self):
        complaint = self.major(accused_user_ids=[Command.set((self.general_manager | self.director).ids)])
        with self.assertRaisesRegex(UserError, "No general manager"), self.env.cr.savepoint():
            complaint.with_user(self.handler).action_report_up("It is about them.")

    def test_becoming_major_hands_the_clocks_over(self):
        with freeze_time("2026-03-02 02:00:00"):
            complaint = self.complain()
        with freeze_time("2026-03-02 12:00:00"):
            complaint.major_reason_ids = self.media
        self.assertEqual(
            (self.clock(complaint, "opinion").state, self.clock(complaint, "settle").state), ("cancelled", "cancelled")
        )
        opinion, settle = self.clock(complaint, "major_opinion"), self.clock(complaint, "major_settle")
        self.assertEqual(
            (str(opinion.date_start), str(opinion.date_due)), ("2026-03-02 02:00:00", "2026-03-03 02:00:00")
        )
        self.assertEqual(opinion.previous_id, self.clock(complaint, "opinion"))
        self.assertEqual(str(settle.date_due)[:10], "2026-03-07")
        with freeze_time("2026-03-02 14:00:00"):
            complaint.with_user(self.supervisor).action_unmark_major("It is a rumour.")
        self.assertEqual((opinion.state, settle.state, self.clock(complaint, "major_report").state), ("cancelled",) * 3)
        running = self.clock(complaint, "opinion").filtered(lambda clock: clock.state == "running")
        self.assertEqual(str(running.date_due), "2026-03-04 02:00:00")

    def test_copy_is_as_close_as_its_source(self):
        """X1, X5, X6: copying is taking away, and opens nothing."""
        complaint = self.major()
        mine = complaint.with_user(self.handler)
        self.assertTrue(mine.has_access("read"))
        for call in (mine.copy, mine.copy_data, lambda: mine.copy({"partner_id": False, "kehu_own_tier": "0"})):
            with self.assertRaisesRegex(AccessError, "permission"), self.env.cr.savepoint():
                call()
        self.handler.group_ids += self.env.ref("kehu_confidential.group_confidential_export")
        mine.copy_data()
        log = self.env["kehu.access.log"].search(
            [("user_id", "=", self.handler.id), ("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertIn("export", log.mapped("action"))
        with self.assertRaisesRegex(AccessError, "above your own clearance"), self.env.cr.savepoint():
            mine.copy()
        self.handler.group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        for default in ({}, {"product_id": False, "serial": False}, {"kehu_own_tier": "0"}):
            self.assertEqual(mine.copy(default).kehu_tier, "2")
        self.customer.kehu_tier = "3"
        self.assertEqual(
            complaint.sudo().copy({"partner_id": False}).kehu_tier,
            "3",
            "no longer about the customer, but of what was said",
        )

    def test_copy_of_an_ordinary_complaint_is_ordinary(self):
        ordinary = self.complain()
        self.assertEqual(ordinary.copy({"product_id": False, "serial": False}).kehu_tier, "0")
