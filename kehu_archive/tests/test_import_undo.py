from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_archive_import_run import ImportRunCase


@tagged("post_install", "-at_install")
class TestImportUndo(ImportRunCase):
    """F3: until it is approved or kept, an import is undone by its user, for rows that nobody has touched (A24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last = cls.file_archive(name="Before")
        rows = [[f"撤销{number}有限公司", "联系人"] for number in range(8)]
        cls.run_, cls.archives = cls.bring_in(rows, cls.clerk, ["name", "child_ids/name"], ["客户名称", "联系人"])
        cls.partners = cls.archives.partner_id
        cls.env.flush_all()

    def later(self):
        """What follows happens in a later transaction."""
        self.env.flush_all()
        self.env.cr._now = self.env.cr.now() + timedelta(minutes=1)

    def test_untouched_rows_go_with_their_contacts(self):
        contacts = self.partners.child_ids
        self.assertEqual(len(contacts), 8)
        self.later()
        self.run_.action_undo()
        self.assertFalse(self.archives.exists() or self.partners.exists() or contacts.exists())
        self.assertEqual(self.run_.state, "undone")
        # No number was burnt.
        after = self.file_archive(name="After")
        self.assertEqual(int(after.number[3:]), int(self.last.number[3:]) + 1)
        # The corrected list comes in.
        _run, archives = self.bring_in([["撤销0有限公司"]], self.clerk, ["name"], ["客户名称"])
        self.assertTrue(archives)

    def test_touched_rows_stay_and_are_listed(self):
        self.later()
        clerk = self.archives.with_user(self.clerk)
        clerk[0].legal_representative = "王"
        clerk[1].partner_id.street = "Road 1"
        clerk[2].message_post(body="Called them")
        clerk[3].child_ids.phone = "13800138000"
        self.env["res.partner"].create({"name": "Later contact", "parent_id": self.partners[4].id})
        self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": "res.partner", "res_id": self.partners[5].id}
        )
        self.env["kehu.product.file"].create({"name": "SN-1", "partner_id": self.partners[6].id})
        self.run_.action_undo()
        self.assertEqual(self.archives.exists(), self.archives[:7])
        self.assertEqual(self.run_.archive_ids, self.archives[:7].sorted())
        self.assertEqual((self.run_.state, self.run_.archive_count), ("draft", 7))
        self.assertIn("Undone: 1 archives", self.run_.message_ids[0].body)
        self.run_.workflow_move("keep")
        self.assertTrue(all(self.archives[:7].mapped("number")))

    def test_contact_that_was_there_before_stays(self):
        partner = self.env["res.partner"].create(
            {"name": "早已有之有限公司", "is_company": True, "user_id": self.clerk.id}
        )
        self.later()
        run, archives = self.bring_in(
            [[str(partner.id), "早已有之有限公司"]], self.clerk, ["partner_id/.id", "name"], ["客户", "客户名称"]
        )
        self.later()
        run.action_undo()
        self.assertTrue(archives.exists() and partner.exists())

    def test_older_document_that_names_the_customer_keeps_it(self):
        older = self.last.message_post(body="Older")
        self.later()
        run, archives = self.bring_in([["后来导入有限公司"]], self.clerk, ["name"], ["客户名称"])
        self.later()
        # As a lead, a task or any other row does whose customer is chosen afterwards.
        self.env.cr.execute("UPDATE mail_message SET author_id = %s WHERE id = %s", [archives.partner_id.id, older.id])
        older.invalidate_recordset()
        run.action_undo()
        self.assertTrue(archives.exists())
        self.assertEqual(older.author_id, archives.partner_id)

    def test_nobody_else_undoes_it_and_nothing_after_keeping(self):
        for user in (self.manager, self.director, self.salesman):
            with self.assertRaisesRegex(AccessError, "by the user who made it"):
                self.run_.with_user(user).action_undo()
        with self.assertRaises(AccessError):
            self.run_.with_user(self.employee).action_undo()
        with self.assertRaises(UserError):
            self.run_.workflow_move("empty")
        with self.assertRaises(AccessError):
            self.run_.write({"user_id": self.salesman.id})
        self.run_.workflow_move("keep")
        with self.assertRaisesRegex(UserError, "being checked"):
            self.run_.action_undo()
        self.assertEqual(len(self.archives.exists()), 8)

    def test_nothing_is_undone_after_the_approval(self):
        run, archives = self.bring_in([["旧档有限公司", "KH-90001", "", ""]])
        run.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "being checked"):
            run.action_undo()
        run.with_user(self.director).action_approval_approve()
        with self.assertRaisesRegex(UserError, "being checked"):
            run.action_undo()
        self.assertEqual(archives.state, "formal")

    def test_submitted_row_has_its_number_and_stays(self):
        self.later()
        self.archives[0].sudo()._move("close", "doubled")
        self.assertTrue(self.archives[0].number)
        self.run_.action_undo()
        self.assertEqual(self.archives.exists(), self.archives[0])
