from odoo import api, fields, models
from odoo.fields import Domain

SHORTEST_SERIAL = 4
MOST_CUSTOMERS = 1000


class ResPartner(models.Model):
    _inherit = "res.partner"

    kehu_product_file_ids = fields.One2many(
        "kehu.product.file", "commercial_partner_id", string="Product Files of the Customer"
    )
    kehu_product_file_count = fields.Integer(string="Product Files", compute="_compute_kehu_product_file_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_kehu_product_file_count(self):
        counts = dict(
            self.env["kehu.product.file"]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.kehu_product_file_count = counts.get(partner.commercial_partner_id._origin, 0)

    def action_kehu_open_product_files(self):
        """Open the product files of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kehu_archive.kehu_product_file_action")
        action["domain"] = [("commercial_partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {"default_partner_id": self.id}
        return action


class Archive(models.Model):
    _inherit = "kehu.archive"

    @api.model
    def _search_display_name(self, operator, value):
        """Search by the numbers of the customer's products, too: the old ones as well (A17)."""
        domain = super()._search_display_name(operator, value)
        if operator in Domain.NEGATIVE_OPERATORS or not isinstance(value, str) or not _is_like_serial(value):
            return domain
        # Looked up first: as a sub-query it would keep the search from using its indexes.
        files = (
            self.env["kehu.product.file"]
            .with_context(active_test=False)
            .search([("display_name", operator, value)], limit=MOST_CUSTOMERS)
        )
        return domain | Domain("partner_id", "in", files.commercial_partner_id.ids) if files else domain

    def action_open_product_files(self):
        """Open the product files of the customer."""
        return self.partner_id.action_kehu_open_product_files()


def _is_like_serial(text):
    return len(text.strip()) >= SHORTEST_SERIAL and any(char.isdigit() for char in text)
