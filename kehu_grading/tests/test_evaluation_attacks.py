from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import GradingCase


@tagged("post_install", "-at_install")
class TestEvaluationAttacks(GradingCase):
    """Nobody gives themselves a grade, a vote or a look that is not theirs (G3, G6, X3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Big")
        cls.invoice(cls.customer, 900, date(2026, 6, 1))
        cls.scheme = cls.new_scheme(("amount", {"best": 1000}), committee_for="all", committee_needed=2)
        cls.run_ = cls.measure(cls.scheme)
        cls.evaluation = cls.run_.evaluation_ids
        cls.employee = new_test_user(
            cls.env, "test_employee", "base.group_user,base.group_partner_manager", company_id=cls.company.id
        )

    def test_a_grade_is_not_written_on_the_customer(self):
        for user in (self.employee, self.salesman, self.grading_manager):
            user.group_ids += self.env.ref("base.group_partner_manager")
            customer = self.customer.with_user(user)
            with self.assertRaisesRegex(AccessError, "comes from an evaluation"):
                customer.write({"kehu_grade_id": self.grade_a.id})
            with self.assertRaises(AccessError):
                customer.with_context(kehu_workflow_permit=True, kehu_grade_permit=True).write(
                    {"kehu_grade_id": self.grade_a.id}
                )
            made = (
                self.env["res.partner"]
                .with_user(user)
                .with_context(default_kehu_grade_id=self.grade_a.id)
                .create({"name": "New", "kehu_grade_id": self.grade_a.id})
            )
            self.assertFalse(made.kehu_grade_id)

    def test_a_sheet_is_not_born_decided(self):
        forged = {
            "score": 100,
            "computed_grade_id": self.grade_a.id,
            "committee_grade_id": self.grade_a.id,
            "grade_id": self.grade_a.id,
            "kind": "run",
            "run_id": self.run_.id,
            "facts": [[1, 1, 1]],
            "date_approved": "2026-01-01",
            "proposed_user_id": self.members[0].id,
            "previous_grade_id": self.grade_d.id,
        }
        other = self.new_customer("Other")
        with self.assertRaisesRegex(AccessError, "salesperson or the leader"):
            self.env["kehu.evaluation"].with_user(self.financier).create({"partner_id": other.id})
        for context in ({}, {f"default_{name}": value for name, value in forged.items()}):
            made = (
                self.env["kehu.evaluation"]
                .with_user(self.salesman)
                .with_context(**context)
                .create({"partner_id": other.id, **({} if context else forged)})
            )
            self.assertFalse(
                made.score
                or made.computed_grade_id
                or made.grade_id
                or made.run_id
                or made.sudo().facts
                or made.date_approved
            )
            self.assertEqual((made.kind, made.state, made.proposed_user_id), ("change", "draft", self.salesman))
        with self.assertRaises(UserError):
            self.env["kehu.evaluation"].with_user(self.salesman).create({"partner_id": other.id, "state": "in_force"})
        for name, value in forged.items():
            with self.assertRaises(AccessError, msg=name):
                made.write({name: value})
        with self.assertRaises(UserError):
            made.write({"state": "in_force"})
        with self.assertRaises(AccessError):
            made.write({"partner_id": self.customer.id})
        for move in ("grant", "cancel"):
            with self.assertRaises(AccessError):
                made.workflow_move(move)

    def test_only_finance_sets_the_credit_grade(self):
        with self.assertRaisesRegex(AccessError, "finance"):
            self.evaluation.with_user(self.salesman).credit_grade_id = self.grade_a
        with self.assertRaisesRegex(AccessError, "finance"):
            self.env["kehu.evaluation"].with_user(self.salesman).with_context(
                default_credit_grade_id=self.grade_a.id
            ).create({"partner_id": self.customer.id})
        self.evaluation.with_user(self.financier).credit_grade_id = self.grade_c

    def test_votes_are_cast_once_in_own_name_without_interest(self):
        Vote = self.env["kehu.evaluation.vote"]
        values = {"evaluation_id": self.evaluation.id, "grade_id": self.grade_b.id}
        vote = Vote.with_user(self.members[0]).create({**values, "user_id": self.members[1].id, "is_current": False})
        self.assertEqual((vote.user_id, vote.is_current), (self.members[0], True))
        for user in (self.salesman, self.financier, self.employee):
            with self.assertRaises(AccessError):
                Vote.with_user(user).create(values)
        for action in (
            lambda: vote.write({"grade_id": self.grade_a.id}),
            lambda: vote.write({"is_current": False}),
            vote.unlink,
        ):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            self.evaluation.with_user(self.members[0]).write(
                {"vote_ids": [Command.update(vote.id, {"grade_id": self.grade_a.id})]}
            )
        with self.assertRaises(AccessError):
            self.evaluation.with_user(self.members[1]).write({"vote_ids": [Command.delete(vote.id)]})
        self.customer.user_id = self.members[2]
        with self.assertRaisesRegex(AccessError, "sells to a customer"):
            Vote.with_user(self.members[2]).create(values)
        self.customer.kehu_team_id = self.env["crm.team"].sudo().create({"name": "Unit", "user_id": self.members[1].id})
        with self.assertRaisesRegex(AccessError, "salesperson or the leader"):
            self.evaluation.with_user(self.members[0]).proposed_grade_id = self.grade_a
        self.evaluation.with_user(self.members[1]).proposed_grade_id = self.grade_a
        with self.assertRaisesRegex(AccessError, "asks for the decision"):
            Vote.with_user(self.members[1]).create(values)
        with self.assertRaises(UserError):
            Vote.with_user(self.members[0]).create([values, values])
        # Thinking better of it: the first stays, and counts no more.
        again = Vote.with_user(self.members[0]).create(
            {**values, "grade_id": False, "is_abstention": True, "comment": "I cannot say"}
        )
        self.assertEqual((vote.is_current, again.is_current, self.evaluation.vote_count), (False, True, 1))

    def test_nobody_takes_a_customer_out_of_a_run(self):
        for user in (self.salesman, self.grading_manager):
            with self.assertRaisesRegex(AccessError, "proposal of one's own"):
                self.evaluation.with_user(user).unlink()
        change = self.env["kehu.evaluation"].with_user(self.salesman).create({"partner_id": self.customer.id})
        with self.assertRaisesRegex(AccessError, "proposal of one's own"):
            change.with_user(self.financier).unlink()
        change.unlink()

    def test_one_sheet_of_a_run_is_not_decided_alone(self):
        self.evaluation.with_user(self.salesman).reason = "Now"
        self.assertNotIn("submit", self.evaluation.with_user(self.salesman).workflow_moves or [])
        with self.assertRaises(AccessError):
            self.evaluation.with_user(self.salesman).workflow_move("submit")
        self.assertIn("It is decided with its run.", str(self.evaluation.with_user(self.salesman)._workflow_explain()))

    def test_a_run_is_not_forged(self):
        Run = self.env["kehu.grading.run"]
        with self.assertRaises(AccessError):
            Run.with_user(self.salesman).create({"scheme_id": self.scheme.id})
        run = Run.with_user(self.grading_manager).create(
            {
                "scheme_id": self.scheme.id,
                "frozen": {"lines": []},
                "date_measured": "2026-01-01",
                "evaluation_ids": [Command.link(self.evaluation.id)],
            }
        )
        self.assertFalse(run.frozen or run.date_measured or run.evaluation_ids)
        with self.assertRaises(AccessError):
            run.write({"frozen": {"lines": []}})
        with self.assertRaisesRegex(UserError, "is measured"):
            self.run_.with_user(self.grading_manager).write({"date_to": "2026-06-30"})
        for move in ("measured", "grant", "finish"):
            with self.assertRaises(AccessError):
                run.workflow_move(move)

    def test_ratings_are_said_in_ones_own_name_and_stay(self):
        potential = self.env.ref("kehu_grading.indicator_potential")
        Rating = self.env["kehu.customer.rating"]
        rating = Rating.with_user(self.salesman).create(
            {"partner_id": self.customer.id, "indicator_id": potential.id, "value": 8, "user_id": self.financier.id}
        )
        self.assertEqual(rating.user_id, self.salesman)
        rating.value = 7  # a slip of the same day
        for change in (
            lambda: rating.with_user(self.financier).write({"value": 1}),
            lambda: rating.with_user(self.financier).unlink(),
        ):
            with self.assertRaisesRegex(ValidationError, "add a new one"):
                change()
        with self.assertRaisesRegex(ValidationError, "measured from the books"):
            Rating.with_user(self.salesman).create(
                {
                    "partner_id": self.customer.id,
                    "indicator_id": self.env.ref("kehu_grading.indicator_amount").id,
                    "value": 8,
                }
            )

    def test_no_customer_ever_reads_a_grade(self):
        portal = new_test_user(self.env, "test_portal", "base.group_portal", company_id=self.company.id)
        portal.partner_id.parent_id = self.customer
        self.evaluation.sudo()._take_effect()
        partner = self.customer.with_user(portal)
        self.assertNotIn("kehu_grade_id", partner.fields_get())
        with self.assertRaises(AccessError):
            partner.read(["kehu_grade_id"])
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(portal).search([("kehu_grade_id", "=", self.grade_a.id)])
        for model in (
            "kehu.grade",
            "kehu.evaluation",
            "kehu.evaluation.vote",
            "kehu.customer.rating",
            "kehu.evaluation.report",
            "kehu.customer.ranking",
        ):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(portal).search_read([])

    def test_scores_are_for_evaluators(self):
        self.evaluation.sudo()._take_effect()
        self.assertEqual(
            self.customer.with_user(self.employee).kehu_grade_id, self.grade_a, "the grade is for all colleagues"
        )
        with self.assertRaises(AccessError):
            self.evaluation.with_user(self.employee).read(["score"])
        with self.assertRaises(AccessError):
            self.customer.with_user(self.employee).read(["kehu_evaluation_ids"])

    def test_a_message_about_a_sheet_reaches_no_customer(self):
        mails = self.env["mail.mail"].search([])
        self.customer.email = "big@customer.example.com"
        self.evaluation.with_user(self.salesman).message_subscribe(partner_ids=self.customer.ids)
        self.assertNotIn(self.customer, self.evaluation.message_partner_ids)
        message = self.evaluation.with_user(self.salesman).message_post(
            body="A", partner_ids=self.customer.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(self.env["mail.mail"].search([("id", "not in", mails.ids)]).recipient_ids & self.customer)
        self.assertFalse(message.notification_ids.res_partner_id & self.customer)

    def test_a_template_with_grades_is_not_sent(self):
        self.evaluation.sudo()._take_effect()
        self.customer.email = "big@customer.example.com"
        mails = self.env["mail.mail"].search([])
        for model, body in (
            ("res.partner", "You are <t t-out='object.kehu_grade_id.name'/>"),
            ("res.partner", "You are <t t-out=\"object['kehu_grade_id'].name\"/>"),
            ("account.move", "You are <t t-out='object.partner_id.kehu_evaluation_ids[0].score'/>"),
            ("kehu.evaluation", "You are <t t-out='object.grade_id.name'/>"),
        ):
            with self.assertRaisesRegex(UserError, "never go into a template"):
                self.env["mail.template"].sudo().create(
                    {
                        "name": "Boast",
                        "model_id": self.env["ir.model"]._get_id(model),
                        "subject": "Yours",
                        "email_to": "big@customer.example.com",
                        "body_html": body,
                    }
                )
        with self.assertRaises(UserError):
            self.env["mail.compose.message"].create(
                {
                    "composition_mode": "mass_mail",
                    "model": "res.partner",
                    "res_ids": str(self.customer.ids),
                    "subject": "Yours",
                    "body": "You are <t t-out='object.kehu_grade_id.name'/>",
                }
            )._action_send_mail()
        self.assertEqual(self.env["mail.mail"].search([]), mails)
        self.env["mail.compose.message"].with_user(self.salesman).create(
            {
                "composition_mode": "comment",
                "model": "kehu.evaluation",
                "res_ids": str(self.evaluation.ids),
                "body": "Let us talk",
            }
        )._action_send_mail()
        self.assertIn("Let us talk", self.evaluation.message_ids[0].body)

    def test_a_secret_customers_sheet_is_secret(self):
        self.customer.sudo().kehu_tier = "2"
        self.assertEqual(self.evaluation.kehu_tier, "2")
        outsider = self.members[0]
        Evaluation = self.env["kehu.evaluation"].with_user(outsider)
        self.assertFalse(Evaluation.search([("partner_id", "=", self.customer.id)]))
        self.assertFalse(
            self.env["kehu.evaluation.report"].with_user(outsider).search([("evaluation_id", "=", self.evaluation.id)])
        )
        with self.assertRaises(AccessError):
            self.evaluation.with_user(outsider).read(["score"])
        with self.assertRaises(AccessError):
            self.env["kehu.evaluation.vote"].with_user(outsider).create(
                {"evaluation_id": self.evaluation.id, "grade_id": self.grade_a.id}
            )
        self.assertTrue(self.evaluation.with_user(self.salesman).read(["score"]), "of an own customer")
        groups = Evaluation.formatted_read_group([], ["grade_id"], ["__count"])
        self.assertNotIn(self.grade_a.id, [group["grade_id"] and group["grade_id"][0] for group in groups])
