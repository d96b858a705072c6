"""Working time, in which deadlines count: each change is noted like one of working days (X5)."""

from odoo import api, models


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "kehu.watched.settings"]

    def _kehu_filter_watched(self):
        return self & self._kehu_counting()

    def _kehu_setting_in_words(self, name):
        # Deadlines count them where nothing else says when people work; else they are about employees.
        if name in ("hours_per_day", "full_time_required_hours") and not self.flexible_hours:
            return ""
        return super()._kehu_setting_in_words(name)

    @api.model
    def _kehu_counting(self):
        """Return the calendars in which deadlines count; those of single employees have no bearing on them."""
        rules = (
            self.env["kehu.deadline.rule"].sudo().with_context(active_test=False).search([("calendar_id", "!=", False)])
        )
        return self.env["res.company"].sudo().search([("active", "=", True)]).resource_calendar_id | rules.calendar_id


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "kehu.watched.settings"]

    _kehu_unwatched = frozenset({"name", "sequence", "duration_days"})

    def _kehu_filter_watched(self):
        return self.filtered(
            lambda attendance, counting=self.calendar_id._kehu_counting(): attendance.calendar_id in counting
        )


class ResourceCalendarLeaves(models.Model):
    """Days off of everybody; those of one employee are none of a deadline."""

    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "kehu.watched.settings"]

    def _kehu_filter_watched(self):
        return self.filtered(lambda leave: not leave.resource_id)


class ResPartner(models.Model):
    """A company counts its days by the clock of its contact."""

    _inherit = "res.partner"

    def write(self, vals):
        companies = (
            self.env["res.company"].sudo().search([("partner_id", "in", self.ids)]).sudo(False) if "tz" in vals else ()
        )
        if not companies:
            return super().write(vals)
        before = companies._kehu_settings()
        result = super().write(vals)
        companies._kehu_note_settings(before)
        return result


class ResCurrencyRate(models.Model):
    """Amounts in other currencies are compared with what the authority table says."""

    _name = "res.currency.rate"
    _inherit = ["res.currency.rate", "kehu.watched.settings"]
    _kehu_is_told = False
