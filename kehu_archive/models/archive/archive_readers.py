from odoo import api, models
from odoo.tools import SQL, ormcache

from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL


class Archive(models.Model):
    """Who reads the customer reads the archive (X2); links to the customer and what there is about it."""

    _inherit = "kehu.archive"

    # === RULE ===

    @api.model
    def _kehu_is_about_customers(self):
        return True

    def _kehu_customer_tiers(self):
        return [
            SQL(
                "SELECT a.id, p.id, p.kehu_tier FROM kehu_archive a JOIN res_partner p ON p.id = a.partner_id WHERE "
                "a.id IN %s",
                tuple(self.ids),
            )
        ]

    @api.model
    @ormcache("self._name")
    def _kehu_fields_of_code(self):
        return super()._kehu_fields_of_code().union(self.env["res.partner"]._kehu_right_fields)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        archives = super().create(vals_list)
        # What the card of a contact that was there before has cached may wait for a confirmation.
        classified = archives.filtered(lambda archive: archive.partner_id.sudo().kehu_tier >= CONFIDENTIAL)
        classified.invalidate_recordset(classified.partner_id._kehu_right_fields, flush=False)
        return archives

    # === ACTIONS ===

    def action_open_customer(self):
        """Open the contact record behind the archive."""
        return self.partner_id._get_records_action()

    def action_open_grants(self):
        """Open the grants to read the customer (X2)."""
        return self.partner_id.action_kehu_open_grants()

    def action_open_activities(self):
        """Open the to-dos about the customer."""
        return self.partner_id.action_kehu_open_activities()
