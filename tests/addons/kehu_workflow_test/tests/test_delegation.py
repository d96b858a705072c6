from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_workflow.models.approval.approval_delegation import MOST

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCommon):
    """A6: who is away names a deputy, and gives no more than their own."""

    def delegate(self, delegator, delegate, start=0, end=3):
        today = self.manager.company_id._kehu_today()
        return (
            self.env["kehu.approval.delegation"]
            .with_user(delegator)
            .create(
                {
                    "delegate_id": delegate.id,
                    "date_from": today + timedelta(days=start),
                    "date_to": today + timedelta(days=end),
                }
            )
        )

    def test_delegate_decides_and_it_shows(self):
        self.delegate(self.manager, self.outsider)
        approval = self.submit()
        self.assertTrue(approval.with_user(self.outsider).is_mine)
        approval.with_user(self.outsider).approve()
        self.assertRecordValues(approval.decision_ids, [{"user_id": self.outsider.id, "principal_id": self.manager.id}])
        self.assertIn("in the place of case_manager", self.case.message_ids[0].body)

    def test_only_within_its_dates(self):
        self.delegate(self.manager, self.outsider, start=1, end=2)
        self.delegate(self.manager, self.outsider, start=-3, end=-1)
        approval = self.submit()
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
            self.outsider.tz = zone
            self.assertFalse(approval.with_user(self.outsider).is_mine)
            with self.assertRaisesRegex(AccessError, "not yours"):
                approval.with_user(self.outsider).with_context(tz=zone).approve()
        self.assert_undecided(approval)

    def test_it_does_not_chain(self):
        self.delegate(self.manager, self.outsider)
        self.delegate(self.outsider, self.deputy)
        with self.assertRaisesRegex(AccessError, "not yours"):
            self.submit().with_user(self.deputy).approve()

    def test_requester_gains_nothing(self):
        self.delegate(self.manager, self.clerk)
        approval = self.submit()
        self.assertFalse(approval.with_user(self.clerk).is_mine)
        with self.assertRaisesRegex(AccessError, "somebody else must decide"):
            approval.with_user(self.clerk).approve()

    def test_nobody_stands_in_for_the_requester(self):
        self.directors.user_ids += self.clerk
        self.rule.step_ids[0].unlink()
        self.delegate(self.clerk, self.outsider)
        approval = self.submit()
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()

    def test_delegator_and_delegate_have_one_voice(self):
        self.rule.step_ids[1].quorum = "all"
        self.delegate(self.director, self.outsider)
        approval = self.submit()
        approval.with_user(self.manager).approve()
        approval.with_user(self.outsider).approve()
        with self.assertRaisesRegex(UserError, "already"):
            approval.with_user(self.director).approve()

    def test_not_to_oneself_and_not_from_others(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.delegate(self.manager, self.manager)
        values = {
            "delegator_id": self.manager.id,
            "delegate_id": self.outsider.id,
            "date_to": self.manager.company_id._kehu_today() + timedelta(days=3),
        }
        Delegation = self.env["kehu.approval.delegation"]
        for user in (self.outsider, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                Delegation.with_user(user).create(values)
        own = self.delegate(self.outsider, self.deputy)
        with self.assertRaises(AccessError):
            own.with_user(self.outsider).write({"delegator_id": self.manager.id, "delegate_id": self.outsider.id})
        mine = self.delegate(self.manager, self.outsider)
        with self.assertRaises(AccessError):
            mine.with_user(self.outsider).date_to = self.manager.company_id._kehu_today() + timedelta(days=99)

    def test_delegation_taken_back_ends_at_once(self):
        delegation = self.delegate(self.manager, self.outsider)
        approval = self.submit()
        self.assertTrue(approval.with_user(self.outsider).is_mine)
        delegation.with_user(self.manager).unlink()
        approval.invalidate_recordset()
        self.assertFalse(approval.with_user(self.outsider).is_mine)
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()

    def test_delegator_who_left_lends_nothing(self):
        self.delegate(self.manager, self.outsider)
        approval = self.submit()
        self.manager.active = False
        with self.assertRaisesRegex(AccessError, "not yours"):
            approval.with_user(self.outsider).approve()

    def test_same_days_are_delegated_to_same_colleague_once(self):
        first = self.delegate(self.manager, self.outsider, start=0, end=3)
        for start, end in ((0, 3), (3, 5), (-2, 0), (1, 2), (-5, 9)):
            with (
                self.assertRaisesRegex(ValidationError, "stands in for you on some of these days"),
                self.env.cr.savepoint(),
            ):
                self.delegate(self.manager, self.outsider, start=start, end=end)
        self.delegate(self.manager, self.deputy)
        later = self.delegate(self.manager, self.outsider, start=4, end=5)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            later.date_from = first.date_to

    def test_delegations_of_one_and_to_one_are_limited(self):
        for number in range(MOST):
            self.delegate(self.manager, self.outsider, start=2 * number, end=2 * number)
        attempts = [
            (self.manager, self.deputy, "case_manager.* has 20"),
            (self.director, self.outsider, "delegate of 20"),
        ]
        for delegator, delegate, message in attempts:
            with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                self.delegate(delegator, delegate)
        self.delegate(self.manager, self.deputy, start=-9, end=-8)  # what is past counts for nothing
        self.delegate(self.director, self.deputy)

    def test_delegators_cost_the_same_for_many_delegations(self):
        self.submit()
        Delegation, counts = self.env["kehu.approval.delegation"], []
        today = self.manager.company_id._kehu_today()
        for number in (1, 20, 100):
            delegators = self.env["res.users"].union(
                *(new_test_user(self.env, f"many_{number}_{index}", tz="Asia/Shanghai") for index in range(number))
            )
            delegate = new_test_user(self.env, f"delegate_{number}")
            self.env.cr.execute(  # past the limit
                "INSERT INTO kehu_approval_delegation (delegator_id, delegate_id, date_from, date_to) SELECT "
                "unnest(%s), %s, %s, %s",
                [delegators.ids, delegate.id, today - timedelta(days=1), today + timedelta(days=1)],
            )
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(Delegation._delegators(delegate)), number)
            counts.append(self.env.cr.sql_log_count - before)
            warm = self.env["kehu.approval"].with_user(delegate)
            warm.search([("is_mine", "=", True)])
            with self.subTest(number), self.assertQueryCount(6):
                warm.search([("is_mine", "=", True)])
        self.assertEqual(len(set(counts)), 1, counts)
