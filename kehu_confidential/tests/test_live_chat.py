from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ..models.rule.tier_rule import GUESTS
from .common import TierCase


@tagged("post_install", "-at_install")
class TestLiveChat(TierCase):
    """X5: colleagues added to a live chat with a confidential customer are noted, as others who come to read are.

    The app of live chats says who the customer is; here it is whoever is a member.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("kehu_confidential.group_tier_officer").user_ids = [(6, 0, cls.officer.ids)]
        cls.customer = cls.file_customer(cls.officer, name="Secret Customer", kehu_tier="3", user_id=False)
        visitor = new_test_user(cls.env, "test_visitor", "base.group_portal", partner_id=cls.customer.id)
        cls.chat = cls.env["discuss.channel"].create({"name": "Chat", "channel_type": "group"})
        cls.chat._add_members(users=visitor + cls.clerk)

    def add(self, by, user):
        values = {"channel_id": self.chat.id, "partner_id": user.partner_id.id}
        with patch.dict(GUESTS, {"discuss.channel": "channel_partner_ids"}):
            return self.env["discuss.channel.member"].with_user(by).sudo(by.share).create(values)

    def changes(self):
        return self.env["kehu.right.change"].search([("res_model", "=", "res.partner"), ("name", "=", "channel_ids")])

    def test_colleague_who_is_added_is_noted(self):
        for user in (self.officer, self.salesman):
            self.add(self.clerk, user)
        change = self.changes()
        self.assertEqual((change.beneficiary_ids, change.tier), (self.salesman, "3"))
        self.assertEqual((change.requester_id, change.res_ids), (self.clerk, self.customer.ids))
        line = self.env["kehu.access.log"].search([("res_id", "=", self.customer.id), ("note", "like", "channel_ids")])
        self.assertIn("Sun", line.note)

    def test_visitor_who_begins_a_chat_gives_nobody_a_right(self):
        self.add(self.customer.user_ids, self.salesman)
        self.assertFalse(self.changes())
