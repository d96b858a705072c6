from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_confidential.apps.whose_rights import speak_of_own_model

from .markers import QUIET


@tagged("post_install", "-at_install")
class TestTemplateModels(TransactionCase):
    """X3: a template speaks of the model that it is about, and not of what has the same numbers in another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "account.group_account_invoice,base.group_partner_manager,mail.group_mail_template_editor"
        cls.editor = new_test_user(cls.env, "numbers_editor", f"base.group_user,{groups}", name="Editor")
        cls.clerk = new_test_user(cls.env, "numbers_clerk", "account.group_account_invoice", name="Clerk")
        cls.hidden, cls.open = cls.env["res.partner"].create(
            [
                {"name": "Marker", "kehu_tier": "3", "comment": "MARKERNOTE"},
                {"name": "Open", "email": "open@example.com"},
            ]
        )
        cls.env.cr.execute(
            """
            SELECT setval('account_move_id_seq', number), setval('sale_order_id_seq', number)
              FROM (SELECT GREATEST(nextval('account_move_id_seq'), nextval('sale_order_id_seq')) AS number) AS next
            """
        )
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.open.id,
                "invoice_line_ids": [Command.create({"name": "Thing", "price_unit": 10.0})],
            }
        )
        cls.invoice.action_post()
        cls.order = cls.env["sale.order"].create({"partner_id": cls.hidden.id, "client_order_ref": "MARKERREF"})

    def setUp(self):
        super().setUp()
        self.assertEqual(self.order.id, self.invoice.id)

    def make_template(self, user, model="sale.order", **vals):
        text = "object.client_order_ref" if model == "sale.order" else "object.name"
        return (
            self.env["mail.template"]
            .with_user(user)
            .create(
                {
                    "name": "t",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "lang": "{{ %s }}" % text,
                    "subject": "{{ %s }}" % text,
                    "body_html": f'<p>About <t t-out="{text}"/></p>',
                    **vals,
                }
            )
        )

    def assertTellsNothing(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with mute_logger(*QUIET), self.env.cr.savepoint():
                told = repr(call())
        except UserError as error:
            told = str(error)
        self.env.invalidate_all()
        self.assertNotIn("MARKER", told)

    def test_send_dialog_shows_no_other_model(self):
        template = self.make_template(self.editor)
        dialogs = self.env["account.move.send.wizard"].with_user(self.editor)
        vals = {"move_id": self.invoice.id, "template_id": template.id}
        spec = {name: {} for name in ("subject", "body", "lang")}
        self.assertTellsNothing(lambda: dialogs.onchange(vals, ["template_id"], spec))
        self.assertTellsNothing(lambda: dialogs.web_save(vals, spec))
        own = self.make_template(self.editor, "account.move", lang=False)
        shown = dialogs.onchange({**vals, "template_id": own.id}, ["template_id"], spec)["value"]
        self.assertEqual(shown["subject"], self.invoice.name)

    def test_composer_sends_no_other_model(self):
        # Of an administrator: for who edits no templates, Odoo renders it as superuser.
        template, own = (
            self.make_template(self.env.user, model, lang=False) for model in ("sale.order", "account.move")
        )
        vals = {"model": "account.move", "res_ids": repr(self.invoice.ids), "composition_mode": "mass_mail"}
        for user in (self.clerk, self.editor):
            composers = self.env["mail.compose.message"].with_user(user)
            for field in ("subject", "body"):

                def render(template, composers=composers, field=field):
                    composer = composers.create({**vals, "template_id": template.id})
                    return composer._render_field(field, self.invoice.ids, compute_lang=True)

                self.assertTellsNothing(lambda render=render: render(template))
                self.assertIn(self.invoice.name, render(own)[self.invoice.id])

    def test_text_message_shows_no_other_record(self):
        templates = self.env["sms.template"].create(
            [
                {"name": model, "model_id": self.env["ir.model"]._get_id(model), "body": "{{ object.%s }}" % name}
                for model, name in (
                    ("sale.order", "client_order_ref"),
                    ("res.partner", "comment"),
                    ("account.move", "name"),
                )
            ]
        )
        composers = self.env["sms.composer"].with_user(self.clerk)
        for template, model, document in (
            (templates[0], "account.move", self.invoice),
            (templates[0], "sale.order", self.order),
            (templates[1], "res.partner", self.hidden),
        ):
            vals = {
                "res_model": model,
                "res_id": document.id,
                "template_id": template.id,
                "composition_mode": "comment",
            }
            self.assertTellsNothing(
                lambda vals=vals: composers.onchange(vals, ["template_id"], {"body": {}})["value"].get("body")
            )
            self.assertTellsNothing(lambda vals=vals: composers.create(vals).body)
        vals = {"res_model": "account.move", "res_id": self.invoice.id, "composition_mode": "comment"}
        self.assertEqual(composers.create({**vals, "template_id": templates[2].id}).body, self.invoice.name)
        self.assertFalse(self.invoice._message_sms_with_template(templates[0]))
        self.assertIn(self.invoice.name, self.invoice._message_sms_with_template(templates[2]).body)

    def test_app_does_nothing_with_other_template(self):
        # As reminders of meetings do, whose app is not installed here.
        notify = speak_of_own_model(lambda documents, template, force_send=False: "sent")
        other, own = self.make_template(self.editor), self.make_template(self.editor, "account.move")
        self.assertIsNone(notify(self.invoice, other, force_send=True))
        self.assertIsNone(notify(self.invoice, template=other))
        self.assertEqual(notify(self.invoice, own), "sent")
        self.assertEqual(notify(self.invoice, self.env["mail.template"]), "sent")

    def test_template_attaches_no_report_of_another_model(self):
        report = self.env.ref("sale.action_report_saleorder")
        with self.assertRaisesRegex(ValidationError, "model of the template"):
            self.make_template(self.editor, "account.move", report_template_ids=[Command.set(report.ids)])
        template = self.make_template(self.editor, report_template_ids=[Command.set(report.ids)])
        with self.assertRaisesRegex(ValidationError, "model of the template"):
            template.model_id = self.env["ir.model"]._get_id("account.move")

    def test_setting_names_no_template_of_another_model(self):
        other = self.make_template(self.editor)
        for model, field, about, vals in (
            ("survey.survey", "certification_mail_template_id", "survey.user_input", {"title": "S"}),
            ("project.task.type", "mail_template_id", "project.task", {"name": "S"}),
            ("gamification.challenge", "report_template_id", "gamification.challenge", {"name": "C"}),
        ):
            with self.subTest(model=model):
                own = self.make_template(self.env.user, about)
                with self.assertRaisesRegex(ValidationError, "another model"), self.env.cr.savepoint():
                    self.env[model].create({**vals, field: other.id})
                record = self.env[model].create({**vals, field: own.id})
                with self.assertRaisesRegex(ValidationError, "another model"), self.env.cr.savepoint():
                    record[field] = other
                with self.assertRaisesRegex(ValidationError, "another model"), self.env.cr.savepoint():
                    own.model_id = self.env["ir.model"]._get_id("sale.order")

    def test_superuser_posts_no_template_of_another_model(self):
        customer = self.env.ref("base.public_user")
        invoice = self.invoice.with_user(customer).sudo()
        for template in (self.make_template(self.editor), self.make_template(self.editor, lang=False)):
            with self.assertRaises(UserError), mute_logger(*QUIET), self.env.cr.savepoint():
                invoice.message_post_with_source(template)
        posted = invoice.message_post_with_source(self.make_template(self.editor, "account.move", lang=False))
        self.assertIn(self.invoice.name, posted.body)
