import json

from odoo import Command, fields, http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .markers import groups_without_clearance

# Per model of an app: a text, a field to group by, and what a record of the customer has besides.
APPS = {
    "crm.lead": ("description", "email_from", {"type": "opportunity"}),
    "sale.order": ("note", "client_order_ref", {}),
    "project.task": ("description", "name", {}),
    "calendar.event": ("description", "location", {}),
}
# Pages on which colleagues see documents of Odoo's apps, by model.
PAGES = {
    "sale.order": ("/my/orders/{id}", "/report/html/sale.report_saleorder/{id}"),
    "project.task": ("/my/tasks/{id}", "/my/projects/{project}/task/{id}"),
}


@tagged("post_install", "-at_install")
class TestReadingInApps(HttpCase):
    """X5: whatever way the content of a confidential customer's lead, order, task or meeting
    leaves, one entry says so.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "test_reader",
            "kehu_archive.group_archive_user,kehu_confidential.group_clearance_top_secret,"
            "kehu_confidential.group_confidential_export",
            name="Reader",
            email="reader@example.com",
        )
        cls.reader.group_ids += groups_without_clearance(cls.env)
        cls.cases = {tier: cls._make_records(tier) for tier in ("0", "3")}
        cls.env.flush_all()

    @classmethod
    def _make_records(cls, tier):
        customer = cls.env["res.partner"].create(
            {"name": f"Customer {tier}", "is_company": True, "email": f"customer{tier}@example.com", "kehu_tier": tier}
        )
        project = cls.env["project.project"].create({"name": "Works"})
        cases = {}
        for model, (text, group, values) in APPS.items():
            about = (
                {"partner_ids": [customer.id], "start": fields.Datetime.now(), "stop": fields.Datetime.now()}
                if model == "calendar.event"
                else {"partner_id": customer.id}
            )
            if model == "project.task":
                about["project_id"] = project.id
            names = {"name": "Works"} if model != "sale.order" else {}
            record = cls.env[model].create(
                {**names, text: "Said in confidence", group: f"g{tier}@example.com", **values, **about}
            )
            cases[model] = {
                "record": record,
                "customer": customer,
                "message": record.message_post(body="Said in confidence"),
                # A meeting has none.
                "activity": hasattr(record, "activity_schedule")
                and record.activity_schedule("mail.mail_activity_data_todo", summary="Call", user_id=cls.reader.id),
                "file": cls.env["ir.attachment"].create(
                    {"name": "offer.txt", "raw": b"Offer", "res_model": model, "res_id": record.id}
                ),
            }
        return cases

    def ways(self, case):
        """Return ``{name: call}`` for a record of an app and what belongs to it."""
        env = self.env(user=self.reader, su=False)
        record = case["record"].with_env(env)
        text, group, _values = APPS[record._name]
        ways = {}
        activity = [("activity", case["activity"].with_env(env), "summary")] if case["activity"] else []
        for name, rows, field in (
            ("record", record, text),
            ("message", case["message"].with_env(env), "body"),
            ("file", case["file"].with_env(env), "raw"),
            *activity,
        ):
            domain = [("id", "=", rows.id)]
            ways[f"read {name}"] = lambda r=rows, f=field: r.read([f])
            ways[f"search_read {name}"] = lambda r=rows, d=domain, f=field: r.search_read(d, [f])
            if name != "message":  # Odoo lets nobody but administrators export messages
                ways[f"export {name}"] = lambda r=rows, f=field: r.export_data([f])
            if field != "raw":
                ways[f"web_read {name}"] = lambda r=rows, f=field: r.web_read({f: {}})
                ways[f"web_search_read {name}"] = lambda r=rows, d=domain, f=field: r.web_search_read(d, {f: {}})
        for name, rows, field in (
            ("record", record, group),
            ("message", case["message"].with_env(env), "subject"),
            *activity,
        ):
            domain = [("id", "=", rows.id)]
            ways[f"groups of {name}"] = lambda r=rows, d=domain, f=field: r.formatted_read_group(d, [f], ["__count"])
            ways[f"grouping sets of {name}"] = lambda r=rows, d=domain, f=field: r.formatted_read_grouping_sets(
                d, [[f], []]
            )
            ways[f"web groups of {name}"] = lambda r=rows, d=domain, f=field: r.web_read_group(d, [f])
        domain = [("id", "=", record.id)]
        return {
            **ways,
            "aggregates": lambda: record.formatted_read_group(domain, [], [f"{group}:array_agg"]),
            "progress bar": lambda: record.read_progress_bar(domain, group, {"field": group, "colors": {}}),
            "suggested recipients": lambda: record._message_get_suggested_recipients(),
            **{f"{name} format": lambda rows=rows: rows.activity_format() for name, rows, _field in activity},
        }

    def requests(self, case):
        """Return the same for addresses."""
        record, file = case["record"], case["file"]
        text, group, _values = APPS[record._name]
        thread = {"thread_model": record._name, "thread_id": record.id}

        def exported(kind, **options):
            return self.url_open(
                f"/web/export/{kind}",
                data={
                    "csrf_token": http.Request.csrf_token(self),
                    "data": json.dumps(
                        {
                            "domain": [],
                            "import_compat": False,
                            "context": {},
                            "model": record._name,
                            "ids": record.ids,
                            "fields": [{"name": group, "label": group, "type": "char"}],
                            **options,
                        }
                    ),
                },
            )

        project = record.project_id.id if record._name == "project.task" else None
        return {
            "conversation": lambda: self.make_jsonrpc_request("/mail/thread/messages", thread),
            "store": lambda: self.make_jsonrpc_request(
                "/mail/data",
                {"fetch_params": [["mail.thread", {**thread, "request_list": ["activities", "attachments"]}]]},
            ),
            "file": lambda: self.url_open(f"/web/content/{file.id}"),
            "field of a file": lambda: self.url_open(f"/web/content/ir.attachment/{file.id}/raw"),
            "export csv": lambda: exported("csv"),
            "export xlsx": lambda: exported("xlsx"),
            **({"link preview": lambda: self._preview(record)} if text == "description" else {}),
            **({"catalog": lambda: self._catalog(record)} if record._name == "sale.order" else {}),
            **{
                path: lambda path=path: self.url_open(path.format(id=record.id, project=project), timeout=60)
                for path in PAGES.get(record._name, ())
            },
        }

    def _preview(self, record):
        url = f"/odoo/{record._name}/{record.id}"
        answer = self.make_jsonrpc_request("/html_editor/link_preview_internal", {"preview_url": url})
        self.assertIn("Said in confidence", answer["description"])

    def _catalog(self, order):
        product = self.env["product.product"].search([("sale_ok", "=", True)], limit=1)
        self.make_jsonrpc_request(
            "/product/catalog/order_lines_info",
            {"res_model": "sale.order", "order_id": order.id, "product_ids": product.ids},
        )

    def entries(self):
        self.env.invalidate_all()
        return self.env["kehu.access.log"].sudo().search([("user_id", "=", self.reader.id), ("action", "!=", "right")])

    def check_ways(self, find_ways, by_request=False):
        for tier, cases in self.cases.items():
            for model, case in cases.items():
                for name, call in find_ways(case).items():
                    with self.subTest(way=name, model=model, tier=tier):
                        self.entries().unlink()
                        self.env.flush_all()
                        self.env.invalidate_all()
                        answer = call()
                        if by_request:
                            self.assertEqual(getattr(answer, "status_code", 200), 200)
                        found = [(entry.res_model, entry.res_id, entry.partner_id) for entry in self.entries()]
                        self.assertEqual(found, [(model, case["record"].id, case["customer"])] if tier == "3" else [])

    def test_each_way_leaves_one_entry(self):
        self.check_ways(self.ways)

    def test_each_address_leaves_one_entry(self):
        self.authenticate("test_reader", "test_reader")
        # In a test, reading from a replica and writing the log at once is impossible (tests/test_confidential_log.py
        # does that).
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)
        self.check_ways(self.requests, by_request=True)

    def test_address_found_by_email_leaves_an_entry(self):
        self.authenticate("test_reader", "test_reader")
        customer, other = (self.cases[tier]["sale.order"]["customer"] for tier in ("3", "0"))
        self.entries().unlink()
        self.env.flush_all()
        found = self.make_jsonrpc_request(
            "/mail/partner/from_email",
            {"thread_model": "res.partner", "thread_id": other.id, "emails": [customer.email, other.email]},
        )
        self.assertEqual([row["id"] for row in found], [customer.id, other.id])
        self.assertEqual(
            [(entry.res_model, entry.res_id, entry.action) for entry in self.entries()],
            [("res.partner", customer.id, "read")],
        )

    def test_balance_in_spreadsheet_leaves_entries(self):
        for tier, noted in (("0", []), ("3", ["account.move.line"])):
            customer = self.cases[tier]["sale.order"]["customer"]
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_line_ids": [Command.create({"name": "Work", "price_unit": 4321, "tax_ids": []})],
                }
            )
            move.action_post()
            self.entries().unlink()
            args = {
                "date_range": {"range_type": "year", "year": move.date.year},
                "company_id": self.env.company.id,
                "codes": [],
                "include_unposted": False,
                "partner_ids": customer.ids,
            }
            found = self.env["account.account"].with_user(self.reader).spreadsheet_fetch_partner_balance([args])
            self.assertEqual(found, [{"balance": 4321}])
            self.assertEqual(sorted(set(self.entries().mapped("res_model"))), noted)

    def test_link_of_project_opens_no_task_of_hidden_customer(self):
        """X3: the link of a project that an employee got from somebody shows the tasks that they may read."""
        new_test_user(self.env, "test_uncleared", "base.group_user,project.group_project_user", name="Uncleared")
        self.authenticate("test_uncleared", "test_uncleared")
        for tier, is_shown in (("0", True), ("3", False)):
            task = self.cases[tier]["project.task"]["record"]
            link = f"/my/projects/{task.project_id.id}/task/{task.id}?access_token={task.project_id._portal_ensure_token()}"
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                answer = self.url_open(link, timeout=60)
            self.assertEqual("Said in confidence" in answer.text, is_shown, tier)
