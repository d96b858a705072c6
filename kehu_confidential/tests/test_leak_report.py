from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestLeakReport(TierCase):
    """X8: what leaked, remedied at once, told at once, investigated, answered for, closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.auditor = new_test_user(cls.env, "test_auditor", "kehu_confidential.group_tier_auditor", name="Zhao")

    def report(self, user=None, **vals):
        return (
            self.env["kehu.leak.report"]
            .with_user(user or self.salesman)
            .create(
                {
                    "name": "Price list at a competitor's",
                    "what": "The price list of 2026.",
                    "remedy": "Prices are changed.",
                    "supervisor_id": self.leader.id,
                    **vals,
                }
            )
        )

    def test_from_the_report_to_its_closure(self):
        report = self.report(what=False)
        self.assertFalse(report.sudo().deadline_ids)
        with self.assertRaisesRegex(UserError, "What Leaked"), self.env.cr.savepoint():
            report.workflow_move("report")
        report.what = "The price list of 2026."
        report.workflow_move("report")
        self.assertEqual(report.sudo().activity_ids.user_id, self.leader | self.officer)
        self.assertEqual(len(report.sudo().deadline_ids), 2)
        officer = report.with_user(self.officer)
        officer.investigator_id = self.manager
        officer.workflow_move("investigate")
        self.assertIn(self.manager, report.sudo().activity_ids.user_id)
        report.with_user(self.manager).write(
            {
                "findings": "It was printed.",
                "responsible": "He",
                "responsible_user_ids": self.employee.ids,
                "measures": "A written warning; printing takes a permission.",
            }
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            report.with_user(self.manager).workflow_move("close")
        officer.workflow_move("close")
        self.assertFalse(report.sudo().activity_ids)
        self.assertEqual(set(report.sudo().deadline_ids.mapped("state")), {"met"})
        with self.assertRaisesRegex(UserError, "closed"), self.env.cr.savepoint():
            officer.findings = "Nothing."
        self.assertTrue(report.with_user(self.auditor).has_access("read"))
        self.assertFalse(report.with_user(self.auditor).has_access("write"))

    def test_what_was_reported_stays(self):
        report = self.report()
        report.workflow_move("report")
        for vals in ({"what": "Nothing"}, {"state": "closed"}, {"investigator_id": self.salesman.id}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                report.write(vals)
        with self.assertRaisesRegex(UserError, "stays"), self.env.cr.savepoint():
            report.with_user(self.officer).what = "Nothing"
        for user in (self.salesman, self.officer):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                report.with_user(user).unlink()
        self.assertEqual(report.what, "The price list of 2026.")

    def test_whoever_is_concerned_neither_reads_nor_closes(self):
        report = self.report()
        report.workflow_move("report")
        second = new_test_user(self.env, "test_officer_2", "kehu_confidential.group_tier_officer", name="Sui")
        report.with_user(second).write({"investigator_id": self.officer.id, "responsible_user_ids": self.officer.ids})
        with self.assertRaisesRegex(UserError, "concerned"), self.env.cr.savepoint():
            report.with_user(second).workflow_move("investigate")
        report.with_user(second).investigator_id = second
        self.assertFalse(report.with_user(self.officer).has_access("read"))
        for user in (self.employee, self.clerk, self.cleared):
            self.assertFalse(self.env["kehu.leak.report"].with_user(user).search([("id", "=", report.id)]))
        self.assertTrue(report.with_user(self.leader).has_access("read"))

    def test_officer_who_excludes_others_is_told_of(self):
        second = new_test_user(self.env, "test_officer_2", "kehu_confidential.group_tier_officer", name="Sui")
        auditor = new_test_user(
            self.env, "test_auditor_2", "base.group_user,kehu_confidential.group_tier_auditor", name="Tang"
        )
        self.env.ref("kehu_confidential.group_tier_auditor").user_ids = auditor
        report = self.report()
        report.workflow_move("report")
        culprit = report.with_user(self.officer)
        culprit.write({"responsible_user_ids": (second | self.leader | self.employee).ids})
        change = self.env["kehu.right.change"].search([("res_model", "=", "kehu.leak.report")])
        self.assertEqual((change.res_ids, change.is_taken, change.activity_ids.user_id), (report.ids, True, auditor))
        self.assertFalse(change.with_user(second).has_access("read"))
        self.assertIn("Sui", change.before_label)
        culprit.investigator_id = self.officer
        culprit.workflow_move("investigate")
        culprit.write({"findings": "Nothing", "responsible": "Nobody", "measures": "None"})
        culprit.investigator_id = self.manager
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            culprit.found_user_ids = False
        with self.assertRaisesRegex(UserError, "another officer"), self.env.cr.savepoint():
            culprit.workflow_move("close")
        third = new_test_user(self.env, "test_officer_3", "kehu_confidential.group_tier_officer", name="Wei")
        report.with_user(third).workflow_move("close")
        culprit.workflow_move("reopen", reason="x")
        culprit.write({"findings": "Else", "responsible_user_ids": False})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn("Nothing", "".join(report.sudo().message_ids.mapped("body")))
        self.assertIn("Sui", str(report.sudo().message_ids.tracking_value_ids.mapped("old_value_char")))

    def test_what_was_found_is_not_overwritten_in_silence(self):
        report = self.report()
        report.workflow_move("report")
        officer = report.with_user(self.officer)
        officer.investigator_id = self.manager
        officer.workflow_move("investigate")
        for user, words in ((self.manager, "The officer printed it."), (self.officer, "Nobody did.")):
            report.with_user(user).write(dict.fromkeys(("findings", "responsible", "measures"), words))
            self.env.flush_all()
            self.env.cr.precommit.run()
        before = report.sudo().message_ids.tracking_value_ids.filtered("old_value_char") | (
            report.sudo().message_ids.tracking_value_ids.filtered("old_value_text")
        )
        said = [value.old_value_text or value.old_value_char for value in before]
        self.assertEqual(said.count("The officer printed it."), 3)

    def test_it_is_as_confidential_as_its_customer(self):
        customer = self.env["res.partner"].create({"name": "Secret Customer", "is_company": True, "kehu_tier": "2"})
        report = self.report(self.cleared, partner_id=customer.id)
        report.workflow_move("report")
        self.assertEqual(report.sudo().activity_ids.user_id, self.officer)
        self.assertFalse(report.with_user(self.leader).has_access("read"))
        self.officer.group_ids -= self.env.ref("kehu_confidential.group_clearance_top_secret")
        blind = self.report(self.cleared, partner_id=customer.id)
        with self.assertRaisesRegex(UserError, "Nobody would hear"), self.env.cr.savepoint():
            blind.workflow_move("report")
        with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
            self.report(self.salesman, partner_id=customer.id)
        self.assertNotIn("Secret", str(refused.exception))

    def test_customer_of_a_reported_leak_hides_and_opens_nothing(self):
        secret, normal = self.env["res.partner"].create(
            [{"name": name, "is_company": True, "kehu_tier": tier} for name, tier in (("Secret", "3"), ("Normal", "0"))]
        )
        second = new_test_user(
            self.env,
            "test_officer_2",
            "kehu_confidential.group_tier_officer,kehu_confidential.group_clearance_top_secret",
            name="Sui",
        )
        self.env.ref("kehu_confidential.group_tier_auditor").user_ids = self.auditor
        report = self.report(partner_id=normal.id)
        report.workflow_move("report")
        report.with_user(second).write({"investigator_id": self.officer.id})
        report.with_user(second).workflow_move("investigate")
        with self.assertRaisesRegex(UserError, "no other part"), self.env.cr.savepoint():
            report.with_user(self.officer).partner_id = secret
        report.with_user(second).partner_id = secret
        change = self.env["kehu.right.change"].search([("res_model", "=", "kehu.leak.report")])
        self.assertEqual((change.name, change.is_taken), ("partner_id", True))
        self.assertIn(self.auditor, change.activity_ids.user_id)
        for name in ("Chen", "Sun"):  # the supervisor, and whoever reported it
            self.assertIn(name, change.before_label)
        for customer in (normal, normal.browse()):
            for user in (self.officer, second):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    report.with_user(user).partner_id = customer
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn("partner_id", report.sudo().message_ids.tracking_value_ids.field_id.mapped("name"))

    def test_draft_is_its_authors_alone(self):
        report = self.report()
        for act in (
            lambda: report.with_user(self.officer).read(["what"]),
            lambda: report.with_user(self.officer).write({"what": "Nothing"}),
            lambda: report.with_user(self.officer).write({"responsible_user_ids": self.salesman.ids}),
            lambda: report.with_user(self.officer).unlink(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()
        own = self.report(self.officer)
        own.what = "Mine"
        own.unlink()
        report.what = "The price list of 2027."
        report.workflow_move("report")
        self.assertEqual(report.with_user(self.officer).what, "The price list of 2027.")

    def test_what_may_have_leaked_is_told_apart(self):
        certain, feared = self.report(), self.report(certainty="may")
        self.assertEqual(
            self.env["kehu.leak.report"].search([("certainty", "=", "has"), ("id", "in", (certain | feared).ids)]),
            certain,
        )
        feared.certainty = "has"
        certain.workflow_move("report")
        with self.assertRaisesRegex(UserError, "stays as it was reported"), self.env.cr.savepoint():
            certain.certainty = "may"
