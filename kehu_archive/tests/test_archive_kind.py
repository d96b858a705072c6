from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users

from .common import CODE, ArchiveCase

IDENTITY = "11010519491231002X"


@tagged("post_install", "-at_install")
class TestArchiveKind(ArchiveCase):
    """A2, A3: persons and foreign companies have other numbers, and are asked for nothing that they do not have."""

    @users("test_clerk")
    def test_person_is_chosen_on_the_form(self):
        with Form(self.env["kehu.archive"]) as form:
            form.name = "王小明"
            self.assertEqual((form.company_type, form.card_kind), ("company", "company"))
            form.company_type = "person"
            self.assertEqual(form.card_kind, "person")
            form.vat = IDENTITY.lower()
        archive = form.record
        self.assertFalse(archive.partner_id.is_company)
        self.assertEqual((archive.company_type, archive.vat), ("person", IDENTITY))
        archive.write({"company_type": "company", "vat": CODE})
        self.assertTrue(archive.partner_id.is_company)

    @users("test_clerk")
    def test_number_from_abroad_stays_as_typed(self):
        for country in ("hk", "de"):
            archive = self.file_archive(
                name=f"Trading {country}", country_id=self.env.ref(f"base.{country}").id, vat="１2345678-00a "
            )
            self.assertEqual((archive.card_kind, archive.vat), ("foreign", "12345678-00a"))
            archive.vat = "DE 123-b"
            self.assertEqual(archive.vat, "DE 123-b")
            archive.vat = False
        hong_kong = self.file_archive(name="香港贸易", state_id=self.env.ref("base.state_cn_HK").id, vat="12345678-000")
        self.assertEqual(hong_kong.card_kind, "foreign")

    @users("test_clerk")
    def test_wrong_identity_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Identity Number.*wrong check digit"), self.env.cr.savepoint():
            self.file_archive(name="王小明", is_company=False, vat="110105194912310021")
        self.assertTrue(self.file_archive(name="Smith", is_company=False, vat="P1234567"))

    @users("test_clerk")
    def test_same_person_is_found_by_identity_number(self):
        first = self.file_archive(name="王小明", company_type="person", vat=IDENTITY)
        with self.assertRaisesRegex(ValidationError, first.number), self.env.cr.savepoint():
            self.file_archive(name="王晓明", company_type="person", vat=IDENTITY)

    @users("test_clerk")
    def test_what_submission_needs_is_shown_beforehand(self):
        vals = {"kehu_team_id": False}
        for kind, needed in (
            ({}, "Unified Social Credit Code, Legal Representative, Business Unit"),
            ({"company_type": "person"}, "Identity Number, Business Unit"),
            ({"country_id": self.env.ref("base.de").id}, "Registration or Tax Number, Business Unit"),
        ):
            archive = self.file_archive(name=f"Customer {needed}", **vals, **kind)
            self.assertEqual(archive.lacking, needed)
            with self.assertRaisesRegex(UserError, f"Fill in {needed}"), self.env.cr.savepoint():
                archive.workflow_move("submit")

    @users("test_clerk")
    def test_person_and_foreign_company_are_submitted(self):
        common = {"kehu_team_id": self.unit.id}
        person = self.file_archive(name="王小明", company_type="person", vat=IDENTITY, **common)
        foreign = self.file_archive(name="GmbH", country_id=self.env.ref("base.de").id, vat="DE1", **common)
        company = self.file_archive(name="公司", vat=CODE, legal_representative="Zhao", **common)
        for archive in person + foreign + company:
            self.assertFalse(archive.lacking)
            archive.workflow_move("submit")
            self.assertFalse(archive.lacking)

    def test_types_of_the_policies_are_there(self):
        for name, party in (("public_relations", "special"), ("financing", "special")):
            with self.subTest(name):
                archive_type = self.env.ref(f"kehu_archive.archive_type_{name}")
                self.assertEqual((archive_type.active, archive_type.party), (True, party))
