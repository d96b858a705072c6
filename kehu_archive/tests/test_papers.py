from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CODE, ArchiveCase


@tagged("post_install", "-at_install")
class TestPapers(ArchiveCase):
    """A14: the papers of a filed archive, of its journal and of approvals stay as they were, whoever comes by whichever
    way.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "test_paper_admin", "base.group_system,kehu_archive.group_archive_manager", name="Admin"
        )
        cls.archive = cls.file_archive(name="Customer", vat=CODE, legal_representative="Zhao", kehu_team_id=cls.unit.id)

    def paper(self, document, user=None, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.clerk)
            .create(
                {"name": "licence.pdf", "raw": b"licence", "res_model": document._name, "res_id": document.id, **values}
            )
        )

    def submit(self):
        self.archive.with_user(self.clerk).workflow_move("submit")

    def assertKept(self, paper):
        other = self.file_archive(name="Another")
        for user in (self.clerk, self.manager, self.admin):
            for mine in (paper.with_user(user), paper.with_user(user).sudo()):
                for attack in (
                    mine.unlink,
                    lambda mine=mine: mine.write({"raw": b"forged"}),
                    lambda mine=mine: mine.write({"datas": "Zm9yZ2Vk"}),
                    lambda mine=mine: mine.write({"name": "other.pdf"}),
                    lambda mine=mine: mine.write({"res_id": other.id}),
                    lambda mine=mine: mine.write({"res_id": False}),
                    lambda mine=mine: mine.write({"res_model": "res.company", "res_id": self.env.company.id}),
                    lambda mine=mine: mine.write({"res_field": "message_main_attachment_id"}),
                    lambda mine=mine: mine.write({"type": "url", "url": "https://example.com"}),
                    lambda mine=mine: mine.write({"description": "forged"}),
                    lambda mine=mine: mine.write({"index_content": "forged"}),
                    lambda mine=mine: mine.with_context(
                        kehu_message_permit="deletion", kehu_evidence_permit=True
                    ).unlink(),
                ):
                    with self.subTest(user=user.login, su=mine.env.su), self.assertRaises(AccessError):
                        attack()
        paper.invalidate_recordset()
        self.assertEqual((paper.sudo().raw, paper.name), (b"licence", "licence.pdf"))

    def test_paper_of_submitted_archive_is_kept(self):
        paper = self.paper(self.archive)
        self.submit()
        self.assertKept(paper)

    def test_paper_of_customer_with_filed_archive_is_kept(self):
        paper = self.paper(self.archive.partner_id)
        self.submit()
        self.assertKept(paper)

    def test_paper_of_archive_being_entered_is_exchanged(self):
        wrong = self.paper(self.archive)
        wrong.write({"name": "licence-2.pdf", "raw": b"2"})
        wrong.unlink()
        self.paper(self.env["res.partner"].create({"name": "Lead"}), self.env.user).unlink()

    def test_right_paper_is_added_later(self):
        self.submit()
        paper = self.paper(self.archive)
        paper.write({"name": "licence.pdf", "raw": b"licence"})  # nothing but what is there
        self.assertKept(paper)
        loose = self.env["ir.attachment"].with_user(self.clerk).create({"name": "loose.pdf", "raw": b"x"})
        loose.write({"res_model": "kehu.archive", "res_id": self.archive.id})

    def test_paper_of_journal_line_is_kept_after_correction_time(self):
        kind = self.env["kehu.archive.journal.kind"].search([("by_hand", "=", True)], limit=1)
        line = (
            self.env["kehu.archive.journal"]
            .with_user(self.clerk)
            .create({"partner_id": self.archive.partner_id.id, "kind_id": kind.id, "summary": "Called"})
        )
        self.paper(line).unlink()
        paper = self.paper(line)
        with self.assertRaises(AccessError):
            paper.sudo().with_user(self.manager).sudo().unlink()
        self.env["ir.config_parameter"].sudo().set_param("kehu_archive.journal_correction_hours", "0")
        line.invalidate_recordset()
        self.assertKept(paper)

    def test_paper_of_approval_is_kept(self):
        self.submit()
        self.assertKept(
            self.paper(self.archive.sudo().approval_ids, raw=b"licence", user=self.env.ref("base.user_root"))
        )

    def test_papers_move_with_merged_contacts(self):
        paper = self.paper(self.archive.partner_id)
        self.submit()
        kept = self.env["res.partner"].create({"name": "Customer", "is_company": True})
        self.env["base.partner.merge.automatic.wizard"].with_user(self.admin).sudo().create({})._merge(
            (self.archive.partner_id | kept).ids, kept
        )
        self.env.invalidate_all()
        self.assertEqual((paper.res_model, paper.res_id), ("res.partner", kept.id))
