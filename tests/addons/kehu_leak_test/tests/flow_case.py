from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .markers import MARKER, NAME, QUIET, Markers, groups_without_clearance, markers_in


class FlowCase(HttpCase):
    """Customers of tier 2 and 3, and a clerk who manages every app and may read neither."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.markers = Markers(cls.env)
        cls.hidden = cls.env["res.partner"].union(*cls.markers.customers.values())
        cls.open = cls.env["res.partner"].create(
            {"name": "Open customer", "email": "open@example.com", "phone": "+86 755 1234567"}
        )
        cls.clerk = new_test_user(
            cls.env,
            "flow_clerk",
            "base.group_user,kehu_archive.group_archive_user",
            name="Clerk",
            email="clerk@example.com",
        )
        cls.cleared = new_test_user(
            cls.env,
            "flow_cleared",
            "kehu_archive.group_archive_user,kehu_confidential.group_clearance_top_secret",
            name="Cleared",
            email="cleared@example.com",
        )
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
        except Exception as refused:
            return f"{refused!r} {refused}"
        finally:
            savepoint.close(rollback=True)

    def assertTellsNothing(self, *calls, labels=()):
        """Neither name nor content of a hidden customer is in any answer.

        :param labels: tiers whose bare name labels what one may read
        """
        for call in calls:
            answer = self.told(call)
            for found in markers_in(answer):
                if not (found[1].capitalize() == NAME and found[2] in labels):
                    self.fail(f"{found[0]}: …{answer[max(0, found.start() - 200) : found.end() + 40]}")

    def assertRefused(self, call):
        with self.assertRaises(AccessError) as refused, mute_logger(*QUIET), self.env.cr.savepoint():
            call()
        self.assertNotRegex(str(refused.exception), MARKER)

    def about(self, model):
        """Return the records of a model that are about the hidden customers."""
        return self.env[model].browse(
            [document.id for document, _tier in self.markers.documents if document._name == model]
        )

    def mailing(self, user, **vals):
        return (
            self.env["mailing.mailing"]
            .with_user(user)
            .create(
                {
                    "subject": "Spring {{ object.name }}",
                    "body_html": '<p><t t-out="object.name"/> <t t-out="object.comment"/></p>',
                    "mailing_model_id": self.partner_model,
                    "reply_to_mode": "new",
                    "reply_to": "clerk@example.com",
                    "mailing_domain": repr([("id", "in", [*self.hidden.ids, self.open.id])]),
                    "keep_archives": True,
                    **vals,
                }
            )
        )

    def sent_by_cron(self, mailing):
        mailing.action_put_in_queue()
        self.env.ref("mass_mailing.ir_cron_mass_mailing_queue").method_direct_trigger()
        self.assertEqual(mailing.state, "done")
        return self.env["res.partner"].browse(
            self.env["mail.mail"].sudo().search([("mailing_id", "=", mailing.id)]).mapped("res_id")
        )
