from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .markers import MARKER, NAME, QUIET, Markers, groups_without_clearance


class FlowCase(HttpCase):
    """Customers of tier 2 and 3, and a clerk who manages every app and may read neither."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.markers = Markers(cls.env)
        cls.hidden = cls.env["res.partner"].union(*cls.markers.customers.values())
        cls.open = cls.env["res.partner"].create({"name": "Open customer", "email": "open@example.com", "phone": "+86 755 1234567"})
        cls.clerk = new_test_user(
            cls.env, "flow_clerk", "base.group_user,kehu_archive.group_archive_user", name="Clerk", email="clerk@example.com")
        cls.cleared = new_test_user(
            cls.env, "flow_cleared", "kehu_archive.group_archive_user,kehu_archive.group_clearance_top_secret", name="Cleared",
            email="cleared@example.com")
        for user in (cls.clerk, cls.cleared):
            user.group_ids += groups_without_clearance(cls.env)
        cls.partner_model = cls.env["ir.model"]._get_id("res.partner")
        cls.env.flush_all()

    def as_clerk(self, model, **context):
        return self.env(user=self.clerk, su=False)[model].with_context(**context)

    def told(self, call):
        """Return what a call answers, or the words with which it is refused; nothing of what it did stays."""
        self.env.flush_all()
        self.env.invalidate_all()  # as in a request of its own
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*QUIET):
                return repr(call())
        except Exception as refused:  # noqa: BLE001  whatever is refused, for whatever reason: its words count
            return f"{refused!r} {refused}"
        finally:
            savepoint.close(rollback=True)

    def assertTellsNothing(self, *calls, labels=()):
        """Neither name nor content of a hidden customer is in any answer.

        :param labels: tiers whose bare name labels what one may read
        """
        for call in calls:
            answer = self.told(call)
            for found in MARKER.finditer(answer):
                if not (found[1].capitalize() == NAME and found[2] in labels):
                    self.fail(f"{found[0]}: …{answer[max(0, found.start() - 200):found.end() + 40]}")

    def assertRefused(self, call):
        with self.assertRaises(AccessError) as refused, mute_logger(*QUIET), self.env.cr.savepoint():
            call()
        self.assertNotRegex(str(refused.exception), MARKER)

    def about(self, model):
        """Return the records of a model that are about the hidden customers."""
        return self.env[model].browse([document.id for document, _tier in self.markers.documents if document._name == model])
