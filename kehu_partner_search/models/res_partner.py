"""Searching contacts by name, fast where there are many of them: an option, because its indexes take room and time
(A17).
"""

import math
from dataclasses import dataclass

from psycopg2.errors import FeatureNotSupported, InsufficientPrivilege, UndefinedFile

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools import SQL, ormcache, sql

from .. import search_indexes

PARAMETER = "kehu_partner_search.enabled"
EXTENSION = "pg_trgm"
# Shares of the contacts.
COMMON = 0.1  # reading them in order soon meets the first ones that match
RARE = 0.003  # up to here, looking up all that match is quicker than reading in order
WALK = 5000  # as many contacts are read in order, at most, before all that match are looked up
MARGIN = 4  # times as many are read as would do, if those that match lay evenly


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """How the first contacts that match are met without looking up all. It travels in the context, where no client can
    put one.
    """

    length: int
    among_beginnings: bool  # among the names that begin so, instead of among all


class ResPartner(models.Model):
    """The same contacts are found with and without the indexes, in the same order."""

    _inherit = "res.partner"

    def init(self):
        # It stays when the option is switched off: others may still be searching with it.
        self.env.cr.execute(SQL(search_indexes.CREATE_HAN_FUNCTION))
        return super().init()

    # === SEARCH ===

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if not isinstance(value, str) or not self._kehu_has_han_index():
            return domain
        if operator in ("like", "ilike", "=like", "=ilike") and search_indexes.han_pairs(value):
            most = COMMON
        elif operator in ("ilike", "=ilike") and search_indexes.has_trigram(value):
            most = RARE
        else:
            return domain
        indexed = Domain.OR(Domain(column, operator, value) for column in search_indexes.COLUMNS)
        if Domain(domain).optimize(self) != indexed.optimize(self):
            return domain  # another addon searches elsewhere, too

        def looked_up(model, alias, query):
            if isinstance(walk := self.env.context.get("kehu_walk"), Walk):
                candidates = (
                    self._kehu_first_by_beginning(value, walk.length)
                    if walk.among_beginnings
                    else SQL("SELECT id FROM res_partner ORDER BY complete_name, id DESC LIMIT %s", walk.length)
                )
            else:
                found = (
                    self._kehu_with_han_pairs(value)
                    if most == COMMON
                    else self.sudo().with_context(active_test=False)._search(indexed)
                )
                if self._kehu_estimated_share(found) > most:
                    return SQL("TRUE")
                candidates = found.select()
            # By way of an array they are looked up first. Left to itself, the planner prefers to read all contacts in
            # order until enough match, and guesses wrong: names that begin alike lie together, and some words are
            # nowhere.
            return SQL("%s IN (SELECT unnest(ARRAY(%s)))", SQL.identifier(alias, "id"), candidates)

        return indexed & Domain.custom(to_sql=looked_up, predicate=lambda partner: True)

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        # What is neither rare nor common: those who type see a few, and often these are met on a short walk.
        if (
            isinstance(limit, int)
            and limit > 0
            and operator == "ilike"
            and (walk := self._kehu_short_walk(name, limit))
        ):
            first = super(ResPartner, self.with_context(kehu_walk=walk)).name_search(name, domain, operator, limit)
            if len(first) == limit:
                return first
        return super().name_search(name, domain, operator, limit)

    @api.model
    def _kehu_short_walk(self, text, limit):
        """Return the walk on which ``limit`` contacts with ``text`` are probably met, if there is one."""
        if not isinstance(text, str) or not search_indexes.han_pairs(text):
            return None
        if not self._kehu_has_han_index() or self._order != "complete_name ASC, id DESC":
            return None
        share = self._kehu_estimated_share(self._kehu_with_han_pairs(text))
        if not RARE < share <= COMMON:
            return None
        # Names that begin alike lie together in the index of names, unless accents are ignored or a language orders
        # them.
        if (
            search_indexes.han_beginning(text)
            and self.env.registry.has_unaccent != FunctionStatus.INDEXABLE
            and self._kehu_is_ordered_by_code()
            and self._kehu_estimated_share(self._kehu_with_han_pairs(text, inside=True)) <= RARE
        ):
            # All of these match, but not all may be read or are asked for.
            return Walk(self._kehu_walk_length(limit, COMMON), among_beginnings=True)
        return Walk(self._kehu_walk_length(limit, share), among_beginnings=False)

    @api.model
    def _kehu_walk_length(self, limit, share):
        return min(WALK, math.ceil(MARGIN * limit / share))

    @api.model
    def _kehu_with_han_pairs(self, text, inside=False):
        """Return the query for the contacts that have each pair of Chinese characters of ``text`` somewhere, whoever
        may read them.

        :param inside: only those of which it is not the beginning of the name
        """
        unaccent = self.env.registry.unaccent
        query = self.sudo()._search([], active_test=False)
        # To the letter what is indexed.
        texts = SQL(" || chr(10) || ").join(
            SQL("coalesce(%s, '')", unaccent(self._field_to_sql(query.table, column, query)))
            for column in search_indexes.COLUMNS
        )
        for pair, may_begin in search_indexes.han_pairs(text):
            anywhere = [pair, search_indexes.BEGINS + pair] if may_begin and not inside else [pair]
            query.add_where(SQL("%s(%s) && %s", SQL.identifier(search_indexes.HAN_FUNCTION), texts, anywhere))
        return query

    @api.model
    def _kehu_first_by_beginning(self, text, length):
        """Return SQL for the ids of the first ``length`` contacts whose name begins with ``text``, and of all before
        them that have it inside.
        """
        beginning = search_indexes.han_beginning(text)
        inside = self._kehu_with_han_pairs(text, inside=True)
        inside.add_where(
            SQL(
                "(%s <= (SELECT max(complete_name) FROM beginning) OR (SELECT count(*) FROM beginning) < %s)",
                self._field_to_sql(inside.table, "complete_name", inside),
                length,
            )
        )
        return SQL(
            """WITH beginning AS MATERIALIZED (
                    SELECT id, complete_name FROM res_partner WHERE complete_name >= %s AND complete_name < %s
                     ORDER BY complete_name, id DESC LIMIT %s)
               SELECT id FROM beginning UNION ALL (%s)""",
            beginning,
            beginning[:-1] + chr(ord(beginning[-1]) + 1),
            length,
            inside.select(),
        )

    @api.model
    @ormcache()
    def _kehu_is_ordered_by_code(self):
        """Return whether texts are in the order of their characters' numbers in this database."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM pg_database d WHERE datname = current_database() AND datcollate IN ('C', 'POSIX')
                  AND to_jsonb(d)->>'datlocprovider' IS DISTINCT FROM 'i'"""
                )
            )
        )

    @api.model
    def _kehu_estimated_share(self, query):
        """Return which share of the contacts the planner expects ``query`` to find; it does not look at the table for
        that.
        """
        [[[plan]]] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", query.select()))
        [[contacts]] = self.env.execute_query(
            SQL("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", self._table)
        )
        return plan["Plan"]["Plan Rows"] / max(contacts, 1)

    @api.model
    @ormcache()
    def _kehu_has_han_index(self):
        return search_indexes.HAN_INDEX in self._kehu_search_indexes()

    # === CRON ===

    @api.model
    def _cron_kehu_search_indexes(self):
        """Build the search indexes, or drop them, one a transaction: safe to be killed and to be run again.

        Nobody writes contacts while one of them is built. ``CREATE INDEX CONCURRENTLY`` would spare them that, but
        cannot run in a transaction and leaves invalid indexes behind when it is killed.
        """
        cron = self.env["ir.cron"]
        changes = self._kehu_search_index_changes()
        # Committed before any work, or a job that is killed early counts as stuck.
        if not cron._commit_progress(remaining=len(changes)):
            return
        while changes:
            self._kehu_apply_search_index(*changes[0])
            if not cron._commit_progress(1, remaining=len(changes) - 1):
                return
            changes = self._kehu_search_index_changes()

    # === BUSINESS ===

    @api.model
    def _kehu_switch_search_indexes(self, enabled):
        """Have the search indexes built, or dropped, by the scheduled action that is started at once.

        :raise AccessError: the caller is no administrator
        :raise UserError: this database cannot have them, and why
        """
        if not self.env.is_system():
            raise AccessError(self.env._("Only an administrator changes how contacts are searched."))
        if enabled:
            self._kehu_check_searchable()
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, enabled)
        self.env.ref("kehu_partner_search.ir_cron_search_indexes").sudo()._trigger()

    @api.model
    def _kehu_check_searchable(self):
        """Refuse what would be built in vain.

        :raise UserError: saying what the database lacks and who can help
        """
        self._kehu_need_extension(EXTENSION)
        [[trigrams]] = self.env.execute_query(SQL("SELECT cardinality(show_trgm('深圳市'))"))
        if not trigrams:
            raise UserError(
                self.env._(
                    "PostgreSQL does not take Chinese characters for letters in this database, so it cannot index "
                    "them: its LC_CTYPE "
                    "must be a UTF-8 one such as C.UTF-8. Restore the database into one that was created so."
                )
            )
        if self.env.registry.has_unaccent == FunctionStatus.PRESENT:
            raise UserError(
                self.env._(
                    "Searching ignores accents in this database, but the function may not be indexed. Have the "
                    "administrator of the "
                    "database run: %s",
                    "ALTER FUNCTION unaccent(text) IMMUTABLE",
                )
            )

    @api.model
    def _kehu_need_extension(self, name):
        """Add an extension to the database, unless it is there.

        :raise UserError: it is not installed on the server, or Odoo's account may not add it
        """
        command = SQL("CREATE EXTENSION IF NOT EXISTS %s", SQL.identifier(name))
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(command, log_exceptions=False)
        except InsufficientPrivilege as error:
            raise UserError(
                self.env._(
                    "Odoo may not add the extension %(name)s to this database. Have the administrator of the "
                    "database run: %(command)s",
                    name=name,
                    command=f"CREATE EXTENSION {name}",
                )
            ) from error
        except (FeatureNotSupported, UndefinedFile) as error:  # the former from PostgreSQL 15 on
            raise UserError(
                self.env._(
                    "The extension %(name)s is not available on this PostgreSQL server: have its administrator "
                    "install the "
                    "package with PostgreSQL's additional modules (such as postgresql-contrib). PostgreSQL says: "
                    "%(message)s",
                    name=name,
                    message=error.diag.message_primary,
                )
            ) from error

    @api.model
    def _kehu_search_indexes(self):
        """Return the search indexes that are there, as a dict name -> definition with which they were built."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = %s::regclass AND starts_with(c.relname::text, %s)""",
                    search_indexes.TABLE,
                    search_indexes.PREFIX,
                )
            )
        )

    @api.model
    def _kehu_search_index_changes(self):
        """Return what is to be done for the indexes to be as the option says: a list of (name,
        definition or nothing).
        """
        # Asked of the table: what other transactions write meanwhile does not reach the cache.
        parameters = self.env["ir.config_parameter"]
        parameters.flush_model()
        enabled = self.env.execute_query(
            SQL("SELECT 1 FROM %s WHERE key = %s AND value = 'True'", SQL.identifier(parameters._table), PARAMETER)
        )
        registry = self.env.registry
        indexable = registry.has_unaccent != FunctionStatus.PRESENT
        wanted = search_indexes.definitions(registry.unaccent) if enabled and indexable else {}
        there = self._kehu_search_indexes()
        return [(name, None) for name in there if name not in wanted] + [
            (name, definition) for name, definition in wanted.items() if there.get(name) != definition
        ]

    @api.model
    def _kehu_apply_search_index(self, name, definition):
        sql.drop_index(self.env.cr, name, search_indexes.TABLE)
        if definition:
            sql.add_index(self.env.cr, name, search_indexes.TABLE, definition, unique=False, comment=definition)
            # The planner must know how rare a pair is.
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(search_indexes.TABLE)))
        # Now, and again when other transactions can see the index.
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)


def remove_search_indexes(env):
    """Drop all that the option has put into the database, except the extension, which others may use by now."""
    for name in env["res.partner"]._kehu_search_indexes():
        sql.drop_index(env.cr, name, search_indexes.TABLE)
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s(text)", SQL.identifier(search_indexes.HAN_FUNCTION)))
    env["ir.config_parameter"].search([("key", "=", PARAMETER)]).unlink()
