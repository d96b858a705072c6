from freezegun import freeze_time

from .common import ComplaintCase


class MajorCase(ComplaintCase):
    """The service with its crisis team and legal affairs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crisis = cls.service_user("test_crisis", "crisis_team", "Zheng")
        cls.lawyer = cls.service_user("test_lawyer", "kehu_archive.group_legal", "Tang")
        cls.env.ref("kehu_complaint.group_crisis_team").user_ids = cls.crisis
        cls.env.ref("kehu_archive.group_legal").user_ids = cls.lawyer
        # The tests read the activities, which are written in the language of whoever gets them.
        people = cls.crisis | cls.lawyer | cls.taker | cls.handler | cls.supervisor | cls.director | cls.general_manager
        (people | cls.investigator).lang = "en_US"
        cls.media = cls.env.ref("kehu_complaint.major_reason_media")
        cls.repeated = cls.env.ref("kehu_complaint.major_reason_repeated")

    @classmethod
    def told(cls, complaint):
        """Return who has an activity that tells of the major complaint."""
        return (
            complaint.sudo()
            .activity_ids.filtered(lambda activity: "major complaint" in (activity.summary or ""))
            .user_id
        )

    @classmethod
    def major(cls, **vals):
        return cls.complain(major_reason_ids=cls.media.ids, **vals)

    def sweep(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()

    def clock(self, complaint, rule):
        rule = self.env.ref(f"kehu_complaint.deadline_rule_{rule}")
        return complaint.sudo().deadline_ids.filtered(lambda clock: clock.rule_id == rule)
