"""Fed to Odoo's shell before Odoo's own tests: without a confidential customer our rules let everybody read, and
nothing is compared.
"""

env["res.partner"].create({"name": "Hidden", "kehu_tier": "3"})
env.cr.commit()
