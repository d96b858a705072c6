"""Plays the scenes of the demo company; fed to Odoo's shell."""

import demo

demo.play(env)
# Else the first two users who come at the same moment have them made twice, and one of them is refused a file.
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
