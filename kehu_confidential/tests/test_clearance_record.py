import base64

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TierCase

SIGNED = base64.b64encode(b"signed")


@tagged("post_install", "-at_install")
class TestClearanceRecord(TierCase):
    """X9: clearance stands on a signed undertaking and a training of the last months."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.file_customer(cls.officer, name="Secret Customer", kehu_tier="2", user_id=False).with_env(
            cls.env
        )
        cls.portal = new_test_user(cls.env, "test_portal", "base.group_portal", name="Portal of Secret")
        cls.portal.partner_id.kehu_tier = "2"
        cls.other_officer = new_test_user(
            cls.env, "test_officer_2", "kehu_confidential.group_tier_officer", name="Zhao"
        )
        cls.env.company.partner_id.tz = "Asia/Shanghai"

    def ask_for_evidence(self, months=12):
        self.env["res.config.settings"].create({"kehu_training_months": months}).set_values()

    def enter(self, kind, date, user=None, **vals):
        return (
            self.env["kehu.clearance.record"]
            .with_user(user or self.cleared)
            .create({"kind": kind, "date": date, **vals})
        )

    def confirm(self, records, officer=None):
        records.with_user(officer or self.other_officer).workflow_move("confirm")

    def test_officer_confirms_what_the_form_showed(self):
        record = self.enter("undertaking", "2026-01-05", file=SIGNED).with_user(self.other_officer)
        with self.assertRaisesRegex(UserError, "changed since you opened it"):
            record.with_context(kehu_shown_on="2000-01-01 00:00:00").action_workflow_move("confirm")
        self.assertEqual(record.state, "draft")
        record.with_context(kehu_shown_on=str(record.write_date)).action_workflow_move("confirm")
        self.assertEqual(record.state, "valid")

    def reads(self):
        """Whether the customer is found and read, alone and through the user who delegates to the contact."""
        self.env.invalidate_all()
        found = {record.with_user(self.cleared).has_access("read") for record in (self.customer,)}
        found |= {
            bool(record.with_user(self.cleared).search([("id", "=", record.id)]))
            for record in (self.customer, self.portal)
        }
        self.assertEqual(len(found), 1)
        return found.pop()

    def notes(self):
        return (
            self.env["kehu.access.log"]
            .search([("action", "=", "right"), ("res_id", "=", self.cleared.id)], order="id")
            .mapped("note")
        )

    def test_clearance_takes_both_records_and_ends_with_last_day(self):
        with freeze_time("2026-03-02 08:00:00") as clock:
            self.assertTrue(self.reads(), "groups suffice as long as nothing else is asked for")
            self.ask_for_evidence()
            self.assertFalse(self.reads())
            self.assertEqual(self.cleared.kehu_clearance, "1")
            undertaking = self.enter("undertaking", "2026-03-01")
            with self.assertRaisesRegex(UserError, "Attach the signed copy"):
                self.confirm(undertaking)
            undertaking.file = SIGNED
            training = self.enter("training", "2026-03-02")
            self.assertFalse(self.reads(), "nobody has confirmed it")
            self.confirm(training)
            self.assertFalse(self.reads(), "one of the two does not suffice")
            self.confirm(undertaking)
            self.assertTrue(self.reads())

            evidence = self.cleared.with_user(self.other_officer)
            self.assertEqual(
                (evidence.kehu_is_undertaking_signed, str(evidence.kehu_trained_until)), (True, "2027-03-01")
            )
            clock.move_to("2027-03-01 15:59:59")  # the last second of the day in Shanghai
            self.assertTrue(self.reads())
            clock.move_to("2027-03-01 16:00:00")
            self.assertFalse(self.reads(), "no job has run")
            self.confirm(self.enter("training", "2027-03-02"))
            self.assertTrue(self.reads())

            self.env["ir.config_parameter"].set_param("kehu_confidential.training_months", "9" * 20)
            self.assertTrue(self.reads(), "a slip of the pen locks nobody out")
            undertaking.with_user(self.other_officer).workflow_move("revoke", reason="It was broken")
            self.assertFalse(self.reads())
            self.assertEqual(
                self.notes()[-4:],
                [
                    "+ Confidentiality training 2026-03-02",
                    "+ Confidentiality undertaking 2026-03-01",
                    "+ Confidentiality training 2027-03-02",
                    "\u2212 Confidentiality undertaking 2026-03-01",
                ],
            )

    def test_nobody_confirms_own_record_forges_or_changes_it(self):
        self.ask_for_evidence()
        training = self.enter("training", "2026-03-02", self.officer)
        with self.assertRaisesRegex(UserError, "Nobody confirms their own"):
            self.confirm(training, self.officer)
        self.assertNotIn("confirm", training.with_user(self.officer).workflow_moves or [])
        self.assertIn("confirm", training.with_user(self.other_officer).workflow_moves)
        for user in (self.cleared, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.confirm(self.enter("training", "2026-03-02", user), user)
        for attack in (
            lambda: self.enter("training", "2026-03-02", state="valid"),
            lambda: self.enter("training", "2026-03-02", user_id=self.clerk.id),
            lambda: self.enter("training", "2126-03-02"),
            lambda: self.enter("training", "2026-03-02", self.other_officer, user_id=self.portal.id),
            lambda: (
                self.env["kehu.clearance.record"].with_user(self.cleared).with_context(default_state="valid").create({})
            ),
            lambda: self.cleared.with_user(self.cleared).write(
                {
                    "kehu_clearance_record_ids": [
                        Command.create({"kind": "training", "date": "2026-03-02", "state": "valid"})
                    ]
                }
            ),
            lambda: training.with_user(self.other_officer).write({"state": "valid"}),
            lambda: training.with_user(self.other_officer).write({"is_reminded": True}),
            lambda: training.with_user(self.other_officer).workflow_move("lapse"),
            lambda: self.cleared.with_user(self.employee).read(["kehu_trained_until"]),
            lambda: self.env["res.config.settings"].create({"kehu_training_months": -1}),
            lambda: self.env["res.config.settings"].create({"kehu_training_months": 999_999}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attack()
        self.assertFalse(self.reads())

        undertaking = self.enter("undertaking", "2026-03-02", file=SIGNED)
        self.confirm(training | undertaking)
        copy = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [("res_model", "=", undertaking._name), ("res_id", "=", undertaking.id), ("res_field", "=", "file")]
            )
        )
        for user in (self.cleared, self.other_officer):
            for attack in (
                lambda user=user: undertaking.with_user(user).write({"date": "2026-03-03"}),
                lambda user=user: undertaking.with_user(user).write({"file": base64.b64encode(b"another")}),
                lambda user=user: undertaking.with_user(user).unlink(),
                lambda user=user: copy.with_user(user).write({"datas": base64.b64encode(b"another")}),
                lambda user=user: copy.with_user(user).unlink(),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()
        with self.assertRaises(AccessError):
            undertaking.with_user(self.cleared).workflow_move("revoke", reason="I do not like it")
        for stranger in (self.clerk, self.manager):
            self.assertFalse(undertaking.with_user(stranger).has_access("read"))
            self.assertFalse(copy.with_user(stranger).search([("id", "=", copy.id), ("res_field", "=", "file")]))

    def test_the_job_reminds_once_and_says_what_has_ended(self):
        watch = self.env["kehu.clearance.record"]._cron_watch
        with freeze_time("2026-08-31 08:00:00") as clock:
            watch()
            self.ask_for_evidence(6)
            old, new = self.enter("training", "2026-08-20"), self.enter("training", "2026-08-31")
            without_clearance = self.enter("training", "2026-08-31", self.clerk)
            self.confirm(old | new | without_clearance)
            self.confirm(self.enter("undertaking", "2026-08-31", file=SIGNED))
            clock.move_to("2027-01-27 08:00:00")
            watch()
            self.assertFalse((old | new).activity_ids, "only the last training counts")
            clock.move_to("2027-01-28 08:00:00")
            watch()
            watch()
            self.assertEqual(new.activity_ids.user_id, self.cleared)
            self.assertEqual(len(new.activity_ids), 1)
            self.assertFalse((old | without_clearance).activity_ids)
            clock.move_to("2027-02-27 08:00:00")
            watch()
            self.assertEqual((old.state, new.state), ("lapsed", "valid"))
            clock.move_to("2027-02-28 08:00:00")
            watch()
            self.assertEqual((new.state, without_clearance.state), ("lapsed", "lapsed"))
            self.assertEqual(self.notes()[-1], "\u2212 Confidentiality training 2026-08-31")
            self.assertTrue(new.activity_ids, "still to be trained")
            self.confirm(self.enter("training", "2027-02-28"))
            self.assertFalse(new.activity_ids)

    def test_a_hundred_users_take_no_more_queries_than_one(self):
        self.ask_for_evidence()
        users = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Cleared {number}",
                        "login": f"cleared_{number}",
                        "group_ids": [Command.link(self.env.ref("kehu_confidential.group_clearance_confidential").id)],
                    }
                    for number in range(100)
                ]
            )
        )
        records = self.env["kehu.clearance.record"].create(
            [
                {"user_id": user.id, "kind": kind, "date": self.env.company._kehu_today(), "file": SIGNED}
                for user in users
                for kind in ("undertaking", "training")
            ]
        )
        self.confirm(records)
        counts = []
        for number in (1, 20, 100):
            self.env.invalidate_all()
            for user in users:
                user._get_group_ids()
            users.fetch(["active", "share", "company_id"])
            before = self.env.cr.sql_log_count
            self.assertEqual(set(users[:number].mapped("kehu_clearance")), {"2"})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts), counts[0] + 1, counts)
