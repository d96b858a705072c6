from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase

EXPORT = "kehu_confidential.group_confidential_export"


@tagged("post_install", "-at_install")
class TestAccessLog(ArchiveCase):
    """X5, X6: what is seen, exported and printed leaves a trace that nobody can change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archives = cls.env["kehu.archive"]
        for index in range(100):
            cls.archives |= cls.file_archive(cls.officer, name=f"Secret {index}", kehu_tier="2")
        cls.archive = cls.archives[0]
        cls.customer = cls.archive.partner_id
        cls.normal = cls.file_archive(name="Open Customer")
        cls.cleared.group_ids += cls.env.ref("base.group_allow_export")
        cls.auditor = new_test_user(cls.env, "test_auditor", "kehu_confidential.group_tier_auditor")

    def logged(self, record=None, action=None):
        entries = (
            self.env["kehu.access.log"].sudo().search([("user_id", "=", self.cleared.id), ("action", "!=", "right")])
        )
        return entries.filtered(
            lambda entry: (
                (record is None or (entry.res_model, entry.res_id) == (record._name, record.id))
                and action in (None, entry.action)
            )
        )

    def test_every_way_of_reading_is_noted_once_a_minute(self):
        for model, record in (("res.partner", self.customer), ("kehu.archive", self.archive)):
            records = self.env[model].with_user(self.cleared)
            for read in (
                lambda r=records: r.browse(record.id).read(["phone"]),
                lambda r=records: r.browse(record.id).web_read({"phone": {}}),
                lambda r=records: r.search_read([("id", "=", record.id)], ["phone"]),
                lambda r=records: r.web_search_read([("id", "=", record.id)], {"phone": {}}),
            ):
                self.env["kehu.access.log"].sudo().search([]).unlink()
                read()
                read()
                entry = self.logged(record)
                self.assertEqual(len(entry), 1)
                self.assertEqual((entry.action, entry.tier, entry.partner_id), ("read", "2", self.customer))

    def test_auditor_reads_names_and_no_programme_words(self):
        log = self.env["kehu.access.log"].sudo()
        log.search([]).unlink()
        with patch.object(type(log), "_route", lambda _self: "web_search_read"):
            self.archive.with_user(self.cleared).read(["state"])
        self.env["kehu.access.log"]._log_noted("right", self.auditor, "x")
        entries = log.search([])
        read, right = entries.filtered("tier"), entries.filtered(lambda entry: entry.res_model == "res.users")
        self.assertEqual(read.with_user(self.auditor).model_label, self.env["ir.model"]._get("kehu.archive").name)
        self.assertEqual(read.with_user(self.auditor).route_label, "List")
        self.assertEqual(read.with_user(self.auditor).record_label, "(not readable by you)")
        self.assertEqual(read.record_label, self.archive.display_name)
        self.assertEqual(right.with_user(self.auditor).record_label, self.auditor.name)
        self.assertEqual(right.with_user(self.auditor).route_label, "System or external program")

    def test_labels_and_reading_by_server_leave_no_line(self):
        self.env["kehu.access.log"].sudo().search([]).unlink()
        self.customer.with_user(self.cleared).read(["display_name"])
        self.normal.with_user(self.cleared).read(["name"])
        self.customer.with_user(self.cleared).sudo().read(["name"])
        self.assertFalse(self.logged())

    def test_reading_under_a_grant_names_it(self):
        now = fields.Datetime.now()
        grant = (
            self.env["kehu.grant"]
            .with_user(self.officer)
            .create(
                {
                    "user_id": self.salesman.id,
                    "partner_id": self.customer.id,
                    "purpose": "x",
                    "date_until": now + timedelta(days=1),
                }
            )
        )
        self.customer.with_user(self.salesman).read(["phone"])
        self.assertEqual(
            self.env["kehu.access.log"].sudo().search([("user_id", "=", self.salesman.id)]).grant_id, grant
        )

    def test_one_statement_for_many(self):
        counts = []
        for records in (self.archives[:1], self.archives[:20], self.archives):
            partners = records.partner_id.with_user(self.cleared)
            partners.read(["phone"])
            self.env["kehu.access.log"].sudo().search([]).unlink()
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            partners.read(["phone"])
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self.logged()), len(records))
        self.assertEqual(len(set(counts)), 1, counts)

    def test_nobody_writes_the_log(self):
        self.customer.with_user(self.cleared).read(["phone"])
        entry = self.logged(self.customer)
        admin = new_test_user(
            self.env,
            "test_settings",
            "base.group_system,kehu_confidential.group_tier_officer,kehu_confidential.group_tier_auditor",
        )
        for user in (self.cleared, self.officer, self.auditor, admin):
            log = self.env["kehu.access.log"].with_user(user).with_context(su=True, force_delete=True)
            for attack in (
                lambda log=log: log.create(
                    {
                        "user_id": user.id,
                        "action": "read",
                        "res_model": "res.partner",
                        "res_id": 1,
                        "date": "2026-01-01",
                    }
                ),
                lambda log=log: log.browse(entry.id).write({"user_id": self.employee.id}),
                lambda log=log: log.browse(entry.id).unlink(),
                lambda log=log: log.browse(entry.id).copy(),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    attack()
        self.assertEqual(entry.user_id, self.cleared)

    def test_auditors_read_it_and_nobody_else(self):
        self.customer.with_user(self.cleared).read(["phone"])
        self.assertTrue(self.env["kehu.access.log"].with_user(self.auditor).search([("user_id", "=", self.cleared.id)]))
        for user in (
            self.officer,
            self.cleared,
            self.manager,
            new_test_user(self.env, "test_settings", "base.group_system"),
        ):
            with self.assertRaises(AccessError):
                self.env["kehu.access.log"].with_user(user).search([])

    def test_log_is_kept_no_less_than_shortest_period(self):
        log = self.env["kehu.access.log"].sudo()
        now = fields.Datetime.now()
        old, older = log.create(
            [
                {
                    "user_id": self.cleared.id,
                    "action": "read",
                    "res_model": "res.partner",
                    "res_id": self.customer.id,
                    "date": now - timedelta(days=days),
                }
                for days in (100, 2000)
            ]
        )
        self.env["ir.config_parameter"].set_param("kehu_confidential.access_log_days", "1")
        log._gc_access_log()
        self.assertTrue(old.exists())
        self.assertFalse(older.exists())

    def test_exports_need_a_permission_and_are_noted(self):
        both = (self.archive + self.normal).with_user(self.cleared)
        with self.assertRaisesRegex(AccessError, "permission") as refused, self.env.cr.savepoint():
            both.export_data(["name"])
        self.assertNotIn("Secret", str(refused.exception))
        self.assertTrue(self.normal.with_user(self.cleared).export_data(["name"]))
        self.cleared.group_ids += self.env.ref(EXPORT)
        self.assertEqual(len(both.export_data(["name"])["datas"]), 2)
        self.assertEqual(len(self.logged(self.archive, "export")), 1)

    def test_a_grant_can_include_exporting(self):
        self.salesman.group_ids += self.env.ref("base.group_allow_export")
        vals = {
            "user_id": self.salesman.id,
            "partner_id": self.customer.id,
            "purpose": "x",
            "date_until": fields.Datetime.now() + timedelta(days=1),
        }
        self.env["kehu.grant"].with_user(self.officer).create(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.customer.with_user(self.salesman).export_data(["name"])
        self.env["kehu.grant"].with_user(self.officer).create({**vals, "allow_export": True})
        self.assertTrue(self.customer.with_user(self.salesman).export_data(["name"])["datas"])

    def test_rights_given_from_any_side_are_noted(self):
        log = self.env["kehu.access.log"].sudo()
        group = self.env.ref("kehu_confidential.group_clearance_confidential")
        for give in (
            lambda: self.employee.write({"group_ids": [Command.link(group.id)]}),
            lambda: self.employee.write({"group_ids": [Command.unlink(group.id)]}),
            lambda: group.write({"user_ids": [Command.link(self.employee.id)]}),
            lambda: group.write({"user_ids": [Command.unlink(self.employee.id)]}),
            lambda: self.env["res.groups"].create(
                {
                    "name": "Lawyers",
                    "implied_ids": [Command.link(group.id)],
                    "user_ids": [Command.link(self.employee.id)],
                }
            ),
        ):
            log.search([]).unlink()
            give()
            entry = log.search([("res_model", "=", "res.users"), ("res_id", "=", self.employee.id)])
            self.assertEqual(len(entry), 1)
            self.assertIn("Confidential", entry.note)
        log.search([]).unlink()
        self.customer.with_user(self.officer).write({"user_id": self.employee.id})
        self.assertIn("He", log.search([("partner_id", "=", self.customer.id), ("action", "=", "right")]).note)

    def test_right_lost_with_a_deleted_group_is_noted(self):
        group, log = self.env.ref("kehu_confidential.group_clearance_confidential"), self.env["kehu.access.log"].sudo()
        lawyers = self.env["res.groups"].create(
            {"name": "Lawyers", "implied_ids": [Command.link(group.id)], "user_ids": [Command.link(self.employee.id)]}
        )
        log.search([]).unlink()
        lawyers.unlink()
        entry = log.search([("res_model", "=", "res.users"), ("res_id", "=", self.employee.id)])
        self.assertIn("Confidential", entry.note)

    def test_colleague_and_own_company_are_never_classified(self):
        portal = new_test_user(self.env, "test_portal_customer", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.env.company.partner_id = self.customer
