from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .flow_case import FlowCase
from .markers import CONTENT, NAME


@tagged("post_install", "-at_install")
class TestRowsAbout(FlowCase):
    """X3: rows about a document of any model: meetings, text messages, and what a rule of an administrator finds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "about_admin", "base.group_system", name="Settings", email="settings@example.com"
        )

    def as_admin(self, model, **context):
        return self.env(user=self.admin, su=False)[model].with_context(**context)

    # === MEETINGS ===

    def test_meeting_about_a_hidden_document_is_hidden(self):
        lead = self.about("crm.lead")[:1]
        values = {
            "name": f"{CONTENT}3",
            "description": f"{CONTENT}3",
            "partner_ids": [Command.set(self.cleared.partner_id.ids)],
        }
        meetings = (
            self.env["calendar.event"]
            .with_user(self.cleared)
            .create(
                [
                    {
                        **values,
                        "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                        "res_id": self.hidden[1].id,
                    },
                    {**values, "opportunity_id": lead.id},
                ]
            )
        )
        for meeting in meetings:
            theirs = meeting.with_user(self.clerk)
            self.assertFalse(theirs.search([("id", "=", meeting.id)]))
            self.assertRefused(lambda theirs=theirs: theirs.read(["name", "description"]))
            self.assertRefused(lambda theirs=theirs: theirs.attendee_ids.read(["common_name"]))
            meeting.partner_ids += self.clerk.partner_id
            self.env.flush_all()
            self.assertTrue(theirs.search([("id", "=", meeting.id)]), "whom the organizer invites is told")
        plain = (
            self.env["calendar.event"]
            .with_user(self.cleared)
            .create({**values, "res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.open.id})
        )
        self.assertTrue(plain.with_user(self.clerk).search([("id", "=", plain.id)]))

    # === TEXT MESSAGES ===

    def test_text_message_is_hidden_with_its_recipient_and_message(self):
        message = self.hidden[0].message_post(body=f"{CONTENT}2")
        rows = self.env["sms.sms"].create(
            [
                {"number": f"{CONTENT}2", "body": f"{CONTENT}2", "partner_id": self.hidden[0].id},
                {"number": f"{CONTENT}2", "body": f"{CONTENT}2", "mail_message_id": message.id},
            ]
        )
        shown = self.env["sms.sms"].create({"number": "1", "body": "x", "partner_id": self.open.id})
        self.env.flush_all()
        texts = self.as_admin("sms.sms")
        self.assertEqual(texts.search([("id", "in", (rows + shown).ids)]), shown.with_env(texts.env))
        self.assertTellsNothing(
            lambda: texts.search_read([], ["number", "body"]),
            lambda: texts.browse(rows.ids).read(["body"]),
            lambda: texts.browse(rows.ids).export_data(["number", "body"]),
            lambda: texts.formatted_read_group([], ["number"], ["__count"]),
        )

    def test_waiting_text_message_says_what_was_said(self):
        """A9: as mails that wait."""
        self.admin.group_ids += self.env.ref("kehu_archive.group_archive_user")
        archive = self.env["kehu.archive"].create({"name": "Filed Ltd"})
        kept, free = archive.message_post(body="Accepted"), self.open.message_post(body="Accepted")
        row, other = self.env["sms.sms"].create(
            [{"number": "1", "body": "Accepted", "mail_message_id": message.id} for message in (kept, free)]
        )
        texts = self.as_admin("sms.sms")
        for attack in (
            lambda: texts.browse(row.id).write({"body": "Rejected"}),
            lambda: texts.browse(row.id).write({"number": "2"}),
            lambda: texts.browse(other.id).write({"mail_message_id": kept.id}),
            lambda: texts.browse(row.id).unlink(),
            lambda: texts.create({"number": "1", "body": "Rejected", "mail_message_id": kept.id}),
        ):
            with self.assertRaisesRegex(AccessError, "kept as they were posted"), self.env.cr.savepoint():
                attack()
        texts.browse(row.id).write({"state": "canceled"})
        texts.browse(other.id).write({"body": "Call us"})
        self.assertEqual((row.body, row.state, other.body), ("Accepted", "canceled", "Call us"))

    def test_text_messages_are_kept_after_an_automation_rule(self):
        """A9: Odoo drops what was set on its models whenever such rules change."""
        self.addCleanup(self.env["base.automation"]._unregister_hook)
        self.as_admin("base.automation").create(
            {"name": "x", "model_id": self.partner_model, "trigger": "on_create_or_write"}
        )
        kept = self.env["kehu.archive"].create({"name": "Filed Ltd"}).message_post(body="Accepted")
        row = self.env["sms.sms"].create({"number": "1", "body": "Accepted", "mail_message_id": kept.id})
        with self.assertRaisesRegex(AccessError, "kept as they were posted"):
            self.as_admin("sms.sms").browse(row.id).write({"body": "Rejected"})

    def test_number_on_the_blacklist_is_hidden_with_its_customer(self):
        customer = self.hidden[0]
        customer.sudo().phone, self.open.sudo().phone = "+86 755 8600 1234", "+86 755 8600 5678"
        listed = self.env["phone.blacklist"].create([{"number": contact.phone} for contact in (customer, self.open)])
        mine = self.as_admin("phone.blacklist")
        self.assertEqual(mine.search([("id", "in", listed.ids)]), listed[1].with_env(mine.env))
        self.assertFalse(mine.search_count([("number", "=", customer.phone)]))
        self.assertRefused(lambda: mine.browse(listed[0].id).read(["number"]))
        typed = mine.create({"number": "+86 755 8600 9999"})
        customer.sudo().phone = typed.number
        self.env.flush_all()
        self.assertTrue(mine.search([("id", "=", typed.id)]), "whoever typed a number learns nothing by it")

    # === RULES ===

    def test_recycling_rule_finds_what_its_author_may_read(self):
        rule = self.as_admin("data_recycle.model").create(
            {
                "res_model_id": self.partner_model,
                "name": "x",
                "domain": repr([("name", "=like", f"{NAME}%")]),
                "notify_user_ids": self.admin.ids,
            }
        )
        rule.action_recycle_records()
        rule.env["data_recycle.model"].with_user(self.env.ref("base.user_root"))._cron_recycle_records()
        self.env.flush_all()
        self.assertFalse(self.env["data_recycle.record"].search([("recycle_model_id", "=", rule.id)]))
        self.assertFalse(rule.records_to_recycle_count)
        rule.domain = repr([("id", "=", self.open.id)])
        rule.action_recycle_records()
        self.assertEqual(rule.recycle_record_ids.mapped("res_id"), self.open.ids)

    def test_challenge_takes_part_whom_its_author_finds(self):
        user = new_test_user(self.env, "about_portal", "base.group_portal", partner_id=self.hidden[0].id)
        challenge = self.as_admin("gamification.challenge").create(
            {"name": "x", "user_domain": repr([("partner_id.name", "=", self.hidden[0].name)])}
        )
        challenge.with_env(self.env)._recompute_challenge_users()  # as the job does
        self.assertNotIn(user, challenge.sudo().user_ids)

    def test_goal_counts_what_the_author_of_its_definition_reads(self):
        definition = self.as_admin("gamification.goal.definition").create(
            {
                "name": "x",
                "computation_mode": "count",
                "model_id": self.partner_model,
                "domain": repr([("id", "in", [self.hidden[0].id, self.open.id])]),
            }
        )
        goal = self.env["gamification.goal"].create(
            {"definition_id": definition.id, "user_id": self.admin.id, "target_goal": 9, "state": "inprogress"}
        )
        goal.update_goal()
        self.assertEqual(goal.current, 1)

    def test_found_row_is_hidden_when_its_document_is_classified(self):
        rule = self.as_admin("data_recycle.model").create(
            {"res_model_id": self.partner_model, "name": "x", "domain": repr([("id", "=", self.open.id)])}
        )
        rule.action_recycle_records()
        row = rule.recycle_record_ids
        self.assertEqual(row.name, "Open customer")
        self.open.kehu_tier = "2"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(rule.recycle_record_ids)
        self.assertFalse(rule.records_to_recycle_count)
        for attack in (lambda: row.read(["name"]), lambda: row.action_validate()):
            self.assertRefused(attack)
        self.assertTrue(self.open.exists())
        self.assertFalse(
            self.as_admin("data_recycle.record").create({"recycle_model_id": rule.id, "res_id": self.hidden[0].id})
        )

    # === GROUPS ===

    def test_row_is_grouped_by_what_its_document_is_about(self):
        """Odoo sorts groups by the record; the rule of the row has joined it."""
        for model, name in (("kehu.dispute.step", "complaint_id"), ("kehu.service.log.part", "ticket_id")):
            field = self.env[model]._fields[name]
            self.assertTrue(field.related and field.store)
            for rows in (self.as_clerk(model), self.env[model].with_user(self.cleared)):
                rows.formatted_read_group([], [name], ["__count"])
                rows.search([], order=name)
                rows.search([(f"{name}.name", "!=", "x")], order=f"{name} desc")

    # === COMPUTED REFERENCES ===

    def test_computed_reference_names_no_hidden_customer(self):
        """Odoo computes the owner of a package as superuser."""
        product = self.env["product.product"].create({"name": "Good", "is_storable": True})
        location = (
            self.env["stock.warehouse"].search([("company_id", "=", self.clerk.company_id.id)], limit=1).lot_stock_id
        )
        packages = {}
        for owner in (*self.hidden, self.open):
            packages[owner] = self.env["stock.package"].create({"name": f"Package {owner.id}"})
            self.env["stock.quant"].create(
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "quantity": 1,
                    "package_id": packages[owner].id,
                    "owner_id": owner.id,
                }
            )
        self.env.flush_all()
        for owner, package in packages.items():
            for user, is_shown in ((self.clerk, owner == self.open), (self.cleared, True)):
                self.env.invalidate_all()
                mine = package.with_user(user)
                self.assertEqual(bool(mine.read(["owner_id"])[0]["owner_id"]), is_shown)
                self.assertEqual(
                    bool(mine.web_read({"owner_id": {"fields": {"display_name": {}}}})[0]["owner_id"]), is_shown
                )

    # === MOVES ===

    def test_move_that_belongs_to_nothing_is_read(self):
        product = self.env["product.product"].create({"name": "Good", "is_storable": True})
        location = self.env["stock.location"].search([("usage", "=", "internal")], limit=1)
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "location_id": location.id,
                "location_dest_id": location.id,
                "date": fields.Datetime.now(),
            }
        )
        self.env.flush_all()
        rows = self.as_clerk("stock.move").web_search_read(
            [("id", "=", move.id)], {"product_id": {}, "origin": {}, "quantity": {}}
        )
        self.assertEqual(rows["length"], 1)
        self.assertTrue(self.as_clerk("stock.move").browse(move.id).export_data(["origin", "product_id/name"])["datas"])
