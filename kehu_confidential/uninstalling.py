"""What Odoo does not take back by itself when the addon goes."""


def restore_blacklist(env):
    """Let an address be on the blacklist once, as in Odoo; of several entries, one that counts stays, the oldest.

    :param env: the superuser's environment
    """
    groups = (
        env["mail.blacklist"]
        .with_context(active_test=False)
        ._read_group([], ["email"], ["id:recordset"], having=[("__count", ">", 1)])
    )
    for _email, entries in groups:
        entries.sorted(lambda entry: (not entry.active, entry.id))[1:].unlink()
    env.flush_all()
    env.cr.execute(
        """ALTER TABLE mail_blacklist DROP CONSTRAINT IF EXISTS mail_blacklist_unique_email,
             ADD CONSTRAINT mail_blacklist_unique_email UNIQUE (email)"""
    )
