import xmlrpc.client
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.kehu_workflow.closures import STOPS, Closure, Gaps, is_defined, wrap
from odoo.addons.kehu_workflow.models.system.closure_check import ClosureCheck

LOGGER = "odoo.addons.kehu_workflow.models.system.closure_check"
GONE = Closure("mail.message", "_method_that_odoo_renamed", (), "particulars")
RULE_GONE = Closure("ir.rule", "_method_that_odoo_renamed", (), "rule")


class GapCase(TransactionCase):
    """A server that starts without something."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env["kehu.closure.check"]
        cls.employee = new_test_user(
            cls.env, "gap_employee", "base.group_user", password="gap_employee_password", lang="en_US"
        )
        cls.admin = new_test_user(
            cls.env, "gap_admin", "base.group_system", password="gap_admin_password", lang="en_US"
        )

    @contextmanager
    def gaps(self, *closures, addons=()):
        """Be a server on which these are missing."""
        self.addCleanup(setattr, self.registry, "kehu_gaps", self.registry.kehu_gaps)
        self.registry.kehu_gaps = Gaps(closures, addons)
        yield
        self.registry.kehu_gaps = Gaps()

    def listing(self, *closures):
        return patch.object(ClosureCheck, "_closures", lambda check: closures)


@tagged("post_install", "-at_install")
class TestClosures(GapCase):
    """X3: what our addons extend is asked for at each installation, upgrade and start."""

    def test_nothing_is_missing_here(self):
        self.assertEqual(self.registry.kehu_gaps, Gaps())
        self.assertFalse(self.check._gone())
        for closure in self.check._closures():
            self.assertIn(closure.stops, STOPS)

    def test_definition_must_be_odoos_with_its_parameters(self):
        class Odoo:
            __module__ = "odoo.addons.base.models.res_partner"

            def keep(self, vals, mode="read"):
                """Defined by Odoo."""

        class Ours(Odoo):
            __module__ = "odoo.addons.kehu_confidential.models.contacts.res_partner"

            def keep(self, vals, mode="read"):
                """Extended by us."""

            def renamed(self, vals):
                """Extends what Odoo does not define any more."""

        def defined(method, *parameters):
            return is_defined(Ours.__mro__, Closure("res.partner", method, parameters, "rule"))

        self.assertTrue(defined("keep", "vals", "mode"))
        self.assertTrue(defined("keep", "mode"))
        self.assertFalse(defined("keep", "vals", "operation"))
        self.assertFalse(defined("renamed", "vals"))
        self.assertFalse(defined("missing"))

    def test_installation_is_refused_without_a_method(self):
        with (
            self.listing(GONE),
            self.assertRaisesRegex(UserError, r"no longer defines .*_method_that_odoo_renamed\(\)"),
        ):
            self.check.init()

    def test_method_of_an_app_is_asked_for_where_it_is_installed(self):
        absent = Closure(
            "website.page", "_method_that_odoo_renamed", (), "particulars", app="app_that_is_not_installed"
        )
        with self.listing(absent):
            self.check.init()
        present = Closure("website.page", "_method_that_odoo_renamed", (), "particulars", app="mail")
        with self.listing(present), self.assertRaises(UserError):
            self.check.init()

    def test_method_of_an_app_is_wrapped_once(self):
        class Odoo:
            def count(self):
                return 1

        def add_one(method):
            return lambda self: method(self) + 1

        closure = Closure("res.partner", "count", (), "rule", wrapper=add_one)
        for _time in range(2):
            wrap(Odoo, closure)
        self.assertEqual(Odoo().count(), 2)

    def test_wrapped_method_that_is_missing_is_noticed(self):
        gone = Closure(
            "res.partner", "_method_that_odoo_renamed", (), "rule", app="mail", wrapper=lambda method: method
        )
        with self.listing(gone):
            self.check._wrap_methods()
            self.assertEqual(self.check._gone(), (gone,))
        self.assertFalse(hasattr(self.registry["res.partner"], "_method_that_odoo_renamed"))

    def test_field_is_asked_for_too(self):
        classes = self.check._classes("res.partner")
        self.assertTrue(is_defined(classes, Closure("res.partner", "parent_id", (), "rows")))
        self.assertFalse(is_defined(classes, Closure("res.partner", "parent_that_odoo_renamed_id", (), "rows")))

    def test_controller_is_asked_for_too(self):
        thread = "odoo.addons.mail.controllers.thread:ThreadController"
        self.assertTrue(
            is_defined(self.check._classes(thread), Closure(thread, "mail_message_post", ("post_data",), "hook"))
        )
        for gone in (f"{thread}Renamed", "odoo.addons.mail.controllers.renamed:ThreadController"):
            self.assertFalse(self.check._classes(gone))

    def test_start_without_a_method_is_noticed(self):
        self.addCleanup(setattr, self.registry, "kehu_gaps", self.registry.kehu_gaps)
        with self.listing(GONE, RULE_GONE), self.assertLogs(LOGGER, "ERROR") as log:
            self.check._register_hook()
        self.assertEqual(self.registry.kehu_gaps, Gaps((GONE, RULE_GONE)))
        self.assertIn("_method_that_odoo_renamed", log.output[0])

    def test_start_without_an_addon_is_noticed(self):
        self.addCleanup(setattr, self.registry, "kehu_gaps", self.registry.kehu_gaps)
        self.env["ir.module.module"].create({"name": "kehu_not_loaded", "state": "installed"})
        self.env.flush_all()
        with self.assertLogs(LOGGER, "ERROR"):
            self.check._register_hook()
        self.assertEqual(self.registry.kehu_gaps.addons, ("kehu_not_loaded",))

    def test_administrators_are_told_once_and_as_long_as_it_lasts(self):
        def activities():
            kind = self.env.ref("kehu_workflow.mail_activity_type_protection")
            return self.env["mail.activity"].search(
                [("activity_type_id", "=", kind.id), ("user_id", "in", (self.admin | self.employee).ids)]
            )

        with self.gaps(GONE):
            self.check._cron_tell_administrators()
            self.check._cron_tell_administrators()
            self.assertEqual(activities().user_id, self.admin)
            self.assertEqual(len(activities()), 1)
        self.check._cron_tell_administrators()
        self.assertFalse(activities())


@tagged("post_install", "-at_install")
class TestShut(HttpCase, GapCase):
    """X3: a server on which an addon of ours was not loaded lets administrators in, and nobody else."""

    def shut(self):
        return self.gaps(addons=("kehu_archive",))

    def call_rpc(self, user):
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname, user.id, f"{user.login}_password", "res.partner", "search_count", [[]]
        )

    def test_everybody_else_gets_one_page(self):
        with self.shut():
            self.authenticate(self.employee.login, "gap_employee_password")
            for path in ("/odoo", "/web/content/1", "/kehu/protection"):
                answer = self.url_open(path)
                self.assertEqual(answer.status_code, 503, path)
                self.assertIn('href="/web/session/logout"', answer.text)
            self.authenticate(None, None)
            self.assertEqual(self.url_open("/web/login").status_code, 200)
            self.assertEqual(self.url_open("/web/image/res.users/2/avatar_128").status_code, 503)

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc")
    def test_clients_of_everybody_else_are_refused(self):
        with self.shut():
            self.authenticate(self.employee.login, "gap_employee_password")
            with self.assertRaisesRegex(JsonRpcException, "AccessError"):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw",
                    {"model": "res.partner", "method": "search_count", "args": [[]], "kwargs": {}},
                )
            with self.assertRaisesRegex(xmlrpc.client.Fault, "Access Denied"):
                self.call_rpc(self.employee)

    @mute_logger("odoo.addons.rpc.controllers.xmlrpc")
    def test_administrator_comes_in_and_reads_why(self):
        with self.shut():
            self.authenticate(self.admin.login, "gap_admin_password")
            self.assertEqual(self.url_open("/odoo").status_code, 200)
            page = self.url_open("/kehu/protection").text
            self.assertIn("<li>kehu_archive</li>", page)
            self.assertTrue(self.call_rpc(self.admin))

    def test_rule_that_is_gone_shuts_everybody_out(self):
        with self.gaps(RULE_GONE):
            self.authenticate(self.employee.login, "gap_employee_password")
            self.assertEqual(self.url_open("/odoo").status_code, 503)

    def test_another_closure_that_is_gone_leaves_the_system_open(self):
        with self.gaps(GONE):
            self.authenticate(self.employee.login, "gap_employee_password")
            self.assertEqual(self.url_open("/odoo").status_code, 200)
        self.assertEqual(self.url_open("/kehu/protection").status_code, 404, "for administrators only")
