import base64
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged("post_install", "-at_install")
class TestWatchedSettings(ArchiveCase):
    """X5: settings by which content could be led elsewhere, or a bound be lifted, are changed in the open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = cls.officer
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Zhou")

    def noted(self, model):
        return (
            self.env["kehu.access.log"]
            .search([("user_id", "=", self.admin.id), ("action", "=", "right"), ("res_model", "=", model)])
            .mapped("note")
        )

    def told(self, model):
        changes = self.env["kehu.right.change"].search(
            [("res_model", "=", model), ("requester_id", "=", self.admin.id)]
        )
        return self.env["mail.activity"].search(
            [("res_model", "=", "kehu.right.change"), ("res_id", "in", changes.ids), ("user_id", "=", self.officer.id)]
        )

    def test_new_and_changed_mail_server_is_noted_and_told(self):
        server = (
            self.env["ir.mail_server"]
            .with_user(self.admin)
            .create({"name": "x", "smtp_host": "mine.example", "smtp_pass": "secret"})
        )
        server.smtp_host = "other.example"
        server.sequence = server.sequence
        notes = self.noted("ir.mail_server")
        self.assertEqual(len(notes), 2)
        self.assertIn("mine.example → other.example", str(notes))
        self.assertNotIn("secret", str(notes))
        server.unlink()
        self.assertIn("other.example → —", str(self.noted("ir.mail_server")))
        self.assertEqual(len(self.told("ir.mail_server")), 3)
        changes = self.env["kehu.right.change"].with_user(self.officer).search([("res_model", "=", "ir.mail_server")])
        changed = changes.filtered(lambda change: "mine.example" in (change.before_label or ""))
        self.assertIn("other.example", changed.value_label)
        self.assertNotIn("other.example", changed.before_label)

    def test_address_that_a_login_sets_is_noted_only(self):
        """Odoo sets the first address by itself. Officers are told of a change to another host, and of one outside a login."""
        parameters = self.env["ir.config_parameter"].with_user(self.admin)
        parameters.sudo().set_param("web.base.url", "http://localhost:8069")
        login = SimpleNamespace(httprequest=SimpleNamespace(path="/web/login"))
        with patch("odoo.addons.kehu_confidential.models.settings.watched_settings.request", login):
            parameters.set_param("web.base.url", "http://kehu.example")
            self.assertIn("http://kehu.example", str(self.noted("ir.config_parameter")))
            parameters.set_param("web.base.url", "https://kehu.example")
            self.assertFalse(self.told("ir.config_parameter"))
            parameters.set_param("web.base.url", "https://spy.example")
            self.assertEqual(len(self.told("ir.config_parameter")), 1)
            login.httprequest.path = "/jsonrpc"
            parameters.set_param("web.base.url", "https://spy.example:8069")
            self.assertEqual(len(self.told("ir.config_parameter")), 2)

    def test_changed_mailbox_is_noted_and_told(self):
        self.env["fetchmail.server"].with_user(self.admin).create(
            {"name": "x", "server": "mine.example", "user": "u", "password": "secret"}
        )
        self.assertIn("mine.example", str(self.noted("fetchmail.server")))
        self.assertTrue(self.told("fetchmail.server"))

    def test_changed_parameter_is_noted_and_told(self):
        parameters = self.env["ir.config_parameter"].with_user(self.admin)
        for key, value in (
            ("kehu_confidential.training_months", "0"),
            ("kehu_confidential.masking_tier", "3"),
            ("mail.default.from_filter", "x"),
        ):
            parameters.set_param(key, "7")
            parameters.set_param(key, value)
            self.assertIn(f"7 → {value}", str(self.noted("ir.config_parameter")))
        before = len(self.told("ir.config_parameter"))
        parameters.set_param("database.expiration_date", "2030-01-01")
        parameters.set_param("kehu_confidential.masking_tier", "3")
        self.assertEqual(len(self.told("ir.config_parameter")), before)

    def test_parameter_of_another_app_is_noted_without_secret(self):
        parameters = self.env["ir.config_parameter"].with_user(self.admin)
        for key in ("report.url", "auth_signup.invitation_scope", "base.template_portal_user_id"):
            parameters.set_param(key, "7")
            self.assertIn("→ 7", str(self.noted("ir.config_parameter")), key)
        told = len(self.told("ir.config_parameter"))
        parameters.set_param("some_api_key", "hush-hush")
        parameters.set_param("some_api_key", "hush-hush-2")
        self.assertNotIn("hush", str(self.noted("ir.config_parameter")))
        self.assertEqual(len(self.told("ir.config_parameter")), told + 2)

    def test_job_of_ours_is_changed_within_bounds(self):
        jobs = self.env["ir.cron"].with_user(self.admin)
        job = jobs.browse(self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").id)
        action = job.ir_actions_server_id
        for number, forbidden in enumerate(
            (
                lambda: job.write({"active": False}),
                lambda: job.write({"nextcall": "2099-01-01"}),
                lambda: job.write({"code": "pass"}),
                lambda: action.write({"code": "pass"}),
                lambda: action.write({"state": "multi"}),
                job.unlink,
                action.unlink,
            )
        ):
            with (
                self.subTest(number),
                self.assertRaisesRegex(AccessError, "comes with an addon"),
                self.env.cr.savepoint(),
            ):
                forbidden()
        for number, unit in ((2, "days"), (1, "months"), (25, "hours")):
            with self.assertRaisesRegex(ValidationError, "once a day"), self.env.cr.savepoint():
                job.write({"interval_number": number, "interval_type": unit})
        job.write({"interval_number": 10})
        self.assertIn("5 → 10", str(self.noted("ir.cron")))
        self.assertEqual(len(self.told("ir.cron")), 1)
        other = jobs.create(
            {"name": "x", "model_id": self.env.ref("base.model_res_partner").id, "state": "code", "code": "pass"}
        )
        other.write({"active": False, "interval_type": "months"})
        other.unlink()

    def test_changed_deadline_rule_is_noted_and_told(self):
        self.admin.group_ids |= self.env.ref("kehu_workflow.group_workflow_manager")
        rule = self.env["kehu.deadline.rule"].search([("step_ids", "!=", False)], limit=1).with_user(self.admin)
        rule.amount = 500
        self.assertIn("→ 500", str(self.noted("kehu.deadline.rule")))
        rule.step_ids = [
            Command.update(rule.step_ids[0].id, {"recipient": "users", "user_ids": [Command.set(self.admin.ids)]})
        ]
        self.assertIn("Zhou", str(self.noted("kehu.deadline.step")))
        rule.step_ids = [Command.clear()]
        self.assertTrue(self.told("kehu.deadline.step"))
        rule.active = False
        self.assertEqual(len(self.told("kehu.deadline.rule")), 2)
        day = (
            self.env["kehu.workday"]
            .with_user(self.admin)
            .create({"name": "Free", "date": "2030-03-03", "kind": "holiday"})
        )
        day.active = False
        self.assertEqual(len(self.told("kehu.workday")), 2)

    def test_changed_working_time_is_noted_and_told(self):
        calendar = self.env.company.resource_calendar_id.with_user(self.admin)
        for model, change in (
            ("resource.calendar", lambda: calendar.write({"tz": "Pacific/Apia"})),
            ("resource.calendar.attendance", lambda: calendar.attendance_ids[0].write({"hour_to": 9})),
            (
                "resource.calendar.leaves",
                lambda: calendar.leave_ids.create(
                    {"name": "A year", "calendar_id": calendar.id, "date_from": "2026-01-01", "date_to": "2026-12-31"}
                ),
            ),
            ("res.company", lambda: calendar.company_id.write({"resource_calendar_id": calendar.copy().id})),
        ):
            with self.subTest(model):
                change()
                self.assertTrue(self.noted(model))
                self.assertTrue(self.told(model))
        self.env["res.currency.rate"].with_user(self.admin).create(
            {"currency_id": self.env.ref("base.EUR").id, "name": "2020-01-01", "rate": 9}
        )
        self.assertTrue(self.noted("res.currency.rate"))

    def test_what_hides_from_officers_is_mailed(self):
        self.officer.email = "officer@example.com"
        self.classPatch(
            self.registry["mail.mail"], "send", lambda mails, *args, **kwargs: None
        )  # they would be deleted
        action = self.env.ref("kehu_confidential.kehu_right_change_action")
        for model, change in (
            (
                "ir.rule",
                lambda: (
                    self.env["ir.rule"]
                    .with_user(self.admin)
                    .create(
                        {
                            "name": "Nothing",
                            "model_id": self.env["ir.model"]._get_id("mail.activity"),
                            "domain_force": "[(0, '=', 1)]",
                        }
                    )
                ),
            ),
            (
                "ir.actions.act_window",
                lambda: action.with_user(self.admin).write({"domain": "[('create_date', '=', False)]"}),
            ),
            (
                "ir.ui.menu",
                lambda: (
                    self.env.ref("kehu_confidential.kehu_right_change_menu")
                    .with_user(self.admin)
                    .write({"active": False})
                ),
            ),
        ):
            with self.subTest(model):
                last = self.env["mail.mail"].search([], order="id desc", limit=1).id
                change()
                self.assertTrue(self.noted(model))
                self.assertTrue(
                    self.env["mail.mail"].search([("id", ">", last), ("email_to", "ilike", "officer@example.com")])
                )

    def test_hours_of_flexible_calendar_are_noted(self):
        calendar = self.env.company.resource_calendar_id.with_user(self.admin)
        calendar.flexible_hours = True
        before = self.noted("resource.calendar")
        calendar.write({"hours_per_day": 0.5})
        self.assertEqual(sum(calendar._kehu_axis().week[0], ()), (705, 735))
        (note,) = set(self.noted("resource.calendar")) - set(before)
        self.assertIn("0.5", note)

    def test_working_time_of_one_employee_is_free(self):
        own = self.env["resource.calendar"].with_user(self.admin).create({"name": "Half"})
        own.write({"tz": "Pacific/Apia"})
        own.attendance_ids[:1].unlink()
        resource = self.env["resource.resource"].create({"name": "Yang", "calendar_id": own.id})
        own.leave_ids.create(
            {"calendar_id": own.id, "resource_id": resource.id, "date_from": "2026-01-01", "date_to": "2026-01-02"}
        )
        self.assertFalse(
            any(
                self.noted(model)
                for model in ("resource.calendar", "resource.calendar.attendance", "resource.calendar.leaves")
            )
        )

    def test_changed_step_of_rule_is_noted(self):
        rule = self.env["kehu.approval.rule"].search([], limit=1)
        step = rule.step_ids[:1]
        self.admin.group_ids |= self.env.ref("kehu_workflow.group_workflow_manager")
        step.with_user(self.admin).write({"quorum": "one", "domain": "[('create_date', '=', False)]"})
        self.assertIn("[] → [('create_date', '=', False)]", str(self.noted("kehu.approval.step")))
        rule.with_user(self.admin).domain = "[('create_date', '=', False)]"
        self.assertIn("[('create_date', '=', False)]", str(self.noted("kehu.approval.rule")))
        self.assertFalse(self.told("kehu.approval.step"))

    # === BOUNDS ===

    def test_translation_is_noted_like_a_change(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.admin.group_ids += self.env.ref("kehu_workflow.group_workflow_manager")
        rule = self.env["kehu.approval.rule"].search([], limit=1).with_user(self.admin)
        self.assertTrue(rule.update_field_translations("name", {"zh_CN": "另一个"}))
        self.assertEqual(rule.with_context(lang="zh_CN").name, "另一个")
        self.assertIn("另一个", str(self.noted("kehu.approval.rule")))

    def test_imported_translations_are_noted_and_told(self):
        terms = b"module,type,name,res_id,src,value\n"
        self.env["base.language.import"].with_user(self.admin).create(
            {"name": "Français", "code": "fr_FR", "filename": "names.csv", "data": base64.b64encode(terms)}
        ).import_lang()
        self.assertIn("names.csv", str(self.noted("res.lang")))
        self.assertEqual(len(self.told("res.lang")), 1)

    def test_absurd_parameter_is_bounded_where_it_is_used(self):
        parameters = self.env["ir.config_parameter"]
        customer = self.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "2"})
        line = self.env["kehu.access.log"].create(
            {
                "date": fields.Datetime.now() - timedelta(days=170),
                "user_id": self.officer.id,
                "action": "read",
                "res_model": "res.partner",
                "res_id": customer.id,
            }
        )
        for value in ("0", "-1", "9" * 30, "x", "", " 7"):
            for key in (
                "kehu_confidential.access_log_days",
                "kehu_confidential.grant_longest_days",
                "kehu_archive.journal_correction_hours",
            ):
                parameters.set_param(key, value)
            self.env["kehu.access.log"]._gc_access_log()
            self.assertTrue(line.exists(), value)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["kehu.grant"].with_user(self.officer).create(
                    {
                        "user_id": self.employee.id,
                        "partner_id": customer.id,
                        "purpose": "x",
                        "date_until": fields.Datetime.now() + timedelta(days=400),
                    }
                )
            self.assertLessEqual(self.env["kehu.archive.journal"]._correction_hours(), 7 * 24)

    def test_numbers_of_documents_are_noted_and_told(self):
        sequence = self.env["kehu.archive"]._get_number_sequence(self.env.company).with_user(self.admin)
        self.assertFalse(self.noted("ir.sequence"))
        following = sequence.number_next_actual
        sequence.number_next_actual = following + 900
        self.assertIn(f"{following} → {following + 900}", str(self.noted("ir.sequence")))
        sequence.prefix = "X-"
        self.env["ir.sequence"].with_user(self.admin).create(
            {"name": "A", "code": "kehu.archive", "company_id": self.env.company.id}
        )
        self.env["ir.sequence"].with_user(self.admin).create({"name": "A", "code": "x.other"})
        self.assertEqual((len(self.noted("ir.sequence")), len(self.told("ir.sequence"))), (3, 3))

    def test_numbers_of_a_year_are_noted_and_told(self):
        numbers = self.env["ir.sequence"].create(
            {"name": "A", "code": "kehu.archive", "company_id": self.env.company.id, "use_date_range": True}
        )
        numbers.with_user(self.admin).sudo().next_by_id()
        self.assertFalse(self.noted("ir.sequence.date_range"), "the first number of a year makes it")
        year = numbers.date_range_ids.with_user(self.admin)
        year.number_next_actual = 901
        self.assertIn("2 → 901", str(self.noted("ir.sequence.date_range")))
        year.copy({"date_from": "2040-01-01", "date_to": "2040-12-31"})
        year.unlink()
        self.assertEqual((len(self.noted("ir.sequence.date_range")), len(self.told("ir.sequence.date_range"))), (3, 3))

    def test_address_of_a_colleague_that_gets_nothing_is_told(self):
        self.officer.email = "officer@example.com"
        entries = self.env["mail.blacklist"].with_user(self.admin)
        entries._add("customer@example.com")
        self.assertFalse(self.noted("mail.blacklist"))
        entries._add("officer@example.com")
        self.assertIn("officer@example.com", str(self.noted("mail.blacklist")))
        self.assertTrue(self.told("mail.blacklist"))

    def test_plan_of_activities_with_archives_is_told(self):
        plans = self.env["mail.activity.plan"].with_user(self.admin)
        to_do = self.env.ref("mail.mail_activity_data_todo").id
        for model in ("res.partner", "kehu.archive"):
            plan = plans.create({"name": f"Plan of {model}", "res_model": model})
            plan.template_ids = [Command.create({"activity_type_id": to_do, "summary": f"Do it in {model}"})]
        for name in ("mail.activity.plan", "mail.activity.plan.template"):
            self.assertIn("kehu.archive", str(self.noted(name)))
            self.assertNotIn("res.partner", str(self.noted(name)))
            self.assertTrue(self.told(name))

    def test_job_that_sends_mails_is_told(self):
        job = self.env.ref("mail.ir_cron_mail_scheduler_action").with_user(self.admin)
        job.active = False
        self.assertIn("True → —", str(self.noted("ir.cron")))
        job.write({"active": True, "nextcall": "2099-01-01 00:00:00"})
        self.assertIn("2099-01-01", str(self.noted("ir.cron")))
        self.assertEqual(len(self.told("ir.cron")), 2)

    def test_time_zone_of_company_is_noted_and_told(self):
        partner = self.env.company.partner_id.with_user(self.admin)
        partner.tz = "Pacific/Kiritimati"
        self.assertIn("Pacific/Kiritimati", str(self.noted("res.company")))
        partner.write({"tz": "Pacific/Kiritimati", "ref": "x"})
        self.assertEqual(len(self.told("res.company")), 1)
