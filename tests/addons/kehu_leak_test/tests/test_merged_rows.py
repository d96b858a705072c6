from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestMergedRows(TransactionCase):
    """X2, X3: what apps merge or delete as superuser tells nothing hidden, and takes no reminder away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "merge_admin", "base.group_system")
        cls.seller = new_test_user(cls.env, "merge_seller", "sales_team.group_sale_salesman_all_leads")
        cls.cleared = new_test_user(
            cls.env,
            "merge_cleared",
            "sales_team.group_sale_salesman_all_leads,kehu_confidential.group_clearance_top_secret",
        )
        secret = {"name": "Secret", "is_company": True, "email": "same@example.com", "kehu_tier": "3"}
        cls.secret = cls.env["res.partner"].create(secret)
        cls.open = cls.env["res.partner"].create({"name": "Mine", "email": "same@example.com"})
        cls.env["crm.lead"].search([]).unlink()
        cls.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        cls.team = cls.env["crm.team"].create({"name": "Team", "use_leads": True, "use_opportunities": True})
        cls.env["crm.team.member"].create({"crm_team_id": cls.team.id, "user_id": cls.seller.id, "assignment_max": 999})
        cls.hidden = cls.create_lead(cls.secret, description="Secret plan")
        cls.mine = cls.create_lead(cls.open, type="opportunity")

    @classmethod
    def create_lead(cls, customer, **vals):
        values = {"name": "x", "type": "lead", "partner_id": customer.id, "email_from": "same@example.com"}
        return cls.env["crm.lead"].create({**values, "user_id": False, "team_id": False, **vals})

    def assign(self):
        self.env.flush_all()
        self.team.with_user(self.env.ref("base.user_root"))._action_assign_leads(
            force_quota=True, creation_delta_days=0
        )
        self.env.flush_all()
        self.env.invalidate_all()

    # === LEADS ===

    def test_assignment_merges_no_hidden_lead_into_an_open_one(self):
        self.assign()
        self.assertTrue(self.hidden.exists() and self.mine.exists())
        self.assertFalse(self.mine.description)
        self.assertEqual((self.hidden.partner_id, self.mine.partner_id), (self.secret, self.open))

    def test_assignment_merges_leads_of_one_customer(self):
        others = self.create_lead(self.secret) + self.create_lead(self.open)
        self.assign()
        self.assertEqual(len((self.hidden + others[0]).exists()), 1)
        self.assertEqual(len((self.mine + others[1]).exists()), 1)

    def test_cleared_user_merges_leads_of_one_customer_only(self):
        leads = (self.hidden + self.mine).with_user(self.cleared)
        with self.assertRaisesRegex(UserError, "of the same customer only"), self.env.cr.savepoint():
            leads.merge_opportunity()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            leads.with_user(self.seller).merge_opportunity()
        self.mine.partner_id = self.secret
        self.assertIn("Secret plan", leads.merge_opportunity().description)

    def test_wizard_proposes_no_lead_of_another_customer(self):
        duplicates = self.env["crm.lead"].with_user(self.cleared)._get_lead_duplicates
        self.assertEqual(duplicates(self.open, "same@example.com"), self.mine)
        self.assertEqual(duplicates(self.secret, "same@example.com"), self.hidden)

    # === REMINDERS ===

    def remind(self):
        """Return the to-do of an officer about a request of the administrator."""
        self.env.ref("kehu_confidential.group_tier_officer").user_ids = self.cleared
        self.env.ref("kehu_confidential.group_clearance_confidential").with_user(self.admin).user_ids += self.admin
        todos = self.env["mail.activity"].search([("res_model", "=", "kehu.right.change")])
        return todos.filtered(lambda todo: todo.user_id == self.cleared)[:1]

    def recycle(self, todo, **vals):
        model = self.env["ir.model"]._get_id("mail.activity")
        rules = self.env["data_recycle.model"].with_user(self.admin)
        return rules.create({"name": "x", "res_model_id": model, "domain": f"[('id', '=', {todo.id})]", **vals})

    def test_recycling_takes_no_reminder_of_another(self):
        todo = self.remind()
        self.assertTrue(todo)
        rule = self.recycle(todo)
        rule.action_recycle_records()
        row = rule.recycle_record_ids
        self.assertEqual(row.res_id, todo.id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            row.action_validate()
        automatic = self.recycle(todo, recycle_mode="automatic")
        automatic.with_user(self.env.ref("base.user_root"))._cron_recycle_records()
        self.env.flush_all()
        self.assertTrue(todo.exists())

    def test_recycling_deletes_nothing_that_is_kept_from_users(self):
        archive = self.env["kehu.archive"].create({"name": "Kept"})
        changed = {"old_value_char": "a", "new_value_char": "b"}
        message = archive._message_log(body="x", tracking_value_ids=[Command.create(changed)])
        ours = [("model_id.model", "=", "kehu.right.change")]
        names = self.env["ir.model.data"].search([("module", "=", "kehu_workflow"), ("model", "=", "res.groups")])
        from_addon = "comes with an addon"
        for record, refusal in (
            (message.sudo().tracking_value_ids, "kept as they were posted"),
            (names[:1], from_addon),
            (self.env["ir.rule"].search(ours, limit=1), from_addon),
            (self.env["ir.model.access"].search(ours, limit=1), from_addon),
            (self.env["ir.cron"].search([])._kehu_filter_ours()[:1], from_addon),
        ):
            self.assertTrue(record)
            for vals in ({"recycle_action": "unlink"}, {"recycle_action": "archive"}):
                if vals["recycle_action"] == "archive" and not record._active_name:
                    continue
                model = self.env["ir.model"]._get_id(record._name)
                rule = self.recycle(record, **vals, res_model_id=model)
                rule.action_recycle_records()
                with self.subTest(record=record, **vals):
                    row = rule.recycle_record_ids
                    self.assertEqual(row.res_id, record.id)
                    with self.assertRaisesRegex(UserError, refusal), self.env.cr.savepoint():
                        row.action_validate()
                    automatic = self.recycle(record, recycle_mode="automatic", **vals, res_model_id=model)
                    automatic.with_user(self.env.ref("base.user_root"))._cron_recycle_records()
                    self.env.flush_all()
                    self.assertTrue(record.exists())
                    self.assertTrue(not record._active_name or record[record._active_name])

    def test_recycling_deletes_what_a_user_wrote_down(self):
        todo = self.open.activity_schedule("mail.mail_activity_data_todo", user_id=self.admin.id)
        rule = self.recycle(todo)
        rule.action_recycle_records()
        rule.recycle_record_ids.action_validate()
        self.assertFalse(todo.exists())

    # === PRIVACY LOOKUP ===

    def look_up(self, record):
        lines = self.env["privacy.lookup.wizard.line"].with_user(self.admin)
        return lines.create(
            {"res_model_id": self.env["ir.model"]._get_id(record._name), "res_id": record.id, "is_active": True}
        )

    def test_privacy_lookup_deletes_nothing_that_is_kept_from_users(self):
        todo = self.remind()
        archive = self.env["kehu.archive"].create({"name": "Kept"})
        changed = {"old_value_char": "a", "new_value_char": "b"}
        message = archive._message_log(body="x", tracking_value_ids=[Command.create(changed)])
        ours = [("model_id.model", "=", "kehu.right.change")]
        names = self.env["ir.model.data"].search([("module", "=", "kehu_workflow"), ("model", "=", "res.groups")])
        for record in (
            todo,
            message.sudo().tracking_value_ids,
            names[:1],
            self.env["ir.rule"].search(ours, limit=1),
            self.env["ir.model.access"].search(ours, limit=1),
            self.env["ir.cron"].search([])._kehu_filter_ours()[:1],
            self.env["kehu.right.change"].search([], limit=1),
            self.env["kehu.access.log"].search([], limit=1),
        ):
            self.assertTrue(record)
            with self.subTest(record=record):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.look_up(record).action_unlink()
                if record._active_name:
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        self.look_up(record).action_archive_all()
                self.assertTrue(record.exists())

    def test_privacy_lookup_deletes_what_users_may(self):
        entry = self.env["ir.config_parameter"].create({"key": "of.somebody", "value": "x"})
        line = self.look_up(entry)
        line.action_unlink()
        self.assertFalse(entry.exists())
        self.assertTrue(line.is_unlinked)
        line = self.look_up(self.open)
        line.action_archive_all()
        self.assertFalse(self.open.active)

    def test_privacy_lookup_names_no_document_that_is_kept(self):
        report = self.env["kehu.leak.report"].with_user(self.seller).create({"name": "Plans in the bin"})
        self.assertNotIn("Plans", self.look_up(report).res_name)
        self.assertIn("Mine", self.look_up(self.open).res_name)
