import contextlib
import json
from unittest.mock import patch

from odoo import Command, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ArchiveCase

TAKING = ("export", "copy", "vcard")  # ways whose name begins with one of these need the export permission


@tagged("post_install", "-at_install")
class TestWaysOfReading(ArchiveCase, HttpCase):
    """X5, X6: whatever way the content of a customer leaves the server, one entry in the access log says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "test_reader",
            "base.group_user,base.group_partner_manager,base.group_allow_export,"
            "kehu_archive.group_archive_user,kehu_confidential.group_clearance_top_secret",
            name="Reader",
            email="reader@example.com",
        )
        cls.permission = cls.env.ref("kehu_confidential.group_confidential_export")
        cls.cases = {tier: cls._make_customer(tier) for tier in ("0", "3")}
        cls.env.flush_all()

    @classmethod
    def _make_customer(cls, tier):
        archive = cls.file_archive(cls.officer, name=f"Customer {tier}", kehu_tier=tier)
        customer = archive.partner_id
        customer.write(
            {
                "email": f"customer{tier}@example.com",
                "phone": "+86 755 1234567",
                "street": "Road 1",
                "vat": False,
                "category_id": [Command.create({"name": f"Carrier {tier}"})],
            }
        )
        portal = new_test_user(cls.env, f"test_portal_{tier}", "base.group_portal", name=f"Contact {tier}")
        portal.partner_id.write({"parent_id": customer.id, "email": f"contact{tier}@example.com"})
        message = customer.message_post(body="Said in confidence")
        activity = customer.activity_schedule("mail.mail_activity_data_todo", summary="Call", user_id=cls.reader.id)
        attachment = cls.env["ir.attachment"].create(
            {"name": "contract.txt", "raw": b"Contract", "res_model": "res.partner", "res_id": customer.id}
        )
        bank = cls.env["res.partner.bank"].create({"acc_number": f"6222{tier}", "partner_id": customer.id})
        return {
            "archive": archive,
            "customer": customer,
            "category": customer.category_id,
            "portal": portal,
            "message": message,
            "activity": activity,
            "attachment": attachment,
            "bank": bank,
        }

    def ways(self, case):
        """Return ``{name: (call, record that is noted)}``."""
        env = self.env(user=self.reader, su=False)
        mine = {name: record.with_env(env) for name, record in case.items()}
        customer, archive, category, portal = mine["customer"], mine["archive"], mine["category"], mine["portal"]
        ways = {}
        for name, record, fields in (
            ("customer", customer, ["phone"]),
            ("archive", archive, ["phone"]),
            ("bank", mine["bank"], ["acc_number"]),
            ("user", portal, ["email"]),
            ("message", mine["message"], ["body"]),
            ("activity", mine["activity"], ["summary"]),
            ("file", mine["attachment"], ["datas"]),
            ("raw file", mine["attachment"], ["raw"]),
            ("indexed file", mine["attachment"], ["index_content"]),
        ):
            noted = {"user": case["portal"].partner_id, "archive": case["archive"], "bank": case["bank"]}.get(
                name, case["customer"]
            )
            domain = [("id", "=", record.id)]
            if name == "raw file":
                fields = ["name", "raw"]
            spec = {field: {} for field in fields}
            ways[f"read {name}"] = (lambda r=record, f=fields: r.read(f), noted)
            ways[f"search_read {name}"] = (lambda r=record, d=domain, f=fields: r.search_read(d, f), noted)
            if name != "raw file":
                ways[f"web_read {name}"] = (lambda r=record, s=spec: r.web_read(s), noted)
                ways[f"web_search_read {name}"] = (lambda r=record, d=domain, s=spec: r.web_search_read(d, s), noted)
        for name, record, field in (
            ("customer", customer, "email"),
            ("archive", archive, "email"),
            ("bank", mine["bank"], "acc_number"),
            ("user", portal, "email"),
            ("message", mine["message"], "subject"),
            ("activity", mine["activity"], "summary"),
        ):
            noted = {"user": case["portal"].partner_id, "archive": case["archive"], "bank": case["bank"]}.get(
                name, case["customer"]
            )
            domain = [("id", "=", record.id)]
            ways[f"groups of {name}"] = (
                lambda r=record, d=domain, f=field: r.formatted_read_group(d, [f], ["__count"]),
                noted,
            )
            ways[f"grouping sets of {name}"] = (
                lambda r=record, d=domain, f=field: r.formatted_read_grouping_sets(d, [[f], []]),
                noted,
            )
            ways[f"web groups of {name}"] = (lambda r=record, d=domain, f=field: r.web_read_group(d, [f]), noted)
        domain = [("id", "=", customer.id)]
        ways.update(
            {
                "old groups": (
                    lambda: mute_logger("py.warnings")(customer.read_group)(domain, [], ["email"]),
                    case["customer"],
                ),
                "aggregates": (
                    lambda: customer.formatted_read_group(domain, [], ["email:array_agg", "phone:max"]),
                    case["customer"],
                ),
                "progress bar": (
                    lambda: customer.read_progress_bar(domain, "email", {"field": "phone", "colors": {}}),
                    case["customer"],
                ),
                "nested": (lambda: category.web_read({"partner_ids": {"fields": {"phone": {}}}}), case["customer"]),
                "form of a bank account": (
                    lambda: env["res.partner.bank"].onchange(
                        {"partner_id": customer.id}, ["partner_id"], {"acc_holder_name": {}}
                    ),
                    case["customer"],
                ),
                "form with links": (
                    lambda: env["res.partner.category"].onchange(
                        {"partner_ids": [[4, customer.id]]}, ["partner_ids"], {"name": {}, "partner_ids": {}}
                    ),
                    case["customer"],
                ),
                "suggested recipients": (lambda: customer._message_get_suggested_recipients(), case["customer"]),
                "activity format": (lambda: mine["activity"].activity_format(), case["customer"]),
                "mentions": (lambda: customer.get_mention_suggestions(customer.name), case["customer"]),
                "export customer": (lambda: customer.export_data(["phone"]), case["customer"]),
                "export archive": (lambda: archive.export_data(["phone"]), case["archive"]),
                "export through a category": (
                    lambda: category.export_data(["name", "partner_ids/email"]),
                    case["customer"],
                ),
                "export user": (lambda: portal.export_data(["email"]), case["portal"].partner_id),
                "export activity": (lambda: mine["activity"].export_data(["summary"]), case["customer"]),
                "vcard": (lambda: customer._get_vcard_file(), case["customer"]),
            }
        )
        for key in ("show_address", "show_email"):
            told = customer.with_context(**{key: True})
            ways[f"names with {key}"] = (
                lambda r=told: r.name_search(customer.name, [("id", "=", customer.id)]),
                case["customer"],
            )
            ways[f"labels with {key}"] = (lambda r=told: r.read(["display_name"]), case["customer"])
        ways["export labels with show_email"] = (
            lambda: category.with_context(show_email=True).export_data(["partner_ids"]),
            case["customer"],
        )
        return ways

    def requests(self, case):
        """Return the same for addresses, which are asked as a browser does."""
        customer = case["customer"]
        export = {"domain": [], "import_compat": False, "context": {}}

        def exported(kind, model, ids, *names, **options):
            fields = [{"name": name, "label": name, "type": "char"} for name in names]
            return self.url_open(
                f"/web/export/{kind}",
                data={
                    "csrf_token": http.Request.csrf_token(self),
                    "data": json.dumps({**export, "model": model, "ids": ids, "fields": fields, **options}),
                },
            )

        return {
            "conversation": (
                lambda: self.make_jsonrpc_request(
                    "/mail/thread/messages", {"thread_model": "res.partner", "thread_id": customer.id}
                ),
                customer,
            ),
            "store": (
                lambda: self.make_jsonrpc_request(
                    "/mail/data",
                    {
                        "fetch_params": [
                            [
                                "mail.thread",
                                {
                                    "thread_model": "res.partner",
                                    "thread_id": customer.id,
                                    "request_list": ["activities", "attachments"],
                                },
                            ]
                        ]
                    },
                ),
                customer,
            ),
            "file": (lambda: self.url_open(f"/web/content/{case['attachment'].id}"), customer),
            "field of a file": (
                lambda: self.url_open(f"/web/content/ir.attachment/{case['attachment'].id}/raw"),
                customer,
            ),
            "image": (lambda: self.url_open(f"/web/image/res.partner/{customer.id}/avatar_128"), customer),
            "image of a user": (
                lambda: self.url_open(f"/web/image/res.users/{case['portal'].id}/avatar_128"),
                case["portal"].partner_id,
            ),
            "vcard": (lambda: self.url_open(f"/web/partner/vcard?partner_ids={customer.id}"), customer),
            "vcard of a contact": (lambda: self.url_open(f"/web_enterprise/partner/{customer.id}/vcard"), customer),
            "export csv": (
                lambda: exported("csv", "res.partner.category", case["category"].ids, "partner_ids/email"),
                customer,
            ),
            "export xlsx": (
                lambda: exported("xlsx", "res.partner.category", case["category"].ids, "partner_ids/email"),
                customer,
            ),
            "export grouped": (
                lambda: exported("xlsx", "res.partner", customer.ids, "name", "email", groupby=["email"]),
                customer,
            ),
        }

    def log_in(self):
        self.authenticate("test_reader", "test_reader")
        # In a test, reading from a replica and writing the log at once is impossible (tests/test_confidential_log.py
        # does that).
        self.set_registry_readonly_mode(False)
        self.addCleanup(self.set_registry_readonly_mode, True)

    def entries(self):
        self.env.invalidate_all()
        return self.env["kehu.access.log"].sudo().search([("user_id", "=", self.reader.id), ("action", "!=", "right")])

    def check_ways(self, ways, tier, by_request=False):
        for name, (call, record) in ways.items():
            with self.subTest(way=name, tier=tier):
                self.entries().unlink()
                self.env.flush_all()
                self.env.invalidate_all()
                answer = call()
                if by_request:
                    self.assertEqual(getattr(answer, "status_code", 200), 200)
                entries = self.entries()
                if name == "export grouped":
                    # The groups are read, too.
                    entries = entries.filtered(lambda entry: entry.action == "export")
                found = [(entry.res_model, entry.res_id, entry.partner_id.commercial_partner_id) for entry in entries]
                expected = [(record._name, record.id, self.cases[tier]["customer"])] if tier == "3" else []
                self.assertEqual(found, expected)

    def test_each_way_leaves_one_entry(self):
        self.reader.group_ids += self.permission
        for tier, case in self.cases.items():
            self.check_ways(self.ways(case), tier)
        self.assertGreater(len(self.ways(self.cases["3"])), 60)

    def test_each_address_leaves_one_entry(self):
        self.reader.group_ids += self.permission
        self.log_in()
        for tier, case in self.cases.items():
            self.check_ways(self.requests(case), tier, by_request=True)

    def test_taking_away_without_permission_is_refused(self):
        for name, (call, _record) in self.ways(self.cases["3"]).items():
            if name.startswith(TAKING):
                with self.subTest(way=name), self.assertRaisesRegex(AccessError, "permission"), self.env.cr.savepoint():
                    call()
        for record in ("customer", "portal"):
            with self.subTest(copy=record), self.assertRaises(AccessError), self.env.cr.savepoint():
                self.cases["3"][record].with_user(self.reader).copy_data()
        for call, _record in (way for name, way in self.ways(self.cases["0"]).items() if name.startswith(TAKING)):
            call()

    def test_addresses_without_permission_give_no_file(self):
        self.log_in()
        with mute_logger("odoo.addons.web.controllers.export", "odoo.http"):
            for name, (call, _record) in self.requests(self.cases["3"]).items():
                if name.startswith(TAKING):
                    with self.subTest(way=name):
                        response = call()
                        self.assertNotEqual(response.status_code, 200)
                        self.assertNotIn("customer3@example.com", response.text)

    def test_csv_and_vcard_carry_the_mark(self):
        self.reader.group_ids += self.permission
        self.log_in()
        for tier, marked in (("3", True), ("0", False)):
            for name, (call, _record) in self.requests(self.cases[tier]).items():
                if name in ("vcard", "vcard of a contact", "export csv"):
                    with self.subTest(way=name, tier=tier):
                        text = call().text.replace("\r\n ", "")
                        self.assertIn(f"customer{tier}@example.com", text)
                        self.assertEqual(" | Reader | " in text, marked)

    def test_file_is_opened_to_nobody_without_login(self):
        """Neither as public, nor by a token, unless whoever does it may take it away."""
        file, ordinary = (self.cases[tier]["attachment"].with_user(self.reader) for tier in ("3", "0"))
        address = f"/web/content/{file.id}"
        for call in (lambda: file.write({"public": True}), file.generate_access_token):
            with self.assertRaisesRegex(AccessError, "permission"), self.env.cr.savepoint():
                call()
        self.reader.group_ids += self.permission
        self.entries().unlink()
        (file + ordinary).write({"public": True})
        file.invalidate_recordset()
        self.assertEqual(
            self.entries().mapped(lambda entry: (entry.action, entry.partner_id)),
            [("export", self.cases["3"]["customer"])],
        )
        self.env.flush_all()
        with mute_logger("odoo.http"):
            response = self.url_open(address)
        self.assertEqual(response.status_code, 404)
        self.assertNotIn("Contract", response.text)
        self.assertEqual(self.url_open(f"/web/content/{ordinary.id}").text, "Contract")
        self.log_in()
        self.assertEqual(self.url_open(address).text, "Contract")

    def test_own_picture_in_a_message_is_noted(self):
        own = (
            self.env["ir.attachment"]
            .with_user(self.reader)
            .create(
                {
                    "name": "Picture",
                    "raw": b"Picture",
                    "res_model": "res.partner",
                    "res_id": self.cases["3"]["customer"].id,
                }
            )
        )
        self.entries().unlink()
        self.assertTrue(own.generate_access_token())
        self.assertEqual(self.entries().mapped("action"), ["export"])

    def test_groups_note_what_was_asked_and_counts_nothing(self):
        customers = self.cases["3"]["customer"].with_user(self.reader)
        domain = [("id", "=", customers.id)]
        self.entries().unlink()
        customers.formatted_read_group(domain, [], ["__count"])
        self.assertFalse(self.entries())
        customers.formatted_read_group(domain, ["country_id"], ["email:array_agg"])
        customers.formatted_read_group(domain, ["city"], ["__count"])
        self.assertEqual(set(self.entries().mapped("note")), {"country_id, email:array_agg", "city"})

    def test_groups_of_very_many_share_one_entry(self):
        self.patch(self.registry["base"], "_kehu_most_grouped", 0)
        self.entries().unlink()
        customers = self.env["res.partner"].with_user(self.reader)
        customers.formatted_read_group([("name", "like", "Customer")], ["city"], ["__count"])
        entry = self.entries()
        self.assertEqual((len(entry), entry.res_id, entry.res_model), (1, 0, "res.partner"))
        self.assertIn("city", entry.note)

    def test_hidden_customer_leaves_no_entry_for_a_form(self):
        customer = self.cases["3"]["customer"]
        clerk = self.env["res.partner.bank"].with_user(self.employee)
        with contextlib.suppress(AccessError):
            clerk.onchange({"partner_id": customer.id}, ["partner_id"], {"acc_holder_name": {}})
        self.assertFalse(self.env["kehu.access.log"].sudo().search([("user_id", "=", self.employee.id)]))

    def test_a_form_opens_with_one_statement_more(self):
        """A form of a customer costs one statement for the log; its conversation two and what finds the document."""
        customer = self.cases["3"]["customer"].with_user(self.reader)
        spec = {name: {} for name in ("name", "phone", "email", "street", "city", "vat")}
        counts = []
        log = self.registry["kehu.access.log"]
        for silent in (True, False):
            customer.web_read(spec)  # warm
            self.entries().unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            if silent:
                with patch.object(log, "_log", lambda *args, **kwargs: None):
                    customer.web_read(spec)
            else:
                customer.web_read(spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1] - counts[0], 1, counts)
