from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TierCase


@tagged("post_install", "-at_install")
class TestOwnRows(TierCase):
    """X3: what colleagues keep for themselves, and what is below their messages, is not shown to administrators."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Admin")
        cls.customer = cls.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "3"})
        cls.other = cls.env["res.partner"].create({"name": "Open", "is_company": True})

    def save(self, user, people):
        return (
            self.env["ir.filters"]
            .with_user(user)
            .create(
                {"name": "Secret", "model_id": "res.partner", "user_ids": [Command.set(people.ids)], "domain": "[]"}
            )
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_filter_that_nobody_shares_is_its_owners(self):
        own, shared = self.save(self.officer, self.officer), self.save(self.officer, self.env["res.users"])
        given = self.save(self.admin, self.officer)
        filters = self.env["ir.filters"].search([("name", "=", "Secret")])
        self.assertEqual(filters.with_user(self.admin)._filtered_access("read"), shared | given)
        with self.assertRaises(AccessError):
            own.with_user(self.admin).read(["name", "domain"])
        self.assertEqual(filters.with_user(self.officer).search([("name", "=", "Secret")]), filters)

    def link(self, customer, url):
        """Return a message with a link, the preview of the page, and what joins both."""
        message = customer.message_post(body="See this page")
        page = self.env["mail.link.preview"].create({"source_url": url, "og_title": "Secret tender"})
        return message, page, self.link_to(message, page)

    def link_to(self, message, page):
        return self.env["mail.message.link.preview"].create({"message_id": message.id, "link_preview_id": page.id})

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_rows_of_a_message_are_read_with_it(self):
        message, page, link = self.link(self.customer, "https://example.com/secret")
        other_message, other_page, other_link = self.link(self.other, "https://example.com/open")
        reaction, other_reaction = self.env["mail.message.reaction"].create(
            [
                {"message_id": of.id, "content": "👍", "partner_id": self.officer.partner_id.id}
                for of in (message, other_message)
            ]
        )
        for hidden, shown in ((page, other_page), (link, other_link), (reaction, other_reaction)):
            rows = hidden | shown
            self.assertEqual(rows.with_user(self.admin).search([("id", "in", rows.ids)]), shown)
            with self.assertRaises(AccessError):
                hidden.with_user(self.admin).read()
        # One page is known from each message that links to it.
        self.link_to(other_message, page)
        self.assertTrue(page.with_user(self.admin).has_access("read"))
