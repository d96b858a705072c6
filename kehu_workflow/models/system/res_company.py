from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _kehu_today(self):
        """Return the day that it is in the company: jobs work in no time zone, and China's day begins before theirs."""
        return fields.Date.context_today(self.with_context(tz=self._kehu_zone()))

    def _kehu_zone(self):
        """Return the name of the time zone by which the company counts its days."""
        self.ensure_one()
        return self.partner_id.tz or self.resource_calendar_id.tz or "UTC"

    def _kehu_lang(self):
        """Return the language of what is written for the people of the company, whoever or whatever writes it."""
        return self.partner_id.lang or self.env.lang
