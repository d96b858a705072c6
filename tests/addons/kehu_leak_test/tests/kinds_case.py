import logging
import os

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import SQL, mute_logger

from .markers import CONTENT, COPIED, MARKER, QUIET, Markers, groups_without_clearance, markers_in
from .oracles import Oracles

_logger = logging.getLogger(__name__)

_TEXT = ("char", "text", "html")
_UNREADABLE = ("binary", "properties", "properties_definition")
_TELLING_LABELS = {"show_address": True, "show_email": True, "show_vat": True, "active_test": False}
_THREAD = ["activities", "attachments", "followers", "suggestedRecipients"]


class KindsCase(HttpCase):
    """Finders, one for each kind of leak: they look in all models, without a list of where it was found before (X3).

    A finder yields what it found. It counts in ``tried`` where it looked: one that looked nowhere has proved nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.markers = Markers(cls.env)
        cls.spy = new_test_user(
            cls.env, "kinds_spy", "base.group_user", name="Spy of all apps", email="spy@example.com"
        )
        cls.spy.group_ids += groups_without_clearance(cls.env)
        with mute_logger(*QUIET):
            cls.models = [model for model in cls._tables(cls.spy) if model.has_access("read")]
        cls._attach_customers()
        cls.env.flush_all()
        cls.documents = {}  # {model: {tier: ids}} of the records of the hidden customers
        for document, tier in cls.markers.documents:
            cls.documents.setdefault(document._name, {}).setdefault(tier, []).append(document.id)

    @classmethod
    def _tables(cls, user):
        """Yield the models that have rows of their own, in the environment of a user."""
        for name in sorted(cls.env.registry):
            model = cls.env[name].with_user(user).sudo(False)
            if (
                model._auto
                and not model._abstract
                and not model._transient
                and not name.startswith("kehu.leak.careless")
            ):
                yield model

    @classmethod
    def _attach_customers(cls):
        """Let the hidden customers follow, and write to, a record of each model that the spy may read."""
        comment = cls.env.ref("mail.mt_comment").id
        customers = cls.markers.customers.values()
        followers, messages = [], []
        for model in cls.models:
            if not hasattr(model, "message_subscribe"):
                continue
            marked = [document.id for document, _tier in cls.markers.documents if document._name == model._name]
            with mute_logger(*QUIET):
                carrier = model.search([("id", "not in", marked)], limit=1, order="id").sudo()
            if carrier:
                about = {"res_id": carrier.id}
                followers += [
                    about | {"res_model": model._name, "partner_id": partner.id}
                    for partner in customers
                    if partner not in carrier.message_partner_ids
                ]
                about |= {"model": model._name, "message_type": "comment", "body": "x", "subtype_id": comment}
                messages += [about | {"author_id": partner.id, "email_from": partner.email} for partner in customers]
        cls.env["mail.followers"].sudo().create(followers)
        cls.env["mail.message"].sudo().create(messages)

    def setUp(self):
        super().setUp()
        self.tried = 0

    def assertNothing(self, found, least):
        """Assert that a finder finds nothing although it looks at a number of places."""
        found = list(found)
        _logger.info("%s: %s tried", self._testMethodName, self.tried)
        self.assertFalse(found, "\n".join(map(str, found[:150])))
        self.assertGreater(self.tried, least)

    # === LOOKING ===

    def _marked(self, what, call, *arguments):
        """Call, undo it, and yield the words of the hidden customers in the answer, or in the words of a refusal.

        The name of a confidential customer is a label that everybody may read.
        """
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*QUIET):
                answer = repr(call(*arguments))
        except Exception as refused:
            answer = f"{refused!r} {refused}"
        finally:
            savepoint.close(rollback=True)
        for word, tier in sorted({found.groups() for found in markers_in(answer)}):
            if tier == "3" or word.capitalize() == CONTENT:
                at = answer.lower().index(f"{word}{tier}".lower())
                yield *what, f"{word}{tier}", answer[max(0, at - 90) : at + 30]

    def _readable(self, model, *types):
        """Return the names of the fields of some types, or of all, that the spy may read."""
        return [
            name
            for name, field in model._fields.items()
            if (field.type in types if types else field.type not in _UNREADABLE)
            and model._has_field_access(field, "read")
        ]

    def _referring(self, model):
        """Return readable rows that refer to a record of a hidden customer by any many2one or many2many."""
        model, rows = model.with_context(active_test=False), model.browse()
        for name, field in model._fields.items():
            if field.type in ("many2one", "many2many") and field.store and field.comodel_name in self.documents:
                targets = sum(self.documents[field.comodel_name].values(), [])
                found = model.sudo().search([(name, "in", targets)])
                with mute_logger(*QUIET):
                    rows |= model.search([("id", "in", found.ids)], limit=2, order="id desc")
        return rows

    # === ORACLES ===

    def oracles(self):
        """Conditions on what Odoo searches with more rights than the user's that a hidden customer's value fits."""
        oracles = Oracles(self.markers, self.models, steps=int(os.environ.get("KEHU_ORACLE_STEPS", 1)))
        yield from oracles.leaks()
        self.tried = oracles.telling
        _logger.info(
            "oracles: %s fields, %s questions, %s with something to tell",
            oracles.fields,
            oracles.asked,
            oracles.telling,
        )

    # === ROWS BELOW A HIDDEN RECORD ===

    def rows_below(self):
        """By the schema: a row that needs a hidden record, or is deleted with it, is hidden with it."""
        for model in self.models:
            model = model.with_context(active_test=False)
            for name, field in model._fields.items():
                if field.type != "many2one" or not field.store or not (field.required or field.ondelete == "cascade"):
                    continue
                targets = self.documents.get(field.comodel_name, {}).get("3")
                if targets and (rows := model.sudo().search([(name, "in", targets)])):
                    self.tried += len(rows)
                    if shown := model.search([("id", "in", rows.ids)]):
                        yield model._name, name, shown.ids

    # === FILES THROUGH DELEGATION ===

    def delegated_files(self):
        """Files of the hidden customers that a record of another model delegates to."""
        files = self.env["ir.attachment"].sudo().search([("name", "like", CONTENT), ("res_model", "=", "res.partner")])
        for model in self.models:
            if not (delegation := model._inherits.get("ir.attachment")):
                continue
            for file in files:
                self.tried += 1
                savepoint = self.env.cr.savepoint()
                try:
                    with mute_logger(*QUIET):
                        model.create({delegation: file.id})
                    yield model._name, file.id, "created"
                except AccessError as refused:
                    if found := MARKER.search(str(refused)):
                        yield model._name, file.id, found[0]
                finally:
                    savepoint.close(rollback=True)

    # === PARTICULARS IN ROWS ABOUT SOMETHING ELSE ===

    def particulars(self):
        """Texts and labels, of whatever row refers to a hidden record and may be read, that are the customer's."""
        for model in self.models:
            names = self._readable(model, *_TEXT, "many2one", "selection", "reference")
            for row in self._referring(model):
                self.tried += 1
                yield from self._marked((model._name, "read", row.id), row.read, names)
                yield from self._marked((model._name, "export", row.id), row.export_data, names)

    # === AGGREGATES ===

    def aggregates(self):
        """What rows with words of a hidden customer are grouped by and summed up to; two texts of each model tell."""
        for model in self.models:
            texts = [name for name in self._readable(model, *_TEXT) if model._fields[name]._description_groupable]
            texts.sort(key=lambda name: not COPIED.search(name))
            about = self._referring(model).ids + sum(self.documents.get(model._name, {}).values(), [])
            for name in {*texts[:1], *texts[-1:]} if about else ():
                for group, aggregate in (([], f"{name}:array_agg"), ([], f"{name}:max"), ([name], "__count")):
                    self.tried += 1
                    what = (model._name, "group by" if group else aggregate, name)
                    call = model.with_context(active_test=False).formatted_read_group
                    yield from self._marked(what, call, [("id", "in", about)], group, [aggregate])

    # === LABELS AND REFERENCES ===

    def labels(self):
        """What hidden records are called: by themselves, where others name them, where they are put into a field."""
        for model in self.models:
            told = model.with_context(**_TELLING_LABELS)
            yield from self._marked((model._name, "name_search"), told.name_search, "Zq")
            for record in told.browse(self.documents.get(model._name, {}).get("3")):
                self.tried += 1
                for name, call in (
                    ("label", lambda record: record.display_name),
                    ("read", lambda record: record.read(["display_name"])),
                    ("onchange", lambda record: record.onchange({}, [], {"display_name": {}})),
                    ("write", lambda record: record.write({}) and record.read()),
                ):
                    yield from self._marked((model._name, name, record.id), call, record)
            many2ones = self._readable(model, "many2one")
            for row in self._referring(told):
                yield from self._marked((model._name, "many2one", row.id), row.read, many2ones)
        for model, field in self._fields_to_hidden():
            self.tried += 1
            names = self._readable(model)
            spec = {name: {"fields": {"display_name": {}}} if model._fields[name].relational else {} for name in names}
            put = {field.name: self.documents[field.comodel_name]["3"][0]}
            default = model.with_context(**{f"default_{field.name}": put[field.name]})
            for name, call in (
                ("onchange", lambda: model.onchange(put, list(put), spec)),
                ("default", lambda: default.onchange({}, [], spec)),
                ("default_get", lambda: default.default_get(list(put))),
                ("create", lambda: model.create(put).read()),
            ):
                yield from self._marked((model._name, name, field.name), call)
            if self._is_taken(model, put):
                yield model._name, "write", field.name

    def _fields_to_hidden(self):
        """Yield ``(model, field)``: a few many2ones to each model with hidden records, where the spy may create."""
        count = {}
        for model in self.models:
            with mute_logger(*QUIET):
                fields = model._fields.values() if model.has_access("create") else ()
            for field in fields:
                hidden = self.documents.get(field.comodel_name, {})
                if field.type == "many2one" and field.store and not field.readonly and "3" in hidden:
                    count[field.comodel_name] = count.get(field.comodel_name, 0) + 1
                    if count[field.comodel_name] <= 3:
                        yield model, field

    def _is_taken(self, model, values):
        """Return whether a row of the model takes these references; it is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*QUIET):
                row = model.search([(name, "!=", record_id) for name, record_id in values.items()], limit=1)
                row.write(values)
                row.env.flush_all()
                return any(row.sudo()[name].id == record_id for name, record_id in values.items())
        except Exception:
            return False
        finally:
            savepoint.close(rollback=True)

    # === CONVERSATIONS ===

    def messages(self):
        """Followers, authors, recipients, messages: of what the hidden customers follow, and of their own records."""
        self.authenticate("kinds_spy", "kinds_spy")
        customers = list(self.markers.customers.values())
        emails = [partner.email for partner in customers]
        followed = (
            self.env["mail.followers"].sudo().search([("partner_id", "in", [partner.id for partner in customers])])
        )
        about = {(follower.res_model, follower.res_id) for follower in followed}
        about |= {(document._name, document.id) for document, _tier in self.markers.documents}
        for name, record_id in sorted(about):
            record = self.env[name].with_user(self.spy).sudo(False).browse(record_id)
            if not hasattr(record, "message_get_followers"):
                continue
            self.tried += 1
            thread = {"thread_model": name, "thread_id": record_id}
            for way, call in (
                ("followers", record.message_get_followers),
                ("recipients", record._message_get_suggested_recipients),
                ("post", lambda record=record: record.message_post(body="?").read()),
            ):
                yield from self._marked((name, way, record_id), call)
            for route, params in (
                ("/mail/thread/messages", thread),
                ("/mail/data", {"fetch_params": [["mail.thread", {**thread, "request_list": _THREAD}]]}),
            ):
                yield from self._marked((name, route, record_id), self.make_jsonrpc_request, route, params)
            yield from self._marked((name, "address", record_id), self._found_by_address, thread, emails)

    def _found_by_address(self, thread, emails):
        """Return the contacts with these addresses; a new one repeats what was typed, and no more."""
        found = self.make_jsonrpc_request("/mail/partner/from_email", {**thread, "emails": emails})
        typed = {email.lower() for email in emails}
        return [row for row in found if {row["name"], row["email"]} - typed]

    # === LINKS WITH A TOKEN ===

    def tokens(self):
        """Pages with words of a hidden customer that open by a link which the spy holds or gets."""
        pages = []
        for document, _tier in self.markers.documents:
            field = document._fields.get("access_token")
            if field and field.store and "access_url" in document._fields:
                pages.append(document)
        tokens = {document: f"token-of-{document._table}-{document.id}" for document in pages}
        for document, token in tokens.items():
            table = SQL.identifier(document._table)
            self.env.cr.execute(SQL("UPDATE %s SET access_token = %s WHERE id = %s", table, token, document.id))
        self.env.invalidate_all()
        for document, token in tokens.items():
            self.tried += 1
            path = f"{document.sudo().access_url}?access_token={token}"
            self.authenticate("kinds_spy", "kinds_spy")
            yield from self._marked((document._name, "opened", document.id), lambda: self.url_open(path).text)
            if ways := [way for way, answer in self._answers_about(document, token) if token in answer]:
                self.authenticate(None, None)
                yield from self._marked((document._name, ways, document.id), lambda: self.url_open(path).text)

    def _answers_about(self, document, token):
        """Yield ``(way, answer)`` of the ways in which an employee comes to the token of a document."""
        mine = document.with_user(self.spy).sudo(False)
        fits = [("id", "=", mine.id), ("access_token", "=like", f"{token[:-1]}_")]
        share = {"res_model": mine._name, "res_id": mine.id}
        for way, call in (
            ("read", lambda: mine.read(["access_token"])),
            ("search", lambda: mine.search(fits) and token),
            ("get_portal_url", lambda: mine.get_portal_url()),
            ("share", lambda: self.env["portal.share"].with_user(self.spy).create(share).share_link),
        ):
            savepoint = self.env.cr.savepoint()
            try:
                with mute_logger(*QUIET):
                    yield way, str(call())
            except Exception:
                yield way, ""
            finally:
                savepoint.close(rollback=True)
