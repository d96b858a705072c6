from odoo import Command

from .major_common import MajorCase


class AccusationCase(MajorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer.lang = "en_US"
        cls.superiors = cls.supervisor | cls.director | cls.general_manager

    def accuse(self, users, complaint=None, by=None, **vals):
        """Name users on a complaint, as a clerk unless said otherwise; return complaint and accusation in sudo."""
        complaint = complaint or self.complain()
        complaint.with_user(by or self.taker).write(
            {"accused_user_ids": [Command.link(user.id) for user in users], **vals}
        )
        return complaint.sudo(), complaint.sudo().accusation_ids[:1]

    def asked(self, accusation):
        return accusation.activity_ids.filtered(
            lambda activity: "Decide on an accusation" in (activity.summary or "")
        ).user_id
