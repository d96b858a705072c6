"""Fed to Odoo's shell before Odoo's own tests: without a confidential customer our rules let everybody read, and nothing is compared."""
env["res.partner"].create({"name": "Hidden", "kehu_tier": "3"})  # noqa: F821  the shell's environment
env.cr.commit()  # noqa: F821
