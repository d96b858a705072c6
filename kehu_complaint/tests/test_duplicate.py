from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged

from .test_dismissal import DismissalCase
from .test_service_mail import ServiceMailCase


class DuplicateCase(DismissalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls.complain(serial="SN-77", name="It hums")
        cls.again = cls.complain(
            product_id=False, serial=False, name="It hums, once more", description="<p>As I said on Monday.</p>"
        )

    def propose_duplicate(self, again=None, other=None, user=None):
        again, other = again or self.again, other or self.kept
        name = f"{other._name.rpartition('.')[2]}_id"
        return self.propose(again, kind="duplicate", user=user, **{name: other.id})

    def join(self, again=None, other=None):
        dismissal = self.propose_duplicate(again, other)
        dismissal.with_user(self.supervisor).action_approval_approve()
        return dismissal

    def said(self, document):
        return document.sudo().message_ids.filtered(lambda message: message.message_type != "notification")


@tagged("post_install", "-at_install")
class TestDuplicate(DuplicateCase):
    """C1: a duplicate is joined with its original, of the same customer and tier, and nothing is deleted."""

    def test_thread_and_files_are_kept_on_both_sides(self):
        photo = self.env["ir.attachment"].create(
            {"name": "photo.png", "raw": b"x", "res_model": self.again._name, "res_id": self.again.id}
        )
        sound = self.env["ir.attachment"].create({"name": "hum.mp3", "raw": b"y"})
        self.again.sudo().message_post(
            body="It is still humming",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
            attachment_ids=sound.ids,
        )
        before = len(self.said(self.again))
        dismissal = self.join()
        self.assertEqual((self.again.state, self.again.dismissal), ("dismissed", "duplicate"))
        self.assertEqual(len(self.said(self.again)), before)
        copied = self.said(self.kept).filtered(lambda message: "still humming" in message.body)
        self.assertEqual((copied.author_id, copied.attachment_ids.mapped("name")), (self.customer, ["hum.mp3"]))
        self.assertIn(sound, self.said(self.again).attachment_ids)
        files = self.env["ir.attachment"].search([("res_model", "=", "kehu.complaint"), ("res_id", "=", self.kept.id)])
        self.assertEqual(sorted(files.mapped("name")), ["hum.mp3", "photo.png"])
        self.assertEqual(photo.res_id, self.again.id)
        self.assertIn("As I said on Monday", "".join(self.kept.sudo().message_ids.mapped("body")))
        self.assertEqual(self.kept.sudo().joined_ids, dismissal)

    def test_customers_next_word_reaches_the_original(self):
        self.join()
        self.kept.sudo().waiting_reason = "Photos"
        self.again.sudo().with_user(self.env.ref("base.user_root")).message_post(
            body="Here are the photos",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
        )
        self.assertIn("Here are the photos", "".join(self.said(self.kept).mapped("body")))
        self.assertFalse(self.kept.sudo().waiting_reason)

    def test_handlers_own_contact_does_not_speak_for_the_customer(self):
        group = self.env.ref("base.group_partner_manager")
        self.handler.group_ids += group
        contact = self.env["res.partner"].with_user(self.handler)
        contact = contact.create({"name": "Assistant", "email": "own@example.net", "parent_id": self.customer.id})
        server = self.env.ref("base.user_root")

        def say(words):
            self.again.sudo().with_user(server).message_post(
                body=words, message_type="comment", subtype_xmlid="mail.mt_comment", author_id=contact.id
            )

        self.again.sudo().user_id = self.taker.id  # the handler has no part in the duplicate
        say("Once more")
        self.again.sudo().message_subscribe(contact.ids)
        self.kept.sudo().waiting_reason = "Photos"
        self.join()
        say("We withdraw it")
        for words in ("Once more", "We withdraw it"):
            copied = self.said(self.kept).filtered(lambda message, words=words: words in message.body)
            self.assertTrue(copied.is_internal and copied.subtype_id.internal, words)
            self.assertIn(copied, self.kept.sudo().held_message_ids)
        self.assertEqual(self.kept.waiting_reason, "Photos")
        self.assertNotIn(contact, self.kept.sudo().message_partner_ids)
        # Whoever has no part there says that it is the customer's.
        copied.with_user(self.supervisor).action_kehu_reply_is_customers()
        self.assertFalse(self.kept.waiting_reason)
        self.assertFalse(copied.is_internal)

    def test_put_back_leaves_what_was_joined(self):
        dismissal = self.join()
        count = len(self.said(self.kept))
        dismissal.with_user(self.supervisor).workflow_move("reverse", "It is another device.")
        self.assertEqual((self.again.state, len(self.said(self.kept))), ("received", count))
        self.assertFalse(self.again._service_goes_on_in())

    def test_others_are_never_joined(self):
        stranger = self.env["res.partner"].create({"name": "Another", "is_company": True})
        closer = self.complain(serial="SN-8", product_id=False)
        closer.sudo().kehu_own_tier = "1"
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.kept.sudo().copy({"company_id": company.id, "user_id": False, "product_id": False})
        out = self.complain(serial="SN-9", product_id=False)
        self.take_out(out)
        for number, other in enumerate(
            (self.complain(partner_id=stranger.id, product_id=False, serial=False), closer, elsewhere, out, self.again)
        ):
            with self.subTest(number), self.assertRaises(UserError):
                self.propose_duplicate(other=other)
        unknown = self.complain(partner_id=False, contact_name="Somebody", product_id=False, serial=False)
        with self.assertRaises(UserError):
            self.propose_duplicate(unknown)

    def test_customer_is_compared_once_more_at_the_decision(self):
        dismissal = self.propose_duplicate()
        self.kept.sudo().partner_id = self.env["res.partner"].create({"name": "It was another", "is_company": True})
        with self.assertRaises(UserError):
            dismissal.approval_ids.with_user(self.supervisor).approve()
        self.assertEqual(self.again.state, "received")

    def test_dialog_offers_what_can_be_joined(self):
        stranger = self.env["res.partner"].create({"name": "Another", "is_company": True})
        others = self.complain(partner_id=stranger.id, product_id=False, serial=False) | self.again
        Wizard = self.env["kehu.service.dismissal.wizard"].with_user(self.taker)
        offered = Wizard.create(
            {"document_model": "kehu.complaint", "document_ids": self.again.ids, "kind": "duplicate", "reason": "x"}
        ).joinable_complaint_ids
        self.assertIn(self.kept, offered)
        self.assertFalse(offered & others)
        for ids in ((self.again | self.kept).ids, [True], "x"):
            several = Wizard.create(
                {"document_model": "kehu.complaint", "document_ids": ids, "kind": "spam", "reason": "x"}
            )
            self.assertFalse(several.joinable_complaint_ids)

    def test_original_is_offered_however_old_it_is(self):
        values = {
            "name": "Another",
            "partner_id": self.customer.id,
            "kind_id": self.kind.id,
            "verification": "verified",
        }
        self.env["kehu.complaint"].create([values] * 101)
        offered = self.again.with_user(self.taker)._search_joinable("kehu.complaint")
        self.assertEqual(len(offered), 102)
        self.assertEqual(offered[-1], self.kept)
        self.propose(self.kept).with_user(self.supervisor).action_approval_approve()
        self.assertNotIn(self.kept, self.again.with_user(self.taker)._search_joinable("kehu.complaint"))

    def test_each_the_others_duplicate_is_joined_once(self):
        first, second = self.propose_duplicate(), self.propose_duplicate(self.kept, self.again)
        first.with_user(self.supervisor).action_approval_approve()
        with self.assertRaisesRegex(UserError, "can be joined"), self.env.cr.savepoint():
            second.with_user(self.supervisor).action_approval_approve()
        self.assertEqual((self.again.state, self.kept.state), ("dismissed", "received"))

    def test_field_finds_number_and_subject(self):
        mine = self.env["kehu.complaint"].with_user(self.taker)
        for term in (self.kept.number, self.kept.number.lower()):
            self.assertEqual([id_ for id_, _name in mine.name_search(term)], self.kept.ids)
        self.assertIn(self.kept.id, [id_ for id_, _name in mine.name_search("It hums")])

    # === ATTACKS ===

    def test_clients_name_no_foreign_or_missing_original(self):
        hidden = self.complain(
            accused_user_ids=[Command.link(self.taker.id)], user=self.handler, product_id=False, serial="SN-5"
        )
        model = self.env["kehu.complaint"].with_user(self.taker)
        errors = set()
        for values in (
            {"complaint_id": hidden.id},
            {"complaint_id": 2**31 - 1},
            {"complaint_id": True},
            {"complaint_id": str(self.kept.id)},
            {"complaint_id": [self.kept.id]},
            {},
            {"complaint_id": hidden.id, "other_id": 1},
        ):
            with self.assertRaises(UserError) as refused:
                call_kw(model, "action_propose_dismissal", [self.again.ids, "duplicate", "x"], values)
            errors.add(str(refused.exception))
        self.assertEqual(len(errors), 1, "hidden and missing ones are the same")
        wizard = self.env["kehu.service.dismissal.wizard"].with_user(self.taker)
        with self.assertRaises(AccessError):
            wizard.create(
                {
                    "document_model": "kehu.complaint",
                    "document_ids": self.again.ids,
                    "kind": "duplicate",
                    "reason": "x",
                    "duplicate_complaint_id": hidden.id,
                }
            ).action_confirm()

    def test_who_is_kept_from_the_original_learns_nothing(self):
        self.kept.with_user(self.taker).accused_user_ids = [Command.link(self.employee.id)]
        self.again.sudo().user_id = self.employee
        self.employee.group_ids += self.env.ref("kehu_complaint.group_service_supervisor")
        dismissal = self.propose_duplicate()
        mine = self.env(user=self.employee)
        self.assertTrue(self.again.with_user(self.employee).has_access("read"))
        self.assertFalse(mine["kehu.complaint.dismissal"].search([]))
        self.assertFalse(dismissal.with_user(self.employee).has_access("read"))
        self.assertFalse(self.again.with_user(self.employee).dismissal_id)
        self.assertFalse(mine["kehu.approval"].search([("res_model", "=", dismissal._name)]))
        self.assertFalse(mine["mail.activity"].search([("res_model", "=", dismissal._name)]))
        with self.assertRaises(AccessError):
            dismissal.approval_ids.with_user(self.employee).approve()
        dismissal.with_user(self.supervisor).action_approval_approve()
        self.env.invalidate_all()
        self.assertFalse(self.again.with_user(self.employee).has_access("read"))
        self.assertIn(self.employee, self.again.sudo().conflicted_user_ids)

    def test_who_is_accused_later_is_kept_from_both(self):
        self.join()
        self.kept.with_user(self.taker).accused_user_ids = [Command.link(self.employee.id)]
        self.assertIn(self.employee, self.again.sudo().conflicted_user_ids)
        self.again.with_user(self.taker).accused_user_ids = [Command.link(self.investigator.id)]
        self.assertIn(self.investigator, self.kept.sudo().conflicted_user_ids)

    def test_what_is_kept_from_more_people_is_not_joined(self):
        self.again.with_user(self.taker).accused_user_ids = [Command.link(self.employee.id)]
        with self.assertRaises(UserError):
            self.propose_duplicate()

    def test_joined_history_takes_no_forged_rows(self):
        dismissal = self.propose_duplicate()
        for user in (self.taker, self.supervisor):
            with self.assertRaises(AccessError):
                dismissal.with_user(user).duplicate_complaint_id = self.again
            with self.assertRaises(AccessError):
                self.kept.with_user(user).joined_ids = [Command.link(dismissal.id)]


@tagged("post_install", "-at_install")
class TestDuplicateLink(ServiceMailCase, DuplicateCase, HttpCase):
    """C1, C8: the customer's link of the duplicate leads to the original, for whoever may read it there."""

    def setUp(self):
        super().setUp()
        (self.kept | self.again).sudo().write({"contact_email": self.customer.email})

    def target(self, document):
        path = f"/my/complaints/{document.id}?access_token={document.sudo()._portal_ensure_token()}"
        response = self.url_open(path, allow_redirects=False)
        return response.headers.get("Location", "") if response.status_code in (302, 303) else response.status_code

    def test_link_leads_to_the_original(self):
        self.join()
        target = self.target(self.again)
        self.assertIn(f"/my/complaints/{self.kept.id}?", target)
        self.assertEqual(self.url_open(target).status_code, 200)

    def test_another_contacts_link_leads_nowhere(self):
        self.join()
        self.kept.sudo().contact_email = "somebody.else@bright.example.com"
        self.assertEqual(self.target(self.again), 200)

    def test_portal_user_is_led_to_the_original(self):
        new_test_user(self.env, "test_portal_dup", "base.group_portal", partner_id=self.customer.id, lang="en_US")
        self.join()
        self.authenticate("test_portal_dup", "test_portal_dup")
        response = self.url_open(f"/my/complaints/{self.again.id}", allow_redirects=False)
        self.assertIn(f"/my/complaints/{self.kept.id}", response.headers.get("Location", ""))
        # The page speaks the language of the website.
        self.assertRegex(self.url_open(f"/my/complaints/{self.again.id}").text, "goes on here|请在这里继续")
        self.assertRegex(self.url_open("/my/complaints").text, "Joined With Another|已并入另一件")
