from contextlib import suppress

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .common import TierCase


@tagged("post_install", "-at_install")
class TestPrivateChats(TierCase):
    """X3: what a few colleagues say to each other is not an administrator's to read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "test_admin", "base.group_system", name="Admin")
        cls.env["res.partner"].create({"name": "Secret", "is_company": True, "kehu_tier": "3"})
        channels = cls.env["discuss.channel"].with_user(cls.officer)
        cls.group = channels._create_group(partners_to=(cls.officer | cls.cleared).partner_id.ids)
        cls.chat = channels._get_or_create_chat(cls.cleared.partner_id.ids)
        cls.open = channels._create_channel(name="All", group_id=None)
        for channel in cls.group | cls.chat | cls.open:
            channel.message_post(body="Secret pays 5 million", message_type="comment", subtype_xmlid="mail.mt_comment")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_administrator_reads_no_conversation_of_others(self):
        said = self.env["mail.message"].with_user(self.admin)
        said = said.search([("model", "=", "discuss.channel"), ("body", "like", "5 million")])
        self.assertEqual(set(said.mapped("res_id")), set(self.open.ids))
        for channel in self.group | self.chat:
            self.assertFalse(channel.with_user(self.admin).has_access("read"))
            self.assertTrue(channel.with_user(self.cleared).has_access("read"))
            self.assertTrue(channel.with_user(self.officer).message_ids)

    def test_administrator_sees_no_call_of_others(self):
        for channel in self.group | self.open:
            member = channel.channel_member_ids[:1]
            call = self.env["discuss.channel.rtc.session"].create({"channel_member_id": member.id})
            self.assertEqual(call.with_user(self.admin).has_access("read"), channel == self.open)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_administrator_joins_none(self):
        values = {"channel_id": self.group.id, "partner_id": self.admin.partner_id.id}
        members = self.env["discuss.channel.member"].with_user(self.admin)
        for attempt in (
            lambda: members.create(values),
            lambda: members.create({**values, "channel_id": str(self.group.id)}),
            lambda: self.group.with_user(self.admin)._add_members(users=self.admin),
            lambda: self.group.with_user(self.admin).write(
                {"channel_member_ids": [(0, 0, {"partner_id": values["partner_id"]})]}
            ),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt()
                self.env.flush_all()
        self.assertFalse(self.group.with_user(self.admin).has_access("read"))
        self.group.with_user(self.officer)._add_members(users=self.salesman)
        self.assertTrue(self.group.with_user(self.salesman).has_access("read"))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_administrator_sees_no_members_of_others(self):
        """X3: neither who talks with whom nor what they call it; and puts nobody in or out."""
        self.open.with_user(self.admin)._add_members(users=self.clerk)
        members = self.env["discuss.channel.member"].with_user(self.admin)
        theirs = (self.group | self.chat).channel_member_ids
        self.assertEqual(members.search([]).channel_id & (self.group | self.chat | self.open), self.open)
        self.assertFalse(theirs.with_user(self.admin)._filtered_access("read"))
        shown = members.formatted_read_group([("channel_id", "in", self.group.ids)], ["channel_id"], ["__count"])
        self.assertFalse(shown)
        officer, admin = self.officer.partner_id, self.admin.partner_id.with_user(self.admin)
        for attempt in (
            lambda: theirs.with_user(self.admin).unlink(),
            lambda: theirs.with_user(self.admin).write({"custom_notifications": "no_notif"}),
            lambda: admin.write({"channel_ids": [(4, self.group.id)]}),
            lambda: officer.with_user(self.admin).write({"channel_ids": [(3, self.group.id)]}),
        ):
            with suppress(AccessError, IntegrityError), self.env.cr.savepoint():
                attempt()
                self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual((self.group | self.chat).channel_member_ids, theirs)
        self.assertFalse("no_notif" in theirs.mapped("custom_notifications"))

    def test_administrator_takes_part_in_own_conversations(self):
        """Among them those that a colleague began: the list of members, another colleague, a thread, and the end."""
        self.group.with_user(self.officer)._add_members(users=self.admin)
        group = self.group.with_user(self.admin)
        self.assertEqual(group.channel_member_ids.partner_id, (self.officer | self.cleared | self.admin).partner_id)
        group.add_members(partner_ids=self.salesman.partner_id.ids)
        shown = Store().add(group).add(group.channel_member_ids).get_result()
        self.assertEqual(len(shown["discuss.channel.member"]), 4)
        thread = group._create_sub_channel(name="Details")
        self.assertTrue(thread.channel_member_ids)
        group.self_member_id.custom_notifications = "mentions"
        group.action_unfollow()
        self.assertFalse(
            self.group.channel_member_ids.filtered(lambda member: member.partner_id in self.admin.partner_id)
        )
        self.assertFalse(self.group.with_user(self.admin).has_access("read"))
        everybody = self.open.with_user(self.admin)
        everybody.add_members(partner_ids=(self.admin | self.salesman).partner_id.ids)
        everybody.with_user(self.salesman).action_unfollow()
        self.assertIn(self.admin.partner_id, everybody.channel_member_ids.partner_id)

    def test_colleagues_without_clearance_talk_as_before(self):
        channels = self.env["discuss.channel"].with_user(self.salesman)
        chat = channels._get_or_create_chat(self.clerk.partner_id.ids)
        group = channels._create_group(partners_to=(self.clerk | self.salesman).partner_id.ids)
        group._add_members(users=self.manager)
        thread = group._create_sub_channel(name="Details")
        for channel in chat | group | thread:
            channel.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        for channel, user in ((chat, self.clerk), (group, self.clerk), (group, self.manager), (thread, self.manager)):
            self.assertIn("Hello", str(channel.with_user(user).message_ids.mapped("body")))
        self.assertFalse((chat | group | thread).with_user(self.admin)._filtered_access("read"))
        group.with_user(self.manager).action_unfollow()
        self.assertEqual(group.channel_member_ids.partner_id, (self.salesman | self.clerk).partner_id)

    def test_invitation_names_no_top_secret_contact(self):
        for tier in ("2", "3"):
            customer = self.env["res.partner"].create({"name": f"Company {tier}", "is_company": True})
            visitor = new_test_user(self.env, f"test_visitor_{tier}", "base.group_portal", name=f"Visitor {tier}")
            visitor.partner_id.parent_id = customer
            customer.kehu_tier = tier
            self.group.with_user(self.officer).with_context(lang="en_US")._add_members(users=visitor)
            sentence = self.group.message_ids[0].body
            self.assertIn("invited", sentence)
            self.assertEqual(f"Visitor {tier}" in sentence, tier == "2", sentence)
