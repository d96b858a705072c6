from odoo import SUPERUSER_ID, Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .flow_case import FlowCase
from .markers import CONTENT, NAME

GATEWAY = "odoo.addons.mail.models.mail_thread"


@tagged("post_install", "-at_install")
class TestFlows(FlowCase):
    """X3: what the apps do with customers of tier 2 and 3, set going by a clerk who manages every app and may read
    neither.
    """

    # === ACTIONS OF ADMINISTRATORS ===

    def test_no_server_action_runs_on_a_hidden_record(self):
        """Least of all one whose groups make core skip the rights on the record."""
        groups = [Command.set(self.env.ref("base.group_user").ids)]
        told, changed, told_too = self.env["ir.actions.server"].create(
            [
                {
                    "name": "Tell",
                    "model_id": self.partner_model,
                    "state": "code",
                    "code": "raise UserError(record.sudo().name)",
                    "group_ids": groups,
                },
                {
                    "name": "Write",
                    "model_id": self.partner_model,
                    "state": "object_write",
                    "update_path": "ref",
                    "value": "x",
                    "group_ids": groups,
                },
                {
                    "name": "Tell",
                    "model_id": self.partner_model,
                    "state": "code",
                    "code": "raise UserError(record.sudo().name)",
                },
            ]
        )
        for customer in self.hidden:
            for model in ("res.partner", "res.users", False):
                context = {"active_model": model, "active_id": customer.id}
                guises = {"active_id": float(customer.id)}, {"active_id": False, "active_ids": [str(customer.id)]}
                for more in ({}, {"active_ids": customer.ids}, *guises):
                    self.assertRefused(lambda: changed.with_user(self.clerk).with_context(**{**context, **more}).run())
                    for action in (told, told_too):
                        self.assertTellsNothing(
                            lambda: action.with_user(self.clerk).with_context(**{**context, **more}).run()
                        )
        self.assertEqual(self.hidden.mapped("ref"), [f"{NAME}2", f"{NAME}3"])
        changed.with_user(self.clerk).with_context(active_model="res.partner", active_id=self.open.id).run()
        self.assertEqual(self.open.ref, "x")

    def test_an_automation_reads_masked_labels(self):
        """It runs as superuser; what its author makes it copy from elsewhere nobody can know."""
        order = self.env["ir.model"]._get_id("sale.order")
        self.env["base.automation"].create(
            {
                "name": "x",
                "model_id": order,
                "trigger": "on_create",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "x",
                            "model_id": order,
                            "state": "code",
                            "code": f"record.write({{'client_order_ref': env['res.partner'].browse({self.hidden[1].id}).display_name}})",
                        }
                    )
                ],
            }
        )
        self.assertTellsNothing(
            lambda: self.as_clerk("sale.order").create({"partner_id": self.open.id}).client_order_ref
        )

    def test_what_an_administrator_looks_up_for_privacy_is_found(self):
        archive = self.env["kehu.archive"].create({"name": "Looked up", "email": "looked.up@example.com"})
        lookup = self.env["privacy.lookup.wizard"].create({"name": archive.name, "email": archive.email})
        lookup.action_lookup()
        found = {(line.res_model, line.res_id, line.is_active) for line in lookup.line_ids}
        self.assertLessEqual({("res.partner", archive.partner_id.id, True), ("kehu.archive", archive.id, True)}, found)
        archive.partner_id.active = False
        lookup.action_lookup()
        self.assertIn(
            ("kehu.archive", archive.id, False),
            {(line.res_model, line.res_id, line.is_active) for line in lookup.line_ids},
        )

    def test_privacy_lookup_of_administrator_has_no_content(self):
        admin = new_test_user(
            self.env, "flow_admin", "base.group_system,base.group_erp_manager,base.group_user", name="Settings"
        )
        lookup = (
            self.env["privacy.lookup.wizard"]
            .with_user(admin)
            .create({"name": f"{NAME}3", "email": f"{CONTENT}3@example.com"})
        )
        lookup.name = lookup.email = "asked@example.com"
        self.env.flush_all()
        self.assertTellsNothing(lambda: (lookup.action_lookup(), lookup.line_ids.read()))

    # === DIALOGS OF THE APPS ===

    def test_dialogs_opened_for_a_hidden_customer(self):
        letter = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        for customer in self.hidden:
            context = {"active_model": "res.partner", "active_id": customer.id, "active_ids": customer.ids}
            one = {"res_model": "res.partner", "res_ids": repr(customer.ids)}

            def dialog(model, context=context, **vals):
                return self.as_clerk(model, **context).create(vals)

            self.assertTellsNothing(
                lambda: (lambda wizard: (wizard.read(), wizard.user_ids.read()))(dialog("portal.wizard")),
                lambda: dialog("portal.wizard").write({"partner_ids": [Command.link(customer.id)]}),
                lambda: dialog("portal.wizard", partner_ids=[Command.link(float(customer.id))]).user_ids.read(),
                lambda: dialog(
                    "portal.wizard.user", wizard_id=dialog("portal.wizard").id, partner_id=customer.id
                ).read(),
                lambda: dialog(
                    "snailmail.letter",
                    model="res.partner",
                    res_id=self.open.id,
                    partner_id=customer.id,
                    attachment_id=letter.id,
                ).read(),
                lambda: dialog(
                    "mail.followers.edit",
                    **one,
                    partner_ids=[Command.link(self.clerk.partner_id.id)],
                    notify=True,
                ).edit_followers(),
                lambda: dialog(
                    "mail.activity.schedule", **one, activity_user_id=self.clerk.id
                ).action_schedule_activities(),
                lambda: self.as_clerk("res.partner").browse(customer.id).schedule_meeting(),
            )
            for vals in (
                {"composition_mode": "comment", "res_id": customer.id},
                {"composition_mode": "mass", "res_ids": repr(customer.ids)},
            ):

                def text(vals=vals, dialog=dialog):
                    return dialog("sms.composer", body="{{ object.name }}", res_model="res.partner", **vals)

                self.assertTellsNothing(
                    lambda text=text: text().read(),
                    lambda text=text: (
                        text()._action_send_sms(),
                        self.env["sms.sms"].sudo().search([], order="id desc", limit=1).read(),
                    ),
                )
        self.assertFalse(self.hidden.message_partner_ids & self.clerk.partner_id)

    def test_no_link_is_shared_to_a_hidden_document(self):
        shared = {
            "portal.share": ("sale.order", "account.move", "purchase.order", "project.project", "project.task"),
            "payment.link.wizard": ("sale.order", "account.move"),
            "project.share.wizard": ("project.project",),
            "task.share.wizard": ("project.task",),
        }
        for wizard, models in shared.items():
            names = list(self.env[wizard]._fields)
            for document in (document for model in models for document in self.about(model)):
                context = {"active_model": document._name, "active_id": document.id, "active_ids": document.ids}

                def opened(wizard=wizard, context=context):
                    dialog = self.as_clerk(wizard, **context)
                    return dialog.default_get(names), dialog.create({}).read()

                self.assertTellsNothing(opened, labels="2")

    def test_a_meeting_is_for_its_guests(self):
        """Core writes the customer's address and number into the description."""
        for customer in self.hidden:
            meeting = (
                self.env["calendar.event"]
                .with_user(self.cleared)
                .create({"name": "Lunch", "partner_ids": [Command.set((customer + self.cleared.partner_id).ids)]})
            )
            self.assertRegex(meeting.description, CONTENT)
            theirs = meeting.with_user(self.clerk)
            self.assertFalse(theirs.search([("id", "=", meeting.id)]))
            self.assertRefused(lambda theirs=theirs: theirs.read(["description"]))
            self.assertRefused(lambda theirs=theirs: theirs.write({"name": "x"}))
            self.assertTellsNothing(
                lambda theirs=theirs: theirs.attendee_ids.read(),
                lambda theirs=theirs: theirs.read(),
                lambda: self.as_clerk("calendar.attendee").search_read([], ["email", "common_name", "partner_id"]),
                lambda customer=customer, meeting=meeting: self.as_clerk("res.partner").get_attendee_detail(
                    customer.ids, meeting.ids
                ),
            )
            meeting.read(["description"])
            self.assertIn(
                customer,
                self.env["kehu.access.log"]
                .search(
                    [
                        ("res_model", "=", "calendar.event"),
                        ("res_id", "=", meeting.id),
                        ("user_id", "=", self.cleared.id),
                    ]
                )
                .partner_id,
            )
            meeting.partner_ids += self.clerk.partner_id
            self.env.flush_all()
            self.assertTrue(theirs.search([("id", "=", meeting.id)]))  # whom the organizer invites is told
            for vals in (
                {"partner_ids": [Command.link(customer.id)]},
                {"attendee_ids": [Command.create({"partner_id": customer.id})]},
            ):
                self.assertRefused(lambda vals=vals: self.as_clerk("calendar.event").create({"name": "x", **vals}))
        self.assertTrue(
            self.as_clerk("calendar.event").create({"name": "Lunch", "partner_ids": [Command.link(self.open.id)]})
        )

    # === MAIL FROM OUTSIDE ===

    def test_what_a_hidden_customer_writes_to_an_alias(self):
        domain = self.env["mail.alias.domain"].search([], limit=1) or self.env["mail.alias.domain"].create(
            {"name": "own.example.com"}
        )
        alias = {"alias_contact": "everyone", "alias_domain_id": domain.id}
        self.env["crm.team"].create(
            {
                **alias,
                "name": "Inbox",
                "alias_name": "leads",
                "use_leads": True,
                "member_ids": [Command.link(self.clerk.id)],
            }
        )
        self.env["project.project"].create(
            {**alias, "name": "Inbox", "alias_name": "tasks", "privacy_visibility": "employees"}
        )
        for tier, customer in self.markers.customers.items():
            for model, name in (("crm.lead", "leads"), ("project.task", "tasks")):
                with mute_logger(GATEWAY):
                    record_id = self.env(user=SUPERUSER_ID)["mail.thread"].message_process(
                        model,
                        (
                            f"From: {NAME}{tier} <{customer.email}>\nTo: {name}@{domain.name}\nSubject: "
                            f"{CONTENT}{tier}\n"
                            f"Message-Id: <{name}{tier}@example.com>\nContent-Type: text/plain\n\n{CONTENT}{tier}"
                        ),
                    )
                record = self.env[model].browse(record_id)
                self.assertEqual(record.partner_id, customer)
                theirs = record.with_user(self.clerk)
                self.assertFalse(theirs.search([("id", "=", record.id)]))
                self.assertTellsNothing(
                    lambda theirs=theirs: theirs.read(),
                    lambda record=record: record.message_ids.with_user(self.clerk).read(),
                    lambda model=model: self.as_clerk(model).search_read([], [], limit=5, order="id desc"),
                )

    def test_a_bounce_tells_nothing(self):
        mailing = self.mailing(self.cleared)
        self.sent_by_cron(mailing)
        mail = (
            self.env["mail.mail"].sudo().search([("mailing_id", "=", mailing.id), ("res_id", "=", self.hidden[1].id)])
        )
        domain = self.env["mail.alias.domain"].search([], limit=1) or self.env["mail.alias.domain"].create(
            {"name": "own.example.com"}
        )
        with mute_logger(GATEWAY):
            self.env(user=SUPERUSER_ID)["mail.thread"].message_process(
                False,
                (
                    f"From: MAILER-DAEMON@example.com\nTo: {domain.bounce_alias}@{domain.name}\nSubject: Undelivered\n"
                    f"Message-Id: <bounce@example.com>\nIn-Reply-To: {mail.message_id}\n"
                    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                    "--b\nContent-Type: text/plain\n\nfailed\n--b\nContent-Type: message/delivery-status\n\n"
                    f"Final-Recipient: rfc822; {self.hidden[1].email}\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
                ),
            )
        self.assertTrue(
            self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id), ("trace_status", "=", "bounce")])
        )
        self.assertTellsNothing(
            lambda: self.as_clerk("mailing.trace").search_read([], []),
            lambda: self.as_clerk("mail.notification").search_read([], []),
            lambda: mailing.with_user(self.clerk).action_view_bounced(),
            lambda: mailing.with_user(self.clerk).read(),
        )

    # === ADDRESSES ===

    def test_reports_and_files_by_address(self):
        self.authenticate("flow_clerk", "flow_clerk")
        reports = self.env["ir.actions.report"].search([("report_type", "like", "qweb")])
        tried = 0
        for document, _tier in self.markers.documents:
            for report in reports.filtered(lambda report, document=document: report.model == document._name):
                tried += 1
                path = f"/report/html/{report.report_name}/{document.id}"
                self.assertTellsNothing(lambda path=path: self.url_open(path).text, labels="2")
        self.assertGreater(tried, 10)
        for customer in self.hidden:
            for path in (
                f"/web/image/res.partner/{customer.id}/name",
                f"/web/content/res.partner/{customer.id}/comment",
                f"/web/content?model=res.partner&id={customer.id}&field=email",
                f"/json/1/res.partner/{customer.id}",
                f"/odoo/res.partner/{customer.id}",
                f"/report/text/kehu_archive.customer_card/{customer.id}",
            ):
                self.assertTellsNothing(
                    lambda path=path: (lambda answer: (answer.text, dict(answer.headers)))(
                        self.url_open(path, allow_redirects=False)
                    )
                )

    def test_routes_of_the_chat_and_the_web_client(self):
        self.authenticate("flow_clerk", "flow_clerk")
        mine = self.clerk.partner_id.id
        file_archives, lower_tier = (
            self.env.ref(name).id
            for name in (
                "kehu_archive.res_partner_action_file_archives",
                "kehu_confidential.res_partner_action_lower_tier",
            )
        )
        for customer in self.hidden:
            thread = {"thread_model": "res.partner", "thread_id": customer.id}
            about = {"active_model": "res.partner", "active_id": customer.id, "active_ids": customer.ids}
            for route, params in (
                (
                    "/mail/data",
                    {"fetch_params": ["failures", "systray_get_activities", "init_messaging", "channels_as_member"]},
                ),
                ("/mail/action", {"fetch_params": [["/discuss/get_or_create_chat", {"partners_to": [customer.id]}]]}),
                (
                    "/mail/action",
                    {"fetch_params": [["/discuss/create_group", {"partners_to": [customer.id, mine], "name": "g"}]]},
                ),
                ("/mail/thread/recipients", thread),
                (
                    "/mail/thread/recipients/get_suggested_recipients",
                    {**thread, "partner_ids": [customer.id], "main_email": customer.email},
                ),
                ("/mail/thread/subscribe", {"res_model": "res.partner", "res_id": customer.id, "partner_ids": [mine]}),
                ("/discuss/search", {"term": "Zq"}),
                ("/web/action/run", {"action_id": file_archives, "context": about}),
                ("/web/action/load", {"action_id": lower_tier, "context": about}),
                (
                    "/web/action/load_breadcrumbs",
                    {
                        "actions": [
                            {
                                "model": "res.partner",
                                "resId": customer.id,
                                "action": self.env.ref("contacts.action_contacts").id,
                            }
                        ]
                    },
                ),
            ):
                self.assertTellsNothing(
                    lambda route=route, params=params: self.make_jsonrpc_request(route, params), labels="2"
                )
