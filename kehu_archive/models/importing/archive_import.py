from odoo import api, models

from ... import headings


class Archive(models.Model):
    """Customer lists as companies have them: their headings, and how they write provinces and kinds (A24)."""

    _inherit = "kehu.archive"

    _kehu_import_headings = headings.PATHS

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for Customer Lists"),
                "template": "/kehu_archive/static/xls/customer_archives.xlsx",
            }
        ]

    @api.model
    def load(self, fields, data):
        words = {
            "country_id": headings.COUNTRY_CODES,
            "company_type": headings.KIND_OF,
            "taken_state": headings.STATE_OF,
        }
        if "state_id" in fields:
            words["state_id"] = self._get_short_provinces()
        for name in words.keys() & set(fields):
            index, known = fields.index(name), words[name]
            data = [
                [
                    *row[:index],
                    *(known.get(str(cell or "").strip(), cell) for cell in row[index : index + 1]),
                    *row[index + 1 :],
                ]
                for row in data
            ]
        return super().load(fields, data)

    @api.model
    def _get_short_provinces(self):
        """Return ``{short name: name}`` of the provinces of China."""
        provinces = self.env["res.country.state"].search([("country_id.code", "=", "CN")])
        return {headings.province_key(name): name for name in provinces.mapped("name")}
