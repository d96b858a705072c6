"""How amounts, dates and papers of ours look: each change is noted, as with it a figure would say something else (X5)."""

from odoo import api, models

# What is printed on each paper of a company, watermarks included, and said at the end of its mails.
_PRINTED = (
    "company_details",
    "external_report_layout_id",
    "font",
    "layout_background",
    "layout_background_image",
    "paperformat_id",
    "primary_color",
    "report_footer",
    "report_header",
    "secondary_color",
)


class ResCurrency(models.Model):
    """How amounts of our companies are written and rounded."""

    _name = "res.currency"
    _inherit = ["res.currency", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"active"})

    def _kehu_filter_watched(self):
        return self & self.env["res.company"].sudo().search([("currency_id", "in", self.ids)]).currency_id


class ResLang(models.Model):
    _name = "res.lang"
    _inherit = ["res.lang", "kehu.watched.settings"]

    @api.model
    def _kehu_watched(self):
        return ["date_format", "time_format", "grouping", "decimal_point", "thousands_sep"]


class DecimalPrecision(models.Model):
    _name = "decimal.precision"
    _inherit = ["decimal.precision", "kehu.watched.settings"]


class IrActionsReport(models.Model):
    """What is printed of our documents, and of those that can be confidential."""

    _name = "ir.actions.report"
    _inherit = ["ir.actions.report", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"help"})

    def _kehu_filter_watched(self):
        actions = self.env["ir.actions.act_window"]
        return self.filtered(lambda report: actions._kehu_concerns(report.model or ""))


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "kehu.watched.settings"]

    @api.model
    def _kehu_watched(self):
        """Return what our addons hang on, and what they add, and by whom text messages leave: all else of a company is
        not about them.
        """
        return [
            name
            for name in super()._kehu_watched()
            if name.startswith(("kehu_", "sms_"))
            or name in _PRINTED
            or name in ("resource_calendar_id", "alias_domain_id", "partner_id", "currency_id", "active")
        ]

    def _kehu_setting_in_words(self, name):
        value = super()._kehu_setting_in_words(name)
        return f"{value} ({self._kehu_zone()})" if name == "partner_id" else value
