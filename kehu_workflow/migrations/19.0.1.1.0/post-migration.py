def migrate(cr, version):
    # What was written there was the same sentence for all, in the language of whoever happened to write it.
    cr.execute("UPDATE kehu_deadline_pause SET reason = NULL WHERE is_by_rule")
