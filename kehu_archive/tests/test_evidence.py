from datetime import timedelta

from psycopg2.errors import ForeignKeyViolation

from odoo import Command, fields
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_workflow.evidence import MergePermit

from .common import CODE, ArchiveCase

# Rows of evidence that PostgreSQL deletes with another row, and why nothing is lost: people cannot delete that row.
DELETED_WITH = {
    # The row that goes is not deletable once something hangs under it, except when its addon is uninstalled.
    "kehu.approval.rule",
    "kehu.approval.step",
    "kehu.deadline.rule",
    # Registry of Odoo: only of models that are gone.
    "ir.model",
    "ir.model.fields",
}


@tagged("post_install", "-at_install")
class TestEvidence(ArchiveCase):
    """A3, A14: what was filed, approved, entered or granted is deleted by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "test_director", "kehu_archive.group_marketing_director", name="Director")
        cls.admin = new_test_user(
            cls.env, "test_admin", "base.group_system,kehu_archive.group_archive_manager", name="Admin"
        )
        cls.archive = cls.file_archive(vat=CODE, legal_representative="Zhao", kehu_team_id=cls.unit.id)

    def file(self):
        self.archive.with_user(self.clerk).workflow_move("submit")
        approval = self.archive.approval_ids.filtered(lambda approval: approval.state == "pending")
        approval.with_user(self.leader).approve()
        approval.with_user(self.director).approve()
        self.assertEqual(self.archive.state, "formal")

    def assertKept(self, records, *users, message="kept"):
        for user in users or (self.manager, self.director, self.admin):
            for context in (
                {},
                {MODULE_UNINSTALL_FLAG: True},
                {"kehu_evidence_permit": {"model": records._name, "gone": records.ids}},
            ):
                with self.assertRaisesRegex((UserError, AccessError), message), self.env.cr.savepoint():
                    records.with_user(user).with_context(**context).unlink()
                if records._name == "kehu.archive":
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        records.partner_id.with_user(user).with_context(**context).write(
                            {"kehu_archive_ids": [Command.delete(records.id)]}
                        )
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            records.sudo().unlink()

    # === ARCHIVES ===

    def test_closed_and_reopened_archive_is_not_deleted(self):
        self.file()
        self.assertKept(self.archive)
        self.archive.with_user(self.manager).workflow_move("close", "Moved away")
        self.archive.with_user(self.manager).workflow_move("reopen", "Came back")
        self.assertEqual(self.archive.state, "preliminary")
        self.assertKept(self.archive)

    def test_archive_under_revision_is_not_deleted(self):
        self.file()
        self.archive.with_user(self.clerk).workflow_move("revise", "Duplicate")
        self.assertEqual(self.archive.state, "preliminary")
        self.assertKept(self.archive)

    def test_archive_once_submitted_is_not_deleted(self):
        self.archive.with_user(self.clerk).workflow_move("submit")
        self.archive.with_user(self.clerk).workflow_move("withdraw", "Too early")
        self.assertKept(self.archive)

    def test_archive_with_journal_is_not_deleted(self):
        kind = self.env["kehu.archive.journal.kind"].search([("by_hand", "=", True)], limit=1)
        self.env["kehu.archive.journal"].with_user(self.clerk).create(
            {"partner_id": self.archive.partner_id.id, "kind_id": kind.id, "summary": "Called"}
        )
        self.assertKept(self.archive)

    def test_archive_with_paper_is_not_deleted(self):
        self.env["ir.attachment"].with_user(self.clerk).create(
            {"name": "licence.pdf", "raw": b"x", "res_model": "kehu.archive", "res_id": self.archive.id}
        )
        self.assertKept(self.archive)

    def test_archive_entered_by_mistake_is_deleted(self):
        partner = self.archive.partner_id
        self.archive.with_user(self.manager).unlink()
        self.assertTrue(partner.exists())

    def test_one_kept_archive_keeps_the_whole_selection(self):
        other = self.file_archive(name="Mistake")
        self.file()
        with self.assertRaisesRegex(UserError, self.archive.number) as refused, self.env.cr.savepoint():
            (other + self.archive).with_user(self.manager).unlink()
        self.assertNotIn(other.number, str(refused.exception))

    # === ARCHIVING INSTEAD OF CLOSING ===

    def test_contact_of_filed_customer_is_not_archived(self):
        self.file()
        partner = self.archive.partner_id
        for user in (self.clerk, self.manager, self.admin):
            for number, attack in enumerate(
                (
                    lambda user=user: partner.with_user(user).action_archive(),
                    lambda user=user: partner.with_user(user).write({"active": False}),
                    lambda user=user: partner.with_user(user).write({"active": 0}),
                    lambda user=user: self.archive.with_user(user).action_archive(),
                    lambda user=user: self.archive.with_user(user).write({"active": False}),
                    lambda user=user: (
                        (self.archive + self.file_archive(name=f"Other {user.id}"))
                        .with_user(user)
                        .write({"active": False})
                    ),
                )
            ):
                with (
                    self.assertRaisesRegex(UserError, "Close the archive first", msg=f"{user.name} {number}"),
                    self.env.cr.savepoint(),
                ):
                    attack()
        self.assertTrue(partner.active)

    def test_archive_of_another_company_keeps_its_contact(self):
        self.file()
        company = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "test_stranger",
            "base.group_partner_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaisesRegex(UserError, "Close the archive first"), self.env.cr.savepoint():
            self.archive.partner_id.with_user(stranger).action_archive()

    def test_customer_with_archive_stays_in_its_company(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        customer = self.archive.partner_id
        person = self.env["res.partner"].create({"name": "Person", "parent_id": customer.id})
        for user in (self.clerk, self.manager, self.officer, self.admin):
            for record in (customer, person):
                with self.assertRaisesRegex(AccessError, "final"), self.env.cr.savepoint():
                    record.with_user(user).write({"company_id": other.id})
        customer.with_user(self.manager).write({"company_id": customer.company_id.id, "phone": "0755 7654321"})
        elsewhere = self.env["res.partner"].create({"name": "No Archive"})
        elsewhere.with_user(self.clerk).company_id = self.env.company
        self.assertEqual((customer.company_id, elsewhere.company_id), (self.env["res.company"], self.env.company))

    def test_closed_archive_lets_its_contact_go_and_comes_back(self):
        self.file()
        self.archive.with_user(self.manager).workflow_move("close", "Bankrupt")
        self.archive.partner_id.with_user(self.clerk).action_archive()
        self.assertFalse(self.archive.active)
        self.archive.with_user(self.manager).workflow_move("reopen", "Was a mistake")
        self.assertTrue(self.archive.active and self.archive.partner_id.active)

    def test_archiving_leaves_a_trace(self):
        self.cr.precommit.run()
        self.archive.with_user(self.clerk).active = False
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertIn("active", self.archive.sudo().partner_id.message_ids.tracking_value_ids.field_id.mapped("name"))

    # === OTHER EVIDENCE ===

    def test_contact_user_and_company_of_a_grant_stay(self):
        customer = self.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "2"})
        grant = (
            self.env["kehu.grant"]
            .with_user(self.officer)
            .create(
                {
                    "user_id": self.employee.id,
                    "partner_id": customer.id,
                    "purpose": "x",
                    "date_until": fields.Datetime.now() + timedelta(days=1),
                }
            )
        )
        grant.with_user(self.officer).revoke("Enough")
        for record in (customer, self.employee, self.officer):
            with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
                record.unlink()
                self.env.flush_all()
        self.assertKept(grant, self.officer, self.admin, message="kept|Access Grant")

    def test_user_who_is_listed_in_evidence_stays(self):
        """A list of users is not shorter afterwards because one of them was deleted."""
        named = new_test_user(self.env, "test_named", "base.group_user", name="Named")
        change = self.env["kehu.right.change"].create(
            {
                "requester_id": self.admin.id,
                "res_model": "res.groups",
                "res_ids": [1],
                "name": "user_ids",
                "value": 1,
                "reason": "x",
                "beneficiary_ids": [Command.set((named + self.employee).ids)],
            }
        )
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
            named.with_user(self.admin).unlink()
            self.env.flush_all()
        named.with_user(self.admin).action_archive()
        self.assertEqual(change.beneficiary_ids, named + self.employee)
        other = new_test_user(self.env, "test_not_named", "base.group_user", name="Not named")
        other.with_user(self.admin).unlink()
        self.assertFalse(other.exists())

    def test_no_client_sends_a_permit(self):
        permit = MergePermit("kehu.archive", frozenset(self.archive.ids), self.archive.id)
        self.file()
        log = self.archive.workflow_log_ids[:1]
        for forged in (True, {"model": "kehu.archive", "gone": self.archive.ids, "stays": 1}, repr(permit)):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                log.sudo().with_context(kehu_evidence_permit=forged).write({"res_id": self.archive.id})
        # Even a true one does nothing but what it is for.
        for rows, vals in (
            (log, {"reason": "x"}),
            (log, {"res_id": 1}),
            (log, {"res_id": self.archive.id, "user_id": 1}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                rows.sudo().with_context(kehu_evidence_permit=permit).write(vals)

    def test_no_evidence_goes_or_fades_with_another_row(self):
        """What rows of evidence refer to cannot be deleted, unless the model says that the reference may go."""
        wrong = []
        for name, model in self.env.registry.items():
            if (
                model._abstract
                or not model._auto
                or not self.env[name]._table
                or not hasattr(model, "_filter_evidence")
            ):
                continue
            for field in model._fields.values():
                if field.type not in ("many2one", "many2many") or not field.store or field.comodel_name in DELETED_WITH:
                    continue
                keeps = hasattr(self.env.registry[field.comodel_name], "_filter_evidence")
                is_let_go = field.type == "many2many" and (
                    field.name in model._evidence_lets_go or field.comodel_name.startswith("ir.")
                )
                if field.ondelete == "cascade" and not (keeps or is_let_go):
                    wrong.append(str(field))
                if (
                    field.ondelete == "set null"
                    and field.name not in model._evidence_lets_go
                    and not field.comodel_name.startswith("ir.")
                ):
                    wrong.append(str(field))
        self.assertFalse(wrong)
