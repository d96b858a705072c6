import json
import logging
import os
import random
from collections import Counter
from datetime import datetime, timedelta

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .public_methods import crash, public_methods

# In each run of all tests; KEHU_FUZZ=10000 is the whole.
CALLS = int(os.environ.get("KEHU_FUZZ") or 1500)
ROLES = {
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "clerk": "kehu_complaint.group_service_user,kehu_archive.group_archive_user,kehu_grading.group_grading_user",
    "manager": "kehu_complaint.group_service_director,kehu_archive.group_archive_manager,kehu_grading.group_grading_manager",
    "administrator": "base.group_system",
}
ORM_METHODS = (
    "search",
    "search_read",
    "search_count",
    "read",
    "web_search_read",
    "web_read",
    "name_search",
    "web_name_search",
    "fields_get",
    "default_get",
    "onchange",
    "formatted_read_group",
    "web_read_group",
    "read_group",
    "get_views",
    "export_data",
    "copy",
    "web_save",
    "create",
    "write",
    "name_create",
    "action_archive",
    "message_post",
    "message_subscribe",
)
PATHS = (
    "/my/complaints/{}",
    "/my/tickets/{}",
    "/my/complaints/{}/answer",
    "/my/tickets/{}/rate",
    "/my/complaints/new",
    "/my/complaints/page/{}",
    "/kehu_grading/evaluations.xlsx",
    "/web/image/res.partner/{}/image_128",
    "/web/content/{}",
    "/report/html/kehu_complaint.report_proposal/{}",
    "/mail/thread/messages",
    "/mail/message/post",
    "/mail/data",
    "/web/export/csv",
    "/mail/partner/from_email",
    "/web/partner/vcard",
    "/mail/rating/{}",
)
PARAMETERS = ("access_token", "ids", "name", "description", "message", "rate", "page", "sortby", "filterby", "done")
SCALARS = (
    None,
    True,
    0,
    -1,
    1,
    2**31,
    2**70,
    1.5,
    1e308,
    "",
    "x",
    "1",
    "\0",
    "\u200b",
    "%",
    "投诉" * 50,
    "a" * 300,
    "2026-13-45",
    "1;--",
    "kehu_tier",
)


class Raised(logging.Handler):
    """The exceptions that Odoo logs while it answers."""

    def __init__(self):
        super().__init__()
        self.errors = []

    def emit(self, record):
        if record.exc_info:
            self.errors.append(record.exc_info[1])


@tagged("post_install", "-at_install")
class TestMalformedCalls(HttpCase):
    """X3: what no client of ours ever sends ends in a refusal or an answer, for five roles, on each way in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20261129)
        cls.users = {
            role: new_test_user(cls.env, f"fuzz_{role}", groups, password=f"fuzz_{role}")
            for role, groups in ROLES.items()
        }
        cls.keys = {
            role: cls.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "Fuzz", datetime.now() + timedelta(hours=1))
            for role, user in cls.users.items()
            if role != "portal"
        }
        cls.methods = public_methods(cls.env)
        cls.models = sorted({model for model, _method in cls.methods})

    # === NONSENSE ===

    def value(self, model, depth=0):
        roll = self.random.random()
        if depth > 2 or roll < 0.5:
            return self.random.choice(SCALARS)
        if roll < 0.6:
            return self.random.choice(list(model._fields))
        if roll < 0.7:
            return [
                [
                    self.random.choice(list(model._fields)),
                    self.random.choice(("=", "in", "ilike", "any", "!", 5)),
                    self.value(model, 2),
                ]
            ]
        if roll < 0.8:
            return [
                self.random.choice((0, 1, 2, 3, 4, 6, 9, "x")),
                self.random.choice((0, 1, "x", None)),
                self.value(model, depth + 1),
            ]
        if roll < 0.9:
            return [self.value(model, depth + 1) for _number in range(self.random.randrange(3))]
        return {
            self.random.choice(list(model._fields)): self.value(model, depth + 1)
            for _number in range(self.random.randrange(1, 4))
        }

    def ids(self, model):
        roll = self.random.random()
        if roll < 0.7:
            return self.known[model._name][: self.random.randrange(1, 3)]
        return self.random.choice(([], [0], [-1], [2**31 - 1], ["x"], [None], [[1]], "x", None, {}, 1, [1, 1]))

    def call(self):
        """One call: ``(model, method, ids, arguments, context)``."""
        name, method = self.random.choice(self.methods)
        if self.random.random() < 0.4:
            name, method = self.random.choice(self.models), self.random.choice(ORM_METHODS)
        model = self.env[name]
        arguments = [self.value(model) for _number in range(self.random.choice((0, 1, 1, 1, 2, 2, 3, 4)))]
        if method in ("write", "create", "web_save") and self.random.random() < 0.7:
            arguments = [{field: self.value(model, 1) for field in self.random.sample(list(model._fields), 2)}]
        key = self.random.choice(
            (f"default_{self.random.choice(list(model._fields))}", "active_id", "active_ids", "active_model", "x")
        )
        context = {key: self.value(model)} if self.random.random() < 0.3 else {}
        return name, method, self.ids(model), arguments, context

    def is_of_model(self, name, method):
        return getattr(getattr(type(self.env[name]), method, None), "_api_model", False)

    # === SENDING ===

    def send_call_kw(self):
        name, method, ids, arguments, context = self.call()
        if self.is_of_model(name, method):
            ids = None
        elif ids is None and arguments:
            ids, *arguments = arguments  # the server takes the first one for them
        params = {
            "model": name,
            "method": method,
            "args": arguments if ids is None else [ids, *arguments],
            "kwargs": {"context": context} if context else {},
        }
        if self.random.random() < 0.03:
            params[self.random.choice(list(params))] = self.value(self.env[name])
        self.post_json(f"/web/dataset/call_kw/{name}/{method}", params)
        return self.env[name].with_context(context), method, ids, arguments

    def send_json2(self):
        if not self.key:
            return self.send_call_kw()
        name, method, ids, arguments, context = self.call()
        body = {"ids": ids, "context": context}
        function = getattr(type(self.env[name]), method, None)
        if function is not None:
            parameters = function.__code__.co_varnames[1 : function.__code__.co_argcount]
            body |= dict(zip(parameters, arguments))
        self.url_open(
            f"/json/2/{name}/{method}",
            data=json.dumps(body),
            timeout=120,
            headers={"Authorization": f"bearer {self.key}", "Content-Type": "application/json"},
        )
        return self.env[name].with_context(context), method, None if self.is_of_model(name, method) else ids, arguments

    def send_page(self):
        name = self.random.choice(self.models)
        model = self.env[name]
        path = self.random.choice(PATHS).format(self.random.choice((*self.known[name], 0, -1, 2**40, "x", "%00")))
        if path.startswith(("/mail/", "/web/export")) and self.random.random() < 0.8:
            params = {
                "thread_model": name,
                "thread_id": self.random.choice((*self.known[name], "x", None, {})),
                "data": self.value(model),
                "fetch_params": self.value(model),
                "post_data": self.value(model),
                "emails": self.value(model),
            }
            self.post_json(path, params)
            return path, None, None, params
        values = {key: str(self.value(model))[:300] for key in self.random.sample(PARAMETERS, 3)}
        if self.random.random() < 0.5:
            self.url_open(path, data={**values, "csrf_token": self.token}, timeout=120, allow_redirects=False)
        else:
            self.url_open(
                f"{path}?{'&'.join(f'{key}={value[:50]}' for key, value in values.items())}",
                timeout=120,
                allow_redirects=False,
            )
        return path, None, None, values

    def post_json(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        if self.random.random() < 0.02:
            body = body[: self.random.randrange(len(body))]
        self.url_open(path, data=body, headers={"Content-Type": "application/json"}, timeout=120)

    def test_malformed_calls_end_in_a_refusal_or_an_answer(self):
        self.known = {
            name: self.env[name].with_context(active_test=False).search([], limit=4, order="id desc").ids
            for name in self.models
            if not self.env[name]._abstract
        } | {name: [] for name in self.models if self.env[name]._abstract}
        raised, crashes, calls = Raised(), [], Counter()
        logger = logging.getLogger("odoo.http")
        logger.addHandler(raised)
        self.addCleanup(logger.removeHandler, raised)
        self.patch(logger, "propagate", False)  # each exception is looked at here
        for role in ROLES:
            self.authenticate(f"fuzz_{role}", f"fuzz_{role}")
            self.key, self.token = self.keys.get(role), Request.csrf_token(self)
            for _number in range(CALLS // len(ROLES)):
                send = self.random.choices((self.send_call_kw, self.send_json2, self.send_page), (5, 3, 2))[0]
                raised.errors.clear()
                with mute_logger(
                    "odoo.sql_db",
                    "odoo.models",
                    "odoo.orm",
                    "odoo.fields",
                    "odoo.addons",
                    "odoo.tools",
                    "odoo.domains",
                    "py.warnings",
                ):
                    sent = send()
                    calls[send.__name__, role] += 1
                    crashes += [
                        f"{role} {sent!s:.300}\n    {where}"
                        for error in raised.errors
                        if (
                            where := crash(
                                error, sent[0] if sent[1] is None else sent[0].with_user(self.users[role]), *sent[1:]
                            )
                        )
                    ]
        self.assertFalse(
            crashes, f"{len(crashes)} crashes in {calls.total()} calls {dict(calls)}:\n" + "\n".join(crashes)
        )
