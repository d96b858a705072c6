"""What an upgrade loses: all rows and columns of a database are copied beside it before, and compared afterwards."""

from ..postgres import Postgres

# Odoo notes there what it did, and which addons, models and fields it knows; external ids are compared by name.
_ODOO_S_OWN = (
    "base_module_upgrade",
    "bus_bus",
    "ir_act_window_view",
    "ir_cron_trigger",
    "ir_logging",
    "ir_model",
    "ir_model_constraint",
    "ir_model_data",
    "ir_model_fields",
    "ir_model_fields_selection",
    "ir_model_inherit",
    "ir_model_relation",
    "ir_module_module",
    "ir_module_module_dependency",
)
# Actions of all kinds share their ids; their tables are not named after their models.
_ACTIONS = ("ir_act_client", "ir_act_report_xml", "ir_act_server", "ir_act_url", "ir_act_window", "ir_actions")
# What the new version takes away on purpose: beginnings of what is said to be lost, each with the reason.
_TAKEN_AWAY = ()
# Columns that change by the upgrade itself.
_CHANGE = ("write_date", "write_uid", "nextcall", "lastcall")

_KEEP = """
DO $$
DECLARE name text;
BEGIN
    CREATE SCHEMA before;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'CREATE TABLE before.' || quote_ident(name) || ' AS TABLE public.' || quote_ident(name);
    END LOOP;
END $$
"""

# What an addon ships belongs to it, unless it is `noupdate`: the new version says what it is. Translations of what it
# still says stay all the same.
_COMPARE = """
DO $$
DECLARE name text; own text; has_id boolean;
BEGIN
    CREATE TABLE before."what is lost" (what text);
    INSERT INTO before."what is lost"
    SELECT 'column ' || b.table_name || '.' || b.column_name
      FROM information_schema.columns b
     WHERE b.table_schema = 'before' AND b.table_name != 'what is lost'
       AND NOT EXISTS (SELECT 1 FROM information_schema.columns n
                        WHERE n.table_schema = 'public'
                          AND (n.table_name, n.column_name) = (b.table_name, b.column_name));
    INSERT INTO before."what is lost"
    SELECT 'external id ' || b.module || '.' || b.name
      FROM before.ir_model_data b LEFT JOIN ir_model_data n USING (module, name)
     WHERE NOT starts_with(b.model, 'ir.model')
       AND (n.id IS NULL OR (n.model, n.res_id, n.noupdate) IS DISTINCT FROM (b.model, b.res_id, b.noupdate));
    FOR name IN SELECT tablename FROM pg_tables t WHERE schemaname = 'before' AND tablename != 'what is lost'
                   AND tablename NOT IN (%(odoo)s)
                   AND EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = t.tablename)
    LOOP
        SELECT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'before'
                          AND table_name = name AND column_name = 'id') INTO has_id;
        own := CASE WHEN has_id THEN
            'EXISTS (SELECT 1 FROM before.ir_model_data d WHERE d.res_id = b.id AND NOT COALESCE(d.noupdate, FALSE)
                        AND (replace(d.model, ''.'', ''_'') = ' || quote_literal(name) || '
                             OR starts_with(d.model, ''ir.actions.'') AND ' || quote_literal(name) || ' IN (%(actions)s)))'
            ELSE 'FALSE' END;
        IF NOT has_id THEN
            EXECUTE 'INSERT INTO before."what is lost" SELECT ' || quote_literal('row of ' || name || ' ')
                || ' || lost FROM (SELECT to_jsonb(b)::text AS lost FROM before.' || quote_ident(name)
                || ' b EXCEPT SELECT to_jsonb(n)::text FROM public.' || quote_ident(name) || ' n) AS rows';
        ELSE
            EXECUTE 'INSERT INTO before."what is lost" SELECT ' || quote_literal('row of ' || name || ' ')
                || ' || b.id FROM before.' || quote_ident(name) || ' b LEFT JOIN public.' || quote_ident(name)
                || ' n ON n.id = b.id WHERE n.id IS NULL'
                || CASE WHEN name = 'ir_attachment' THEN ' AND b.url IS NULL' ELSE '' END;
            EXECUTE 'INSERT INTO before."what is lost" SELECT ' || quote_literal('value of ' || name || ' ')
                || ' || b.id || '' '' || old.key || '': '' || left(old.value::text, 80) || '' → ''
                    || left(COALESCE(new.value::text, ''nothing''), 80)
                   FROM before.' || quote_ident(name) || ' b JOIN public.' || quote_ident(name) || ' n ON n.id = b.id
                        CROSS JOIN LATERAL jsonb_each(to_jsonb(b)) AS old(key, value)
                        LEFT JOIN LATERAL jsonb_each(to_jsonb(n)) AS new(key, value) ON new.key = old.key
                  WHERE old.value IS DISTINCT FROM new.value AND old.key NOT IN (%(change)s)
                    AND EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = ''public''
                                   AND table_name = ' || quote_literal(name) || ' AND column_name = old.key)
                    AND NOT (' || own || ' AND NOT (
                        jsonb_typeof(old.value) = ''object'' AND jsonb_typeof(new.value) = ''object''
                        AND old.value->>''en_US'' = new.value->>''en_US''))';
        END IF;
    END LOOP;
END $$
"""


class Upgrade:
    """An upgrade of one database, seen from the rows.

    :param postgres: the server
    :param database: the name of the database
    """

    def __init__(self, postgres: Postgres, database):
        self.postgres, self.database = postgres, database

    def keep(self):
        """Copies all tables, before the upgrade."""
        self.postgres.sql(_KEEP, database=self.database)

    def lost(self):
        """Returns a sentence for each row, column, value and external id that the upgrade lost."""
        compare = _COMPARE % {
            "odoo": _quoted(_ODOO_S_OWN, 1),
            "change": _quoted(_CHANGE, 2),
            "actions": _quoted(_ACTIONS, 2),
        }
        self.postgres.sql(compare, database=self.database)
        return [
            f"The upgrade loses {what}"
            for [what] in self.postgres.sql(
                'SELECT what FROM before."what is lost" ORDER BY what', database=self.database
            )
            if not what.startswith(_TAKEN_AWAY)
        ]


def _quoted(names, quotes):
    """Names as a list of SQL, within that many levels of quotes."""
    return ", ".join(f"{quotes * chr(39)}{name}{quotes * chr(39)}" for name in names)
