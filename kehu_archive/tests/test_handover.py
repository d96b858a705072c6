from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CODE, ArchiveCase

REASON = "kehu_right_reason"


@tagged("post_install", "-at_install")
class TestHandover(ArchiveCase):
    """A1: an archive goes to another custodian by a handover with a reason; nobody takes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman.lang = "en_US"
        cls.draft = cls.file_archive(name="Draft Customer")
        cls.filed = cls.file_archive(
            name="Filed Customer", vat=CODE, legal_representative="Wang", kehu_team_id=cls.unit.id
        )
        cls.filed.workflow_move("submit")
        cls.filed = cls.filed.with_env(cls.env)

    def hand_over(self, user, archives, custodian, reason="Maternity leave"):
        return (
            self.env["kehu.archive.handover"]
            .with_user(user)
            .create({"archive_ids": archives.ids, "custodian_id": custodian.id, "reason": reason})
            .action_apply()
        )

    def ways_to_take(self, user, archive):
        """Yield the calls by which a client can make themselves the custodian."""
        values = {"kehu_custodian_id": user.id}
        for context in ({}, {REASON: "I want it"}):
            mine = archive.with_user(user).with_context(**context)
            yield lambda: mine.write(values)
            yield lambda: mine.web_save(values, {})
            yield lambda: mine.partner_id.write(values)
            yield lambda: mine.partner_id.web_save(values, {})
            yield lambda: mine.write({"partner_id": mine.partner_id.id, **values})
            yield lambda: mine.write({"kehu_custodian_id": False})
            yield lambda: (mine + self.file_archive(user, name="Own")).write(values)
        yield lambda: self.hand_over(user, archive, user)

    def test_colleague_takes_no_archive(self):
        for archive in self.draft, self.filed:
            for way in self.ways_to_take(self.salesman, archive):
                with (
                    self.assertRaisesRegex(AccessError, "by its custodian or by an archive manager"),
                    self.env.cr.savepoint(),
                ):
                    way()
                self.env.invalidate_all()
                self.assertEqual(archive.kehu_custodian_id, self.clerk)
        imported = (
            self.env["kehu.archive"]
            .with_user(self.salesman)
            .load([".id", "kehu_custodian_id/.id"], [[str(self.draft.id), str(self.salesman.id)]])
        )
        self.assertTrue(imported["messages"])
        self.assertEqual(self.draft.kehu_custodian_id, self.clerk)

    def test_refusal_tells_nothing_of_a_hidden_archive(self):
        self.filed.partner_id.kehu_tier = "3"
        for record in self.filed, self.filed.partner_id:
            with self.assertRaises(AccessError) as refusal, self.env.cr.savepoint():
                record.with_user(self.salesman).with_context(**{REASON: "x"}).write(
                    {"kehu_custodian_id": self.salesman.id}
                )
            for word in "Filed Customer", "Li Min":
                self.assertNotIn(word, str(refusal.exception))
            self.env.invalidate_all()

    def test_colleague_changes_the_rest(self):
        self.filed.with_user(self.salesman).write({"fax": "1", "kehu_custodian_id": self.clerk.id})
        self.assertEqual(self.filed.fax, "1")

    def test_custodian_and_manager_hand_over_with_reason(self):
        self.leader.lang = "en_US"
        for user in self.clerk, self.manager:
            with self.assertRaisesRegex(UserError, "say why"):
                self.filed.with_user(user).kehu_custodian_id = self.leader
            with self.assertRaisesRegex(UserError, "Say why"):
                self.hand_over(user, self.filed, self.leader, "  ")
        self.hand_over(self.clerk, self.filed, self.leader)
        self.assertEqual(self.filed.kehu_custodian_id, self.leader)
        message = self.filed.message_ids[0]
        self.assertEqual(message.author_id, self.clerk.partner_id)
        for word in ("Li Min", "Chen", "Maternity leave"):
            self.assertIn(word, message.body)
        with self.assertRaises(AccessError):
            self.hand_over(self.clerk, self.filed, self.clerk)
        self.assertEqual(
            self.filed.activity_ids.filtered(lambda activity: "handed over" in activity.summary).user_id, self.leader
        )
        self.hand_over(self.manager, self.filed | self.draft, self.clerk, "Back again")
        self.assertEqual((self.filed | self.draft).kehu_custodian_id, self.clerk)

    def test_draft_is_given_away_without_reason(self):
        self.draft.with_user(self.clerk).kehu_custodian_id = self.leader
        self.assertEqual(self.draft.kehu_custodian_id, self.leader)

    def test_archive_without_custodian_gets_one(self):
        self.draft.kehu_custodian_id = False
        self.draft.with_user(self.salesman).kehu_custodian_id = self.salesman
        self.assertEqual(self.draft.kehu_custodian_id, self.salesman)

    def test_custody_of_classified_archive_waits_for_officer(self):
        self.filed.partner_id.kehu_tier = "2"
        self.hand_over(self.clerk, self.filed, self.salesman)
        self.assertEqual(self.filed.kehu_custodian_id, self.clerk)
        change = self.env["kehu.right.change"].search([("requester_id", "=", self.clerk.id), ("state", "=", "pending")])
        self.assertEqual((change.name, change.reason), ("kehu_custodian_id", "Maternity leave"))
        self.assertFalse(any("Maternity" in (message.body or "") for message in self.filed.message_ids))
        change.with_user(self.officer).workflow_move("confirm")
        self.assertEqual(self.filed.kehu_custodian_id, self.salesman)

    def told(self, archive, summary):
        return archive.activity_ids.filtered(lambda activity: summary in activity.summary).user_id

    def test_new_salesperson_is_told(self):
        self.filed.partner_id.with_user(self.manager).user_id = self.salesman
        self.assertEqual(self.told(self.filed, "You sell to this customer"), self.salesman)
        self.draft.partner_id.with_user(self.salesman).user_id = self.salesman
        self.assertFalse(self.told(self.draft, "You sell to this customer"), "They did it themselves.")

    def test_salesperson_who_is_confirmed_is_told(self):
        self.filed.partner_id.kehu_tier = "2"
        self.filed.partner_id.with_user(self.clerk).user_id = self.salesman
        self.assertFalse(self.told(self.filed, "You sell to this customer"))
        self.env["kehu.right.change"].search([("state", "=", "pending")]).with_user(self.officer).workflow_move(
            "confirm"
        )
        self.assertEqual(self.told(self.filed, "You sell to this customer"), self.salesman)

    def test_archive_that_is_closed_is_told_to_nobody(self):
        self.draft.sudo()._move("close", "Moved away")
        self.draft.partner_id.with_user(self.manager).user_id = self.salesman
        self.assertEqual(self.draft.partner_id.user_id, self.salesman)
        self.assertFalse(self.told(self.draft, "You sell to this customer"))

    def test_custodian_who_is_confirmed_is_told(self):
        self.filed.partner_id.kehu_tier = "2"
        self.hand_over(self.clerk, self.filed, self.salesman)
        self.assertFalse(self.told(self.filed, "handed over to you"))
        self.env["kehu.right.change"].search([("state", "=", "pending")]).with_user(self.officer).workflow_move(
            "confirm"
        )
        self.assertEqual(self.told(self.filed, "handed over to you"), self.salesman)
