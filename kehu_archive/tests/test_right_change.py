from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .right_change_common import RightChangeCase


@tagged("post_install", "-at_install")
class TestRightChange(RightChangeCase):
    """X2, X5: who comes to read classified customers is decided by those who gain nothing by it."""

    def test_relation_given_by_reader_waits_for_officer(self):
        for name in ("user_id", "kehu_custodian_id", "kehu_team_id"):
            with self.subTest(name):
                before = self.secret[name]
                gaining = self.leader if name == "kehu_team_id" else self.salesman
                value = self.unit.id if name == "kehu_team_id" else self.salesman.id
                self.secret.with_user(self.clerk).write({name: value, "phone": f"1{name}"})
                self.assertEqual(self.secret[name], before)
                self.assertEqual(self.secret.phone, f"1{name}")
                self.assertFalse(self.reads(gaining))
                change = self.requests(name=name)
                self.assertEqual((change.requester_id, change.beneficiary_ids, change.tier), (self.clerk, gaining, "3"))
                self.assertEqual(self.told(change), self.officer | self.colleague)
                change.with_user(self.officer).workflow_move("confirm")
                self.assertEqual(self.secret[name].id, value)
                self.assertTrue(self.reads(gaining))
                self.assertEqual(self.told(change), self.clerk | self.colleague)
                self.assertEqual(self.log(f"{name} = ")[:1].user_id, self.officer)
                self.secret[name] = before

    def test_relation_of_batch_waits_for_classified_only(self):
        both = self.secret | self.open
        self.secret.user_id = self.cleared
        both.with_user(self.clerk).write({"user_id": self.salesman.id, "ref": "handed over"})
        self.assertEqual(self.open.user_id, self.salesman)
        self.assertEqual(self.secret.user_id, self.cleared)
        self.assertEqual(set(both.mapped("ref")), {"handed over"})
        self.assertEqual(self.requests().res_ids, self.secret.ids)

    def test_relation_through_archive_and_import_waits(self):
        archive = self.secret.kehu_archive_id.with_user(self.clerk)
        archive.write({"kehu_custodian_id": self.salesman.id})
        self.assertEqual(archive.kehu_custodian_id, self.clerk)
        self.assertTrue(self.requests(name="kehu_custodian_id"))
        result = (
            self.env["res.partner"]
            .with_user(self.clerk)
            .load([".id", "user_id/.id"], [[str(self.secret.id), str(self.salesman.id)]])
        )
        self.assertFalse(result["messages"])
        self.assertFalse(self.secret.user_id)
        self.assertTrue(self.requests(name="user_id"))

    def test_relation_needs_write_access_to_be_asked_for(self):
        with self.assertRaises(AccessError):
            self.secret.with_user(self.employee).write({"user_id": self.employee.id})
        self.assertFalse(self.requests())

    def test_relation_of_new_customer_is_no_gain(self):
        customer = (
            self.env["res.partner"]
            .with_user(self.officer)
            .create({"name": "New", "is_company": True, "kehu_tier": "2", "user_id": self.officer.id})
        )
        self.assertEqual(customer.user_id, self.officer)
        self.assertFalse(self.requests())

    def test_relation_taken_away_acts_at_once_and_is_logged(self):
        self.secret.user_id = self.clerk
        self.secret.with_user(self.clerk).write({"kehu_custodian_id": False})
        self.assertFalse(self.secret.kehu_custodian_id)
        self.assertFalse(self.requests())
        self.assertEqual(self.log("kehu_custodian_id = —").user_id, self.clerk)

    def test_officers_are_told_what_was_taken_away(self):
        self.secret.with_user(self.officer).user_id = self.salesman
        self.secret.with_user(self.clerk).write({"user_id": False})
        change = self.requests(state="direct", is_taken=True)
        self.assertEqual((change.requester_id, change.before_label, change.tier), (self.clerk, self.salesman.name, "3"))
        self.assertEqual(self.told(change), self.officer | self.colleague)
        self.open.with_user(self.clerk).write({"user_id": self.salesman.id})
        self.open.with_user(self.clerk).write({"user_id": False})
        self.assertEqual(self.requests(state="direct", is_taken=True), change, "unclassified")

    def test_relation_of_unclassified_customer_does_not_wait(self):
        self.open.with_user(self.clerk).write({"user_id": self.salesman.id})
        self.assertEqual(self.open.user_id, self.salesman)
        self.assertFalse(self.requests())

    def test_contacts_follow_their_company_when_it_is_confirmed(self):
        contact = self.env["res.partner"].create({"name": "Person", "parent_id": self.secret.id})
        self.secret.with_user(self.clerk).write({"kehu_custodian_id": self.salesman.id})
        self.requests().with_user(self.officer).workflow_move("confirm")
        self.assertEqual(contact.kehu_custodian_id, self.salesman)
        self.assertFalse(self.requests())

    def test_contact_alone_waits_as_its_company_does(self):
        contact = self.env["res.partner"].create({"name": "Person", "parent_id": self.secret.id})
        contact.with_user(self.clerk).write({"user_id": self.salesman.id})
        self.assertFalse(contact.user_id)
        self.assertEqual(self.requests().res_ids, contact.ids)

    def test_archive_filed_for_classified_customer_gives_no_custody(self):
        customer = self.env["res.partner"].create(
            {"name": "Hidden", "is_company": True, "kehu_tier": "2", "user_id": self.salesman.id}
        )
        archive = (
            self.env["kehu.archive"]
            .with_user(self.salesman)
            .create({"partner_id": customer.id, "kehu_custodian_id": self.clerk.id})
        )
        self.assertFalse(customer.kehu_custodian_id)
        self.assertFalse(archive.kehu_custodian_id)
        self.assertEqual(self.requests(name="kehu_custodian_id").beneficiary_ids, self.clerk)

    def test_contact_moves_between_companies_that_all_read(self):
        internal, classified = (
            self.env["res.partner"].create({"name": "Company", "is_company": True, "kehu_tier": tier}) for tier in "12"
        )
        contact = self.env["res.partner"].create({"name": "Person", "parent_id": internal.id})
        contact.with_user(self.clerk).parent_id = self.open
        self.assertEqual(contact.kehu_tier, "0")
        with self.assertRaisesRegex(AccessError, "lowered on request"), self.env.cr.savepoint():
            internal.with_user(self.clerk).kehu_tier = "0"
        contact.parent_id = classified
        classified.user_id = self.clerk
        contact.user_id = self.clerk
        with self.assertRaises(AccessError):
            contact.with_user(self.clerk).parent_id = self.open

    # === OFFICERS ===

    def test_officer_gives_directly_and_colleagues_are_told(self):
        self.secret.with_user(self.officer).write({"user_id": self.salesman.id})
        self.assertTrue(self.reads(self.salesman))
        change = self.requests(state="direct")
        self.assertTrue(change)
        self.assertEqual(self.told(change), self.colleague)
        with self.assertRaises(UserError):
            change.with_user(self.colleague).workflow_move("confirm")

    def test_officer_never_gives_to_themselves(self):
        self.secret.with_user(self.officer).write({"user_id": self.officer.id})
        self.assertFalse(self.secret.user_id)
        change = self.requests()
        self.assertEqual(self.told(change), self.colleague)
        with self.assertRaisesRegex(AccessError, "not for you"):
            change.with_user(self.officer).workflow_move("confirm")
        change.with_user(self.colleague).workflow_move("confirm")
        self.assertEqual(self.secret.user_id, self.officer)

    def test_officer_decides_only_up_to_own_clearance(self):
        low = new_test_user(self.env, "test_officer_3", "kehu_confidential.group_tier_officer")
        self.secret.with_user(self.clerk).write({"user_id": self.salesman.id})
        self.assertNotIn(low, self.told(self.requests()))
        with self.assertRaises(AccessError):
            self.requests().with_user(low).workflow_move("confirm")

    def test_officer_confirms_nothing_that_was_raised_beyond(self):
        lower = new_test_user(
            self.env,
            "test_officer_low",
            "kehu_confidential.group_tier_officer,kehu_confidential.group_clearance_confidential",
        )
        self.env.ref("kehu_confidential.group_tier_officer").user_ids += lower
        self.open.sudo().kehu_tier = "2"
        former = new_test_user(self.env, "test_former", "base.group_user")
        customer = self.file_archive(name="Another", user_id=former.id).partner_id
        customer.sudo().kehu_tier = "2"
        former.active = False
        self.open.with_user(self.cleared_top).user_id = self.salesman
        former.with_user(self.admin).active = True
        changes = self.requests(name="user_id") | self.requests(name="active")
        self.assertEqual(changes.mapped("tier"), ["2", "2"])
        (self.open | customer).sudo().kehu_tier = "3"
        for change in changes:
            with self.assertRaisesRegex(AccessError, "not for you"), self.env.cr.savepoint():
                change.with_user(lower).workflow_move("confirm")
            change.with_user(self.officer).workflow_move("confirm")
            self.assertEqual(change.tier, "3")
        self.assertTrue(self.reads(self.salesman, self.open) and self.reads(former, customer))

    def test_server_action_gives_nothing_even_as_superuser(self):
        code = f"""
record = env["res.partner"].browse({self.secret.id})
record.with_user(%s).with_context({{}}).sudo().write({{"user_id": {self.admin.id}}})
"""
        model_id = self.env["ir.model"]._get_id("res.users")
        for uid in (SUPERUSER_ID, self.officer.id, self.admin.id):
            action = self.env["ir.actions.server"].create(
                {"name": "x", "model_id": model_id, "state": "code", "code": code % uid}
            )
            action.with_user(self.admin).run()
            self.assertFalse(self.secret.user_id)
        self.assertEqual(len(self.requests()), 3)
        action.code = f"env['kehu.right.change'].browse({self.requests()[0].id}).with_user({self.officer.id}).workflow_move('confirm')"
        with self.assertRaisesRegex(AccessError, "by people"):
            action.with_user(self.admin).run()

    # === DECIDING ===

    def test_confirmation_compares_what_was_noted(self):
        self.secret.with_user(self.clerk).write({"user_id": self.salesman.id})
        change = self.requests()
        self.secret.user_id = self.cleared
        with self.assertRaisesRegex(UserError, "not the one"):
            change.with_user(self.officer).workflow_move("confirm")
        self.secret.user_id = False
        self.salesman.active = False
        with self.assertRaisesRegex(UserError, "not active"):
            change.with_user(self.officer).workflow_move("confirm")

    def test_confirmation_is_refused_when_others_would_gain(self):
        self.secret.with_user(self.clerk).write({"kehu_team_id": self.unit.id})
        self.unit.user_id = self.officer
        with self.assertRaises(UserError):
            self.requests().with_user(self.officer).workflow_move("confirm")
        with self.assertRaisesRegex(UserError, "Others"):
            self.requests().with_user(self.colleague).workflow_move("confirm")

    def test_refusal_needs_reason_and_tells_requester(self):
        self.secret.with_user(self.clerk).with_context(kehu_right_reason="maternity leave").write(
            {"user_id": self.salesman.id}
        )
        change = self.requests()
        self.assertEqual(change.reason, "maternity leave")
        with self.assertRaisesRegex(UserError, "reason"):
            change.with_user(self.officer).workflow_move("refuse")
        change.with_user(self.officer).workflow_move("refuse", "not a customer of the asker")
        self.assertEqual(self.told(change), self.clerk)
        self.assertFalse(self.secret.user_id)
        with self.assertRaises(UserError):
            change.with_user(self.officer).workflow_move("confirm")

    def test_requester_withdraws_and_others_do_not(self):
        self.secret.with_user(self.clerk).write({"user_id": self.salesman.id})
        change = self.requests()
        with self.assertRaises(AccessError):
            change.with_user(self.salesman).workflow_move("withdraw")
        change.with_user(self.clerk).workflow_move("withdraw")
        self.assertEqual(change.state, "withdrawn")

    def test_nobody_forges_or_edits_a_change(self):
        self.secret.with_user(self.clerk).write({"user_id": self.salesman.id})
        change = self.requests()
        for user in (self.clerk, self.officer, self.admin):
            own = change.with_user(user)
            for attack in (
                lambda own=own: own.write({"value": self.admin.id}),
                lambda own=own: own.write({"state": "confirmed"}),
                lambda own=own: own.unlink(),
                lambda own=own: own.create(
                    {
                        "requester_id": self.clerk.id,
                        "res_model": "res.partner",
                        "res_ids": self.secret.ids,
                        "name": "user_id",
                        "value": self.admin.id,
                        "tier": "3",
                    }
                ),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attack()
            for forged in (True, {"model": "res.partner"}, "RightPermit"):
                self.secret.with_user(self.clerk).with_context(
                    kehu_right_permit=forged, kehu_right_undoing=forged
                ).write({"user_id": self.salesman.id})
                self.assertFalse(self.secret.user_id)

    def test_nobody_deletes_what_waits(self):
        self.secret.with_user(self.clerk).user_id = self.salesman
        with self.assertRaisesRegex(UserError, "evidence|kept"), self.env.cr.savepoint():
            self.requests(name="user_id").with_user(self.admin).sudo().unlink()

    def test_change_is_read_by_requester_and_officers(self):
        self.secret.with_user(self.clerk).write({"user_id": self.salesman.id})
        for user, sees in (
            (self.clerk, True),
            (self.officer, True),
            (self.auditor, True),
            (self.admin, True),
            (self.salesman, False),
            (self.manager, False),
        ):
            found = self.requests().with_user(user)._filtered_access("read")
            self.assertEqual(bool(found), sees, user.name)
        change = self.requests()
        self.assertNotIn("Secret", change.with_user(self.admin).document_names)
        self.assertEqual(change.with_user(self.officer).document_names, "Secret Customer")

    # === UNITS ===

    def test_leader_of_unit_with_classified_customers_waits(self):
        self.secret.kehu_team_id = self.unit
        self.unit.with_user(self.admin).write({"user_id": self.admin.id, "name": "Renamed"})
        self.assertEqual((self.unit.user_id, self.unit.name), (self.leader, "Renamed"))
        self.assertFalse(self.reads(self.admin))
        change = self.requests(res_model="crm.team")
        self.assertEqual((change.beneficiary_ids, change.tier), (self.admin, "3"))
        change.with_user(self.officer).workflow_move("confirm")
        self.assertTrue(self.reads(self.admin))
        self.assertTrue(self.log("user_id = Zhao"))

    def test_leader_of_unit_without_classified_customers_is_free(self):
        self.unit.with_user(self.admin).write({"user_id": self.admin.id})
        self.assertEqual(self.unit.user_id, self.admin)
        self.assertFalse(self.requests())
