import logging
import re
from datetime import date, timedelta

import holidays

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class Workday(models.Model):
    """One date that is not what the weekly hours say: a holiday, or a make-up working day (P4)."""

    _name = "kehu.workday"
    _description = "Holiday or Make-up Day"
    _order = "date desc, company_id"

    name = fields.Char(required=True)
    date = fields.Date(required=True)
    kind = fields.Selection(
        [("holiday", "Holiday"), ("working", "Working Day")],
        required=True,
        default="holiday",
    )
    weekday = fields.Selection(
        WEEKDAYS,
        "Hours Of",
        help="Whose working hours apply on a working day. Empty: its own, or those of the first weekday that has any.",
    )
    company_id = fields.Many2one("res.company", help="Empty: for all companies. A company's own entry wins.")
    source = fields.Selection(
        [("filled", "State Council"), ("manual", "By Hand")],
        required=True,
        readonly=True,
        default="manual",
    )
    active = fields.Boolean(
        default=True, help="Archived days count as ordinary days, and filling the year leaves them so."
    )

    _date_uniq = models.UniqueIndex(
        "(date, COALESCE(company_id, 0))", "There is already an entry for this date and company."
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._hours_changed()
        return days

    def write(self, vals):
        """Whatever is edited by hand is not overwritten when the year is filled again."""
        self.check_access("write")
        self._hours_changed()
        result = super().write({"source": "manual", **vals})
        self._hours_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filled(self):
        if filled := self.filtered(lambda day: day.source == "filled"):
            raise UserError(
                self.env._(
                    "Archive “%s” instead of deleting it: the next filling of the year would bring it back.",
                    filled[0].display_name,
                )
            )

    def unlink(self):
        self.check_access("unlink")
        self._hours_changed()
        return super().unlink()

    # === ACTIONS ===

    def action_open_fill(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fill a Year"),
            "res_model": "kehu.workday.fill.wizard",
            "view_mode": "form",
            "target": "new",
        }

    # === CRON ===

    @api.model
    def _cron_fill(self):
        """Fill this year and the next: what the State Council announced, and until then what the law fixes."""
        year = fields.Date.today().year
        for number in (year, year + 1):
            days = self._announced_days(number)
            if number > self._last_announced_year():
                _logger.info("The make-up days of %s are not known yet.", number)
                days = {day: {**values, "name": f"{values['name']}（尚未公布调休）"} for day, values in days.items()}
            self._fill_days(number, days)

    # === BUSINESS ===

    @api.model
    def _fill_year(self, year, company=None):
        """Enter the statutory holidays and make-up days of ``year`` (P4).

        Entries made or changed by hand stay as they are; days that are no longer announced go.

        :return: the entries that were added or changed
        :raise UserError: the State Council has not announced that year yet, as far as the data goes
        """
        if year > (last := self._last_announced_year()) or year < 2001:
            raise UserError(
                self.env._(
                    "The State Council has not announced the holidays of %(year)s, as far as the installed "
                    "“holidays” package knows: it ends with %(last)s. Upgrade the package, or enter the days by hand.",
                    year=str(year),
                    last=str(last),
                )
            )
        return self._fill_days(year, self._announced_days(year), company)

    @api.model
    def _fill_days(self, year, announced, company=None):
        """Have the filled entries of ``year`` be these.

        :param announced: ``{date: values}``
        :return: the entries that were added or changed
        """
        present = self.with_context(active_test=False).search(
            [
                ("date", ">=", date(year, 1, 1)),
                ("date", "<=", date(year, 12, 31)),
                ("company_id", "=", company.id if company else False),
            ]
        )
        filled = present.filtered(lambda day: day.source == "filled")
        obsolete = filled.filtered(lambda day: day.date not in announced)
        obsolete.write({"source": "manual"})
        obsolete.unlink()
        changed = self.browse()
        for day in filled - obsolete:
            values = announced[day.date]
            if any((day[name] or False) != value for name, value in values.items()):
                day.write({**values, "source": "filled"})
                changed += day
        missing = sorted(announced.keys() - set((present - obsolete).mapped("date")))
        return changed + self.create(
            [
                {"date": day, "company_id": company.id if company else False, "source": "filled", **announced[day]}
                for day in missing
            ]
        )

    @api.model
    def _announced_days(self, year):
        """``{date: values}`` of the entries for ``year`` from the holidays package.

        Weekends that touch a holiday belong to it, as in the official notices, also across New Year: it matters to
        whoever works on Saturdays. A make-up day has the hours of the weekday that is off in its place.
        """
        # A make-up day may stand for a holiday of the year after.
        data = holidays.country_holidays("CN", years=(year - 1, year, year + 1), language="zh_CN", observed=True)
        working = set(data.weekend_workdays)
        names = {day: name.split("（")[0] for day, name in data.items()}
        stands_for = {
            date.fromisoformat(match[0]): day
            for day, name in data.items()
            if (match := re.search(r"\d{4}-\d\d-\d\d", name))
        }
        self._name_substitutes(names)
        days = {day: {"name": name, "kind": "holiday", "weekday": False} for day, name in names.items()}
        for step in (1, -1):
            for day in sorted(names, reverse=step < 0):
                name = names[day]
                neighbour = day + timedelta(days=step)
                while neighbour.weekday() > 4 and neighbour not in working:
                    days.setdefault(neighbour, {"name": name, "kind": "holiday", "weekday": False})
                    neighbour += timedelta(days=step)
        for day in working:
            off = stands_for.get(day)
            days[day] = {
                "name": f"{off.month}月{off.day}日调休" if off else "调休",
                "kind": "working",
                "weekday": str(off.weekday()) if off else False,
            }
        return {day: values for day, values in days.items() if day.year == year}

    @api.model
    def _name_substitutes(self, names):
        """Call a day off in lieu like the holiday next to it."""
        for day in sorted(names):
            if names[day] != "休息日":
                continue
            for distance in range(1, 8):
                near = {names.get(day - timedelta(days=distance)), names.get(day + timedelta(days=distance))}
                if found := near - {None, "休息日"}:
                    names[day] = found.pop()
                    break

    @api.model
    def _last_announced_year(self):
        """The last year whose make-up days the holidays package knows; none has been without since 2001."""
        year = fields.Date.today().year + 2
        data = holidays.country_holidays("CN", years=range(2001, year + 1))
        return max(day.year for day in data.weekend_workdays)

    @api.model
    def _domain_of(self, company):
        """Return the domain of the days that count in ``company``: what the State Council announced does in China."""
        domain = Domain("company_id", "in", [company.id, False])
        if (company.country_id.code or "CN") != "CN":
            domain &= Domain("company_id", "=", company.id) | Domain("source", "!=", "filled")
        return domain

    def _hours_changed(self):
        if self:
            companies = self.company_id if all(day.company_id for day in self) else None
            self.env["resource.calendar"]._kehu_hours_changed_in(companies)
