import base64
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..models.admission.site_visit import FINDINGS
from .common import GradingCase

FILE = base64.b64encode(b"%PDF-1.4 a scanned paper")


class AdmissionCase(GradingCase):
    """A firm that is to become a distributor, and who decides on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        types = cls.env["kehu.admission.paper.type"]
        types.search([]).active = False
        cls.licence, cls.tax, cls.agency = types.create(
            [{"name": "Licence", "is_limited": True}, {"name": "Tax"}, {"name": "Agency", "is_required": False}]
        )
        cls.firm = cls.new_customer("Firm")
        cls.visitor = cls.grader("visitor", "grading_user")
        cls.stranger = cls.grader("stranger", "grading_user")

    @classmethod
    def apply(cls, **vals):
        return (
            cls.env["kehu.admission"]
            .with_user(cls.salesman)
            .create(
                {
                    "partner_id": cls.firm.id,
                    "region": "Guangzhou",
                    "reason": "Forty shops",
                    "credit_limit": 300000,
                    **vals,
                }
            )
        )

    @classmethod
    def report(cls, admission, **vals):
        admission.with_user(cls.visitor).write({"visit_opinion": "Fit", **vals})
        admission.with_user(cls.visitor).workflow_move("report")

    @classmethod
    def visit(cls, admission):
        admission.write(
            {
                "visit_date": cls.company._kehu_today(),
                "visitor_ids": [Command.set(cls.visitor.ids)],
                "visit_advice": "yes",
                **dict.fromkeys(FINDINGS, "Good"),
            }
        )
        cls.report(admission)

    @classmethod
    def hand_in(cls, admission, **vals):
        for paper in admission.paper_ids:
            paper.write(
                {
                    "file": FILE,
                    "file_name": "scan.pdf",
                    "date_until": paper.type_id.is_limited and date(2099, 1, 1),
                    **vals,
                }
            )

    @classmethod
    def before_the_committee(cls, **vals):
        admission = cls.apply(**vals)
        cls.visit(admission)
        cls.hand_in(admission)
        admission.workflow_move("convene")
        return admission

    @classmethod
    def vote(cls, admission, *verdicts):
        for member, verdict in zip(cls.members, verdicts):
            cls.env["kehu.admission.vote"].with_user(member).create({"admission_id": admission.id, "verdict": verdict})

    @classmethod
    def approved(cls, **vals):
        admission = cls.before_the_committee(**vals)
        cls.vote(admission, "yes", "yes")
        admission.workflow_move("submit")
        for user in (cls.financier, cls.marketing):
            admission.with_user(user).action_approval_approve()
        return admission

    @classmethod
    def sign(cls, admission):
        admission.write(
            {
                "contract_number": "JX-1",
                "contract_from": "2027-01-01",
                "contract_until": "2027-12-31",
                "contract_file": FILE,
            }
        )


@tagged("post_install", "-at_install")
class TestAdmission(AdmissionCase):
    """G9: nobody becomes a distributor without visit, papers, votes, approval and contract, in this order."""

    @freeze_time("2027-01-10 04:00:00")
    def test_from_the_application_to_the_contract(self):
        admission = self.apply()
        self.assertRegex(admission.display_name, r"\[ZR-\d+\] Firm")
        self.assertEqual(admission.user_id, self.salesman)
        self.assertEqual(
            admission.paper_ids.type_id, self.licence + self.tax + self.agency, "the checklist is there at once"
        )
        self.visit(admission)
        self.hand_in(admission)
        admission.workflow_move("convene")
        self.assertEqual(admission.votes_needed, 2)
        self.vote(admission, "yes")
        self.assertFalse(admission.committee_verdict)
        with self.assertRaisesRegex(UserError, "takes 2 votes"):
            admission.workflow_move("submit")
        self.vote(admission, "yes", "yes")
        self.assertEqual((admission.committee_verdict, admission.vote_count, len(admission.vote_ids)), ("yes", 2, 3))
        admission.workflow_move("submit")
        for user in (self.financier, self.marketing):
            admission.with_user(user).action_approval_approve()
        self.assertEqual(admission.state, "approved")
        manager = admission.with_user(self.grading_manager)
        with self.assertRaisesRegex(UserError, "Fill in .*Signed Contract"):
            manager.workflow_move("admit")
        self.sign(admission)
        manager.workflow_move("admit")
        self.assertEqual((admission.state, admission.date_admitted), ("admitted", date(2027, 1, 10)))
        self.assertEqual(self.firm.kehu_archive_id.party, "distributor")
        self.assertEqual(self.firm.with_company(self.company).credit_limit, 300000)
        line = self.env["kehu.archive.journal"].search(
            [("res_model", "=", "kehu.admission"), ("res_id", "=", admission.id)]
        )
        self.assertEqual((line.partner_id, line.kind_id.code), (self.firm, "admission"))

    def test_new_distributor_gets_provisional_grade(self):
        self.new_scheme(
            ("amount", {"best": 1000}),
            provisional_grade_id=self.grade_c.id,
            type_ids=[Command.set(self.env.ref("kehu_archive.archive_type_distributor").ids)],
        )
        self.env.cr.execute(
            "UPDATE kehu_archive SET state = 'formal', date_filed = %s WHERE partner_id = %s",
            [self.company._kehu_today(), self.firm.id],
        )
        self.env.invalidate_all()
        self.job("cycle")
        self.assertFalse(self.firm.with_company(self.company).kehu_grade_id, "the scheme is for distributors")
        admission = self.approved()
        self.sign(admission)
        admission.with_user(self.grading_manager).workflow_move("admit")
        self.job("cycle")
        self.assertEqual(self.firm.with_company(self.company).kehu_grade_id, self.grade_c)

    def test_no_committee_without_the_report(self):
        admission = self.apply()
        self.hand_in(admission)
        with self.assertRaisesRegex(UserError, "It is “Application” now"):
            admission.workflow_move("convene")
        admission.visitor_ids = self.visitor
        with self.assertRaisesRegex(UserError, "Fill in .*Warehouse.*Opinion"):
            admission.with_user(self.visitor).workflow_move("report")
        with self.assertRaisesRegex(AccessError, "Visitors"):
            admission.workflow_move("report")
        portal = new_test_user(self.env, "test_admission_portal", "base.group_portal")
        with self.assertRaisesRegex(ValidationError, "Colleagues"):
            admission.visitor_ids = portal
        with self.assertRaisesRegex(ValidationError, "does not visit alone"):
            admission.visitor_ids = self.salesman
        admission.visitor_ids = self.visitor | self.salesman
        admission.visitor_ids = self.visitor
        with self.assertRaisesRegex(ValidationError, "not to come"):
            admission.visit_date = "2099-01-01"

    def test_what_is_unclear_counts_as_not_fulfilled(self):
        admission = self.apply()
        with self.assertRaisesRegex(ValidationError, "unclear or not fulfilled"), self.env.cr.savepoint():
            admission.write({"visit_advice": "yes", "visit_shortfalls": "Who owns the warehouse"})
        admission.write({"visit_advice": "conditions", "visit_shortfalls": "Who owns the warehouse"})
        with self.assertRaisesRegex(ValidationError, "unclear or not fulfilled"), self.env.cr.savepoint():
            admission.visit_advice = "yes"
        admission.write({"visit_advice": "yes", "visit_shortfalls": " "})

    @freeze_time("2027-01-10 04:00:00")
    def test_each_required_paper_is_there_and_valid(self):
        admission = self.apply()
        self.visit(admission)
        with self.assertRaisesRegex(UserError, r"Papers missing: Licence, Tax\.$"):
            admission.workflow_move("convene")
        licence, tax, agency = admission.paper_ids
        licence.file = tax.file = FILE
        self.assertEqual((licence + tax + agency).mapped("status"), ["undated", "valid", "missing"])
        with self.assertRaisesRegex(UserError, r"without the day until which they are valid: Licence\.$"):
            admission.workflow_move("convene")
        licence.date_until = "2027-01-09"
        with self.assertRaisesRegex(UserError, r"Papers expired: Licence\.$"):
            admission.workflow_move("convene")
        tax.unlink()
        licence.date_until = "2027-01-10"
        with self.assertRaisesRegex(UserError, r"Papers missing: Tax\.$"):
            admission.workflow_move("convene")
        admission.paper_ids = [Command.create({"type_id": self.tax.id, "file": FILE})]
        # An administrator asks for one more, without a programmer.
        self.env["kehu.admission.paper.type"].with_user(self.grading_manager).create({"name": "Bank"})
        with self.assertRaisesRegex(UserError, r"Papers missing: Bank\.$"):
            admission.workflow_move("convene")
        self.agency.is_required = True
        self.env["kehu.admission.paper.type"].search([("name", "=", "Bank")]).active = False
        with self.assertRaisesRegex(UserError, r"Papers missing: Agency\.$"):
            admission.workflow_move("convene")
        agency.write({"file": FILE})
        admission.workflow_move("convene")

    def test_the_committee_is_against_it(self):
        admission = self.before_the_committee()
        self.vote(admission, "no", "no", "yes")
        self.assertEqual(admission.committee_verdict, "no")
        with self.assertRaisesRegex(UserError, "is against it"):
            admission.workflow_move("submit")
        with self.assertRaises(AccessError):
            admission.workflow_move("refuse", reason="By myself")
        manager = admission.with_user(self.grading_manager)
        with self.assertRaisesRegex(UserError, "reason must be given"):
            manager.workflow_move("refuse")
        manager.workflow_move("refuse", reason="The warehouse is too small")
        self.assertEqual(
            (admission.state, admission.workflow_log_ids[:1].reason), ("refused", "The warehouse is too small")
        )
        self.assertEqual(self.firm.kehu_archive_id.party, "customer")
        self.apply()  # applying again is allowed

    def test_required_papers_are_switched_off_in_the_open(self):
        log = self.env["kehu.access.log"].sudo()
        self.licence.with_user(self.grading_manager).is_required = False
        self.assertIn("True → —", str(log.search([("res_model", "=", "kehu.admission.paper.type")]).mapped("note")))
        admin = new_test_user(self.env, "test_admin", "base.group_system", company_id=self.company.id)
        self.company.with_user(admin).kehu_admission_votes = 1
        self.assertIn(
            "2 → 1", str(log.search([("res_model", "=", "res.company"), ("user_id", "=", admin.id)]).mapped("note"))
        )

    def test_votes_need_a_majority_and_abstentions_count_for_none(self):
        admission = self.before_the_committee()
        self.company.kehu_admission_votes = 1
        self.vote(admission, "yes", "abstain", "no")
        self.assertFalse(admission.committee_verdict, "what was needed when the committee was asked stays needed")
        self.assertEqual((admission.votes_needed, admission.vote_count), (2, 3))
        self.vote(admission, "yes", "yes", "no")
        self.assertEqual(admission.committee_verdict, "yes")

    def test_what_is_revised_is_voted_on_anew(self):
        admission = self.before_the_committee()
        self.vote(admission, "yes", "yes")
        admission.workflow_move("revise", reason="More credit")
        self.assertFalse(admission.committee_verdict)
        self.assertEqual((admission.vote_count, len(admission.vote_ids)), (0, 2))
        admission.credit_limit = 900000
        self.report(admission)
        admission.workflow_move("convene")
        with self.assertRaisesRegex(UserError, "has not agreed"):
            admission.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "is kept"):
            admission.workflow_move("revise", reason="Delete")
            admission.unlink()

    def test_approvers_send_it_back_to_the_committee(self):
        admission = self.before_the_committee()
        self.vote(admission, "yes", "yes")
        admission.workflow_move("submit")
        admission.approval_ids.with_user(self.financier).refuse("Less credit")
        self.assertEqual((admission.state, admission.committee_verdict), ("committee", "yes"))

    def test_nobody_decides_in_own_matter(self):
        self.salesman.group_ids += self.env.ref("kehu_grading.group_grading_committee") + self.env.ref(
            "kehu_archive.group_finance"
        )
        self.firm.user_id = self.members[2]
        admission = self.before_the_committee()
        for user in (self.salesman, self.members[2]):
            self.assertFalse(admission.with_user(user).can_vote)
            with self.assertRaisesRegex(AccessError, "does not vote on it"):
                self.env["kehu.admission.vote"].with_user(user).create({"admission_id": admission.id, "verdict": "yes"})
        self.assertTrue(admission.with_user(self.members[0]).can_vote)
        self.vote(admission, "yes", "yes")
        admission.workflow_move("submit")
        with self.assertRaisesRegex(UserError, "yours to decide"):
            admission.action_approval_approve()
        self.assertEqual(admission.state, "pending", "who applied does not approve")

    def test_no_admission_without_an_archive(self):
        firm = self.env["res.partner"].create({"name": "Unfiled", "is_company": True, "user_id": self.salesman.id})
        admission = self.approved(partner_id=firm.id)
        self.sign(admission)
        manager = admission.with_user(self.grading_manager)
        with self.assertRaisesRegex(UserError, "has no archive"):
            manager.workflow_move("admit")
        self.env["kehu.archive"].create({"partner_id": firm.id})
        manager.workflow_move("admit")
        self.assertEqual(firm.kehu_archive_id.party, "distributor")

    def test_one_application_at_a_time_of_the_company_itself(self):
        self.apply()
        with self.assertRaisesRegex(ValidationError, "under way already"):
            self.apply()
        second = self.apply(partner_id=self.new_customer("Third").id)
        with self.assertRaisesRegex(ValidationError, "under way already"):
            second.partner_id = self.firm
        contact = self.env["res.partner"].create({"name": "Person", "parent_id": self.firm.id})
        with self.assertRaisesRegex(ValidationError, "not one of its contacts"):
            self.apply(partner_id=contact.id)
        admission = self.approved(partner_id=self.new_customer("Second").id)
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            admission.write({"contract_from": "2027-02-01", "contract_until": "2027-01-01"})

    def test_members_who_have_not_voted_are_reminded(self):
        with freeze_time("2027-01-11 02:00:00"):
            admission = self.before_the_committee()
            self.vote(admission, "yes")
        due = admission.deadline_date
        self.assertEqual(due.date(), date(2027, 1, 16))
        with freeze_time(due - timedelta(days=1)), self.enter_registry_test_mode():
            self.env.ref("kehu_workflow.ir_cron_kehu_deadline_sweep").method_direct_trigger()
        self.env.invalidate_all()
        reminded = admission.activity_ids.user_id
        self.assertLessEqual(self.members[1] + self.members[2], reminded)
        self.assertFalse(reminded & (self.members[0] + self.salesman))
        self.vote(admission, "yes", "yes")
        admission.workflow_move("submit")
        self.assertFalse(admission.deadline_date)

    def test_the_form(self):
        with Form(self.env["kehu.admission"].with_user(self.salesman)) as form:
            form.partner_id = self.firm
            form.region = "Guangzhou"
            self.assertEqual(len(form.paper_ids), 3)
            with form.paper_ids.edit(1) as paper:
                paper.file = FILE
        self.assertEqual(form.record.paper_ids.mapped("status"), ["missing", "valid", "missing"])

    def test_a_list_takes_no_more_queries_for_more_rows(self):
        firms = [self.new_customer(f"Firm {number}") for number in range(20)]
        admissions = (
            self.env["kehu.admission"].with_user(self.salesman).create([{"partner_id": firm.id} for firm in firms])
        )
        spec = {
            **{
                name: {}
                for name in (
                    "number",
                    "region",
                    "credit_limit",
                    "visit_date",
                    "committee_verdict",
                    "vote_count",
                    "can_vote",
                    "state",
                )
            },
            "partner_id": {"fields": {"display_name": {}}},
            "paper_ids": {"fields": {"type_id": {}, "status": {}}},
        }
        counts = []
        for number in (1, 20):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            admissions[:number].web_read(spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
