from odoo.tests import new_test_user, tagged

from .common import TierCase


@tagged("post_install", "-at_install")
class TestDialogs(TierCase):
    """X5: what a dialog or a template shows of a confidential record is noted as read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "test_reader",
            "base.group_user,base.group_partner_manager,mail.group_mail_template_editor,kehu_confidential.group_clearance_top_secret",
            name="Reader",
            email="reader@example.com",
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Secret",
                "is_company": True,
                "email": "secret@example.com",
                "phone": "+86 755 1234567",
                "kehu_tier": "3",
            }
        )
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "subject": "To {{ object.phone }}",
                "body_html": "<p t-out='object.email'/>",
            }
        )
        cls.env.flush_all()

    def assertNoted(self, *calls):
        """Check that each call leaves a line about the customer."""
        logs = self.env["kehu.access.log"]
        for number, call in enumerate(calls):
            self.flush()
            self.env.cr.execute("DELETE FROM kehu_access_log")
            self.env.invalidate_all()
            call()
            self.flush()
            lines = logs.search(
                [("res_model", "=", "res.partner"), ("res_id", "=", self.customer.id), ("user_id", "=", self.reader.id)]
            )
            self.assertEqual(lines.mapped("action"), ["read"], number)

    def flush(self):
        self.env(user=self.reader).flush_all()

    def onchange(self, model, values=(), names=("display_name",), **context):
        dialogs = self.env[model].with_user(self.reader).with_context(**context)
        return dialogs.onchange(dict(values), [], {name: {} for name in names})

    def test_preview_of_template_is_noted(self):
        previews = self.env["mail.template.preview"].with_user(self.reader)
        values = {"mail_template_id": self.template.id, "resource_ref": f"res.partner,{self.customer.id}"}
        preview = previews.create(values)
        self.assertNoted(
            lambda: preview.read(["subject", "body_html"]),
            lambda: preview.web_read({"subject": {}}),
            lambda: self.onchange(previews._name, values, ["subject"]),
            lambda: self.onchange(
                previews._name, names=["email_to"], **{f"default_{name}": value for name, value in values.items()}
            ),
        )
        self.assertIn("755 1234567", preview.subject)

    def test_link_in_a_form_is_noted_in_any_guise(self):
        def fill(command):
            tags = self.env["res.partner.category"].with_user(self.reader)
            return tags.onchange({"partner_ids": [command]}, ["partner_ids"], {"name": {}, "partner_ids": {}})

        number = float(self.customer.id)
        self.assertNoted(
            lambda: fill([4, number]),
            lambda: fill([6, 0, [number]]),
            lambda: fill(number),
            lambda: fill([1, number, {}]),
        )

    def test_preview_shows_no_link_of_the_recipient(self):
        admin = new_test_user(self.env, "test_admin", "base.group_system,base.group_user")
        template = self.env["mail.template"].create(
            {
                "name": "Password",
                "model_id": self.env.ref("base.model_res_users").id,
                "subject": "Set {{ object.partner_id._get_signup_url() }}",
                "body_html": "<a t-att-href='object.partner_id._get_signup_url()'>Set a password</a>"
                "<a href='/rate/0123456789abcdef0123456789abcdef/5'>Good</a>"
                "<a href='/survey/start/12345678-1234-4234-8234-123456789abc'>Answer</a>",
            }
        )
        preview = (
            self.env["mail.template.preview"]
            .with_user(admin)
            .create({"mail_template_id": template.id, "resource_ref": f"res.users,{self.officer.id}"})
        )
        for text in (preview.body_html, preview.subject):
            self.assertIn("/web/", text)
            self.assertRegex(text, "token=…")
        self.assertIn("/rate/…/5", preview.body_html)
        self.assertRegex(preview.body_html, "/survey/start/…[\"']")

    def test_composer_with_template_is_noted(self):
        values = {
            "model": "res.partner",
            "res_ids": repr(self.customer.ids),
            "template_id": self.template.id,
            "composition_mode": "comment",
        }
        composers = self.env["mail.compose.message"].with_user(self.reader)
        self.assertNoted(
            lambda: composers.create(values),
            lambda: self.onchange(composers._name, values, ["subject"]),
            lambda: self.onchange(
                composers._name, names=["body"], **{f"default_{name}": value for name, value in values.items()}
            ),
        )
        composer = composers.create(values)
        self.assertNoted(
            lambda: composer.read(["body"]),
            lambda: composer.formatted_read_group([("id", "=", composer.id)], ["subject"]),
        )

    def test_number_in_text_message_is_noted(self):
        if "sms.composer" not in self.env:
            self.skipTest("sms is not installed")
        values = {"res_model": "res.partner", "res_id": self.customer.id, "composition_mode": "comment", "body": "x"}
        composer = self.env["sms.composer"].with_user(self.reader).create(values)
        self.assertNoted(
            lambda: composer.read(["recipient_single_number_itf"]),
            lambda: self.onchange("sms.composer", values, ["recipient_single_number"]),
            lambda: self.onchange(
                "sms.composer",
                names=["recipient_single_number"],
                **{f"default_{name}": value for name, value in values.items()},
            ),
            lambda: self.onchange(
                "sms.composer",
                names=["recipient_single_number"],
                active_model="res.partner",
                active_id=self.customer.id,
            ),
        )

    def test_address_in_portal_dialog_is_noted(self):
        wizard = self.env["portal.wizard"].with_user(self.reader).with_context(active_ids=self.customer.ids).create({})
        self.flush()
        self.assertNoted(
            lambda: wizard.user_ids.read(["email"]), lambda: wizard.web_read({"user_ids": {"fields": {"email": {}}}})
        )

    def test_jobs_and_ordinary_records_leave_no_line(self):
        self.env.cr.execute("DELETE FROM kehu_access_log")
        self.template.send_mail(self.customer.id)
        visitor = self.env(user=self.env.ref("base.public_user"), su=True)
        self.template.with_env(visitor).send_mail(self.customer.id)
        ordinary = self.env["res.partner"].create({"name": "Ordinary", "phone": "1"})
        self.template.with_user(self.reader).send_mail(ordinary.id)
        self.assertFalse(self.env["kehu.access.log"].search([]))
