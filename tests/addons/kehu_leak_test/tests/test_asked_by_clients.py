import inspect
import re

from odoo import Command
from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .kinds_case import KindsCase
from .markers import CONTENT, NAME, QUIET, groups_without_clearance

# What a method looks for is what the client says: in an argument of such a name.
_WORDS = re.compile(r"search|term|^query$|email")
_CHANGING = re.compile(r"^(new_|create|write|unlink|copy|find_or_create)|send|import|load|install")


@tagged("post_install", "-at_install")
class TestAskedByClients(HttpCase):
    """X3: records that a client names in the context, and words in an argument, which Odoo looks up as superuser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spy = new_test_user(cls.env, "asking_spy", "base.group_user", name="Spy", email="spy@example.com")
        cls.spy.group_ids += groups_without_clearance(cls.env)
        cls.hidden, cls.open = cls.env["res.partner"].create(
            [
                {"name": "Marker", "kehu_tier": "3", "email": "marker@example.com"},
                {"name": "Open", "email": "open@example.com"},
            ]
        )

    def mine(self, record, **context):
        return record.with_user(self.spy).sudo(False).with_context(**context)

    def test_product_is_not_called_as_by_a_hidden_supplier(self):
        product = self.env["product.product"].create({"name": "Widget"})
        infos = self.env["product.supplierinfo"].create(
            [
                {"partner_id": partner.id, "product_tmpl_id": product.product_tmpl_id.id, "product_name": word}
                for partner, word in ((self.hidden, "Marker name"), (self.open, "Open name"))
            ]
        )
        for info, partner, is_told in ((infos[0], self.hidden, False), (infos[1], self.open, True)):
            for context in ({"seller_id": info.id}, {"seller_id": info.ids}, {"partner_id": partner.id}):
                partner.fetch(["commercial_partner_id"])  # the cache is shared with superuser mode
                mine = self.mine(product, **context)
                nested = {"product_id": {"fields": {"display_name": {}}, "context": context}}
                answers = (
                    mine.read(["display_name"]),
                    mine.name_search("Widget"),
                    mine.sudo().display_name,
                    self.mine(self.env["product.supplierinfo"].new({"product_id": product.id})).web_read(nested),
                )
                for answer in answers:
                    self.assertEqual(partner.name in str(answer), is_told, (context, answer))
                    self.assertTrue(is_told or "Widget" in str(answer), (context, answer))
                self.env.invalidate_all()

    def test_accounts_are_not_those_of_hidden_invoices(self):
        accounts = self.env["account.account"].create(
            [{"name": f"Sold {number}", "code": f"M88{number}", "account_type": "income"} for number in (1, 2)]
        )
        for partner, account in zip((self.hidden, self.open), accounts, strict=True):
            line = {"name": "Work", "price_unit": 100.0, "account_id": account.id, "tax_ids": False}
            self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": "2026-01-01",
                    "invoice_line_ids": [Command.create(line)],
                }
            ).action_post()
        self.env.flush_all()
        for partner, account, is_told in zip((self.hidden, self.open), accounts, (False, True), strict=True):
            context = {"partner_id": partner.id, "move_type": "out_invoice"}
            mine = self.mine(self.env["account.account"], **context)
            if is_told:
                self.assertEqual([row[0] for row in mine.name_search("")], account.ids)
            else:
                self.assertNotEqual([row[0] for row in mine.name_search("Sold", [])][:1], accounts.ids)

    def test_tags_are_not_those_of_a_hidden_project(self):
        tags = self.env["project.tags"].create([{"name": "Aaa"}, {"name": "Zzz"}])
        project = self.env["project.project"].create({"name": "Marker", "partner_id": self.hidden.id})
        self.env["project.task"].create({"name": "x", "project_id": project.id, "tag_ids": tags[1].ids})
        self.env.flush_all()
        mine = self.mine(self.env["project.tags"], project_id=project.id)
        self.assertEqual(mine.name_search("", [("id", "in", tags.ids)])[0][0], tags[0].id)

    def test_alias_of_a_hidden_project_is_hidden(self):
        projects = self.env["project.project"].create(
            [
                {"name": "Marker", "partner_id": self.hidden.id, "alias_name": "marker"},
                {"name": "Open", "partner_id": self.open.id, "alias_name": "opened"},
            ]
        )
        self.env.flush_all()
        aliases = self.mine(self.env["mail.alias"])
        found = aliases.search([("id", "in", projects.alias_id.ids)])
        self.assertEqual(found.ids, projects[1].alias_id.ids)
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            aliases.browse(projects[0].alias_id.id).read(["alias_name"])
        self.env.company.alias_domain_id = self.env["mail.alias.domain"].create({"name": "asked.example.com"})
        projects.alias_id.alias_domain_id = self.env.company.alias_domain_id
        for project, is_told in zip(projects, (False, True), strict=True):
            text = self.mine(self.env["project.task"], default_project_id=project.id).get_empty_list_help("")
            self.assertEqual(project.alias_name in text, is_told, text)
        self.assertEqual(self.mine(projects[1]).alias_name, "opened")

    def test_hidden_follower_is_not_found_by_address(self):
        project = self.env["project.project"].create(
            {"name": "Open", "partner_id": self.open.id, "privacy_visibility": "portal"}
        )
        project.message_subscribe((self.hidden | self.open).ids)
        task = self.mine(self.env["project.task"].create({"name": "x", "project_id": project.id}))
        self.assertFalse(task.get_mention_suggestions("marker@"))
        self.assertFalse(task.get_mention_suggestions("Marker"))
        self.assertIn("Open", str(task.get_mention_suggestions("open@")))


@tagged("post_install", "-at_install")
class TestWordsOfClients(KindsCase):
    def test_no_method_finds_words_of_hidden_records(self):
        self.assertNothing(self.method_words(), 8)

    def method_words(self):
        """Call each public method that takes words to look for with right and wrong ones: the answers must be equal."""
        known = {}
        for model in (self.env[name].with_user(self.spy).sudo(False) for name in sorted(self.env.registry)):
            for name, parameters in self._asking_methods(model):
                method = getattr(type(model), name)
                where = f"{method.__module__}.{method.__qualname__}"
                if known.setdefault(where, 0) >= 4:
                    continue
                known[where] += 1
                for record in self._asked_records(model):
                    for word in filter(_WORDS.search, parameters):
                        answers = [self._answer_to(record, name, word, text) for text in self._texts()]
                        self.tried += 1
                        for right, wrong in zip(answers[::2], answers[1::2], strict=True):
                            if right != wrong:
                                yield where, record, word, right[:200], wrong[:200]

    def _texts(self):
        for text in (f"{CONTENT}3@example.com", f"{CONTENT}2@example.com", f"{NAME}3"):
            yield from (text, f"{text[:4]}x{text[5:]}")

    def _asking_methods(self, model):
        for name in dir(type(model)):
            method = getattr(type(model), name, None)
            if (
                name.startswith("_")
                or _CHANGING.search(name)
                or hasattr(BaseModel, name)
                or not inspect.isfunction(method)
                or getattr(method, "_api_private", False)
            ):
                continue
            parameters = list(inspect.signature(method).parameters.values())[1:]
            required = {p.name for p in parameters if p.default is p.empty and p.kind == p.POSITIONAL_OR_KEYWORD}
            names = {p.name for p in parameters}
            if any(_WORDS.search(name) for name in names) and all(_WORDS.search(name) for name in required):
                yield name, names

    def _asked_records(self, model):
        yield model
        if model._auto and not (model._abstract or model._transient):
            with mute_logger(*QUIET):
                try:
                    yield from model.search([], limit=2, order="id")
                except AccessError:
                    return

    def _answer_to(self, record, name, word, text):
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*QUIET):
                answer = repr(getattr(record, name)(**{word: text}))
        except Exception as refused:  # an error tells something, too: it is compared like an answer
            answer = f"{refused!r}"
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        return re.sub(re.escape(text), "", answer, flags=re.IGNORECASE)
