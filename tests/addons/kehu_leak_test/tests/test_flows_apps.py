import json

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .flow_case import FlowCase
from .markers import CONTENT, NAME


@tagged("post_install", "-at_install")
class TestFlowsOfApps(FlowCase):
    """X3: shared projects, employees, spreadsheets and the website, and customers of tier 2 and 3."""

    # === PROJECT SHARING ===

    def shared(self):
        """Return the collaborator of a shared project with a task of each hidden customer, and of their own."""
        guest = new_test_user(self.env, "flow_guest", "base.group_portal", name="Guest", email="guest@example.com")
        project = self.env["project.project"].create(
            {
                "name": "Shared",
                "privacy_visibility": "portal",
                "partner_id": guest.partner_id.id,
                "collaborator_ids": [Command.create({"partner_id": guest.partner_id.id})],
            }
        )
        project.message_subscribe(guest.partner_id.ids)
        tasks = self.env["project.task"].create(
            [
                {
                    "name": f"Task {customer.kehu_tier}",
                    "project_id": project.id,
                    "partner_id": customer.id,
                    "description": f"{CONTENT}{customer.kehu_tier}",
                }
                for customer in self.hidden
            ]
            + [{"name": "Own task", "project_id": project.id, "partner_id": guest.partner_id.id}]
        )
        for task in tasks:
            task.message_subscribe([guest.partner_id.id])
            task.with_user(self.cleared).message_post(
                body="On it", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        tasks[:2].project_id.task_ids.flush_recordset()
        return guest, project, tasks

    def test_a_collaborator_sees_no_task_of_a_hidden_customer(self):
        guest, project, tasks = self.shared()
        mine = self.env["project.task"].with_user(guest)
        self.assertEqual(mine.search([("project_id", "=", project.id)]), tasks[2])
        readable = sorted(mine.TASK_PORTAL_READABLE_FIELDS & set(mine._fields))
        for task in tasks[:2]:
            hidden = task.with_user(guest)
            self.assertRefused(lambda hidden=hidden: hidden.read(["name", "description"]))
            self.assertRefused(lambda hidden=hidden: hidden.write({"name": "x"}))
            self.assertTellsNothing(
                lambda hidden=hidden: hidden.read(readable),
                lambda hidden=hidden: hidden.web_read({"partner_id": {"fields": {"display_name": {}}}}),
                lambda hidden=hidden: hidden.message_ids.read(["body", "author_id"]),
                lambda hidden=hidden: tasks[2].with_user(guest).write({"parent_id": hidden.id}),
            )
        self.assertTellsNothing(
            lambda: mine.search_read([], readable),
            lambda: mine.formatted_read_group([], ["partner_id"], ["__count"]),
            lambda: project.with_user(guest).read(["name", "partner_id"]),
            lambda: project.collaborator_ids.with_user(guest).read(["partner_id", "partner_email"]),
        )
        for customer in self.hidden:
            self.assertRefused(lambda customer=customer: tasks[2].with_user(guest).write({"partner_id": customer.id}))

    def test_pages_of_a_collaborator(self):
        guest, project, tasks = self.shared()
        self.authenticate("flow_guest", "flow_guest")
        answer = self.url_open(f"/my/tasks/{tasks[2].id}")
        self.assertIn("Own task", answer.text)
        for path in (
            "/my/tasks",
            f"/my/projects/{project.id}",
            "/my/tasks?groupby=partner_id",
            f"/my/projects/{project.id}/project_sharing",
            *(f"/my/{path}{task.id}" for task in tasks[:2] for path in ("tasks/", f"projects/{project.id}/task/")),
        ):
            self.assertTellsNothing(lambda path=path: self.url_open(path).text)
        for task in tasks[:2]:
            for route, params in (
                ("/mail/thread/messages", {"thread_model": "project.task", "thread_id": task.id}),
                (
                    "/mail/data",
                    {
                        "fetch_params": [
                            [
                                "mail.thread",
                                {
                                    "thread_model": "project.task",
                                    "thread_id": task.id,
                                    "request_list": ["followers", "suggestedRecipients"],
                                },
                            ]
                        ]
                    },
                ),
            ):
                self.assertTellsNothing(lambda route=route, params=params: self.make_jsonrpc_request(route, params))

    # === EMPLOYEES ===

    def test_no_employee_is_made_from_a_hidden_contact(self):
        employee = self.env["hr.employee"].create({"name": "Colleague"})
        for customer in self.hidden:
            for name in ("work_contact_id", "address_id"):
                self.assertRefused(
                    lambda name=name, customer=customer: self.as_clerk("hr.employee").create(
                        {"name": "x", name: customer.id}
                    )
                )
                self.assertRefused(
                    lambda name=name, customer=customer: employee.with_user(self.clerk).write({name: customer.id})
                )
                self.assertTellsNothing(
                    lambda name=name, customer=customer: self.as_clerk("hr.employee").onchange(
                        {"name": "x", name: customer.id},
                        [name],
                        {"work_email": {}, "work_phone": {}, name: {"fields": {"display_name": {}}}},
                    )
                )
                self.assertTellsNothing(
                    lambda name=name, customer=customer: self.as_clerk(
                        "hr.employee", **{f"default_{name}": customer.id}
                    ).default_get([name, "work_email", "work_phone"])
                )

    def test_no_classified_contact_is_an_employees(self):
        """Odoo copies address and number to the employee, where all colleagues read them: not even who may read the
        customer does it.
        """
        Employee = self.env["hr.employee"].with_user(self.cleared).sudo()
        employee = Employee.create({"name": "Colleague"})
        for customer in self.hidden:
            for attack in (
                lambda customer=customer: Employee.create({"name": "Colleague", "work_contact_id": customer.id}),
                lambda customer=customer: employee.write({"work_contact_id": customer.id}),
            ):
                with self.assertRaisesRegex(ValidationError, "cannot be classified"), self.env.cr.savepoint():
                    attack()
        contact = self.env["res.partner"].create({"name": "Colleague at home"})
        employee.work_contact_id = contact
        with self.assertRaisesRegex(ValidationError, "cannot be classified"):
            contact.kehu_tier = "2"

    # === SPREADSHEETS ===

    def test_a_spreadsheet_finds_what_its_reader_may_read(self):
        names = self.as_clerk("spreadsheet.dashboard").get_display_names_for_spreadsheet(
            [{"model": customer._name, "id": customer.id} for customer in (*self.hidden, self.open)]
        )
        self.assertEqual(names, [None, None, "Open customer"])
        account = self.env["account.account"].search([("account_type", "=", "asset_receivable")], limit=1)
        dates = {"range_type": "year", "year": 2026}
        for customer in self.markers.customers["3"]:
            args = [
                {
                    "date_range": dates,
                    "date_from": dates,
                    "date_to": dates,
                    "codes": [account.code],
                    "company_id": self.env.company.id,
                    "company_offset": 0,
                    "include_unposted": True,
                    "partner_ids": [customer.id],
                }
            ]
            for method in ("spreadsheet_fetch_partner_balance", "spreadsheet_fetch_residual_amount"):
                self.assertTellsNothing(
                    lambda method=method, args=args: getattr(self.as_clerk("account.account"), method)(args)
                )
                self.assertFalse(any(getattr(self.as_clerk("account.account"), method)(args)[0].values()), method)
            self.assertTellsNothing(
                lambda args=args: self.as_clerk("account.account").spreadsheet_move_line_action(args[0])
            )
        self.authenticate("flow_clerk", "flow_clerk")
        for dashboard in self.env["spreadsheet.dashboard"].search([]):
            self.assertTellsNothing(
                lambda dashboard=dashboard: self.url_open(f"/spreadsheet/dashboard/data/{dashboard.id}").text
            )

    def test_a_snapshot_of_a_dashboard_is_its_authors(self):
        """Odoo hands the snapshot, and its address, to all employees."""
        values = {
            "dashboard_id": self.env["spreadsheet.dashboard"].search([], limit=1).id,
            "spreadsheet_data": json.dumps({"sheets": [{"cells": {"A1": f"{NAME}3"}}]}),
        }
        snapshots = self.env["spreadsheet.dashboard.share"]
        of_cleared, of_clerk = snapshots.with_user(self.cleared), self.as_clerk(snapshots._name)
        with self.assertRaisesRegex(AccessError, "Export and print"), self.env.cr.savepoint():
            of_cleared.action_get_share_url(dict(values))
        log = self.env["kehu.access.log"].search([("res_model", "=", snapshots._name)])
        self.assertFalse(log)
        self.cleared.group_ids += self.env.ref("kehu_confidential.group_confidential_export")
        address = of_cleared.action_get_share_url(dict(values))
        snapshot = of_cleared.search([])
        log = log.search([("res_model", "=", snapshots._name), ("res_id", "=", snapshot.id)])
        self.assertEqual((log.action, log.user_id, log.note), ("export", self.cleared, snapshot.name))

        self.assertFalse(of_clerk.search([]))
        for attack in (
            lambda: snapshot.with_user(self.clerk).read(["spreadsheet_binary_data", "full_url"]),
            lambda: snapshot.with_user(self.clerk).write({"access_token": "mine"}),
            lambda: snapshot.with_user(self.clerk).unlink(),
            lambda: (
                of_clerk.create({**values, "create_uid": self.cleared.id}).with_user(self.cleared).check_access("read")
            ),
        ):
            self.assertRefused(attack)
        self.assertTellsNothing(
            lambda: self.as_clerk("ir.attachment").search_read([("res_model", "=", snapshots._name)])
        )
        self.authenticate("flow_clerk", "flow_clerk")
        self.assertTellsNothing(
            lambda: self.url_open(f"/web/content/{snapshots._name}/{snapshot.id}/spreadsheet_binary_data").text
        )
        # Whoever has got the address reads it, and the clerk shares what they read.
        self.authenticate(None, None)
        data = address.partition("/dashboard/share/")[2]
        self.assertIn(f"{NAME}3", self.url_open(f"/dashboard/data/{data}").text)
        self.cleared.active = False
        for page in ("data", "download", "share"):
            answer = self.url_open(f"/dashboard/{page}/{data}")
            self.assertEqual(answer.status_code, 403, "a leaver shares nothing any more")
            self.assertTellsNothing(lambda answer=answer: answer.text)
        of_clerk.action_get_share_url(dict(values))
        self.assertEqual(len(of_clerk.search([])), 1)

    # === WEBSITE ===

    def test_no_page_shows_a_hidden_customer(self):
        """An editor of the website may preview any contact, which core reads as superuser."""
        self.hidden.sudo().write({"website_description": f"<p>{CONTENT}3</p>"})
        for login in (None, "flow_clerk"):
            self.authenticate(login, login)
            for customer in self.hidden:
                answer = self.url_open(f"/partners/{customer.id}")
                self.assertEqual(answer.status_code, 404)
                self.assertTellsNothing(lambda answer=answer: answer.text)
        self.open.is_published = True
        self.authenticate(None, None)
        self.assertIn("Open customer", self.url_open(f"/partners/{self.open.id}").text)

    def test_a_published_customer_is_not_confidential(self):
        for customer in self.hidden:
            for name in ("is_published", "website_published"):
                with self.assertRaisesRegex(UserError, "published"), self.env.cr.savepoint():
                    customer[name] = True
        with self.assertRaisesRegex(UserError, "published"), self.env.cr.savepoint():
            self.env["res.partner"].create({"name": "New", "kehu_tier": "2", "is_published": True})
        joining = self.env["res.partner"].create({"name": "Joining", "is_published": True})
        joining.parent_id = self.hidden[0]
        self.assertFalse(joining.is_published)
        self.open.is_published = True
        self.open.kehu_tier = "2"
        self.assertFalse(self.open.is_published)

    def test_form_makes_no_row_of_rights_and_names_nobody_hidden(self):
        """Whatever an administrator and an editor of the website have opened to forms."""
        names = {
            "ir.model.access": {
                "name": "x",
                "model_id": self.env["ir.model"]._get_id("kehu.access.log"),
                "perm_read": "1",
            },
            "kehu.complaint": {"name": "x"},
            "mail.message": {"body": "x"},
            "website": {"name": "x", "domain": "https://evil.example"},
            "crm.lead": {"name": "x", "partner_id": self.open.id},
        }
        self.env["ir.model"].search([("model", "in", list(names))]).website_form_access = True
        self.authenticate(None, None)
        for name, values in names.items():
            self.env.cr.execute(
                "UPDATE ir_model_fields SET website_form_blacklisted = FALSE WHERE model = %s AND name IN %s",
                [name, tuple(values)],
            )
            if name != "crm.lead":
                count = self.env[name].sudo().search_count([])
                with self.subTest(model=name), mute_logger("odoo.http"):
                    self.assertEqual(self.url_open(f"/website/form/{name}", data=values).status_code, 404)
                    self.assertEqual(self.env[name].sudo().search_count([]), count)
        for customer in (*self.hidden, self.open):
            answer = self.url_open("/website/form/crm.lead", data={"name": "Question", "partner_id": customer.id})
            lead = self.env["crm.lead"].browse(json.loads(answer.text)["id"])
            self.assertEqual(lead.partner_id, customer & self.open)
        message = self.open.message_post(body="Said")
        self.env.cr.execute(
            "UPDATE ir_model_fields SET website_form_blacklisted = FALSE WHERE model = 'crm.lead' AND name = "
            "'message_ids'"
        )
        self.url_open("/website/form/crm.lead", data={"name": "Question", "message_ids": str(message.id)})
        message.invalidate_recordset()
        self.assertEqual(message.res_id, self.open.id)

    def test_the_contact_form_tells_nothing(self):
        """Whoever fills it in with a hidden customer's address learns nothing, and the lead is hidden from the clerk if
        it becomes the customer's.
        """
        self.authenticate(None, None)
        for tier, customer in self.markers.customers.items():
            for values in (
                {},
                {"partner_id": customer.id},
                {"Custom": "x", "partner_name": "x", "user_id": self.clerk.id},
            ):
                answer = self.url_open(
                    "/website/form/crm.lead",
                    data={
                        "name": "Question",
                        "contact_name": "Somebody",
                        "email_from": customer.email,
                        "description": "Hello",
                        **values,
                    },
                )
                self.assertTellsNothing(lambda answer=answer: answer.text)
                self.assertFalse(
                    self.env["crm.lead"].browse(json.loads(answer.text).get("id")).exists().partner_id & customer, tier
                )
            answer = self.url_open(
                "/website/form/project.task",
                data={
                    "name": "Question",
                    "partner_name": "Somebody",
                    "email_from": customer.email,
                    "description": "Hello",
                },
            )
            self.assertTellsNothing(lambda answer=answer: answer.text)
            self.assertNotIn(NAME, answer.text)
