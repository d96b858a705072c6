from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.modules import db
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger, remove_accents

from odoo.addons.kehu_partner_search import uninstall_hook

from .. import search_indexes
from ..models import res_partner
from ..models.res_partner import PARAMETER, Walk

NAMES = (
    "深圳市腾讯计算机系统有限公司",
    "深圳华强电子",
    "深 圳 科技",
    "圳深贸易",
    "上海深圳路商行",
    "腾讯科技(深圳)有限公司",
    "Shenzhen Huaqiang",
    "ABC深圳",
    "深圳ABC",
    "深%圳 50% 折扣",
    "深_圳",
    "深\\圳公司",
    "百分之百100%_\\公司",
    "ＡＢＣ　深圳",
    "㐀㐁工业",
    "𠀀𠀁化工",
    "Société Générale",
    "ärger gmbh",
    "〇二公司",
    "深\u0300圳",
    "深圳\n华强",
    "株式会社カタカナ",
)
TERMS = (
    "深圳",
    "深圳市",
    "深圳华强",
    "深",
    "圳深",
    "腾讯",
    "有限公司",
    "深 圳",
    "深%圳",
    "深_圳",
    "深\\圳",
    "深\\%圳",
    "%深圳",
    "深圳%",
    "%",
    "_",
    "%%",
    "\\%",
    "\\_",
    "\\\\",
    "",
    " ",
    "a",
    "abc",
    "ABC",
    "ABC深圳",
    "abc深圳",
    "深圳abc",
    "ＡＢＣ",
    "ＡＢＣ　深圳",
    "huaqiang",
    "Société",
    "societe",
    "ÄRGER",
    "㐀㐁",
    "𠀀𠀁",
    "〇二",
    "深\u0300圳",
    "圳\n华",
    "カタカナ",
    "sz@example.com",
    "深圳@",
    "采购@深圳.cn",
    "91440300",
    "深圳REF-7",
    "没有的公司",
    "不在",
    "100%_",
)
POSITIVE = ("ilike", "like", "=ilike", "=like", "=")
NEGATIVE = ("not ilike", "not like", "not =ilike", "not =like", "!=")


def unaccent(text):
    return SQL("unaccent(%s)", text) if isinstance(text, SQL) else f"unaccent({text})"


class NameSearchCase(TransactionCase):
    """Contacts that are searched with the indexes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # First of all: PostgreSQL does not use an index in the transaction that has built it over rows that it had
        # changed.
        cls.build()
        cls.clerk = new_test_user(cls.env, "test_search_clerk", "base.group_user")
        cls.admin = new_test_user(cls.env, "test_search_admin", "base.group_system")
        cls.partners = cls.env["res.partner"].create([{"name": name, "is_company": True} for name in NAMES])
        cls.partners[0].ref = "深圳REF-7"
        cls.partners[1].email = "sz@example.com"
        cls.partners[2].email = "采购@深圳.cn"
        cls.partners[3].company_registry = "91440300MA5深圳"
        cls.partners[4].ref = "深"
        cls.partners[5].active = False
        cls.partners.create({"name": "圳先生", "parent_id": cls.partners[6].id, "type": "delivery"})

    @classmethod
    def build(cls):
        partners = cls.env["res.partner"]
        partners._kehu_switch_search_indexes(True)
        for change in partners._kehu_search_index_changes():
            partners._kehu_apply_search_index(*change)

    def switch(self, enabled):
        self.env["res.config.settings"].with_user(self.admin).create({"kehu_name_search": enabled}).execute()
        with self.enter_registry_test_mode():
            self.env.ref("kehu_partner_search.ir_cron_search_indexes").method_direct_trigger()

    def found(self):
        """Whatever any search by name finds, in its order."""
        partners = self.env["res.partner"].with_context(active_test=False)
        found = {}
        for term in TERMS:
            found[term] = [partners.name_search(term), partners.with_user(self.clerk).name_search(term)]
            for operator in POSITIVE + NEGATIVE:
                domain = Domain("display_name", operator, term)
                found[term, operator] = partners.search(domain).ids
                found[term, operator, "combined"] = partners.search(
                    ~domain | Domain("parent_id.display_name", operator, term) & domain
                ).ids
        return found

    def plan(self, term):
        query = self.env["res.partner"]._search([("display_name", "ilike", term)])
        return "\n".join(line for (line,) in self.env.execute_query(SQL("EXPLAIN %s", query.select())))

    def check_the_same_is_found(self):
        # Or the planner, rightly, reads so small a table from end to end.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_indexscan = off")
        # A fresh index waits for the transactions that were open when it was made: bench/name_search.py shows what they
        # are worth.
        [[waits]] = self.env.execute_query(
            SQL("SELECT bool_or(indcheckxmin) FROM pg_index WHERE indrelid = 'res_partner'::regclass")
        )
        for term, with_pairs in (("深圳", True), ("深圳市", True), ("huaqiang", False), ("深", False)):
            self.assertIn(search_indexes.HAN_FUNCTION in self.plan(term), {with_pairs, with_pairs and not waits})
        found = self.found()
        self.assertGreater(len({tuple(ids) for key, ids in found.items() if key[1:] == ("ilike",)}), 25)
        self.switch(False)
        self.assertNotIn(search_indexes.HAN_FUNCTION, self.plan("深圳"))
        without = self.found()
        self.assertEqual({key: ids for key, ids in found.items() if without[key] != ids}, {})


@tagged("post_install", "-at_install")
class TestNameSearch(NameSearchCase):
    """A17: what is found by name is the same with and without the indexes."""

    def test_the_same_is_found_with_and_without(self):
        self.check_the_same_is_found()

    def test_what_is_written_later_is_found_under_its_new_name_only(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.partners[6].name = "鹏城实业"
        for term, expected in (
            ("鹏城", self.partners[6]),
            ("实业", self.partners[6]),
            ("Shenzhen Huaqiang", self.partners[:0]),
        ):
            self.assertEqual(
                self.partners.search([("display_name", "ilike", term), ("id", "in", self.partners.ids)]), expected
            )

    def test_a_common_pair_is_searched_as_ever(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.patch(res_partner, "COMMON", 0)
        self.assertNotIn(search_indexes.HAN_FUNCTION, self.plan("深圳"))
        found = self.partners.search([("display_name", "ilike", "深圳")])
        self.assertIn(self.partners[1], found)
        self.assertNotIn(self.partners[6], found)

    def test_what_is_met_on_a_short_walk_is_what_is_found_anyway(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        partners = self.env["res.partner"].with_user(self.clerk)
        expected = {(term, limit): partners.name_search(term, limit=limit) for term in TERMS for limit in (1, 3, 8)}
        self.patch(res_partner, "COMMON", 1)
        for among_beginnings in (False, True):
            for length in (1, 2, 3, 5, 10000):
                walk = Walk(length, among_beginnings)
                self.patch(type(partners), "_kehu_short_walk", lambda self, text, limit, walk=walk: walk)
                for (term, limit), found in expected.items():
                    if not among_beginnings or search_indexes.han_beginning(term):
                        self.assertEqual(partners.name_search(term, limit=limit), found, (walk, term, limit))

    def test_the_beginning_of_names_is_a_short_way(self):
        """Exact, though contacts that have the word inside come before and between those that begin with it."""
        self.patch(res_partner, "COMMON", 1)
        shares = iter((0.05, 0.001, 0.05, 0.01, 0.05))
        self.patch(type(self.partners), "_kehu_estimated_share", lambda self, query: next(shares))
        walks = [self.partners._kehu_short_walk(term, 8) for term in ("深圳市", "深圳市", "ABC深圳")]
        self.assertEqual(
            [(walk.length, walk.among_beginnings) for walk in walks], [(32, True), (640, False), (640, False)]
        )
        walking = self.env["res.partner"].with_context(kehu_walk=Walk(3, among_beginnings=True))
        found = walking.search([("display_name", "ilike", "深圳"), ("id", "in", self.partners.ids)]).mapped("name")
        self.assertEqual(
            found, ["ABC深圳", "上海深圳路商行", "圳深贸易", "深 圳 科技", "深圳\n华强", "深圳ABC", "深圳华强电子"]
        )

    def test_no_client_chooses_the_walk(self):
        domain = [("display_name", "ilike", "深圳"), ("id", "in", self.partners.ids)]
        expected = self.partners.search(domain)
        for forged in ("first", True, 3, {"length": 1, "among_beginnings": True}):
            self.assertEqual(self.partners.with_context(kehu_walk=forged).search(domain), expected)
        self.patch(res_partner, "COMMON", 1)
        for limit in (None, 0, False):
            self.assertLessEqual(set(expected.ids), set(dict(self.partners.name_search("深圳", limit=limit))))

    def test_another_field_searched_by_another_addon_is_not_lost(self):
        self.partners[7].phone = "腾讯-1"
        self.patch(self.registry["res.partner"], "_rec_names_search", ["complete_name", "phone"])
        self.assertIn(self.partners[7], self.partners.search([("display_name", "ilike", "腾讯")]))

    def test_option_builds_drops_and_resumes(self):
        partners = self.env["res.partner"]
        self.assertTrue(self.env["res.config.settings"].with_user(self.admin).create({}).kehu_name_search)
        self.assertTrue(partners._kehu_has_han_index())
        self.assertFalse(partners._kehu_search_index_changes())
        self.switch(False)
        self.assertFalse(partners._kehu_search_indexes())
        self.assertFalse(partners._kehu_has_han_index())
        self.assertFalse(partners._kehu_search_index_changes())
        self.env["ir.cron.trigger"].search([]).unlink()
        partners.with_user(self.admin)._kehu_switch_search_indexes(True)
        self.assertEqual(
            self.env["ir.cron.trigger"].search([]).cron_id, self.env.ref("kehu_partner_search.ir_cron_search_indexes")
        )
        changes = partners._kehu_search_index_changes()
        self.assertEqual(len(changes), len(search_indexes.COLUMNS) + 1)
        partners._kehu_apply_search_index(*changes[0])
        self.assertEqual(partners._kehu_search_index_changes(), changes[1:])
        # Built by an older version, or before accents were ignored.
        self.env.cr.execute(SQL("COMMENT ON INDEX %s IS 'otherwise'", SQL.identifier(changes[0][0])))
        self.assertIn(changes[0], partners._kehu_search_index_changes())
        self.switch(True)
        self.assertFalse(partners._kehu_search_index_changes())

    def test_uninstalling_leaves_nothing_behind(self):
        uninstall_hook(self.env)
        self.assertFalse(self.env["res.partner"]._kehu_search_indexes())
        self.assertFalse(self.env["ir.config_parameter"].search([("key", "=", PARAMETER)]))
        self.assertEqual(
            self.env.execute_query(SQL("SELECT 1 FROM pg_proc WHERE proname = %s", search_indexes.HAN_FUNCTION)), []
        )

    def test_only_an_administrator_switches(self):
        manager = new_test_user(self.env, "test_search_manager", "base.group_user,base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(manager)._kehu_switch_search_indexes(False)
        settings = self.env["res.config.settings"].with_user(self.admin).create({"kehu_name_search": False})
        for attack in (
            lambda settings: settings.create({"kehu_name_search": False}),
            lambda settings: settings.execute(),
            lambda settings: settings.set_values(),
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                attack(settings.with_user(manager))
        self.assertEqual(self.env["ir.config_parameter"].get_param(PARAMETER), "True")

    def test_the_administrator_is_told_who_may_add_an_extension(self):
        [[is_superuser]] = self.env.execute_query(SQL("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        if is_superuser:
            # It may do with the tables what Odoo's account may, and is no superuser.
            self.env.cr.execute("CREATE ROLE kehu_test_weak NOLOGIN IN ROLE CURRENT_USER")
            self.env.cr.execute("SET LOCAL ROLE kehu_test_weak")
        # One that, unlike pg_trgm, no owner of a database may add.
        with self.assertRaisesRegex(UserError, "Have the administrator of the database run: CREATE EXTENSION file_fdw"):
            self.env["res.partner"]._kehu_need_extension("file_fdw")
        self.env.cr.execute("RESET ROLE")

    def test_an_option_that_is_refused_stays_off(self):
        self.switch(False)
        self.patch(res_partner, "EXTENSION", "kehu_no_such_extension")
        with self.assertRaisesRegex(UserError, "kehu_no_such_extension is not available"):
            self.switch(True)
        self.assertFalse(self.env["res.config.settings"].with_user(self.admin).create({}).kehu_name_search)
        self.assertFalse(self.env["res.partner"]._kehu_search_indexes())


@tagged("post_install", "-at_install")
class TestSearchIndexesAreUsed(TransactionCase):
    """A17: PostgreSQL answers with the indexes that the option builds, each of them."""

    def test_a_rare_word_is_found_by_index(self):
        self.env["res.partner"]._kehu_check_searchable()
        # A table of its own under the same name: an index is of no use yet to the transaction that built it over
        # changed rows.
        self.env.cr.execute("CREATE TEMP TABLE res_partner ON COMMIT DROP AS SELECT * FROM public.res_partner")
        self.env.cr.execute("""
            INSERT INTO res_partner (id, name, complete_name, active, email, vat, company_registry, ref)
            SELECT 10000000 + n, word, word, true, md5(n::text) || '@example.com', md5('v' || n), md5('c' || n), md5('r' || n)
              FROM generate_series(1, 4000) n, LATERAL (SELECT '深圳' || chr(19968 + n) || chr(30000 - n) || '有限公司' AS word) words""")
        for name, definition in search_indexes.definitions(self.registry.unaccent).items():
            self.env["res.partner"]._kehu_apply_search_index(name, definition)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")  # so small a table is read from end to end, rightly
        columns = [f"{search_indexes.PREFIX}{column}" for column in search_indexes.COLUMNS]
        for term, indexes in (("huaqiang", columns), (f"{chr(20000)}{chr(29968)}", [search_indexes.HAN_INDEX])):
            query = self.env["res.partner"]._search([("display_name", "ilike", term)], limit=8)
            plan = "\n".join(line for (line,) in self.env.execute_query(SQL("EXPLAIN %s", query.select())))
            for index in indexes:
                self.assertIn(index, plan, term)
        found = self.env["res.partner"]._search([("display_name", "ilike", f"{chr(20000)}{chr(29968)}")])
        self.assertEqual(found.get_result_ids(), (10000032,))


@tagged("post_install", "-at_install")
class TestNameSearchWithoutAccents(NameSearchCase):
    """A database in which searching ignores accents, as ``odoo --unaccent`` makes it."""

    @classmethod
    def build(cls):
        cls.env.cr.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
        cls.registry_learns(db.FunctionStatus.PRESENT)
        with cls.env.cr.savepoint():
            try:
                cls.env["res.partner"]._kehu_switch_search_indexes(True)
            except UserError as error:
                cls.refusal = str(error)
        cls.env.cr.execute("ALTER FUNCTION unaccent(text) IMMUTABLE")
        cls.registry_learns(db.FunctionStatus.INDEXABLE)
        return super().build()

    @classmethod
    def registry_learns(cls, status):
        """What a registry finds out when it is loaded."""
        assert db.has_unaccent(cls.env.cr) == status
        for name, value in (("has_unaccent", status), ("unaccent", unaccent), ("unaccent_python", remove_accents)):
            cls.classPatch(cls.registry, name, value)

    def test_the_same_is_found_with_and_without(self):
        self.assertIn("IMMUTABLE", self.refusal)
        self.check_the_same_is_found()
        self.assertIn("Société Générale", [name for _id, name in self.partners.name_search("societe")])


@tagged("post_install", "-at_install")
class TestHanPairs(TransactionCase):
    def test_python_and_postgresql_agree(self):
        for text, pairs in (
            ("深圳", ["^深圳"]),
            ("深圳市", ["^深圳", "圳市"]),
            ("A深圳B科技", ["深圳", "科技"]),
            ("深 圳市", ["圳市"]),
            ("深%圳", []),
            ("深", []),
            ("", []),
            ("〇二", []),
            ("𠀀𠀁", ["^𠀀𠀁"]),
            ("カタ", []),
            ("ＡＢ", []),
            ("深\n圳", []),
            ("深\\圳海", ["圳海"]),
        ):
            [[found]] = self.env.execute_query(SQL("SELECT %s(%s)", SQL.identifier(search_indexes.HAN_FUNCTION), text))
            self.assertEqual(found, pairs)
            sought = search_indexes.han_pairs(text)
            self.assertEqual([pair for pair, _may_begin in sought], [pair.lstrip("^") for pair in pairs])
            for pair, may_begin in sought:
                self.assertTrue(may_begin or f"^{pair}" not in pairs, text)
