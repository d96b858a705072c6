from odoo.tests import new_test_user, tagged

from .common import ArchiveCase

SPY = "spy@evil.example"


@tagged("post_install", "-at_install")
class TestMailRecipients(ArchiveCase):
    """X3: templates lead confidential content to nobody but whom the document names or who may read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.reader = new_test_user(
            cls.env,
            "test_reader",
            "base.group_user,base.group_partner_manager,kehu_confidential.group_clearance_top_secret",
            name="Reader",
            email="reader@example.com",
        )
        cls.editor = new_test_user(
            cls.env, "test_editor", "base.group_system", name="Editor", email="editor@example.com"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Secret", "is_company": True, "email": "secret@example.com", "kehu_tier": "3"}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "email": "buyer@example.com", "parent_id": cls.customer.id}
        )
        cls.spy = cls.env["res.partner"].create({"name": "Spy", "email": SPY})
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Offer",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "subject": "To {{ object.name }}",
                "body_html": "<p t-out='object.email'/>",
            }
        )

    def edit(self, **vals):
        self.template.with_user(self.editor).write({"use_default_to": False, **vals})

    def sent(self):
        """Return the mail to the customer that the reader sends."""
        return self.env["mail.mail"].browse(self.template.with_user(self.reader).send_mail(self.customer.id))

    def composed(self, **vals):
        return (
            self.env["mail.compose.message"]
            .with_user(self.reader)
            .create(
                {
                    "model": "res.partner",
                    "res_ids": repr(self.customer.ids),
                    "template_id": self.template.id,
                    "composition_mode": "comment",
                    **vals,
                }
            )
        )

    def test_template_leads_no_confidential_mail_elsewhere(self):
        self.edit(
            email_cc=f"{SPY}, buyer@example.com",
            email_to=f"{SPY}, secret@example.com, reader@example.com, editor@example.com",
            partner_to=f"{self.spy.id}, {self.contact.id}, {self.reader.partner_id.id}, {self.editor.partner_id.id}",
            reply_to=SPY,
            email_from=f"Boss <{SPY}>",
        )
        mail = self.sent()
        self.assertEqual(mail.email_cc, "buyer@example.com")
        self.assertEqual(mail.email_to, "secret@example.com, reader@example.com")
        self.assertEqual(mail.recipient_ids, self.contact | self.reader.partner_id)
        self.assertNotIn(SPY, f"{mail.reply_to} {mail.email_from}")
        composer = self.composed()
        self.assertEqual(composer.partner_ids, self.customer | self.contact | self.reader.partner_id)
        self.assertNotIn(SPY, f"{composer.reply_to} {composer.email_from}")

    def test_template_leads_no_mass_mail_elsewhere(self):
        self.edit(email_cc=SPY, partner_to=f"{self.spy.id},{self.contact.id}", reply_to=SPY, email_from=SPY)
        composer = self.composed(composition_mode="mass_mail")
        values = composer._prepare_mail_values(self.customer.ids)[self.customer.id]
        self.assertNotIn(SPY, str(values))
        self.assertEqual([command[1] for command in values["recipient_ids"]], self.contact.ids)

    def test_author_of_mail_still_chooses(self):
        self.edit(partner_to=str(self.contact.id))
        composer = self.composed(reply_to="desk@example.com", partner_ids=[(6, 0, self.spy.ids)])
        self.assertEqual((composer.reply_to, composer.partner_ids), ("desk@example.com", self.spy))

    def test_ordinary_document_goes_where_template_says(self):
        self.customer = self.env["res.partner"].create({"name": "Ordinary", "email": "ordinary@example.com"})
        self.edit(email_cc=SPY, email_to="{{ object.email }}", reply_to=SPY, email_from=SPY)
        mail = self.sent()
        self.assertEqual(
            (mail.email_cc, mail.email_to, mail.reply_to, mail.email_from), (SPY, "ordinary@example.com", SPY, SPY)
        )

    def test_changed_recipients_are_noted_and_told(self):
        self.edit(email_cc=SPY)
        changes = self.env["kehu.right.change"].search(
            [("res_model", "=", "mail.template"), ("requester_id", "=", self.editor.id)]
        )
        self.assertEqual(len(changes), 1)
        note = self.env["kehu.access.log"].search([("res_model", "=", "mail.template"), ("action", "=", "right")]).note
        self.assertIn(f"→ {SPY}", note)
        self.template.with_user(self.editor).write({"subject": "Other"})
        self.env["mail.template"].with_user(self.editor).create(
            {"name": "Plain", "model_id": self.template.model_id.id}
        )
        self.assertEqual(self.env["kehu.right.change"].search_count([("res_model", "=", "mail.template")]), 1)

    def test_action_leads_no_confidential_answer_elsewhere(self):
        led = {"default_reply_to": SPY, "default_reply_to_force_new": True, "default_email_from": SPY}
        for mode in ("comment", "mass_mail"):
            composer = (
                self.env["mail.compose.message"]
                .with_user(self.reader)
                .with_context(**led)
                .create(
                    {
                        "model": "res.partner",
                        "res_ids": repr(self.customer.ids),
                        "composition_mode": mode,
                        "subject": "x",
                        "body": "x",
                    }
                )
            )
            self.assertNotIn(SPY, f"{composer.reply_to} {composer.email_from}")
            self.assertNotIn(SPY, str(composer._prepare_mail_values(self.customer.ids)))
            typed = composer.create(
                {**composer.copy_data()[0], "reply_to": "boss@example.com", "reply_to_force_new": True}
            )
            self.assertEqual(typed.reply_to, "boss@example.com")

    def test_changed_text_of_our_template_is_noted(self):
        log = self.env["kehu.access.log"]
        ours = self.env["mail.template"].create(
            {
                "name": "Filed",
                "model_id": self.env["ir.model"]._get_id("kehu.archive"),
                "subject": "Filed",
                "body_html": "<p>Filed</p>",
            }
        )
        ours.with_user(self.editor).write({"scheduled_date": "2099-01-01 00:00:00", "subject": "Other"})
        notes = str(log.search([("user_id", "=", self.editor.id), ("res_model", "=", "mail.template")]).mapped("note"))
        self.assertIn("2099-01-01", notes)
        self.assertIn("Filed → Other", notes)

    def test_template_keeps_no_mail_of_ours_back(self):
        archive = self.env["kehu.archive"].create({"name": "Filed Ltd"})
        ours = self.env["mail.template"].create(
            {
                "name": "Filed",
                "model_id": self.env["ir.model"]._get_id("kehu.archive"),
                "subject": "Filed",
                "body_html": "<p>Filed</p>",
                "email_to": "customer@example.com",
                "use_default_to": False,
            }
        )
        ours.with_user(self.editor).scheduled_date = "2099-01-01 00:00:00"
        self.assertFalse(self.env["mail.mail"].browse(ours.send_mail(archive.id)).scheduled_date)

    def proposed(self):
        self.template.use_default_to = True
        composer = self.composed()
        asked = self.customer.with_user(self.reader)._message_get_suggested_recipients(reply_discussion=True)
        return composer.partner_ids.ids, [recipient["partner_id"] for recipient in asked]

    def test_salesperson_who_has_left_is_not_proposed(self):
        self.customer.user_id = self.salesman
        self.customer.message_unsubscribe(self.salesman.partner_id.ids)  # followers get it anyway
        for proposed in self.proposed():
            self.assertIn(self.salesman.partner_id.id, proposed)
        self.salesman.active = False
        for proposed in self.proposed():
            self.assertNotIn(self.salesman.partner_id.id, proposed)
            self.assertIn(self.customer.id, proposed)

    def test_colleague_without_right_is_not_proposed(self):
        self.customer.sudo().message_post(
            body="Said", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.editor.partner_id.ids
        )
        for proposed in self.proposed():
            self.assertNotIn(self.editor.partner_id.id, proposed)
