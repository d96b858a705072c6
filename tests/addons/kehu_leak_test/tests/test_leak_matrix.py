import logging
from collections import Counter

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger, split_every

from .markers import CONTENT, NAME, QUIET, Markers, groups_without_clearance, markers_in

_logger = logging.getLogger(__name__)

LABELS = ("2",)  # the bare name, or number, of a confidential customer labels documents that one may read

# Public methods that take no argument.
METHODS = (
    "message_get_followers",
    "action_archive",
    "get_formview_action",
    "signup_get_auth_param",
    "view_header_get",
    "web_resequence",
    "get_access_action",
)

FIELDS_OF_A_GROUP = (
    8  # each group shows the values of all its fields, and a call costs as much as its fields together do
)

THREAD_PARTS = ["activities", "attachments", "followers", "suggestedRecipients", "scheduledMessages"]

# Rows about documents, and the field that names the model.
ABOUT = {"mail.followers": "res_model", "mail.notification": "model", "rating.rating": "res_model"}


@tagged("post_install", "-at_install")
class TestLeakMatrix(HttpCase):
    """X3: every model × every route × both hidden tiers × everybody who may not read, whatever apps are installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.markers = Markers(cls.env)
        other = cls.env["res.partner"].create({"name": "Another customer"})
        cls.everything = new_test_user(cls.env, "leak_everything", "base.group_user", name="Manager of all apps")
        cls.everything.group_ids += groups_without_clearance(cls.env)
        cls.clerk = new_test_user(
            cls.env, "leak_clerk", "base.group_user,kehu_archive.group_archive_user,base.group_allow_export"
        )
        cls.leader = new_test_user(cls.env, "leak_leader", "base.group_user,sales_team.group_sale_salesman")
        cls.env["crm.team"].create({"name": "Another unit", "user_id": cls.leader.id})
        cls.portal = new_test_user(cls.env, "leak_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = other
        cls.public = cls.env.ref("base.public_user")
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.probes, self.hits = Counter(), []

    # === PROBING ===

    def probe(self, what, user, call, *, names_are_fine=()):
        """Call, and look for markers in whatever comes back: a value, or the words of a refusal."""
        self.probes[what[1]] += 1
        savepoint = self.env.cr.savepoint()
        try:
            try:
                with mute_logger(*QUIET):
                    answer = repr(call())
            except Exception as refused:
                answer = f"{refused!r} {refused}"
        finally:
            savepoint.close(rollback=True)
        for word, tier in {found.groups() for found in markers_in(answer)}:
            if not (word.capitalize() == NAME and tier in names_are_fine):
                at = answer.lower().index(f"{word}{tier}".lower())
                self.hits.append((*what, user.login, f"{word}{tier}", answer[max(0, at - 90) : at + 30]))

    def routes(self, model):
        """Yield ``(route, call)`` for the records of one model, as the environment's user."""
        readable = [
            name
            for name, field in model._fields.items()
            if model._has_field_access(field, "read")
            and field.type not in ("binary", "properties", "properties_definition")
        ]
        spec = {name: {"fields": {"display_name": {}}} if model._fields[name].relational else {} for name in readable}
        texts = [n for n in readable if model._fields[n].type in ("char", "text", "html") and model._fields[n].store]
        groups = [n for n in readable if model._fields[n].store and (n in texts or model._fields[n].type == "many2one")]
        ids = [document.id for document, _tier in self.markers.documents if document._name == model._name]
        marked = model.browse(ids)
        every = model.with_context(active_test=False, show_email=True, show_address=True, show_vat=True)
        yield "web_search_read", lambda: every.web_search_read([], spec, limit=300, order="id desc")
        yield "search_read", lambda: every.search_read([], readable, limit=300, order="id desc")
        yield (
            "name_search",
            lambda: (model.name_search("Zq", limit=50), model.web_name_search("Zq", {"display_name": {}})),
        )
        for name in texts:
            yield "ilike", lambda name=name: every.search_read([(name, "ilike", "Zq")], ["display_name"], limit=20)
        for names in split_every(FIELDS_OF_A_GROUP, groups, list):
            yield "read_group", lambda names=names: every.formatted_read_group([], names, ["__count"])
        yield "name_create", lambda: model.name_create("Zq")
        if ids:
            for record in marked:
                yield "read", lambda record=record: record.read(readable)
                yield "web_read", lambda record=record: record.web_read(spec)
                labels = [f"{name}/display_name" for name in groups if model._fields[name].relational]
                yield "export_data", lambda record=record, labels=labels: record.export_data(texts + labels)
                yield "copy", lambda record=record: record.copy().read(readable)
                yield "onchange", lambda record=record: record.onchange({}, [], spec)
                yield "write", lambda record=record: record.write({"active": True} if "active" in model._fields else {})
                yield (
                    "load",
                    lambda record=record: model.load([".id", *texts[:1]], [[str(record.id), *["x"] * len(texts[:1])]]),
                )
                for method in METHODS:
                    if hasattr(model, method):
                        yield method, lambda record=record, method=method: getattr(record, method)()
                if hasattr(model, "message_post"):
                    yield "message_post", lambda record=record: record.message_post(body="?").read()

    def sweep(self, user):
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(user).sudo(False)
            if model._abstract or model._transient or name.startswith("kehu.leak.careless"):
                continue
            with mute_logger("odoo.addons.base.models.ir_model"):
                if not model.has_access("read"):
                    continue
            for route, call in self.routes(model):
                self.probe((name, route), user, call, names_are_fine=LABELS)

    # === THE MATRIX ===

    def test_nothing_leaks_to_those_who_may_not_read(self):
        users = (self.everything, self.clerk, self.leader, self.portal, self.public)
        for user in users:
            self.sweep(user)
        for user in users:
            self.references(user)
        self.over_http()
        total = sum(self.probes.values())
        _logger.info("leak matrix: %s probes, %s hits; %s", total, len(self.hits), dict(self.probes))
        self.assertGreater(total, 1000)
        report = Counter((model, route, login, word) for model, route, login, word, _around in self.hits)
        around = {hit[:4]: hit[4] for hit in self.hits}
        self.assertFalse(
            report, "\n".join(f"{key}: {count}: {around[key]}" for key, count in sorted(report.items())[:150])
        )

    def references(self, user):
        """Put each hidden record into each field that takes one: by value, by default, in a line."""
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(user).sudo(False)
            if model._abstract or name.startswith("kehu.leak.careless") or not self._may_create(model):
                continue
            spec = {
                n: {"fields": {"display_name": {}}} if f.relational else {}
                for n, f in model._fields.items()
                if f.type not in ("binary", "properties", "properties_definition")
                and model._has_field_access(f, "read")
            }
            for field in model._fields.values():
                if field.type != "many2one" or not field.store or not self.env[field.comodel_name]._kehu_is_protected():
                    continue
                for document, tier in self.markers.documents:
                    if document._name != field.comodel_name or tier != "3" and field.comodel_name != "res.partner":
                        continue
                    self.probe(
                        (name, "onchange with id"),
                        user,
                        lambda: model.onchange({field.name: document.id}, [field.name], spec),
                    )
                    self.probe(
                        (name, "default with id"),
                        user,
                        lambda: model.with_context(**{f"default_{field.name}": document.id}).onchange({}, [], spec),
                    )

    def _may_create(self, model):
        with mute_logger("odoo.addons.base.models.ir_model"):
            return model.has_access("create")

    def over_http(self):
        for login in ("leak_everything", "leak_portal", None):
            self.authenticate(login, login)
            user = self.env["res.users"].search([("login", "=", login)]) if login else self.public
            for document, _tier in self.markers.documents:
                model, record_id = document._name, document.id
                for path in (
                    f"/web/image/{model}/{record_id}/avatar_128",
                    f"/web/content/{model}/{record_id}/name",
                    f"/web/image?model={model}&id={record_id}&field=image_1920",
                    f"/mail/view?model={model}&res_id={record_id}",
                    f"/odoo/{model}/{record_id}",
                    f"/my/orders/{record_id}",
                    f"/my/invoices/{record_id}",
                ):
                    self.probe(
                        (model, path.split("?")[0].replace(str(record_id), "ID")),
                        user,
                        lambda path=path: (lambda answer: (answer.text, dict(answer.headers)))(
                            self.url_open(path, allow_redirects=False)
                        ),
                        names_are_fine=LABELS,
                    )
                thread = {"thread_model": model, "thread_id": record_id}
                for route, params in (
                    ("/mail/thread/messages", thread),
                    ("/mail/data", {"fetch_params": [["mail.thread", {**thread, "request_list": THREAD_PARTS}]]}),
                    (
                        "/mail/action",
                        {"fetch_params": [["avatar_card", {"user_id": record_id}], ["/mail/inbox/messages", {}]]},
                    ),
                    ("/mail/message/post", {**thread, "post_data": {"body": "?"}}),
                ):
                    self.probe(
                        (model, route),
                        user,
                        lambda route=route, params=params: self.make_jsonrpc_request(route, params),
                        names_are_fine=LABELS,
                    )
            for attachment in self.env["ir.attachment"].sudo().search([("name", "like", CONTENT)]):
                self.probe(
                    ("ir.attachment", "/web/content"),
                    user,
                    lambda attachment=attachment: self.url_open(f"/web/content/{attachment.id}").text,
                )

    # === THAT IT WOULD BE CAUGHT ===

    def test_a_model_that_forgets_is_caught(self):
        careless = self.env["kehu.leak.careless"].create({"customer_ref": self.markers.customers["3"].id})
        for route, call in self.routes(careless.with_user(self.clerk)):
            self.probe((careless._name, route), self.clerk, call)
        self.assertIn(("kehu.leak.careless", "search_read", "leak_clerk", f"{NAME}3"), {hit[:4] for hit in self.hits})

    def test_one_line_protects_a_model(self):
        self.env["kehu.leak.careful"].create(
            [
                {"name": f"{CONTENT}3 document", "partner_id": self.markers.customers["3"].id},
                {"name": f"{CONTENT}3 stricter", "partner_id": self.env.company.partner_id.id, "kehu_own_tier": "3"},
                {"name": "Ordinary", "partner_id": self.env.company.partner_id.id},
            ]
        )
        careful = self.env["kehu.leak.careful"].with_user(self.clerk)
        self.assertEqual(careful.search([]).mapped("name"), ["Ordinary"])
        for route, call in self.routes(careful):
            self.probe((careful._name, route), self.clerk, call)
        self.assertFalse(self.hits)

    # === THE OTHER HALF ===

    def test_those_who_may_read_get_everything(self):
        cleared = new_test_user(
            self.env,
            "leak_cleared",
            "base.group_user,kehu_archive.group_archive_user,kehu_confidential.group_clearance_top_secret",
        )
        cleared.group_ids += groups_without_clearance(self.env)
        custodian = new_test_user(self.env, "leak_custodian", "base.group_user,kehu_archive.group_archive_user")
        custodian.group_ids += groups_without_clearance(self.env)
        partner = self.markers.customers["3"]
        partner.sudo().kehu_custodian_id = custodian
        for user in (cleared, custodian):
            for document, tier in self.markers.documents:
                record = document.with_user(user).sudo(False)
                about = record.sudo().mail_message_id if record._name == "mail.notification" else record.sudo()
                about_model = record._name in ABOUT and about[ABOUT[record._name]] or ""
                if about_model.startswith("kehu."):
                    # These follow the whole right to read the document, and that to the customer whom they name.
                    right = about if record._name == "mail.notification" else self.env[about_model].browse(about.res_id)
                    # A row of the demo company may name the customer beside a document of another, open one.
                    is_open = "kehu_tier" in right._fields and right.sudo().kehu_tier == "0"
                    reads = right.with_user(user).sudo(False).has_access("read")
                    readable = reads and (user == cleared or tier == "3" or is_open)
                    self.assertEqual(bool(record._kehu_hidden()), not readable, (user.login, record, about_model))
                    continue
                if tier == "3" and record._name != "res.users" and record.browse().has_access("read"):
                    self.assertFalse(record._kehu_hidden(), (user.login, record))
            self.assertEqual(partner.with_user(user).sudo().display_name, f"{NAME}3")
            messages = (
                self.env["mail.message"]
                .with_user(user)
                .search([("model", "=", "res.partner"), ("res_id", "=", partner.id)])
            )
            self.assertIn(f"{CONTENT}3", str(messages.mapped("body")))
