from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...caches import clear_caches
from ...worktime import NoWorkingTime, WorkAxis


class ResourceCalendar(models.Model):
    """Due dates over weekly hours, leaves and single days, without a query per record (P4)."""

    _inherit = "resource.calendar"

    kehu_works_holidays = fields.Boolean(
        string="Works on Holidays",
        help="Deadlines by this schedule run through the holidays and make-up days of the list, as for a desk that is "
        "there every day.",
    )

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if not self._kehu_hour_fields().isdisjoint(vals):
            self._kehu_hours_changed()
        return result

    # === BUSINESS ===

    def _kehu_due(self, start, amount, unit, company=None):
        """The instant ``amount`` of ``unit`` after ``start``, naive UTC; :mod:`..worktime` defines the units (P4).

        :param company: whose single days count; by default the calendar's company, else the current one
        :raise UserError: the calendar has no working hours
        """
        try:
            return self._kehu_axis(company).due(start, amount, unit)
        except NoWorkingTime:
            raise self._kehu_no_time_error() from None

    def _kehu_elapsed(self, start, end, unit="work_hours", company=None):
        """How much of ``unit`` lies between two instants, naive UTC (P4)."""
        return self._kehu_axis(company).elapsed(start, end, unit)

    def _kehu_axis(self, company=None):
        """The working time of this calendar, or round the clock if it is empty, as :class:`WorkAxis`."""
        company = company or self.company_id or self.env.company
        return self._kehu_axis_of(self.id, company.id, company.sudo().country_id.id)

    @api.model
    @tools.ormcache("calendar_id", "company_id", "country_id")
    def _kehu_axis_of(self, calendar_id, company_id, country_id):
        # The country decides on the holidays; it is changed on the contact of the company, too.
        company = self.env["res.company"].sudo().browse(company_id)
        calendar = self.sudo().browse(calendar_id or ())
        if not calendar:
            return WorkAxis(tz=company._kehu_zone())
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_fetch(
                Domain("time_type", "=", "leave")
                & Domain("resource_id", "=", False)
                & (
                    Domain("calendar_id", "=", calendar.id)
                    | Domain("calendar_id", "=", False) & Domain("company_id", "in", [company.id, False])
                ),
                ["date_from", "date_to"],
            )
        )
        days = self.env["kehu.workday"].sudo()
        if not calendar.kehu_works_holidays:
            days = days.search_fetch(days._domain_of(company), ["date", "kind", "weekday", "company_id"])
        return WorkAxis(
            week=calendar._kehu_week(),
            tz=calendar.tz,
            leaves=tuple((leave.date_from, leave.date_to) for leave in leaves),
            overrides={
                day.date: None if day.kind == "holiday" else int(day.weekday or -1)
                for day in days.sorted(lambda day: bool(day.company_id))
            },
        )

    def _kehu_week(self):
        """Working minutes of 14 weekdays, as :class:`WorkAxis` takes them.

        Flexible hours are taken as core does on a Monday: around noon, from the first weekday on
        until the weekly hours are used up.
        """
        self.ensure_one()
        week = [[] for _weekday in range(14)]
        if self.flexible_hours:
            left = self.full_time_required_hours
            for weekday in range(7):
                minutes = round(60 * max(min(left, self.hours_per_day, 24), 0))
                left -= self.hours_per_day
                if minutes:
                    week[weekday] = week[weekday + 7] = [(720 - minutes // 2, 720 - minutes // 2 + minutes)]
        else:
            for line in self._get_global_attendances():
                weeks = [int(line.week_type or 0)] if self.two_weeks_calendar else [0, 1]
                for number in weeks:
                    hours = round(60 * line.hour_from), round(60 * line.hour_to)
                    week[int(line.dayofweek) + 7 * number].append(hours)
        return tuple(tuple(sorted(hours)) for hours in week)

    def _kehu_no_time_error(self):
        return UserError(
            self.env._(
                "“%s” has no working hours to count with: enter its weekly hours, or choose another calendar.",
                self.display_name or "",
            )
        )

    @api.model
    def _kehu_hour_fields(self):
        """Fields that change what the axis answers."""
        return {
            "tz",
            "two_weeks_calendar",
            "schedule_type",
            "flexible_hours",
            "hours_per_day",
            "full_time_required_hours",
            "kehu_works_holidays",
        }

    def _kehu_hours_changed(self):
        """Forget the axes and have the running clocks of these calendars planned again."""
        clear_caches(self.env)
        self.env["kehu.deadline"].sudo()._flag_for_replan(Domain("calendar_id", "in", self.ids))

    @api.model
    def _kehu_hours_changed_in(self, companies):
        """The same for all calendars of ``companies``; of all companies when None."""
        self.browse()._kehu_hours_changed()
        domain = Domain("calendar_id", "!=", False)
        if companies is not None:
            domain &= Domain("company_id", "in", companies.ids)
        self.env["kehu.deadline"].sudo()._flag_for_replan(domain)


class ResCompany(models.Model):
    _inherit = "res.company"

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if "country_id" in vals:
            self.env["resource.calendar"]._kehu_hours_changed_in(self)
        if "resource_calendar_id" in vals:
            self.env["kehu.deadline"].sudo()._flag_for_replan(
                Domain("company_id", "in", self.ids) & Domain("rule_id.calendar_id", "=", False)
            )
        return result


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances.calendar_id._kehu_hours_changed()
        return attendances

    def write(self, vals):
        calendars = self.calendar_id
        result = super().write(vals)
        (calendars | self.calendar_id)._kehu_hours_changed()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars._kehu_hours_changed()
        return result


class ResourceResource(models.Model):
    _inherit = "resource.resource"

    def unlink(self):
        # Odoo would leave their time off to nobody, which is everybody's.
        self.check_access("unlink")
        self.env["resource.calendar.leaves"].sudo().search([("resource_id", "in", self.ids)]).unlink()
        return super().unlink()


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._kehu_hours_changed()
        return leaves

    def write(self, vals):
        self._kehu_hours_changed()
        result = super().write(vals)
        if not {"resource_id", "calendar_id"}.isdisjoint(vals):
            # Odoo asks the rules before: time off of one's own would become everybody's.
            self.check_access("write")
        self._kehu_hours_changed()
        return result

    def unlink(self):
        self._kehu_hours_changed()
        return super().unlink()

    # === BUSINESS ===

    def _kehu_hours_changed(self):
        """Tell the calendars concerned; time off of one person concerns none."""
        Calendar = self.env["resource.calendar"]
        general = self.sudo().filtered(lambda leave: not leave.resource_id)
        if calendars := general.calendar_id:
            calendars._kehu_hours_changed()
        if rest := general.filtered(lambda leave: not leave.calendar_id):
            Calendar._kehu_hours_changed_in(rest.company_id if all(leave.company_id for leave in rest) else None)
