from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .major_common import MajorCase


@tagged("post_install", "-at_install")
class TestComplaintRepeat(MajorCase):
    """C9: repeated complaints are found by the system."""

    def test_second_complaint_reaches_crisis_team_not_accused(self):
        rude = self.service_user("test_rude", "crisis_team", "Niu")
        self.env.ref("kehu_complaint.group_crisis_team").user_ids += rude
        first = self.complain(
            name="You hung up on me",
            product_id=False,
            serial=False,
            kind_id=self.env.ref("kehu_complaint.complaint_kind_criticism").id,
            accused_user_ids=[Command.link(rude.id)],
        )
        self.assertFalse(first.is_major or first.repeat_count)
        second = self.complain(
            name="You shouted at me",
            product_id=False,
            serial=False,
            kind_id=first.kind_id.id,
            accused_user_ids=[Command.link(rude.id)],
        )
        self.assertEqual((second.repeat_of_id, second.repeat_count), (first, 1))
        self.assertEqual(second.major_reason_ids, self.repeated)
        self.assertEqual(second.kehu_tier, "2")
        self.assertEqual(self.told(second), self.crisis | self.lawyer | self.general_manager)
        self.assertTrue(second.with_user(self.crisis).has_access("read"))
        meeting = (
            self.env["kehu.crisis.meeting"]
            .with_user(self.crisis)
            .create({"complaint_id": second.id, "member_ids": self.crisis.ids})
        )
        second.with_user(self.handler).action_report_up("The second time within a week.")
        # Nothing of it is anywhere the taker can look.
        mine = self.env(user=rude)
        self.assertFalse(mine["kehu.complaint"].search([("id", "in", (first | second).ids)]))
        for record in (
            first,
            second,
            meeting,
            second.sudo().activity_ids,
            second.sudo().message_ids,
            second.sudo().workflow_log_ids,
            second.sudo().deadline_ids,
        ):
            self.assertFalse(record.with_user(rude)._filtered_access("read"), record)
        self.assertFalse(
            mine["kehu.workflow.log"].search(
                [("res_model", "=", "kehu.complaint"), ("res_id", "in", (first | second).ids)]
            )
        )
        self.assertFalse(
            self.env["mail.activity"].sudo().search([("user_id", "=", rude.id), ("res_model", "=", "kehu.complaint")])
        )
        self.assertFalse(self.env["mail.mail"].sudo().search([("recipient_ids", "in", rude.partner_id.ids)]))
        self.assertNotIn(rude.partner_id, second.sudo().message_follower_ids.partner_id)
        self.assertNotIn("shouted", second.with_user(rude).display_name)

    def test_same_matter_is_repeated(self):
        quality = self.env.ref("kehu_complaint.complaint_cause_quality").id
        manner = self.env.ref("kehu_complaint.complaint_cause_manner").id
        cable = self.env["product.product"].create({"name": "Cable"}).id
        product = self.product.id
        base = {"product_id": False, "serial": False}
        for first, second, third in (
            (
                {"product_id": product, "cause_id": quality},
                {"product_id": product, "cause_id": quality},
                {"product_id": product, "cause_id": manner},
            ),
            (
                {"product_id": product, "cause_id": quality},
                {"product_id": product, "cause_id": quality},
                {"product_id": cable, "cause_id": quality},
            ),
            ({"serial": "sn-77"}, {"serial": " SN-77 "}, {"serial": "SN-78"}),
            ({"order_reference": "so-77"}, {"order_reference": " SO-77 "}, {"order_reference": "SO-78"}),
            (
                {"accused_user_ids": self.employee.ids},
                {"accused_user_ids": (self.employee | self.leader).ids},
                {"accused_user_ids": self.salesman.ids},
            ),
            ({"accused_team_ids": self.unit.ids}, {"accused_team_ids": self.unit.ids}, {}),
        ):
            customer = self.env["res.partner"].create({"name": "Another", "is_company": True})
            contact = self.env["res.partner"].create({"name": "Its buyer", "parent_id": customer.id})
            one = self.complain(self.supervisor, partner_id=customer.id, **{**base, **first})
            two = self.complain(self.supervisor, partner_id=contact.id, **{**base, **second})
            self.assertEqual((two.repeat_of_id, two.repeat_count, two.is_major), (one, 1, True), first)
            other = self.complain(partner_id=customer.id, **{**base, **third})
            self.assertEqual((other.repeat_count, other.is_major), (0, False), third)
        elsewhere = self.complain(partner_id=self.env["res.partner"].create({"name": "Another"}).id)
        self.assertEqual(elsewhere.repeat_count, 0)

    def test_kind_says_what_the_same_matter_is(self):
        base = {"serial": False}
        self.complain(**base)
        self.assertEqual(self.complain(**base).repeat_count, 0, "the same product alone")
        self.kind.sudo().write({"is_repeat_product": True, "is_repeat_product_cause": False})
        self.assertEqual(self.complain(**base).repeat_count, 2)
        self.kind.sudo().write({"is_repeat_product": False, "is_repeat_serial": False})
        self.complain(serial="SN-9", product_id=False)
        other = self.complain(serial="SN-9", product_id=False)
        self.assertEqual(other.repeat_count, 0)
        other.with_user(self.supervisor).kind_id = self.env.ref("kehu_complaint.complaint_kind_criticism")
        self.assertEqual(other.sudo().repeat_count, 1, "another kind, another matter")
        with self.assertRaises(AccessError):
            self.kind.with_user(self.taker).is_repeat_product = True

    def test_company_sets_period_and_number_of_repeats(self):
        with freeze_time("2026-01-01 08:00:00"):
            first = self.complain()
        with freeze_time("2026-04-02 08:00:00"):
            late = self.complain()
        self.assertFalse(late.repeat_count)
        self.env.company.write({"kehu_repeat_days": 200, "kehu_repeat_major_from": 2})
        with freeze_time("2026-04-03 08:00:00"):
            third = self.complain()
        self.assertEqual((third.repeat_of_id, third.repeat_count, third.is_major), (late, 2, True))
        self.env.company.kehu_repeat_major_from = 0
        with freeze_time("2026-04-04 08:00:00"):
            fourth = self.complain()
        self.assertEqual((fourth.repeat_count, fourth.is_major), (3, False))
        self.assertFalse(first.repeat_count)

    def test_what_is_learned_later_is_found_later(self):
        quality = self.env.ref("kehu_complaint.complaint_cause_quality")
        first = self.complain(serial=False)
        second = self.complain(serial=False)
        self.assertFalse(second.repeat_count)
        second.sudo().cause_id = quality
        self.assertFalse(second.repeat_count)
        first.sudo().cause_id = quality
        self.assertEqual((second.repeat_of_id, second.is_major), (first, True))
        self.assertEqual((first.repeat_count, first.is_major), (0, False))
        second.sudo().partner_id = self.env["res.partner"].create({"name": "It was another"})
        self.assertEqual((second.repeat_of_id, second.repeat_count), (self.env["kehu.complaint"], 0))
        self.assertTrue(second.is_major, "the system takes no reason away")

    def test_a_letter_entered_afterwards_counts_from_its_arrival(self):
        with freeze_time("2026-03-10 08:00:00"):
            phone = self.complain()
            letter = self.complain(channel="letter", date_received="2026-03-05 08:00:00")
        self.assertEqual((phone.repeat_of_id, phone.repeat_count), (letter, 1))
        self.assertEqual(letter.repeat_count, 0)
        phone.sudo().date_received = "2026-03-01 08:00:00"
        self.assertEqual((letter.repeat_of_id, phone.repeat_count), (phone, 0))

    def test_judged_not_major_stays_so_until_another_complaint(self):
        self.complain()
        second = self.complain()
        second.with_user(self.supervisor).action_unmark_major("Asked twice for the same.")
        second.with_user(self.supervisor).serial = "SN-002"
        self.assertFalse(second.is_major)
        closed = self.bring_to(self.complain(serial="SN-3", product_id=self.product.copy().id), "closed")
        closed.sudo().serial = "SN-001"
        self.assertEqual((closed.repeat_count, closed.is_major), (1, False))

    def test_hidden_earlier_complaint_is_counted_and_masked(self):
        clerk = new_test_user(self.env, "test_other_clerk", "kehu_complaint.group_service_user", name="Kong")
        hidden = self.complain(accused_user_ids=[Command.link(clerk.id)])
        second = self.complain(user_id=clerk.id)
        mine = second.with_user(clerk)
        self.assertEqual(mine.repeat_count, 1)
        row = mine.web_read({"repeat_of_id": {"fields": {"display_name": {}}}, "repeat_count": {}})[0]
        self.assertNotIn("hot", str(row))
        self.assertNotIn(hidden.number, str(row))
        self.assertEqual(mine.action_open_repeats()["domain"], [("id", "in", [])])
        self.assertEqual(second.with_user(self.supervisor).action_open_repeats()["domain"], [("id", "in", hidden.ids)])

    def test_hidden_complaint_is_not_opened_by_repeating_it(self):
        clerk = new_test_user(self.env, "test_other_clerk", "kehu_complaint.group_service_user", name="Kong")
        with freeze_time("2026-03-01 08:00:00"):
            mine = self.complain(clerk, serial=False, user_id=clerk.id)
        with freeze_time("2026-03-02 08:00:00"):
            hidden = self.complain()
        hidden.sudo().kehu_own_tier = "2"
        self.assertFalse(hidden.with_user(clerk).has_access("read"))
        mine.with_user(clerk).serial = "SN-001"
        self.assertEqual(hidden.sudo().repeat_of_id, mine)
        self.assertTrue(hidden.sudo().is_major)
        self.assertFalse(hidden.with_user(clerk).has_access("read"))

    def test_whoever_takes_a_repeated_complaint_down_can_go_on(self):
        self.complain()
        second = self.complain(user_id=False)
        self.assertTrue(second.is_major)
        second.with_user(self.taker).contact_name = "Mrs Bai"

    def test_one_query_however_many(self):
        def statements(count):
            vals = [
                {"name": f"{number}", "partner_id": self.customer.id, "product_id": self.product.id}
                for number in range(count)
            ]
            complaints = self.env["kehu.complaint"].create(vals)
            customers = complaints.customer_id
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            complaints._find_repeats(customers)
            return self.env.cr.sql_log_count - before

        self.env.company.kehu_repeat_major_from = 0
        statements(1)
        self.assertEqual([statements(count) for count in (1, 20, 100)], [1, 1, 1])

    def test_merged_customers_have_complained_again(self):
        first = self.complain()
        partners = self.env["res.partner"].create(
            [
                {"name": "Bright Phones Ltd", "is_company": True},
                {"name": "Buyer of Bright", "parent_id": self.customer.id},
            ]
        )
        same, buyer = partners
        second = self.complain(partner_id=same.id).sudo()
        self.assertFalse(second.repeat_count or second.is_major)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((same | self.customer).ids, self.customer)
        self.assertEqual((second.repeat_of_id, second.repeat_count, second.is_major), (first, 1, True))
        self.assertEqual(self.told(second), self.crisis | self.lawyer | self.general_manager)
        # The contact of another company becomes one of this one's.
        stranger = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.env["res.partner"].create({"name": "Dim"}).id}
        )
        third = self.complain(partner_id=stranger.id).sudo()
        self.assertFalse(third.repeat_count)
        wizard._merge((stranger | buyer).ids, buyer)
        self.assertEqual((third.customer_id, third.repeat_count), (self.customer, 2))

    def test_merging_customers_who_did_not_complain_marks_nothing(self):
        quiet = self.env["res.partner"].create([{"name": "Quiet"}, {"name": "Quiet Ltd"}])
        complaint = self.complain()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(quiet.ids, quiet[0])
        self.assertFalse(complaint.is_major)
