from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.http import HttpDispatcher
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kehu_confidential.apps.hidden_names import leave_hidden_out

from .markers import QUIET, groups_without_clearance


@tagged("post_install", "-at_install")
class TestMadeByApps(HttpCase):
    """X3: what apps copy from hidden records as superuser, or in SQL: reports, leads of attendees, pages of mailings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spy = new_test_user(cls.env, "apps_spy", "base.group_user", name="Spy", email="spy@example.com")
        cls.spy.group_ids += groups_without_clearance(cls.env)
        contacts = cls.env["res.partner"].create(
            [
                {
                    "name": f"Marker {tier}",
                    "street": "Marker street",
                    "kehu_tier": tier,
                    "email": f"m{tier}@example.com",
                }
                for tier in ("2", "3")
            ]
        )
        cls.customers = dict(zip(("2", "3"), contacts, strict=True))
        cls.open = cls.env["res.partner"].create({"name": "Open customer", "street": "Open street"})

    def mine(self, record):
        return record.with_user(self.spy).sudo(False)

    def test_task_report_has_no_row_of_hidden_project(self):
        projects = self.env["project.project"].create(
            [{"name": "Marker", "partner_id": self.customers["3"].id}, {"name": "Open", "partner_id": self.open.id}]
        )
        tasks = self.env["project.task"].create(
            [
                {"name": "Marker task", "project_id": project.id, "partner_id": partner.id}
                for project in projects
                for partner in (self.open, self.open.browse())
            ]
        )
        tasks[1].partner_id = False
        rows = {"report.project.task.user": "task_id"}
        if "task_id" in self.env["account.analytic.line"]._fields:
            employee = self.env["hr.employee"].create({"name": "Worker"})
            for task in tasks:
                self.env["account.analytic.line"].create(
                    {"name": "Marker", "project_id": task.project_id.id, "task_id": task.id, "employee_id": employee.id}
                )
            rows |= {"account.analytic.line": "task_id", "timesheets.analysis.report": "task_id"}
        self.env.flush_all()
        self.env.invalidate_all()
        for model, name in rows.items():
            found = self.mine(self.env[model]).search([(name, "in", tasks.ids)])
            self.assertEqual(found.sudo()[name], tasks[2:], model)
            groups = self.mine(self.env[model]).formatted_read_group(
                [("project_id", "in", projects.ids)], ["project_id"]
            )
            self.assertEqual([group["project_id"][0] for group in groups], projects[1:].ids, model)

    def test_lead_of_an_attendee_is_the_customers(self):
        event = self.env["event.event"].create({"name": "Fair", "date_begin": "2099-01-01", "date_end": "2099-01-02"})
        for basis in ("attendee", "order"):
            rule = self.mine(self.env["event.lead.rule"]).create(
                {"name": basis, "lead_creation_basis": basis, "lead_creation_trigger": "create"}
            )
            values = {"event_id": event.id, "name": "Marker person", "email": "person@marker.example.com"}
            self.env["event.registration"].create(
                [{**values, "partner_id": partner.id} for partner in (self.open, self.customers["3"])]
            )
            leads = self.env["crm.lead"].search([("event_lead_rule_id", "=", rule.id)])
            self.assertTrue(leads)
            for lead in leads:
                told = "3" in (lead.registration_ids.partner_id.mapped("kehu_tier"))
                self.assertEqual(lead.partner_id == self.customers["3"], told)
                self.assertNotEqual(bool(self.mine(lead).search([("id", "=", lead.id)])), told)
        self.assertEqual(self.customers["3"].email, "m3@example.com")

    def test_page_of_a_mailing_shows_no_hidden_record(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "body_html": '<p><t t-out="object.name"/> <t t-out="object.street"/></p>',
            }
        )
        self.env.flush_all()
        self.authenticate("apps_spy", "apps_spy")
        address = f"/mailing/{mailing.id}/view?email=x@example.com&"
        self.assertIn("Open street", self.url_open(f"{address}document_id={self.open.id}").text)
        for partner in self.customers.values():
            token = mailing._generate_mailing_recipient_token(partner.id, "x@example.com")
            for name in ("document_id", "res_id"):
                for hash_token in ("", f"&hash_token={token}"):
                    with mute_logger(*QUIET):
                        page = self.url_open(f"{address}{name}={partner.id}{hash_token}")
                    self.assertEqual(page.status_code, 404, (name, hash_token))
                    self.assertNotIn("Marker", page.text)
        # Nor does anything of theirs become a note of the hidden record.
        before = self.customers["3"].message_ids
        self.call_quietly(
            "/mailing/feedback",
            {
                "mailing_id": mailing.id,
                "document_id": self.customers["3"].id,
                "opt_out_reason_id": self.env["mailing.subscription.optout"].search([], limit=1).id,
                "feedback": "Spy was here",
            },
        )
        self.assertEqual(self.customers["3"].message_ids, before)
        # The customer opens the link that was sent, without a log-in.
        self.authenticate(None, None)
        token = mailing._generate_mailing_recipient_token(self.customers["3"].id, "x@example.com")
        page = self.url_open(f"{address}document_id={self.customers['3'].id}&hash_token={token}")
        self.assertIn("Marker street", page.text)

    def test_mailing_leaves_in_the_name_of_its_author(self):
        officer = new_test_user(
            self.env,
            "apps_officer",
            "base.group_user,kehu_confidential.group_clearance_top_secret",
            name="Officer",
            email="officer@example.com",
        )
        self.open.email = "open@example.com"
        self.classPatch(self.registry["mail.mail"], "send", lambda mails, *args, **kwargs: None)
        for author in (self.spy, officer):
            mailing = self.env["mailing.mailing"].with_user(author).sudo()
            mailing = mailing.create(
                {
                    "subject": "We pay",
                    "body_html": "<p>We pay</p>",
                    "email_from": officer.email_formatted,
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": repr([("id", "=", self.open.id)]),
                }
            )
            mailing.action_put_in_queue()
            self.env.ref("mass_mailing.ir_cron_mass_mailing_queue").method_direct_trigger()
            sent = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
            self.assertEqual(sent.mapped("email_from"), [author.email_formatted])

    def test_text_made_of_a_hidden_customer_is_empty(self):
        self.env.company.account_use_credit_limit = True
        customer = self.customers["2"]
        customer.write({"credit_limit": 5, "sale_warn_msg": "Marker warning", "use_partner_credit_limit": True})
        product = self.env["product.product"].create({"name": "Thing", "list_price": 700})
        order = self.env["sale.order"].create(
            {"partner_id": customer.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        self.spy.group_ids += self.env.ref("sale.group_warning_sale")
        texts = ["partner_credit_warning", "sale_warning_text"]
        # What one user is not told in a transaction is told to the others, and the other way round.
        cleared = new_test_user(
            self.env,
            "apps_cleared",
            "base.group_user,sale.group_warning_sale,sales_team.group_sale_salesman_all_leads,"
            "kehu_confidential.group_clearance_confidential",
        )
        told = [(order.with_user(user).sale_warning_text or "") for user in (self.spy, cleared, self.spy)]
        self.assertEqual(["Marker warning" in text for text in told], [False, True, False])
        for names in (texts, texts[:1], texts[1:]):
            self.env.invalidate_all()
            mine = self.mine(order)
            # As Odoo leaves them: its forms show the frame of a warning that is not the empty text.
            self.assertEqual([mine.read(names)[0][name] for name in names], [""] * len(names))
            self.assertNotIn("Marker", str(mine.web_read(dict.fromkeys(names, {}))))
            values = {"partner_id": customer.id}
            filled = mine.onchange(values, ["partner_id"], {"partner_id": {}, **dict.fromkeys(names, {})})
            self.assertFalse(set(filled["value"].values()) - {"", False, customer.id}, filled)
        self.spy.with_user(SUPERUSER_ID).group_ids += self.env.ref("kehu_confidential.group_clearance_confidential")
        self.env.invalidate_all()
        row = self.mine(order).read(texts)[0]
        self.assertIn("Marker warning", row["sale_warning_text"])
        self.assertIn("5", row["partner_credit_warning"])
        # Nor does the customer read what we are warned of.
        order.partner_id = self.open
        user = new_test_user(self.env, "apps_portal", "base.group_portal", partner_id=self.open.id)
        self.assertTrue(order.with_user(user).read(["name"]))
        for name in texts:
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                order.with_user(user).read([name])

    def test_label_of_an_order_line_tells_no_reference(self):
        customer = self.customers["2"]
        customer.ref = "Marker reference"
        product = self.env["product.product"].create({"name": "Thing"})
        line = (
            self.env["sale.order"]
            .create({"partner_id": customer.id, "order_line": [Command.create({"product_id": product.id})]})
            .order_line
        )
        self.env.flush_all()
        self.env.invalidate_all()
        label = self.mine(line).display_name
        self.assertIn(self.mine(customer).display_name, label)
        self.assertNotIn("reference", label)
        self.assertIn("Marker reference", line.display_name)

    def test_routes_of_a_website_hear_of_no_hidden_contact(self):
        dispatch, heard = HttpDispatcher.dispatch, []

        def listen(dispatcher, endpoint, args):
            result = dispatch(dispatcher, endpoint, args)
            heard.append(dispatcher.request.params.get("partner_id"))
            return result

        self.patch(HttpDispatcher, "dispatch", listen)
        self.authenticate(None, None)
        self.url_open("/website/info", params={"partner_id": self.open.id})
        self.assertEqual(heard, [str(self.open.id)])
        for partner in self.customers.values():
            for value in (partner.id, f"{partner.id}.0", f" {partner.id}", f"marker-{partner.id}"):
                heard.clear()
                self.assertEqual(self.url_open("/website/info", params={"partner_id": value}).status_code, 200)
                self.assertEqual(heard, [False], value)

    def test_nothing_about_a_confidential_customer_is_published(self):
        contacts = self.open.union(*self.customers.values())
        published = self.env["kehu.leak.published"].create([{"partner_id": contact.id} for contact in contacts])
        for _again in range(2):
            self.assertEqual(published.mapped("is_published"), [contact == self.open for contact in contacts])
            published.is_published = True
        joining = self.env["res.partner"].create({"name": "Joining"})
        person = self.env["res.partner"].create({"name": "Person", "parent_id": joining.id})
        about = self.env["kehu.leak.published"].create({"partner_id": person.id})
        self.assertTrue(about.is_published)
        joining.parent_id = self.customers["2"]
        self.assertFalse(about.is_published)
        merged = self.env["res.partner"].create({"name": "Merged"})
        about = self.env["kehu.leak.published"].create({"partner_id": merged.id})
        self.env["base.partner.merge.automatic.wizard"]._merge((merged + self.customers["2"]).ids, self.customers["2"])
        self.assertEqual((about.partner_id, about.is_published), (self.customers["2"], False))
        self.open.kehu_tier = "2"
        self.assertFalse(any(published.mapped("is_published")))

    def test_refused_publishing_is_told(self):
        published = self.env["kehu.leak.published"].create({"partner_id": self.customers["2"].id})
        admin = new_test_user(self.env, "apps_admin", "base.group_system", email="admin@example.com")
        told = []
        self.patch(self.registry["res.users"], "_bus_send", lambda user, kind, message: told.append((user, message)))
        published.with_user(admin).sudo(False).is_published = True
        self.assertFalse(published.is_published)
        [(user, message)] = told
        self.assertEqual((user, message["type"]), (admin, "warning"))

    def test_menu_of_a_restaurant_shows_no_hidden_contact(self):
        def read(model, records, config):
            return records.mapped("name")

        contacts = self.open.union(*self.customers.values())
        spied = contacts.with_user(self.spy)
        self.assertEqual(leave_hidden_out(read)(spied.browse(), spied.sudo(), None), ["Open customer"])

    def call_quietly(self, route, params):
        with mute_logger(*QUIET):
            return self.url_open(route, json={"jsonrpc": "2.0", "method": "call", "params": params})
