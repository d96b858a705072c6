def migrate(cr, _version):
    """Archives are active as their customers are; in one statement, instead of record by record when the field is set up."""
    cr.execute("ALTER TABLE kehu_archive ADD COLUMN IF NOT EXISTS active boolean")
    cr.execute("UPDATE kehu_archive archive SET active = partner.active FROM res_partner partner WHERE partner.id = archive.partner_id")
