from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestActivityFilters(CaseCommon):
    """U5: the bell opens what is meant: one's own activities, late, of today, to come."""

    def found(self, user, name):
        """Return the cases that a filter of the search view finds."""
        cases = self.env["kehu.test.case"].with_user(user)
        [found] = etree.fromstring(cases.get_view(view_type="search")["arch"]).xpath(f"//filter[@name='{name}']")
        return cases.search(safe_eval(found.get("domain"), {"uid": user.id}) + [("id", "=", self.case.id)])

    def test_each_filter_finds_its_activities(self):
        today = fields.Date.context_today(self.case.with_user(self.clerk))
        for name, days in (("activities_overdue", -1), ("activities_today", 0), ("activities_upcoming_all", 2)):
            self.assertFalse(self.found(self.clerk, name))
            activity = self.case.activity_schedule(user_id=self.clerk.id, date_deadline=today + timedelta(days))
            self.assertTrue(self.found(self.clerk, name), name)
            self.assertTrue(self.found(self.clerk, "filter_activities_my"))
            self.assertFalse(self.found(self.manager, name), "it is somebody else's")
            self.assertFalse(self.found(self.manager, "filter_activities_my"))
            activity.unlink()

    def test_every_document_with_activities_has_them(self):
        names = [
            name
            for name, model in self.env.items()
            if name.startswith("kehu.") and not model._abstract and "my_activity_date_deadline" in model._fields
        ]
        self.assertGreater(len(names), 1)
        for name in names:
            arch = etree.fromstring(self.env[name].get_view(view_type="search")["arch"])
            for wanted in (
                "late",
                "filter_activities_my",
                "activities_overdue",
                "activities_today",
                "activities_upcoming_all",
            ):
                self.assertEqual(len(arch.xpath(f"//filter[@name='{wanted}']")), 1, (name, wanted))
            has_clocks = "deadline_state" in self.env[name]._fields
            self.assertEqual(len(arch.xpath("//filter[@name='due_today']")), has_clocks, name)
