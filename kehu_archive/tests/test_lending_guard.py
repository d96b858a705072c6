from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.kehu_confidential.models.contacts.res_partner_tier import _TIER_WRITTEN as TIER_WRITTEN

from .common import credit_code
from .lending_common import LendingCase


@tagged("post_install", "-at_install")
class TestLendingGuard(LendingCase):
    """X2: nobody forges who is lent reading, rights taken away are told to the officers, and many
    cost what one costs.
    """

    # === FORGED ===

    def test_list_is_filled_by_nobody_but_the_server(self):
        approval = self.submit()
        link = [Command.link(self.employee.id)]
        # An administrator can give any access right to the model.
        self.env["ir.model.access"].create(
            {
                "name": "all",
                "model_id": self.env["ir.model"]._get_id("kehu.approval"),
                "group_id": self.env.ref("base.group_system").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
            }
        )
        for records in (
            approval.with_user(self.rule_manager),
            approval.with_user(self.clerk),
            approval.with_user(self.admin),
            approval,
        ):
            with self.assertRaises(AccessError):
                records.write({"kehu_lent_user_ids": link})
        for user in (self.clerk, self.rule_manager):
            with self.assertRaises(AccessError):
                self.archive.with_user(user).write(
                    {"approval_ids": [Command.update(approval.id, {"kehu_lent_user_ids": link})]}
                )
        with self.assertRaises(AccessError):
            self.env["kehu.approval"].create([{**approval.copy_data()[0], "kehu_lent_user_ids": link}])
        forged = {
            "kehu_right_permit": {
                "model": "kehu.approval",
                "ids": approval.ids,
                "name": "kehu_lent_user_ids",
                "value": self.employee.id,
            }
        }
        with self.assertRaises(AccessError):
            approval.with_context(**forged).write({"kehu_lent_user_ids": link})
        self.assertEqual(approval.kehu_lent_user_ids, self.director)

    def test_default_in_context_lends_nothing(self):
        self.archive.sudo().kehu_tier = "2"
        archive = self.archive.with_user(self.clerk).with_context(
            default_kehu_lent_user_ids=[Command.link(self.employee.id)]
        )
        archive.workflow_move("submit")
        self.assertEqual(self.archive.approval_ids.kehu_lent_user_ids, self.director)

    # === TAKEN AWAY ===

    def taken(self):
        return self.env["kehu.right.change"].search([("is_taken", "=", True)]) - self.earlier

    def test_officers_are_told_of_user_taken_off_step(self):
        step = self.later_step.with_user(self.rule_manager)
        step.user_ids = [Command.link(self.employee.id)]
        self.assertFalse(self.taken())
        step.user_ids = [Command.unlink(self.employee.id)]
        change = self.taken()
        self.assertRecordValues(change, [{"state": "direct", "requester_id": self.rule_manager.id, "name": "user_ids"}])
        self.assertIn(f"Marketing director: {self.employee.name}", change.before_label)
        self.assertEqual(change.activity_ids.user_id, self.officer | self.colleague)
        self.assertTrue(
            self.env["kehu.access.log"].search(
                [
                    ("action", "=", "right"),
                    ("res_id", "=", self.employee.id),
                    ("note", "=like", "− % / Marketing director"),
                ]
            )
        )

    def test_officers_are_told_of_role_step_and_rule_taken_away(self):
        self.deputies.user_ids = self.employee
        self.step.with_user(self.rule_manager).role = False
        self.assertIn("kehu_team_id.user_id", self.taken().before_label)
        told = self.taken()
        spare = (
            self.env["kehu.approval.step"]
            .with_user(self.rule_manager)
            .create({"rule_id": self.step.rule_id.id, "name": "Spare", "user_ids": [Command.set(self.director.ids)]})
        )
        spare.unlink()
        gone = self.taken() - told
        self.assertEqual((gone.name, gone.document_names), ("step_ids", self.step.rule_id.name))
        self.assertIn("Director", gone.before_label)
        told = self.taken()
        self.step.rule_id.with_user(self.rule_manager).active = False
        self.assertIn(self.employee.name, " ".join((self.taken() - told).mapped("before_label")))

    def test_officers_are_told_of_member_taken_off_step_group(self):
        group = self.env.ref("kehu_archive.group_marketing_director")
        self.director.with_user(self.admin).group_ids = [Command.unlink(group.id)]
        self.assertRecordValues(self.taken(), [{"name": "group_ids", "res_ids": self.director.ids}])
        self.assertEqual(self.taken().activity_ids.user_id, self.officer | self.colleague)

    def test_officers_are_told_of_delegation_that_ends(self):
        today = fields.Date.today()
        delegation = (
            self.env["kehu.approval.delegation"]
            .with_user(self.leader)
            .create(
                {
                    "delegate_id": self.employee.id,
                    "date_from": today - timedelta(days=2),
                    "date_to": today + timedelta(days=3),
                }
            )
        )
        approval = self.submit()
        self.assertTrue(self.reads(self.employee))
        delegation.date_to = today + timedelta(days=2)
        self.assertFalse(self.taken())
        delegation.date_to = today - timedelta(days=2)
        self.assertFalse(self.reads(self.employee))
        self.assertRecordValues(
            self.taken(), [{"name": "kehu_lent_user_ids", "res_ids": approval.ids, "requester_id": self.leader.id}]
        )
        self.assertIn(self.employee.name, self.taken().before_label)
        delegation.date_to = today + timedelta(days=3)
        told = self.taken()
        delegation.unlink()
        self.assertEqual((self.taken() - told).activity_ids.user_id, self.officer | self.colleague)

    # === SPEED ===

    def test_hidden_from_says_what_each_user_sees(self):
        users = self.env["res.users"].search([("share", "=", False)])
        secret = self.file_archive(
            name="Other", vat=credit_code(77), legal_representative="Zhao", kehu_team_id=self.unit.id
        )
        secret.sudo().kehu_tier = "3"
        self.archive.sudo().kehu_tier = "2"
        self.archive.partner_id.sudo().user_id = self.employee
        self.env["kehu.grant"].sudo().create(
            {
                "user_id": self.rule_manager.id,
                "partner_id": self.archive.partner_id.id,
                "purpose": "Audit",
                "date_from": fields.Datetime.now() - timedelta(hours=1),
                "date_until": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        archives = self.archive | secret.with_env(self.env)
        for records in (archives, archives.partner_id):
            hidden = records._kehu_hidden_from(users)
            for record in records:
                each = users.filtered(lambda user, record=record: record.with_user(user)._kehu_hidden())
                self.assertEqual(hidden[record.id], each)
                self.assertTrue(each and users - each)

    def test_queries_are_the_same_for_many_users(self):
        approval, counts = self.submit(), []
        for number in (1, 20, 100):
            users = self.env["res.users"].union(
                *(new_test_user(self.env, f"many_{number}_{index}", "base.group_user") for index in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            self.env.cr.postcommit.data.pop(
                TIER_WRITTEN, None
            )  # tiers that this transaction writes are looked up each time
            approval._kehu_filter_hidden({approval.id: self.cleared})  # fills the caches
            before = self.env.cr.sql_log_count
            self.assertEqual(approval._kehu_filter_hidden({approval.id: users}), {approval.id: users})
            counts.append(self.env.cr.sql_log_count - before)
        self.env.registry.clear_cache()
        self.assertEqual(len(set(counts)), 1, counts)

    def test_lending_costs_the_same_for_many_approvals(self):
        counts = []
        for number in (2, 12):
            archives = (
                self.env["kehu.archive"]
                .with_user(self.clerk)
                .create(
                    [
                        {
                            "name": f"Customer {number}/{index}",
                            "vat": credit_code(100 * number + index),
                            "kehu_team_id": self.unit.id,
                            "kehu_custodian_id": self.clerk.id,
                            "legal_representative": "Zhao",
                        }
                        for index in range(number)
                    ]
                )
            )
            archives.sudo().partner_id.kehu_tier = "2"
            archives.workflow_move("submit")
            self.env.cr.execute(
                "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)", [self.deputies.id, self.employee.id]
            )
            approvals = archives.sudo().approval_ids
            self.assertEqual(approvals.kehu_lent_user_ids, self.director)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(approvals.browse(approvals.ids)._kehu_to_lend()), number)
            counts.append(self.env.cr.sql_log_count - before)
            self.env.cr.execute("DELETE FROM res_groups_users_rel WHERE gid = %s", [self.deputies.id])
            self.env.invalidate_all()
        self.assertLess(counts[1], counts[0] + 6)
