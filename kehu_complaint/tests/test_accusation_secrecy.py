from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .accusation_common import AccusationCase


@tagged("post_install", "-at_install")
class TestAccusationSecrecy(AccusationCase):
    """C8: those named find no trace of an accusation, and nobody forges its decision."""

    def test_named_superior_finds_no_trace(self):
        complaint = self.complain()
        complaint.message_subscribe(self.supervisor.partner_id.ids)
        complaint.activity_schedule("mail.mail_activity_data_todo", user_id=self.supervisor.id, summary="Call them")
        mails = self.env["mail.mail"].sudo().search([("recipient_ids", "in", self.supervisor.partner_id.ids)])
        _complaint, accusation = self.accuse(self.supervisor, complaint, accusation_reason="XQZ")
        accusation.with_user(self.director).message_post(body="XQZ")
        complaint.message_post(body="XQZ", message_type="comment", subtype_xmlid="mail.mt_comment")
        notified = self.env["mail.notification"].sudo().search([("res_partner_id", "=", self.supervisor.partner_id.id)])
        self.assertFalse(notified.filtered(lambda row: "XQZ" in (row.mail_message_id.body or "")))
        self.assertEqual(mails.search([("recipient_ids", "in", self.supervisor.partner_id.ids)]), mails)
        for decision, decider in (("reject", self.director), ("withdraw", self.taker)):
            if accusation.state != "proposed":
                _complaint, accusation = self.accuse(self.supervisor, self.complain(), accusation_reason="XQZ")
            self.check_no_trace(accusation, self.supervisor)
            accusation.with_user(decider).workflow_move(decision, "No.")
            self.check_no_trace(accusation, self.supervisor)

    def check_no_trace(self, accusation, user):
        """Check that the user, who is named, finds nothing of the accusation, nor of its complaint
        as long as it waits.
        """
        complaint = accusation.complaint_id
        mine = self.env(user=user)
        Accusation = mine["kehu.complaint.accusation"]
        self.assertFalse(Accusation.search([]))
        self.assertFalse(Accusation.name_search(complaint.number))
        self.assertFalse(Accusation.search([("decider_ids", "in", self.director.ids)]))
        self.assertFalse(Accusation.formatted_read_group([], ["user_id"], ["__count"]))
        self.assertFalse(mine["kehu.complaint"].search([("accusation_ids.reason", "ilike", "XQZ")]))
        for model, name in (
            ("kehu.deadline", "res_model"),
            ("kehu.workflow.log", "res_model"),
            ("mail.message", "model"),
            ("mail.activity", "res_model"),
            ("mail.followers", "res_model"),
        ):
            self.assertFalse(mine[model].search([(name, "=", accusation._name)]), model)
        for record in (accusation, accusation.message_ids, accusation.activity_ids, accusation.deadline_ids):
            self.assertFalse(record.with_user(user)._filtered_access("read"), record)
        is_waiting = accusation.state == "proposed"
        self.assertEqual(complaint.with_user(user).has_access("read"), not is_waiting)
        if is_waiting:
            for model, name in (
                ("mail.activity", "res_model"),
                ("mail.message", "model"),
                ("mail.followers", "res_model"),
            ):
                self.assertFalse(
                    mine[model].search([(name, "=", "kehu.complaint"), ("res_id", "=", complaint.id)]), model
                )
        else:
            for attack in (
                lambda: complaint.with_user(user).read(["former_holder_ids"]),
                lambda: mine["kehu.complaint"].search([("former_holder_ids", "in", user.ids)]),
            ):
                with self.assertRaises(AccessError):
                    attack()

    def test_colleague_reads_nothing_of_accusation(self):
        _complaint, accusation = self.accuse(self.supervisor)
        for user, reads in ((self.handler, False), (self.crisis, False), (self.taker, True), (self.lawyer, True)):
            mine = self.env(user=user)
            about = [("res_model", "=", accusation._name), ("res_id", "=", accusation.id)]
            self.assertEqual(accusation.with_user(user).has_access("read"), reads, user.name)
            self.assertEqual(bool(mine["kehu.complaint.accusation"].search([("id", "=", accusation.id)])), reads)
            self.assertEqual(bool(mine["kehu.deadline"].search(about)), reads, user.name)
            self.assertEqual(
                bool(mine["mail.message"].search([("model", "=", accusation._name), ("res_id", "=", accusation.id)])),
                reads,
                user.name,
            )

    def test_links_of_named_colleague_stop(self):
        complaint = self.complain(contact_email="feng@ruida.example.com").sudo()
        self.handler.email = "feng@ruida.example.com"
        token = complaint._portal_ensure_token()
        self.accuse(self.handler, complaint)
        self.assertNotEqual(complaint.access_token, token)

    def test_decision_cannot_be_forged(self):
        complaint, accusation = self.accuse(self.supervisor)
        forged = {
            "complaint_id": complaint.id,
            "user_id": self.handler.id,
            "accused_user_ids": [Command.set(self.director.ids)],
        }
        for user in (self.taker, self.handler, self.supervisor, self.director, self.lawyer):
            mine = accusation.with_user(user)
            for attack in (
                lambda mine=mine: mine.write({"state": "confirmed"}),
                lambda mine=mine: mine.write({"reason": "Another"}),
                lambda mine=mine: mine.write({"accused_user_ids": [Command.clear()]}),
                lambda mine=mine: mine.write({"roles_before": {}}),
                lambda mine=mine: mine.create(forged),
                lambda mine=mine: mine.create({**forged, "state": "confirmed"}),
                lambda mine=mine: mine.with_context(default_state="confirmed").create(forged),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()
        for command in (
            Command.create({"accused_user_ids": [Command.set(self.director.ids)], "state": "confirmed"}),
            Command.update(accusation.id, {"state": "rejected"}),
            Command.delete(accusation.id),
            Command.clear(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                complaint.with_user(self.taker).write({"accusation_ids": [command]})
        for field in ("conflicted_user_ids", "former_holder_ids"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(self.taker).write({field: [Command.clear()]})
        for user in (self.handler, self.supervisor, self.director, self.lawyer, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                accusation.with_user(user).workflow_move("withdraw", "In their name")
        with self.assertRaisesRegex(UserError, "kept as evidence"), self.env.cr.savepoint():
            accusation.unlink()
        self.assertEqual((accusation.state, accusation.accused_user_ids), ("proposed", self.supervisor))

    def test_commands_of_every_shape_propose(self):
        ids = self.supervisor.ids
        for value in ([Command.set(ids)], [[6, 0, ids]], [Command.link(ids[0])], [[4, ids[0]]], ids, self.supervisor):
            complaint = self.complain()
            complaint.with_user(self.taker).write({"accused_user_ids": value})
            self.assertFalse(complaint.sudo().accused_user_ids, value)
            self.assertEqual(complaint.sudo().accusation_ids.accused_user_ids, self.supervisor, value)
            complaint = self.complain()
            complaint.with_user(self.taker).with_context(
                active_test=False, kehu_workflow_permit=True, tracking_disable=True
            ).write({"accused_user_ids": value})
            self.assertEqual(complaint.sudo().accusation_ids.state, "proposed")

    def test_import_of_accused_superior_proposes(self):
        result = (
            self.env["kehu.complaint"]
            .with_user(self.taker)
            .load(["name", "accused_user_ids/.id"], [["Rude", str(self.supervisor.id)]])
        )
        complaint = self.env["kehu.complaint"].browse(result["ids"])
        self.assertFalse(complaint.accused_user_ids)
        self.assertEqual(complaint.accusation_ids.accused_user_ids, self.supervisor)

    def test_portal_user_reads_no_accusation(self):
        complaint, accusation = self.accuse(self.supervisor)
        portal = new_test_user(self.env, "test_portal", "base.group_portal")
        for user in (portal, self.employee, self.crisis):
            self.assertFalse(accusation.with_user(user).has_access("read"))
