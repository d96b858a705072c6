"""Contacts by the million, by SQL."""

from odoo.tools import SQL


def fill(env, size, values, source=SQL("")):
    """Insert contacts until there are ``size``; what other addons require of one is as they fill it themselves.

    :param values: ``{column: SQL}``; ``n`` is the number of the contact
    :param source: what to add to the FROM clause
    """
    partners = env["res.partner"].with_context(active_test=False)
    have = partners.search_count([])
    pattern = partners.create({"name": "Pattern", "active": False})
    env.flush_all()
    values = {
        "active": SQL("true"),
        "type": SQL("'contact'"),
        "create_uid": SQL("1"),
        "create_date": SQL("now()"),
        "write_uid": SQL("1"),
        "write_date": SQL("now()"),
        **values,
    }
    required = [
        name
        for (name,) in env.execute_query(
            SQL(
                """SELECT attname FROM pg_attribute
            WHERE attrelid = 'res_partner'::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped AND attname NOT IN %s""",
                ("id", "commercial_partner_id", *values),
            )
        )
    ]
    values |= {name: SQL("pattern.%s", SQL.identifier(name)) for name in required}
    env.cr.execute(
        SQL(
            """INSERT INTO res_partner (id, commercial_partner_id, %s)
           SELECT numbers.id, numbers.id, %s
             FROM (SELECT n, nextval('res_partner_id_seq') AS id FROM generate_series(%s, %s) AS n) AS numbers
             JOIN res_partner pattern ON pattern.id = %s %s""",
            SQL(", ").join(SQL.identifier(name) for name in values),
            SQL(", ").join(values.values()),
            have + 1,
            size,
            pattern.id,
            source,
        )
    )
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.cr.commit()
    env.invalidate_all()
    env.registry.clear_cache()
