from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

WINDOW_END = date(2026, 12, 31)


class GradingCase(AccountTestInvoicingCommon):
    """A company with customers whose invoices are easy to add up, and the people who grade them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("kehu_archive.group_archive_manager") + cls.env.ref(
            "kehu_grading.group_grading_manager"
        )
        cls.company = cls.env.company
        cls.archive_type = cls.env["kehu.archive.type"].create({"name": "Graded"})
        cls.grade_a, cls.grade_b, cls.grade_c, cls.grade_d = (
            cls.env.ref(f"kehu_grading.grade_{name}") for name in "abcd"
        )
        cls.salesman = cls.grader("salesman", "grading_user")
        cls.grading_manager = cls.grader("grading_manager", "grading_manager")
        cls.members = [cls.grader(f"member_{number}", "grading_committee") for number in range(3)]
        cls.financier = cls.grader("financier", "kehu_archive.group_finance")
        cls.marketing = new_test_user(
            cls.env,
            "grading_director",
            "kehu_grading.group_grading_user,kehu_archive.group_marketing_director",
            company_id=cls.company.id,
        )

    @classmethod
    def grader(cls, login, group):
        """Create a user with a group of grading, by its short name, or with another one by its external id."""
        group = group if "." in group else f"kehu_grading.group_{group}"
        return new_test_user(cls.env, f"test_{login}", group, company_id=cls.company.id, lang="en_US")

    @classmethod
    def new_customer(cls, name, **vals):
        archive = cls.env["kehu.archive"].create(
            {
                "name": name,
                "type_id": cls.archive_type.id,
                "company_id": cls.company.id,
                "user_id": cls.salesman.id,
                **vals,
            }
        )
        return archive.partner_id

    @classmethod
    def invoice(cls, customer, amount, day, due=None, refund=False, **line):
        """Post an invoice (a credit note) of ``amount`` without tax."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_refund" if refund else "out_invoice",
                "partner_id": customer.id,
                "invoice_date": day,
                "invoice_date_due": due or day,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product_a.id,
                            "quantity": 1.0,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                            **line,
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def pay(cls, move, day, amount=None):
        cls.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {"payment_date": day, **({"amount": amount} if amount else {})}
        )._create_payments()

    @classmethod
    def new_scheme(cls, *lines, **vals):
        """Make a scheme of ``lines``: ``(measure, {values})``."""
        indicators = cls.env["kehu.grading.indicator"]
        return cls.env["kehu.grading.scheme"].create(
            {
                "name": "Scheme",
                "company_id": cls.company.id,
                "type_ids": [Command.set(cls.archive_type.ids)],
                "hysteresis": 0.0,
                "committee_for": "nobody",
                "line_ids": [
                    Command.create(
                        {
                            "indicator_id": (
                                indicators.search([("measure", "=", measure)], limit=1)
                                if isinstance(measure, str)
                                else measure
                            ).id,
                            **values,
                        }
                    )
                    for measure, values in lines
                ],
                "threshold_ids": [
                    Command.create({"grade_id": grade.id, "minimum": minimum})
                    for grade, minimum in ((cls.grade_a, 80), (cls.grade_b, 60), (cls.grade_c, 30), (cls.grade_d, 0))
                ],
                **vals,
            }
        )

    @classmethod
    def measure(cls, scheme, date_to=WINDOW_END, **vals):
        """Return a measured run of ``scheme``."""
        run = (
            cls.env["kehu.grading.run"]
            .with_user(cls.grading_manager)
            .create({"scheme_id": scheme.id, "date_to": date_to, **vals})
        )
        run.workflow_move("measure")
        run.sudo()._measure()
        return run

    def asked(self, document, summary="Your vote is waited for"):
        """Return the users who are reminded of that turn in a document."""
        kind = self.env.ref("kehu_workflow.mail_activity_type_turn")
        return (
            document.sudo()
            .activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind and activity.summary.startswith(summary)
            )
            .user_id
        )

    def job(self, name):
        """Run a job of the addon as the scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"kehu_grading.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def facts(cls, run, place=0):
        """Return ``{customer: (value, position, points)}`` of one indicator."""
        return {evaluation.partner_id: tuple(evaluation.facts[place]) for evaluation in run.sudo().evaluation_ids}
