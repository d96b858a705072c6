import inspect
import json
import re
from types import SimpleNamespace
from unittest.mock import patch

from odoo import http
from odoo.tests import HttpCase, tagged

from odoo.addons.kehu_workflow.models.system import ir_http

from .common import ArchiveCase

# What is given to an environment as its context.
_USED = re.compile(r"(?:with_context|update_context|update_env|env)\((?:\*\*|context=)?(\w+)\)")
SWITCHES = dict.fromkeys(("import_file", "install_mode", "mail_create_nolog", "mail_notrack", "tracking_disable"), True)


@tagged("post_install", "-at_install")
class TestClientRoutes(ArchiveCase, HttpCase):
    """A6, A14: what no client switches off by a method, none switches off by a route that takes a context."""

    def test_action_run_by_route_leaves_its_line(self):
        archive = self.file_archive()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Date",
                "model_id": self.env["ir.model"]._get_id("kehu.archive"),
                "state": "object_write",
                "update_path": "date_first_contact",
                "value": "2020-01-01",
            }
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        before = archive.sudo().message_ids
        self.authenticate("test_manager", "test_manager")
        self.make_jsonrpc_request(
            "/web/action/run",
            {
                "action_id": action.id,
                "context": {
                    "active_model": archive._name,
                    "active_id": archive.id,
                    "active_ids": archive.ids,
                    **SWITCHES,
                },
            },
        )
        self.env.invalidate_all()
        self.assertEqual(str(archive.date_first_contact), "2020-01-01")
        self.assertTrue((archive.sudo().message_ids - before).tracking_value_ids)

    def test_context_of_a_route_is_cleaned(self):
        context = {"lang": "en_US", "mail_notify_author": True}
        given = {**context, **SWITCHES}
        self.assertEqual(self.received(given), context)
        self.assertEqual(json.loads(self.received(json.dumps(given))), context)

    def test_no_route_takes_its_context_by_another_name(self):
        found = set()
        for _url, endpoint in http._generate_routing_rules(sorted(self.registry._init_modules), False):
            route = inspect.unwrap(endpoint.func.__func__)
            used = set(_USED.findall(inspect.getsource(route)))
            found |= used & set(inspect.signature(route).parameters)
        self.assertEqual(found, {"context"})

    def test_what_is_no_context_is_left_to_odoo(self):
        for context in (None, 1, "x", "[1]", ["mail_notrack"]):
            self.assertEqual(self.received(context), context)

    def received(self, context):
        """Return the context that a route gets."""

        def route(**params):
            return params["context"]

        route.routing = {}
        request = SimpleNamespace(params={"context": context})
        with patch.object(ir_http, "request", request), patch("odoo.addons.base.models.ir_http.request", request):
            return self.registry["ir.http"]._dispatch(route)
