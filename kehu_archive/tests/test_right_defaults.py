from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ArchiveCase

MODELS = ("res.partner", "kehu.archive")


@tagged("post_install", "-at_install")
class TestRightDefaults(ArchiveCase):
    """X2: nobody comes to read what others file by a default that was set for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "test_admin", "base.group_system,kehu_archive.group_archive_user", name="Zhao"
        )
        cls.theirs = cls.env["crm.team"].create({"name": "Theirs", "user_id": cls.admin.id})
        cls.rights = {"user_id": cls.admin, "kehu_custodian_id": cls.admin, "kehu_team_id": cls.theirs}
        cls.fields = [
            ("res.partner", "user_id"),
            *((model, name) for model in MODELS for name in ("kehu_custodian_id", "kehu_team_id")),
        ]

    def file_top_secret(self, model, **context):
        values = {"name": "Top", "kehu_tier": "3"}
        record = self.env[model].with_user(self.officer).with_context(**context).create(values)
        return record if model == "res.partner" else record.partner_id

    def assertKeptFromOthers(self, customer):
        for name, value in self.rights.items():
            self.assertNotEqual(customer[name], value)
        self.assertFalse(self.env["res.partner"].with_user(self.admin).search([("id", "=", customer.id)]))

    def test_default_in_context_gives_no_reading(self):
        context = {f"default_{name}": value.id for name, value in self.rights.items()}
        for model in MODELS:
            with self.subTest(model):
                self.assertKeptFromOthers(self.file_top_secret(model, **context))
                names = [name for name in self.rights if name in self.env[model]]
                filled = (
                    self.env[model]
                    .with_user(self.officer)
                    .with_context(**context)
                    .onchange({}, [], {name: {} for name in names})
                )
                self.assertNotIn(self.admin.id, [filled["value"].get(name) for name in names])

    def test_default_set_earlier_gives_no_reading(self):
        self.env.cr.execute(
            "INSERT INTO ir_default (field_id, json_value) SELECT id, CASE name WHEN 'kehu_team_id' THEN %s ELSE %s "
            "END FROM ir_model_fields "
            "WHERE model IN %s AND name IN %s",
            [str(self.theirs.id), str(self.admin.id), MODELS, tuple(self.rights)],
        )
        self.env.registry.clear_cache()
        for model in MODELS:
            with self.subTest(model):
                self.assertKeptFromOthers(self.file_top_secret(model))

    def test_clerk_is_still_custodian_by_default(self):
        archive = self.file_archive(self.salesman)
        self.assertEqual((archive.kehu_custodian_id, archive.kehu_team_id), (self.salesman, self.unit))
        archive = self.file_archive(self.clerk, name="Other", kehu_custodian_id=self.salesman.id)
        self.assertEqual(archive.kehu_custodian_id, self.salesman)

    def test_default_of_right_is_refused(self):
        defaults = self.env["ir.default"].with_user(self.admin)
        for model, name in self.fields:
            for user in (False, True, self.officer.id):
                with (
                    self.subTest(model=model, name=name),
                    self.assertRaisesRegex(AccessError, "no default"),
                    self.env.cr.savepoint(),
                ):
                    defaults.set(model, name, self.rights[name].id, user_id=user)
        defaults.set("res.partner", "city", "Shenzhen")

    def test_default_of_what_the_system_fills_in_is_refused(self):
        defaults = self.env["ir.default"].with_user(self.admin)
        spy = self.env["res.partner"].create({"name": "Spy", "email": "spy@evil.example"})
        for model, name, value in (
            ("mail.mail", "email_cc", "spy@evil.example"),
            ("mail.compose.message", "partner_ids", spy.ids),
            ("mail.compose.message", "reply_to", "spy@evil.example"),
            ("ir.attachment", "access_token", "abc"),
            ("rating.rating", "access_token", "abc"),
            ("mail.push.device", "partner_id", spy.id),
            ("res.partner", "message_partner_ids", spy.ids),
            ("base.partner.merge.automatic.wizard", "maximum_group", 1),
        ):
            for user in (False, self.officer.id):
                with (
                    self.subTest(model=model, name=name),
                    self.assertRaisesRegex(AccessError, "No default"),
                    self.env.cr.savepoint(),
                ):
                    defaults.set(model, name, value, user_id=user)

    def test_default_of_mail_set_earlier_is_none(self):
        self.env["ir.default"].set("mail.mail", "email_cc", "spy@evil.example")
        self.env["ir.default"].set("ir.attachment", "access_token", "abc")
        customer = self.file_top_secret("res.partner")
        message = customer.with_user(self.officer).message_post(
            body="Secret", partner_ids=customer.ids, subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(any(self.env["mail.mail"].search([("mail_message_id", "=", message.id)]).mapped("email_cc")))
        file = (
            self.env["ir.attachment"]
            .with_user(self.officer)
            .create({"name": "x", "res_model": "res.partner", "res_id": customer.id})
        )
        self.assertFalse(file.sudo().access_token)

    def test_default_for_others_is_noted_and_told(self):
        earlier = self.env["kehu.right.change"].search([])
        defaults = self.env["ir.default"].with_user(self.admin)
        defaults.set("res.partner", "function", "Buyer", user_id=True)
        self.assertEqual(self.env["kehu.right.change"].search([]), earlier)
        defaults.set("res.partner", "function", "Buyer")
        change = self.env["kehu.right.change"].search([], limit=1)
        self.assertNotIn(change, earlier)
        self.assertIn("Buyer", change.value_label)
        self.assertEqual(
            self.env["res.partner"].with_user(self.officer).default_get(["function"]), {"function": "Buyer"}
        )

    def test_default_of_a_colleague_is_read_by_no_administrator(self):
        self.env["res.partner"].create({"name": "Top", "is_company": True, "kehu_tier": "3"})
        defaults, name = self.env["ir.default"], "function"
        defaults.with_user(self.officer).set("res.partner", name, "Buyer of Top", user_id=True)
        entry = defaults.search([("user_id", "=", self.officer.id), ("field_id.name", "=", name)])
        self.env.invalidate_all()
        theirs = defaults.with_user(self.admin)
        self.assertFalse(theirs.search([("id", "=", entry.id)]))
        self.assertFalse(theirs.search([("json_value", "ilike", "Top")]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            entry.with_user(self.admin).read(["json_value"])
        self.assertEqual(self.env["res.partner"].with_user(self.officer).default_get([name])[name], "Buyer of Top")
        theirs.set("res.partner", name, "Buyer")
        theirs.set("res.partner", name, "Seller", user_id=self.employee.id)
        self.assertEqual(len(theirs.search([("field_id.name", "=", name)])), 2, "for everybody, and set by oneself")
