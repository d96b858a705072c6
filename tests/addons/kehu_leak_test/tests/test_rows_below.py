from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .markers import QUIET, groups_without_clearance


@tagged("post_install", "-at_install")
class TestRowsBelow(HttpCase):
    """X3: rows below a hidden record, particulars in other documents, files and searches of the apps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spy = new_test_user(cls.env, "rows_spy", "base.group_user", name="Spy", email="spy@example.com")
        cls.spy.group_ids += groups_without_clearance(cls.env)
        cls.customers = {
            tier: cls.env["res.partner"].create(
                {
                    "name": f"Marker {tier}",
                    "email": f"marker{tier}@example.com",
                    "phone": "+86 755 5550001",
                    "street": "Marker street",
                    "vat": f"ZQ{tier}000",
                    "is_company": True,
                    "ref": f"MR{tier}",
                }
            )
            for tier in ("2", "3")
        }
        cls.open = cls.env["res.partner"].create({"name": "Open customer"})

    def classify(self):
        for tier, partner in self.customers.items():
            partner.kehu_tier = tier
        self.env.flush_all()
        self.env.invalidate_all()

    def mine(self, record):
        return record.with_user(self.spy).sudo(False)

    def assertHidden(self, records):
        for record in records:
            mine = self.mine(record)
            self.assertFalse(mine.search([("id", "=", record.id)]), record)
            self.assertTrue(mine._kehu_hidden(), record)
            with self.assertRaises(AccessError) as refused, mute_logger(*QUIET), self.env.cr.savepoint():
                mine.read(["display_name", "create_date"])
            self.assertNotIn("arker", str(refused.exception))

    def assertShown(self, records):
        for record in records:
            self.assertTrue(self.mine(record).search([("id", "=", record.id)]), record)
            self.assertNotIn("example.com", str(self.mine(record).read()))

    # === ROWS BELOW ===

    def test_project_hides_what_is_in_it(self):
        projects = {
            key: self.env["project.project"].create({"name": f"Marker {key}", "partner_id": partner.id})
            for key, partner in (*self.customers.items(), ("open", self.open))
        }
        rows = {
            key: [
                self.env["project.task"].create({"name": "Marker task", "project_id": project.id, "partner_id": False}),
                self.env["project.milestone"].create({"name": "Marker milestone", "project_id": project.id}),
                self.env["project.update"].create(
                    {"name": "Marker update", "project_id": project.id, "status": "on_track"}
                ),
            ]
            for key, project in projects.items()
        }
        for key in rows:
            rows[key][0].partner_id = False
        self.classify()
        self.assertHidden([projects["3"], *rows["3"]])
        self.assertShown(rows["2"] + rows["open"])
        # What is hidden is not taken into another record, either.
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.mine(rows["open"][0]).write({"milestone_id": rows["3"][1].id})

    def test_answers_are_hidden_with_the_participation(self):
        survey = self.env["survey.survey"].create(
            {
                "title": "Survey",
                "question_and_page_ids": [Command.create({"title": "Question", "question_type": "char_box"})],
            }
        )
        lines = {
            tier: self.env["survey.user_input"]
            .create(
                {
                    "survey_id": survey.id,
                    "partner_id": partner.id,
                    "user_input_line_ids": [
                        Command.create(
                            {
                                "question_id": survey.question_ids.id,
                                "answer_type": "char_box",
                                "value_char_box": "Marker answer",
                            }
                        )
                    ],
                }
            )
            .user_input_line_ids
            for tier, partner in (*self.customers.items(), ("open", self.open))
        }
        self.classify()
        self.assertHidden(lines["2"] + lines["3"])
        self.assertShown(lines["open"])
        groups = (
            self.env["survey.user_input.line"]
            .with_user(self.spy)
            .formatted_read_group([("id", "in", (lines["2"] + lines["3"]).ids)], ["value_char_box"], ["__count"])
        )
        self.assertFalse(groups)

    def test_line_of_an_order_sent_to_a_hidden_customer_is_hidden(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.open.id,
                "partner_shipping_id": self.customers["3"].id,
                "order_line": [Command.create({"name": "Marker line", "display_type": "line_note"})],
            }
        )
        self.classify()
        self.assertHidden([order, order.order_line])

    def test_every_required_parent_is_followed(self):
        below = self.env["ir.rule"]._kehu_rows_below()
        expected = {
            "event.registration.answer": ["registration_id"],
            "website.track": ["visitor_id"],
            "product.attribute.custom.value": ["sale_order_line_id"],
            "survey.user_input.line": ["user_input_id"],
            "purchase.order.line": ["order_id"],
            "project.update": ["project_id"],
        }
        self.assertEqual({model: below[model] for model in expected}, expected)

        def depth(model, seen=()):
            self.assertNotIn(model, seen)
            for name in below.get(model, ()):
                depth(self.env[model]._fields[name].comodel_name, (*seen, model))

        for model in below:
            depth(model)

    # === PARTICULARS ===

    def test_copied_particulars_are_empty(self):
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        transactions = self.env["payment.transaction"].create(
            [
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "reference": f"T{tier}",
                    "amount": 1,
                    "currency_id": self.env.company.currency_id.id,
                    "partner_id": partner.id,
                    "partner_email": "marker@example.com",
                    "partner_phone": "+86 555",
                    "partner_address": "Marker street",
                }
                for tier, partner in self.customers.items()
            ]
        )
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "amount": 1,
                "payment_ref": "x",
                "partner_id": self.customers["2"].id,
                "account_number": "MARKER555",
                "partner_name": "Marker 2",
            }
        )
        self.classify()
        for record, names in (
            (transactions[0], ("partner_email", "partner_phone", "partner_address")),
            (line, ("account_number",)),
        ):
            mine = self.mine(record)
            for name in names:
                self.assertFalse(mine.read([name])[0][name], name)
                for operator, value in (("=ilike", "marker%"), ("ilike", "555"), ("!=", False)):
                    self.assertFalse(
                        mine.search_count([("id", "=", record.id), (name, operator, value)]), (name, operator)
                    )
                groups = mine.formatted_read_group([("id", "=", record.id)], [name], ["__count"])
                self.assertEqual([group[name] for group in groups], [False])
                self.assertTrue(record[name])
        self.assertHidden(transactions[1])

    def test_notification_to_an_address_follows_its_message(self):
        order = self.env["sale.order"].create({"partner_id": self.customers["3"].id})
        message = order.message_post(body="x")
        notification = self.env["mail.notification"].create(
            {"mail_message_id": message.id, "notification_type": "email", "mail_email_address": "marker@example.com"}
        )
        self.classify()
        mine = self.mine(notification)
        self.assertFalse(mine.search([("mail_email_address", "ilike", "marker")]))
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            mine.read(["mail_email_address"])

    # === LINKS ===

    def test_link_of_a_confidential_order_is_withheld(self):
        orders = self.env["sale.order"].create(
            [{"partner_id": partner.id} for partner in (self.customers["2"], self.open)]
        )
        tokens = [order._portal_ensure_token() for order in orders]
        self.classify()
        for order, token, is_withheld in zip(orders, tokens, (True, False)):
            mine = self.mine(order)
            share = self.env["portal.share"].with_user(self.spy).create({"res_model": order._name, "res_id": order.id})
            told = (
                mine.read(["access_token"]),
                mine.get_portal_url(),
                mine.action_preview_sale_order(),
                share.share_link,
            )
            for answer in told:
                (self.assertNotIn if is_withheld else self.assertIn)(token, str(answer))
            found = [
                mine.search_count([("id", "=", order.id), ("access_token", *condition)])
                for condition in (("=", token), ("=like", f"{token[:8]}%"))
            ]
            self.assertEqual(found, [0 if is_withheld else 1, 0])
            self.assertIn(token, order.sudo().get_portal_url())
        # The page opens for them all the same, with their own rights.
        self.authenticate("rows_spy", "rows_spy")
        page = self.url_open(self.mine(orders[0]).get_portal_url())
        self.assertIn(orders[0].name, page.text)
        self.assertNotIn("Marker street", page.text)

    def test_passed_on_link_opens_no_hidden_document(self):
        order = self.env["sale.order"].create({"partner_id": self.customers["3"].id})
        url = order.get_portal_url()
        buyer = new_test_user(self.env, "rows_buyer", "base.group_portal", name="Marker buyer")
        buyer.partner_id.parent_id = self.customers["3"]
        self.classify()
        for login in (None, "rows_buyer"):
            self.authenticate(login, login)
            self.assertIn(order.name, self.url_open(url).text)
        self.authenticate("rows_spy", "rows_spy")
        for way in (url, f"{url}&report_type=html"):
            page = self.url_open(way)
            self.assertNotIn(order.name, page.text)
            self.assertNotIn("arker", page.text)

    # === FILES ===

    def test_product_document_is_no_way_to_a_file(self):
        secret = self.env["ir.attachment"].create(
            {
                "name": "Contract",
                "raw": b"Marker contract",
                "res_model": "res.partner",
                "res_id": self.customers["3"].id,
            }
        )
        product = self.env["product.template"].create({"name": "Product"})
        mine = (
            self.env["ir.attachment"]
            .with_user(self.spy)
            .create({"name": "Sheet", "raw": b"Ordinary sheet", "res_model": "product.template", "res_id": product.id})
        )
        self.classify()
        documents = self.env["product.document"].with_user(self.spy)
        with self.assertRaises(AccessError), mute_logger(*QUIET), self.env.cr.savepoint():
            documents.create({"ir_attachment_id": secret.id})
        ordinary = self.env["product.document"].search([("ir_attachment_id", "=", mine.id)]) or documents.create(
            {"ir_attachment_id": mine.id}
        )
        forged = self.env["product.document"].create({"ir_attachment_id": secret.id})
        self.authenticate("rows_spy", "rows_spy")
        self.assertIn("Ordinary", self.url_open(f"/web/content/product.document/{ordinary.id}/datas").text)
        for path in (
            f"/web/content/product.document/{forged.id}/datas",
            f"/web/content/product.document/{forged.id}/raw",
        ):
            self.assertNotIn("Marker", self.url_open(path).text)

    # === SEARCHING ===

    def test_paths_of_the_apps_are_no_oracle(self):
        project = self.env["project.project"].create({"name": "Project", "partner_id": self.customers["2"].id})
        milestone = self.env["project.milestone"].create({"name": "Milestone", "project_id": project.id})
        task = self.env["project.task"].create({"name": "Task", "project_id": project.id, "partner_id": self.open.id})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customers["2"].id,
                "order_line": [Command.create({"name": "x", "display_type": "line_note"})],
            }
        )
        self.classify()
        for record, path in (
            (milestone, "project_partner_id"),
            (project, "partner_id"),
            (task, "project_id.partner_id"),
            (order, "partner_id"),
            (order.order_line, "order_id.partner_id"),
            (order.order_line, "order_partner_id"),
        ):
            for field, right, wrong in (
                ("email", "marker2%", "marker9%"),
                ("vat", "ZQ2%", "ZQ9%"),
                ("street", "Marker%", "x%"),
            ):
                for operator in ("=like", "not =like"):
                    answers = [
                        self.mine(record).search_count([("id", "=", record.id), (f"{path}.{field}", operator, value)])
                        for value in (right, wrong)
                    ]
                    self.assertEqual(*answers, (record, path, field, operator))

    # === ORDINARY WORK ===

    def test_order_of_a_confidential_customer_is_printed(self):
        order = self.env["sale.order"].create({"partner_id": self.customers["2"].id})
        self.classify()
        reports = self.env["ir.actions.report"].with_user(self.spy)
        printed = reports._render_qweb_html("sale.report_saleorder", order.ids)[0].decode()
        self.assertIn(order.name, printed)
        self.assertIn("Marker 2", printed)
        for particular in ("Marker street", "ZQ2000", "5550001", "marker2@"):
            self.assertNotIn(particular, printed)

    def test_labels_made_of_a_confidential_name_are_shown(self):
        plan = self.env["account.analytic.plan"].search([], limit=1)
        accounts = self.env["account.analytic.account"].create(
            [
                {"name": f"Account {tier}", "plan_id": plan.id, "partner_id": partner.id}
                for tier, partner in self.customers.items()
            ]
        )
        self.classify()
        rows = (
            self.env["account.analytic.account"]
            .with_user(self.spy)
            .search_read([("id", "in", accounts.ids)], ["display_name"])
        )
        self.assertEqual([row["display_name"] for row in rows], ["Account 2 - Marker 2"])

    def test_properties_take_no_hidden_contact(self):
        team = self.env["crm.team"].create(
            {
                "name": "Team",
                "lead_properties_definition": [
                    {"name": "who", "string": "Who", "type": "many2one", "comodel": "res.partner"},
                    {"name": "all", "string": "All", "type": "many2many", "comodel": "res.partner"},
                ],
            }
        )
        lead = self.env["crm.lead"].create({"name": "Lead", "team_id": team.id})
        self.classify()
        hidden = self.customers["2"].id
        for value in (
            {"who": hidden},
            {"all": [hidden]},
            [{"name": "who", "type": "many2one", "comodel": "res.partner", "value": hidden}],
        ):
            with self.assertRaises(AccessError), mute_logger(*QUIET), self.env.cr.savepoint():
                self.mine(lead).write({"lead_properties": value})
        self.mine(lead).write({"lead_properties": {"who": self.open.id}})
        lead.lead_properties = {"who": hidden}
        self.env.flush_all()
        self.env.invalidate_all()
        groups = self.mine(lead).formatted_read_group([("id", "=", lead.id)], ["lead_properties.who"], ["__count"])
        self.assertNotIn("example.com", str(groups))

    def test_automation_sets_the_salesperson_of_a_new_contact(self):
        self.classify()
        colleague = new_test_user(self.env, "rows_colleague", "base.group_user")
        model = self.env["ir.model"]._get("res.partner")
        rule = self.env["base.automation"].create(
            {"name": "Salesperson", "model_id": model.id, "trigger": "on_create_or_write"}
        )
        self.env["ir.actions.server"].create(
            {
                "name": "Set",
                "model_id": model.id,
                "base_automation_id": rule.id,
                "state": "object_write",
                "update_path": "user_id",
                "resource_ref": f"res.users,{colleague.id}",
                "usage": "base_automation",
            }
        )
        self.env.registry["base.automation"]._register_hook(rule)
        partner = self.env["res.partner"].with_user(self.spy).create({"name": "container"})
        self.assertEqual((partner.kehu_tier, partner.user_id), ("0", colleague))
