from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestJournal(ArchiveCase):
    """A9: the dealings that are entered by hand. Those of documents: kehu_leak_test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.file_archive(name="Ruida")
        cls.customer = cls.archive.partner_id
        cls.call = cls.env.ref("kehu_archive.journal_kind_call")
        cls.delivery = cls.env["kehu.archive.journal.kind"].create(
            {"name": "Delivery", "code": "delivery", "by_hand": False}
        )

    @classmethod
    def enter(cls, user=None, **vals):
        return (
            cls.env["kehu.archive.journal"]
            .with_user(user or cls.clerk)
            .create({"partner_id": cls.customer.id, "kind_id": cls.call.id, "summary": "Asked for a price", **vals})
        )

    def test_the_clerk_enters_a_call_in_the_archive(self):
        with Form(self.archive) as form, form.kehu_journal_ids.new() as line:
            line.kind_id = self.call
            line.summary = "Asked for a price"
        line = self.archive.kehu_journal_ids
        self.assertEqual(
            (line.partner_id, line.archive_id, line.user_id, line.kind_id, line.is_correctable),
            (self.customer, self.archive, self.clerk, self.call, True),
        )
        older = self.enter(date=fields.Datetime.now() - timedelta(days=9))
        self.archive.invalidate_recordset()
        self.assertEqual(self.archive.kehu_journal_ids, line + older)
        months = (
            self.env["kehu.archive.journal"]
            .with_user(self.employee)
            .formatted_read_group([("partner_id", "=", self.customer.id)], ["kind_id", "date:month"], ["__count"])
        )
        self.assertEqual(sum(month["__count"] for month in months), 2)

    def test_dealing_is_not_entered_before_it_took_place(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        with self.assertRaisesRegex(ValidationError, "in the future"), self.env.cr.savepoint():
            self.enter(date=later)
        line = self.enter()
        with self.assertRaisesRegex(ValidationError, "in the future"), self.env.cr.savepoint():
            line.date = later

    def test_the_archive_takes_one_line_after_another(self):
        self.enter(self.manager)
        for number in range(2):
            with Form(self.archive.with_user(self.clerk)) as form, form.kehu_journal_ids.new() as line:
                line.kind_id = self.call
                line.summary = f"Asked again {number}"
        lines = self.archive.kehu_journal_ids
        self.assertEqual(len(lines), 3)
        self.assertEqual(lines.user_id, self.manager + self.clerk)
        with self.assertRaises(AccessError):
            lines.with_user(self.clerk).write({"partner_id": self.file_archive(name="Other").partner_id.id})

    def test_what_a_contact_deals_is_the_companys(self):
        person = self.env["res.partner"].create({"name": "Person", "parent_id": self.customer.id})
        self.assertEqual(self.enter(partner_id=person.id).partner_id, self.customer)

    def test_only_whoever_keeps_the_archive_enters(self):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.enter(self.employee)
        self.assertTrue(self.enter().with_user(self.employee).read(["summary"]))
        # Reading is lent: it does not write.
        secret = self.file_archive(self.officer, name="Secret", kehu_tier="2", kehu_team_id=False).partner_id
        with self.assertRaises(AccessError) as refused:
            self.enter(partner_id=secret.id)
        self.assertNotIn("Secret", str(refused.exception))
        self.env["kehu.grant"].with_user(self.officer).create(
            {
                "user_id": self.clerk.id,
                "partner_id": secret.id,
                "purpose": "Audit",
                "date_until": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.assertTrue(secret.with_user(self.clerk).has_access("read"))
        with self.assertRaises(AccessError):
            self.enter(partner_id=secret.id)
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.env["kehu.archive"].create({"name": "Elsewhere", "company_id": other.id}).partner_id
        with self.assertRaises(AccessError):
            self.enter(partner_id=elsewhere.id)

    def test_nobody_forges_a_line(self):
        for user in (self.clerk, self.manager):
            for forged in (
                {"res_model": "kehu.archive", "res_id": self.archive.id},
                {"res_model": "kehu.archive"},
                {"res_id": self.archive.id},
                {"user_id": self.leader.id},
            ):
                with self.assertRaises(AccessError):
                    self.enter(user, **forged)
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.archive.with_user(user).write(
                        {"kehu_journal_ids": [Command.create({"kind_id": self.call.id, "summary": "Forged", **forged})]}
                    )
                self.env.invalidate_all()
        line = (
            self.env["kehu.archive.journal"]
            .with_user(self.clerk)
            .with_context(
                default_res_model="kehu.archive",
                default_res_id=self.archive.id,
                default_user_id=self.leader.id,
            )
            .create({"partner_id": self.customer.id, "kind_id": self.call.id, "summary": "By default"})
        )
        self.assertEqual((line.res_model, line.res_id, line.user_id), (False, 0, self.clerk))
        with self.assertRaisesRegex(ValidationError, "by their documents"):
            self.enter(kind_id=self.delivery.id)
        with self.assertRaisesRegex(ValidationError, "by their documents"), self.env.cr.savepoint():
            line.kind_id = self.delivery

    def test_own_default_makes_no_line_of_a_colleague(self):
        defaults = self.env["ir.default"].with_user(self.clerk)
        defaults.set("kehu.archive.journal", "user_id", self.leader.id, user_id=True)
        self.assertEqual(self.enter().user_id, self.clerk)
        self.archive.with_user(self.clerk).write(
            {"kehu_journal_ids": [Command.create({"kind_id": self.call.id, "summary": "Through the card"})]}
        )
        self.assertEqual(self.customer.kehu_journal_ids.user_id, self.clerk)

    def test_the_author_corrects_it_for_a_day(self):
        line = self.enter()
        line.summary = "Asked for a quotation"
        self.assertEqual(line.summary, "Asked for a quotation")
        for user in (self.manager, self.leader):
            self.assertFalse(line.with_user(user).is_correctable)
            with self.assertRaisesRegex(AccessError, "who entered it"):
                line.with_user(user).summary = "Never called"
        for vals in (
            {"user_id": self.manager.id},
            {"partner_id": self.env.company.partner_id.id},
            {"res_model": "kehu.archive", "res_id": 1},
            {"company_id": self.env["res.company"].create({"name": "Other"}).id},
        ):
            with self.assertRaisesRegex(AccessError, "final"):
                line.write(vals)
        with freeze_time(line.create_date + timedelta(hours=23)):
            line.invalidate_recordset(["is_correctable"])
            line.note = "By 30 June"
        with freeze_time(line.create_date + timedelta(hours=25)):
            line.invalidate_recordset(["is_correctable"])
            self.assertFalse(line.is_correctable)
            with self.assertRaisesRegex(UserError, "24 hours"):
                line.summary = "Never called"
            with self.assertRaisesRegex(UserError, "24 hours"):
                self.archive.write({"kehu_journal_ids": [Command.update(line.id, {"summary": "Never called"})]})
            self.env.invalidate_all()
            self.env["ir.config_parameter"].set_param("kehu_archive.journal_correction_hours", "48")
            line.summary = "Asked for two quotations"
        self.assertEqual(line.sudo().summary, "Asked for two quotations")

    def test_nobody_deletes_a_line(self):
        line = self.enter()
        for user in (self.clerk, self.manager):
            for attack in (
                lambda user=user: line.with_user(user).unlink(),
                lambda user=user: self.archive.with_user(user).write({"kehu_journal_ids": [Command.delete(line.id)]}),
                lambda user=user: self.archive.with_user(user).write({"kehu_journal_ids": [Command.clear()]}),
            ):
                with (
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                    mute_logger("odoo.addons.base.models.ir_model"),
                ):
                    attack()
                self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            line.sudo().unlink()
        self.assertTrue(line.exists())

    def test_a_line_is_as_confidential_as_its_customer_or_more(self):
        line = self.enter(self.cleared, kehu_own_tier="2")
        open_line = self.enter()
        self.assertEqual(line.search([("partner_id", "=", self.customer.id)]), line + open_line)
        lines = self.env["kehu.archive.journal"].with_user(self.manager)
        self.assertEqual(lines.search([("partner_id", "=", self.customer.id)]), open_line)
        self.env.invalidate_all()
        self.assertEqual(self.archive.with_user(self.manager).kehu_journal_ids, open_line)
        with self.assertRaises(AccessError):
            line.with_user(self.manager).read(["summary"])
        with self.assertRaisesRegex(AccessError, "above your own clearance"):
            open_line.kehu_own_tier = "2"
        with self.assertRaisesRegex(AccessError, "on request only"):
            line.kehu_own_tier = "0"
        self.customer.sudo().kehu_tier = "3"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(open_line.with_user(self.cleared).has_access("read"))
        self.assertEqual(line.with_user(self.officer).search([("partner_id", "=", self.customer.id)]), line + open_line)
        self.assertEqual(set((line + open_line).sudo().mapped("kehu_tier")), {"3"})

    def test_other_companys_lines_stay_there(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "test_stranger", "kehu_archive.group_archive_user", company_id=company.id, company_ids=company.ids
        )
        line = self.enter()
        self.assertFalse(line.with_user(stranger).search([("id", "=", line.id)]))

    def test_administrators_add_kinds(self):
        kinds = self.env["kehu.archive.journal.kind"]
        self.assertFalse(kinds._get_by_code("tasting"))
        tasting = kinds.with_user(self.manager).create({"name": "Tasting", "code": "tasting"})
        self.assertTrue(self.enter(kind_id=tasting.id))
        self.assertEqual(kinds._get_by_code("tasting"), tasting)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            kinds.with_user(self.clerk).create({"name": "Gift", "code": "gift"})
        with self.assertRaises(Exception), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            kinds.create({"name": "Twice", "code": "tasting"})
