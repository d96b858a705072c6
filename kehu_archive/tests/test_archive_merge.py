from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CODE, ArchiveCase, credit_code

TRAILS = (
    "kehu.workflow.log",
    "kehu.approval",
    "kehu.approval.decision",
    "kehu.deadline",
    "kehu.deadline.event",
    "kehu.archive.journal",
)


@tagged("post_install", "-at_install")
class TestArchiveMerge(ArchiveCase):
    """A14: two customers turn out to be one; the file of both is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "test_director", "kehu_archive.group_marketing_director", name="Director")
        cls.kept, cls.gone = (
            cls.file_archive(
                name=name,
                vat=code,
                legal_representative=person,
                kehu_team_id=cls.unit.id,
                email="same@example.com",
                distinct_reason="Not known yet",
                **vals,
            )
            for name, code, person, vals in (
                ("Kept Customer", CODE, "Zhao", {}),
                (
                    "Gone Customer",
                    credit_code(9),
                    "Qian",
                    {"supervising_body": "City of X", "date_first_contact": "2020-01-02"},
                ),
            )
        )

    def file(self, *archives):
        for archive in archives:
            archive.with_user(self.clerk).workflow_move("submit")
            approval = archive.approval_ids.filtered(lambda approval: approval.state == "pending")
            approval.with_user(self.leader).approve("Known")
            approval.with_user(self.director).approve()
        self.env.flush_all()

    def enter(self, archive, summary):
        kind = self.env["kehu.archive.journal.kind"].search([("by_hand", "=", True)], limit=1)
        return (
            self.env["kehu.archive.journal"]
            .with_user(self.clerk)
            .create({"partner_id": archive.partner_id.id, "kind_id": kind.id, "summary": summary})
        )

    def merge(self, into=None, user=None):
        into = (into or self.kept).partner_id
        partners = (self.kept + self.gone).partner_id
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(user or self.manager).create({})
        merge._merge(partners.ids, into)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(partners.exists(), into)
        return into.kehu_archive_id

    def rows(self):
        return {name: set(self.env[name].sudo().with_context(active_test=False).search([]).ids) for name in TRAILS}

    def test_two_formal_archives_become_one_and_nothing_is_lost(self):
        self.file(self.kept, self.gone)
        number, filed, gone_id = self.gone.number, self.gone.date_filed, self.gone.id
        line, paper = (
            self.enter(self.gone, "Called"),
            self.env["ir.attachment"].create(
                {"name": "licence.pdf", "raw": b"x", "res_model": "kehu.archive", "res_id": self.gone.id}
            ),
        )
        note = self.gone.message_post(body="Pays late")
        decisions, moves = self.gone.approval_decision_ids, self.gone.workflow_log_ids
        before = self.rows()
        archive = self.merge()
        self.assertEqual((archive, archive.state), (self.kept, "formal"))
        self.assertFalse(self.gone.exists())
        self.assertEqual(self.rows(), before)
        self.assertEqual((line.partner_id, paper.res_id, note.res_id), (archive.partner_id, archive.id, archive.id))
        self.assertEqual(
            set((decisions + decisions.browse()).mapped("res_id")) | set(moves.mapped("res_id")), {archive.id}
        )
        former = archive.former_ids
        self.assertEqual(
            (former.number, former.name, former.state, former.date_filed), (number, "Gone Customer", "formal", filed)
        )
        self.assertIn("Qian", former.card)
        self.assertEqual(archive.supervising_body, "City of X", "what the kept card did not say")
        self.assertEqual(archive.legal_representative, "Zhao")
        self.assertFalse(
            self.env["kehu.workflow.log"].sudo().search([("res_model", "=", "kehu.archive"), ("res_id", "=", gone_id)])
        )
        # And the approval of the other one holds for nothing any more, while that of this one does.
        self.assertEqual(sorted(archive.approval_ids.mapped("state")), ["approved", "lapsed"])

    def test_former_number_finds_the_archive(self):
        number = self.gone.number
        self.merge()
        for user in (self.clerk, self.employee):
            self.assertEqual(
                self.env["kehu.archive"].with_user(user).search([("display_name", "ilike", number)]), self.kept
            )

    def test_former_archive_of_a_hidden_customer_is_hidden(self):
        number = self.gone.number
        self.kept.sudo().kehu_tier = "3"
        self.gone.sudo().kehu_tier = "3"
        self.manager.group_ids += self.env.ref("kehu_confidential.group_clearance_top_secret")
        self.merge()
        former = self.kept.sudo().former_ids
        self.assertFalse(self.env["kehu.archive.former"].with_user(self.employee).search([("number", "=", number)]))
        self.assertFalse(self.env["kehu.archive"].with_user(self.employee).search([("display_name", "ilike", number)]))
        with self.assertRaises(AccessError):
            former.with_user(self.employee).read(["name"])
        for attack in (
            lambda: former.with_user(self.manager).unlink(),
            lambda: former.with_user(self.manager).write({"number": "x"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            former.sudo().unlink()

    def test_filed_archive_is_kept_although_its_contact_goes(self):
        self.kept.vat = self.gone.vat = False
        self.gone.with_user(self.clerk).write({"vat": credit_code(9)})
        self.file(self.gone)
        self.gone.partner_id.name, name = self.gone.partner_id.name, self.gone.name
        self.kept.partner_id.name = name  # or the approvers would have agreed to another name
        archive = self.merge(into=self.kept)
        self.assertEqual((archive.id, archive.state, archive.partner_id.name), (self.gone.id, "formal", name))
        self.assertEqual(archive.former_ids.state, "preliminary")

    def test_pending_archive_goes_with_its_request_and_clock(self):
        self.gone.with_user(self.clerk).workflow_move("submit")
        approval = self.gone.approval_ids
        archive = self.merge()
        self.assertEqual((approval.state, approval.res_id), ("lapsed", archive.id))
        self.assertFalse(
            approval.search(
                [("state", "=", "pending"), ("res_model", "=", "kehu.archive"), ("res_id", "=", archive.id)]
            )
        )

    def test_clerk_cannot_merge_two_archives(self):
        with self.assertRaisesRegex(UserError, "Ask an archive manager"), self.env.cr.savepoint():
            self.merge(user=self.clerk)
        self.assertTrue(self.gone.exists())

    def test_values_that_guards_keep_are_the_archives(self):
        self.file(self.gone)
        customer = self.gone.partner_id
        customer.user_id = self.salesman
        pal = new_test_user(
            self.env, "test_pal", "kehu_archive.group_archive_user,base.group_partner_manager", name="Pal"
        )
        other = self.env["res.company"].create({"name": "Other Company"})
        pal.company_ids += other
        before = (self.gone.company_id, customer.company_id, self.clerk, self.unit, self.salesman, customer.parent_id)
        self.assertEqual(self.gone.kehu_custodian_id, self.clerk)
        for into_copy in (False, True):
            copy = (
                self.env["res.partner"]
                .with_user(pal)
                .create(
                    {
                        "name": customer.name,
                        "vat": customer.vat,
                        "is_company": False,
                        "email": "same@example.com",
                        "company_id": other.id,
                        "kehu_custodian_id": pal.id,
                        "user_id": pal.id,
                        "kehu_team_id": self.env["crm.team"].create({"name": "Pals"}).id,
                    }
                )
            )
            wizard = self.env["base.partner.merge.automatic.wizard"].with_user(pal).create({})
            remaining = copy if into_copy else customer
            wizard._merge((copy + customer).ids, remaining.with_user(pal))
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self.gone.partner_id, remaining)
            self.assertTrue(remaining.is_company)
            self.assertEqual(
                (
                    self.gone.company_id,
                    remaining.company_id,
                    remaining.kehu_custodian_id,
                    remaining.kehu_team_id,
                    remaining.user_id,
                    remaining.parent_id,
                ),
                before,
            )
            self.assertTrue(self.gone.with_user(self.clerk).has_access("read"))

    def test_empty_values_stay_empty(self):
        customer, pal = (
            self.gone.partner_id,
            new_test_user(
                self.env, "test_pal", "kehu_archive.group_archive_user,base.group_partner_manager", name="Pal"
            ),
        )
        self.assertFalse(customer.user_id)
        copy = (
            self.env["res.partner"]
            .with_user(pal)
            .create(
                {
                    "name": customer.name,
                    "is_company": True,
                    "email": "same@example.com",
                    "user_id": pal.id,
                    "phone": "0755-1234567",
                }
            )
        )
        self.env["base.partner.merge.automatic.wizard"].with_user(pal).create({})._merge(
            (copy + customer).ids, customer.with_user(pal)
        )
        self.env.invalidate_all()
        self.assertEqual((customer.user_id, customer.phone), (self.env["res.users"], "0755-1234567"))
