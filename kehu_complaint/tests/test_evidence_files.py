from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_service_mail import PIXEL, ServiceMailCase


class EvidenceCase(ServiceMailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "test_files_admin", "base.group_system,kehu_complaint.group_service_director"
        )

    def attach(self, document, user=None):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.handler)
            .create({"name": "photo.png", "raw": PIXEL, "res_model": document._name, "res_id": document.id})
            .with_env(self.env)
        )

    def assert_kept(self, file, *users):
        for user in users or (self.handler, self.supervisor, self.admin):
            mine = file.with_user(user)
            for call in (
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.write({"raw": b"other"}),
                lambda mine=mine: mine.write({"datas": b"b3RoZXI="}),
                lambda mine=mine: mine.write({"res_id": 0}),
                lambda mine=mine: mine.write({"res_model": False, "res_id": False}),
                lambda mine=mine: mine.write({"type": "url", "url": "https://elsewhere.example.com"}),
                lambda mine=mine: mine.sudo().unlink(),
                lambda mine=mine: mine.with_context(
                    force_delete=True, _force_unlink=True, kehu_message_permit=True
                ).unlink(),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    call()
                self.env.invalidate_all()
        self.assertEqual(file.raw, PIXEL)


@tagged("post_install", "-at_install")
class TestEvidenceFiles(EvidenceCase, HttpCase):
    """A14, C3: files of complaints and actions are evidence, whoever would like to be without them."""

    def test_files_of_complaint_under_way_are_kept(self):
        complaint = self.complain()
        file = self.attach(complaint)
        complaint.with_user(self.supervisor).workflow_move("accept")
        self.assert_kept(file)
        self.assert_kept(self.mail(files=[("photo.png", PIXEL)]).message_ids.attachment_ids)

    def test_files_of_action_are_kept(self):
        action = (
            self.env["kehu.corrective.action"]
            .with_user(self.handler)
            .create(
                {
                    "name": "Measure coils",
                    "plan": "On arrival",
                    "cause_id": self.env.ref("kehu_complaint.complaint_cause_quality").id,
                    "owner_id": self.investigator.id,
                    "verifier_id": self.director.id,
                    "date_due": "2099-01-01",
                }
            )
        )
        file = self.attach(action)
        action.with_user(self.supervisor).workflow_move("start")
        self.assert_kept(file)

    def test_route_of_the_chatter_deletes_none(self):
        complaint = self.complain()
        file = self.attach(complaint)
        complaint.with_user(self.supervisor).workflow_move("accept")
        self.authenticate(self.handler.login, self.handler.login)
        with self.assertLogs("odoo.http"):
            self.url_open("/mail/attachment/delete", json={"params": {"attachment_id": file.id}})
        self.env.invalidate_all()
        self.assertTrue(file.exists())

    def test_files_of_what_has_not_begun_are_free(self):
        complaint = self.complain()
        self.attach(complaint).with_user(self.handler).unlink()
