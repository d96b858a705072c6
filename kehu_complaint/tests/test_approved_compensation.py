from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ComplaintCase

FROZEN = "with the present values"


@tagged("post_install", "-at_install")
class TestApprovedCompensation(ComplaintCase):
    """C5, A6: what is paid is what was approved, line by line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_product = cls.env["product.product"].create({"name": "Dearer charger"})
        cls.other_supervisor = cls.service_user("test_other_supervisor", "service_supervisor", "Lei")

    def refused(self, act):
        with self.assertRaisesRegex(UserError, FROZEN), self.env.cr.savepoint():
            act()
            self.env.flush_all()

    def proposed(self, state):
        complaint = self.bring_to(self.complain(product_id=False), "proposal")
        complaint.with_user(self.handler).write(
            {
                "proposal": "What we owe them.",
                "compensation_ids": [
                    Command.create({"kind": "replacement", "amount": 90}),
                    Command.create({"kind": "refund", "amount": 10}),
                ],
            }
        )
        complaint.with_user(self.handler).workflow_move("propose")
        if state == "approved":
            complaint.approval_ids.with_user(self.supervisor).approve()
        self.assertEqual(complaint.state, state)
        return complaint

    def test_product_of_complaint_cannot_change_approved_line(self):
        for state in ("pending", "approved"):
            complaint = self.proposed(state)
            self.refused(lambda: complaint.with_user(self.supervisor).write({"product_id": self.other_product.id}))
            self.refused(
                lambda: (
                    complaint.with_user(self.handler).compensation_ids[0].write({"product_id": self.other_product.id})
                )
            )
            self.assertFalse(complaint.compensation_ids.product_id)

    def test_amounts_cannot_shift_between_approved_lines(self):
        for state in ("pending", "approved"):
            complaint = self.proposed(state)
            lines = complaint.compensation_ids.with_user(self.supervisor)
            self.refused(lambda: lines.write({"amount": 50}))
            self.refused(
                lambda: complaint.with_user(self.supervisor).write(
                    {
                        "compensation_ids": [
                            Command.update(lines[0].id, {"amount": 10}),
                            Command.update(lines[1].id, {"amount": 90}),
                        ]
                    }
                )
            )
            self.assertEqual(lines.mapped("amount"), [90, 10])

    def test_approved_product_cannot_move_to_other_line(self):
        complaint = self.bring_to(self.complain(), "proposal")
        complaint.with_user(self.handler).write(
            {
                "proposal": "x",
                "compensation_ids": [
                    Command.create({"kind": "gift", "product_id": product.id, "amount": 1})
                    for product in (self.product, self.product, self.other_product)
                ],
            }
        )
        complaint.with_user(self.handler).workflow_move("propose")
        self.refused(
            lambda: complaint.compensation_ids[1].with_user(self.handler).write({"product_id": self.other_product.id})
        )

    def test_customer_cannot_change_after_approval(self):
        complaint = self.proposed("approved")
        stranger = self.env["res.partner"].create({"name": "Stranger", "is_company": True})
        self.refused(lambda: complaint.with_user(self.supervisor).write({"partner_id": stranger.id}))

    def test_approval_survives_merge_of_customers(self):
        complaint = self.proposed("approved")
        kept = self.env["res.partner"].create({"name": "Bright Phones Ltd", "is_company": True})
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer + kept).ids, kept)
        self.env.invalidate_all()
        self.assertEqual(complaint.customer_id, kept)
        complaint._approval_check_unchanged()
        complaint.approval_ids.sudo()._check_unchanged()

    def test_execution_compares_with_what_was_approved(self):
        complaint = self.proposed("approved")
        complaint.with_user(self.handler).executor_id = self.handler
        self.env.flush_all()
        # Below the guards, as a fault of another addon would.
        self.env.cr.execute(
            "UPDATE kehu_complaint_compensation SET amount = 91 WHERE id = %s", [complaint.compensation_ids[0].id]
        )
        self.env.invalidate_all()
        for act in (
            lambda: complaint.with_user(self.handler).workflow_move("execute"),
            lambda: complaint.with_user(self.handler)._payout_begin({"refund"}),
        ):
            with self.assertRaisesRegex(UserError, "not those that were asked for"), self.env.cr.savepoint():
                act()

    def test_product_that_became_another_one_is_not_approved(self):
        complaint = self.bring_to(self.complain(product_id=False), "proposal")
        product = self.env["product.product"].create({"name": "Cheap cable", "default_code": "C1"})
        complaint.with_user(self.handler).write(
            {
                "proposal": "x",
                "compensation_ids": [Command.create({"kind": "gift", "product_id": product.id, "amount": 1})],
            }
        )
        complaint.with_user(self.handler).workflow_move("propose")
        decider = complaint.approval_ids.with_user(self.supervisor)
        language = self.env["res.lang"]._activate_lang("zh_CN").code
        dozen = self.env.ref("uom.product_uom_dozen")
        for act in (
            lambda: product.write({"name": "Gold bar"}),
            lambda: product.with_context(lang=language).write({"name": "金条"}),
            lambda: product.write({"default_code": "GOLD"}),
            lambda: product.product_tmpl_id.write({"uom_id": dozen.id}),
        ):
            with self.subTest(act), self.assertRaisesRegex(UserError, "asked for again"), self.env.cr.savepoint():
                act()
                decider.approve()
            self.env.invalidate_all()
        product.write({"description_sale": "One metre", "list_price": 2})
        decider.approve()
        self.assertEqual(complaint.state, "approved")
        complaint._approval_check_unchanged()
        product.name = "Gold bar"
        with self.assertRaisesRegex(UserError, "asked for again"):
            complaint._approval_check_unchanged()

    def test_unwatched_values_of_approved_proposal_stay_open(self):
        complaint = self.proposed("approved")
        complaint.with_user(self.handler).write(
            {"executor_id": self.handler.id, "waiting_reason": "Parts are on order"}
        )
        self.assertEqual(complaint.executor_id, self.handler)

    def test_approving_what_is_not_mine_is_refused(self):
        complaint = self.proposed("pending")
        with self.assertRaisesRegex(UserError, "yours to decide"):
            complaint.with_user(self.handler).action_approval_approve()

    def proposal_of(self, **line):
        complaint = self.bring_to(self.complain(), "proposal")
        complaint.with_user(self.handler).write(
            {
                "proposal": "Exchange it.",
                "compensation_ids": [Command.create({"kind": "replacement", "quantity": 2, "amount": 0, **line})],
            }
        )
        return complaint

    def propose(self, complaint):
        complaint.with_user(self.handler).with_context(uom=self.env.ref("uom.product_uom_dozen").id).workflow_move(
            "propose"
        )

    def test_replacement_counts_with_what_the_goods_are_worth(self):
        for price, cost, amount, counted in ((30000, 100, 0, 60000), (0, 30000, 1, 60000), (10, 5, 500, 500)):
            self.product.write({"list_price": price, "standard_price": cost})
            complaint = self.proposal_of(amount=amount)
            self.propose(complaint)
            self.assertEqual((complaint.compensation_amount, complaint.compensation_ids.amount), (counted, counted))
            self.assertEqual(
                len(complaint.sudo().approval_ids.route) > 1, counted > 500, "dear goods take more than a supervisor"
            )

    def test_price_that_is_lowered_for_an_hour_counts(self):
        def write(price, cost):
            self.env.cr.flush()  # as in a request of its own
            self.product.write({"list_price": price, "standard_price": cost})
            self.env.flush_all()
            self.env.cr.flush()

        write(30000, 100)
        write(1, 1)
        complaint = self.proposal_of(amount=10)
        self.propose(complaint)
        self.assertEqual(complaint.compensation_amount, 60000)
        self.assertGreater(len(complaint.sudo().approval_ids.route), 1)
        write(1, 40000)
        write(1, 1)
        complaint = self.proposal_of(amount=10)
        self.propose(complaint)
        self.assertEqual(complaint.compensation_amount, 80000)
        self.env.cr.execute("UPDATE mail_tracking_value SET create_date = create_date - INTERVAL '91 days'")
        complaint = self.proposal_of(amount=10)
        self.propose(complaint)
        self.assertEqual(complaint.compensation_amount, 10)

    def test_extra_price_of_a_variant_that_is_lowered_counts(self):
        size = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": name}) for name in ("Small", "Big")]}
        )
        lines = [Command.create({"attribute_id": size.id, "value_ids": [Command.set(size.value_ids.ids)]})]
        phone = self.env["product.template"].create({"name": "Phone", "list_price": 10, "attribute_line_ids": lines})
        manager = new_test_user(self.env, "test_products", "base.group_user,product.group_product_manager")
        extras = phone.attribute_line_ids.product_template_value_ids.with_user(manager)
        extras.price_extra = 5000
        extras.price_extra = 0
        variant = phone.product_variant_ids[0]
        complaint = self.proposal_of(product_id=variant.id, amount=10)
        self.propose(complaint)
        self.assertEqual(complaint.compensation_amount, 10020)
        messages = variant.sudo().message_ids.filtered("tracking_value_ids").with_user(manager)
        self.assertTrue(messages)
        for attack in (
            messages.unlink,
            lambda: messages.write({"res_id": self.product.id}),
            lambda: messages.tracking_value_ids.unlink(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attack()

    def test_extra_price_that_goes_with_its_line_counts(self):
        size = self.env["product.attribute"].create({"name": "Size", "value_ids": [Command.create({"name": "Big"})]})
        lines = [Command.create({"attribute_id": size.id, "value_ids": [Command.set(size.value_ids.ids)]})]
        phone = self.env["product.template"].create({"name": "Phone", "list_price": 10, "attribute_line_ids": lines})
        manager = new_test_user(self.env, "test_products", "base.group_user,product.group_product_manager")
        variant = phone.product_variant_ids
        phone.attribute_line_ids.product_template_value_ids.with_user(manager).price_extra = 5000
        phone.with_user(manager).attribute_line_ids.unlink()
        self.assertEqual((variant.exists(), variant.price_extra), (variant, 0))
        complaint = self.proposal_of(product_id=variant.id, amount=10)
        self.propose(complaint)
        self.assertEqual(complaint.compensation_amount, 10020)

    def test_replacement_without_any_worth_is_not_proposed(self):
        self.product.write({"list_price": 0, "standard_price": 0})
        complaint = self.proposal_of()
        with self.assertRaisesRegex(UserError, "neither price nor cost"):
            self.propose(complaint)
        complaint.compensation_ids.with_user(self.handler).amount = 80
        self.propose(complaint)

    def test_replacement_that_became_dearer_is_not_carried_out(self):
        self.product.list_price = 0.01  # just while it is decided
        complaint = self.proposal_of()
        self.propose(complaint)
        complaint.approval_ids.with_user(self.supervisor).approve()
        self.product.list_price = 30000
        with self.assertRaisesRegex(UserError, "worth more than was approved"), self.env.cr.savepoint():
            complaint.with_user(self.handler)._payout_begin({"replacement"})
        self.product.list_price = 0.01
        self.assertTrue(complaint.with_user(self.handler)._payout_begin({"replacement"}))

    def test_writer_of_proposal_does_not_approve_it(self):
        def write_text(complaint):
            complaint.proposal = "A refund."

        def add_line(complaint):
            complaint.compensation_ids = [Command.create({"kind": "refund", "amount": 9})]

        def change_line(complaint):
            complaint.compensation_ids.amount = 99

        def remove_line(complaint):
            complaint.compensation_ids[-1:].unlink()

        for part in (write_text, add_line, change_line, remove_line):
            complaint = self.proposal_of(amount=50)
            part(complaint.with_user(self.supervisor))
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                complaint.with_user(self.supervisor).proposal_user_ids = False
            complaint.with_user(self.handler).write({"proposal": "The last word."})
            if not complaint.compensation_ids:
                complaint.with_user(self.handler).compensation_ids = [Command.create({"kind": "refund", "amount": 9})]
            complaint.with_user(self.taker).workflow_move("propose")
            self.assertIn(self.supervisor, complaint.sudo().approval_ids.excluded_user_ids, part.__name__)
            with self.assertRaisesRegex(UserError, "yours to decide"):
                complaint.with_user(self.supervisor).action_approval_approve()
            complaint.with_user(self.other_supervisor).action_approval_approve()
            self.assertEqual(complaint.state, "approved")

    def test_handler_does_not_approve_the_proposal(self):
        complaint = self.proposal_of(amount=50)
        complaint.with_user(self.supervisor).user_id = self.supervisor
        complaint.with_user(self.taker).workflow_move("propose")
        with self.assertRaisesRegex(UserError, "yours to decide"):
            complaint.with_user(self.supervisor).action_approval_approve()

    def test_other_unit_or_attribute_is_another_product(self):
        unit = self.env["uom.uom"].create(
            {"name": "Box", "relative_factor": 10, "relative_uom_id": self.env.ref("uom.product_uom_unit").id}
        )
        attribute = self.env["product.attribute"].create(
            {"name": "Colour", "value_ids": [Command.create({"name": "Grey"})]}
        )
        line = {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]}
        product = (
            self.env["product.template"]
            .create({"name": "Cable", "uom_id": unit.id, "attribute_line_ids": [Command.create(line)]})
            .product_variant_id
        )
        maker = new_test_user(self.env, "test_maker", "product.group_product_manager", name="Lan")
        complaint = self.approve(
            self.complain(), {"kind": "replacement", "product_id": product.id, "quantity": 1, "amount": 90}
        ).sudo()
        self.assertEqual(complaint._approval_filter_unchanged(), complaint)
        for record, vals in (
            (unit, {"name": "Pallet"}),
            (unit, {"relative_factor": 5000}),
            (attribute, {"name": "Made Of"}),
            (attribute.value_ids, {"name": "Gold"}),
        ):
            savepoint = self.env.cr.savepoint()
            record.with_user(maker).write(vals)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertFalse(complaint._approval_filter_unchanged(), vals)
            savepoint.close(rollback=True)
            self.env.invalidate_all()
