from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from .flow_case import FlowCase
from .markers import CONTENT


@tagged("post_install", "-at_install")
class TestFlowsOfMail(FlowCase):
    """X3: mailings, templates and messages for later, and customers of tier 2 and 3."""

    def test_a_mailing_reaches_whom_its_author_may_read(self):
        # Core sends as superuser; to name a colleague, the server or nobody as responsible is no way round.
        for vals in ({}, {"user_id": self.cleared.id}, {"user_id": SUPERUSER_ID}, {"user_id": False}):
            self.assertEqual(self.sent_by_cron(self.mailing(self.clerk, **vals)), self.open, vals)
        self.assertEqual(self.sent_by_cron(self.mailing(SUPERUSER_ID, user_id=False)), self.open)
        self.assertEqual(self.sent_by_cron(self.mailing(self.cleared)), self.open + self.hidden)
        self.assertEqual(self.sent_by_cron(self.mailing(self.cleared, user_id=self.clerk.id)), self.open)

    def test_a_mailing_sent_by_hand_and_as_a_test(self):
        mailing = self.mailing(self.clerk)
        mails = self.env["mail.mail"].sudo()
        self.assertTellsNothing(
            lambda: (
                mailing.action_send_mail(res_ids=self.hidden.ids),
                mails.search([("mailing_id", "=", mailing.id)]).read(),
            ),
            lambda: (
                mailing.with_user(self.clerk).action_launch(),
                mails.search([("mailing_id", "=", mailing.id)]).read(),
            ),
            lambda: (
                self.as_clerk("mailing.mailing.test")
                .create({"mass_mailing_id": mailing.id, "email_to": "clerk@example.com"})
                .send_mail_test()
            ),
            lambda: mailing.message_ids.mapped("body"),
            lambda: mailing.read(),
        )

    def test_traces_of_a_mailing_are_hidden_with_their_customer(self):
        mailing = self.mailing(self.cleared)
        self.sent_by_cron(mailing)
        traces = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
        self.assertEqual(len(traces), 3)
        mine = self.as_clerk("mailing.trace")
        self.assertEqual(mine.search([("id", "in", traces.ids)]).mapped("res_id"), self.open.ids)
        self.assertEqual(len(traces.with_user(self.cleared).search([("id", "in", traces.ids)])), 3)
        self.assertTellsNothing(
            lambda: traces.with_user(self.clerk).read(),
            lambda: mine.search_read([], []),
            lambda: mine.formatted_read_group([], ["email"], ["__count"]),
            lambda: mine.search_read([("email", "ilike", "Zq")]),
            lambda: mailing.with_user(self.clerk).read(),
            lambda: mailing.with_user(self.clerk).action_view_delivered(),
            lambda: self.as_clerk("mailing.trace.report").search_read([], []),
        )

    def test_the_composer_with_hidden_ids(self):
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        for customer in self.hidden:
            context = {
                "active_model": "res.partner",
                "active_id": customer.id,
                "active_ids": customer.ids,
                "default_model": "res.partner",
                "default_res_ids": repr(customer.ids),
            }
            for mode in ("mass_mail", "comment"):

                def composer(mode=mode, context=context, **vals):
                    return self.as_clerk("mail.compose.message", **context, default_composition_mode=mode).create(
                        {"subject": "{{ object.name }}", "body": "<p>{{ object.comment }}</p>", **vals}
                    )

                def sent(composer=composer, **vals):
                    wizard = composer(**vals)
                    wizard.action_send_mail()
                    return wizard.read(), (mails.search([]) - before).read()

                self.assertTellsNothing(
                    lambda composer=composer: composer().read(),
                    sent,
                    lambda sent=sent, customer=customer: sent(
                        res_ids=False, res_domain=repr([("id", "=", customer.id)]), res_domain_user_id=self.cleared.id
                    ),
                )
            fields_spec = {name: {} for name in ("subject", "body", "partner_ids", "res_ids", "email_from", "reply_to")}
            self.assertTellsNothing(
                lambda context=context: self.as_clerk("mail.compose.message", **context).onchange({}, [], fields_spec)
            )

    def test_templates_are_rendered_for_who_may_read(self):
        template = self.env["mail.template"].create(
            {
                "name": "x",
                "model_id": self.partner_model,
                "subject": "{{ object.name }}",
                "body_html": '<p t-out="object.comment"/>',
                "email_to": "{{ object.email }}",
            }
        )
        text = self.env["sms.template"].create(
            {"name": "x", "model_id": self.partner_model, "body": "{{ object.name }}"}
        )
        mine = template.with_user(self.clerk)
        spec = {"subject": {}, "body_html": {}, "email_to": {}, "error_msg": {}}
        for customer in self.hidden:
            chosen = {"mail_template_id": template.id, "resource_ref": f"res.partner,{customer.id}"}
            self.assertRefused(lambda customer=customer: mine.send_mail(customer.id))
            self.assertTellsNothing(
                lambda chosen=chosen: self.as_clerk("mail.template.preview").create(chosen).read(),
                lambda chosen=chosen: self.as_clerk("mail.template.preview").onchange(chosen, ["resource_ref"], spec),
                lambda customer=customer: mine.send_mail_batch(customer.ids),
                lambda customer=customer: mine._generate_template(customer.ids, ["subject", "body_html", "email_to"]),
                lambda customer=customer: (
                    self.as_clerk("sms.template.preview")
                    .create({"sms_template_id": text.id, "resource_ref": f"res.partner,{customer.id}"})
                    .read()
                ),
            )
            self.assertTellsNothing(
                lambda customer=customer: self.as_clerk("mail.render.mixin")._render_template(
                    "{{ object.display_name }} {{ object.name }}", "res.partner", customer.ids
                ),
                labels="2",
            )
        for model in ("sale.order", "crm.lead", "project.task", "account.move"):
            for record in self.about(model):
                for name in ("name", "email", "display_name", "contact_address"):
                    self.assertTellsNothing(
                        lambda model=model, record=record, name=name: self.as_clerk(
                            "mail.render.mixin"
                        )._render_template(f"{{{{ object.partner_id.{name} }}}}", model, record.ids),
                        labels="2",
                    )

    def test_scheduled_messages_are_hidden_with_their_document(self):
        for document in (*self.hidden, *self.about("kehu.archive")):
            vals = {
                "model": document._name,
                "res_id": document.id,
                "body": f"{CONTENT}3",
                "subject": f"{CONTENT}3",
                "scheduled_date": fields.Datetime.now() + timedelta(days=1),
            }
            message = (
                self.env["mail.scheduled.message"]
                .with_user(self.cleared)
                .create({**vals, "author_id": self.cleared.partner_id.id})
            )
            theirs = message.with_user(self.clerk)
            self.assertTellsNothing(
                lambda theirs=theirs: theirs.read(),
                lambda theirs=theirs: theirs.web_read({"body": {}}),
                lambda theirs=theirs: theirs.search_read([], ["body"]),
                lambda theirs=theirs: theirs.post_message(),
                lambda theirs=theirs: theirs.formatted_read_group([], ["subject"], ["__count"]),
            )
            self.assertFalse(theirs.search([("id", "=", message.id)]))
            self.assertRefused(
                lambda vals=vals: self.as_clerk("mail.scheduled.message").create(
                    {**vals, "author_id": self.clerk.partner_id.id}
                )
            )
