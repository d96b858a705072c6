"""Makes the main company that of the demo; fed to Odoo's shell."""

from demo import main_company

main_company.prepare(env)
env.cr.commit()
