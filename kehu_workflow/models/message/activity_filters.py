from lxml.builder import E

from odoo import api, models


class ActivityFilters(models.AbstractModel):
    """Filters in every search view of a document of ours: what is late or due today, and those by whose names the bell
    opens a list (U5).
    """

    _inherit = "mail.activity.mixin"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search" and self._name.startswith("kehu."):
            there = {name for name in arch.xpath("//filter/@name")}
            for filters in (self._kehu_due_filters(), self._kehu_activity_filters()):
                if missing := [each for each in filters if each.get("name") not in there]:
                    arch.extend([E.separator(), *missing])
        return arch, view

    @api.model
    def _kehu_due_filters(self):
        """What has no clock is late when its reminders are."""
        late, today = self.env._("Late"), self.env._("Due Today")
        if "deadline_state" not in self._fields:
            return [E.filter(name="late", string=late, domain="[('activity_state', '=', 'overdue')]")]
        return [
            E.filter(name="late", string=late, domain="[('deadline_state', '=', 'late')]"),
            E.filter(name="due_today", string=today, domain="[('deadline_state', '=', 'today')]"),
        ]

    @api.model
    def _kehu_activity_filters(self):
        labels = {
            "<": self.env._("Late Activities"),
            "=": self.env._("Today Activities"),
            ">": self.env._("Future Activities"),
        }
        names = {"<": "activities_overdue", "=": "activities_today", ">": "activities_upcoming_all"}
        mine = E.filter(
            name="filter_activities_my", string=self.env._("My Activities"), domain="[('activity_user_id', '=', uid)]"
        )
        return mine, *(
            E.filter(
                name=names[operator],
                string=label,
                domain=f"[('my_activity_date_deadline', '{operator}', 'today')]",
                invisible="1",
            )
            for operator, label in labels.items()
        )
