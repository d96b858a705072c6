import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.admission.admission import REPORT
from .test_admission import FILE, AdmissionCase

OTHER = base64.b64encode(b"%PDF-1.4 another paper")


@tagged("post_install", "-at_install")
class TestAdmissionAttacks(AdmissionCase):
    """Nobody makes a distributor, a vote or a paper past the order of things, nor reads of it who
    may not (G6, G9, X3).
    """

    def test_an_application_is_not_born_decided(self):
        forged = {
            "user_id": self.financier.id,
            "number": "ZR-1",
            "votes_needed": 1,
            "committee_verdict": "yes",
            "date_admitted": "2027-01-01",
        }
        for context, vals in (({}, forged), ({f"default_{name}": value for name, value in forged.items()}, {})):
            admission = (
                self.env["kehu.admission"]
                .with_user(self.salesman)
                .with_context(**context)
                .create({"partner_id": self.firm.id, **vals})
            )
            self.assertEqual((admission.user_id, admission.state), (self.salesman, "draft"))
            self.assertFalse(admission.votes_needed or admission.committee_verdict or admission.date_admitted)
            self.assertNotEqual(admission.number, "ZR-1")
            admission.with_context({}).unlink()
        for context, vals in (({}, {"state": "admitted"}), ({"default_state": "admitted"}, {})):
            with self.assertRaises(AccessError):
                self.env["kehu.admission"].with_user(self.salesman).with_context(**context).create(
                    {"partner_id": self.firm.id, **vals}
                )
        for context, vals in (({}, {"contract_number": "1"}), ({"default_contract_file": FILE}, {})):
            with self.assertRaisesRegex(UserError, "when the admission is approved"):
                self.env["kehu.admission"].with_user(self.salesman).with_context(**context).create(
                    {"partner_id": self.firm.id, **vals}
                )
        admission = self.apply()
        for name, value in forged.items():
            with self.assertRaises(UserError, msg=name):
                admission.write({name: value})
        for state in ("committee", "approved", "admitted"):
            with self.assertRaisesRegex(AccessError, "through its moves"):
                admission.write({"state": state})
            with self.assertRaisesRegex(AccessError, "through its moves"):
                admission.with_context(kehu_workflow_permit=True).write({"state": state})
        for move in ("grant", "return", "admit", "refuse"):
            with self.assertRaises(AccessError, msg=move):
                admission.workflow_move(move, reason="x")

    def test_somebody_elses_application_is_not_for_one_to_change(self):
        admission = self.apply(visitor_ids=[Command.set(self.visitor.ids)])
        stranger = admission.with_user(self.stranger)
        for vals in (
            {"region": "Everywhere"},
            {"visit_opinion": "Splendid"},
            {"visitor_ids": [Command.link(self.stranger.id)]},
            {"paper_ids": [Command.create({"type_id": self.tax.id, "file": FILE})]},
            {"paper_ids": [Command.update(admission.paper_ids[0].id, {"file": FILE})]},
            {"paper_ids": [Command.delete(admission.paper_ids[0].id)]},
        ):
            with self.assertRaisesRegex(AccessError, "filled in by who applied", msg=str(vals)):
                stranger.write(vals)
        paper = admission.paper_ids[0].with_user(self.stranger)
        for action in (
            lambda: paper.write({"file": FILE}),
            paper.unlink,
            lambda: paper.create({"admission_id": admission.id, "type_id": self.tax.id}),
            lambda: paper.with_context(default_admission_id=admission.id).create({"type_id": self.tax.id}),
        ):
            with self.assertRaisesRegex(AccessError, "filled in by who applied"):
                action()
        for move in ("report", "withdraw", "refuse"):
            with self.assertRaises(AccessError, msg=move):
                stranger.workflow_move(move, reason="x")
        with self.assertRaisesRegex(AccessError, "one's own is deleted"):
            stranger.unlink()
        with self.assertRaisesRegex(AccessError, "filled in by who applied"):
            admission.with_user(self.visitor).region = "Everywhere"  # visitors report, and do not apply
        admission.with_user(self.visitor).visit_opinion = "Fit"

    def test_a_paper_does_not_wander(self):
        mine = self.apply(partner_id=self.new_customer("Mine").id)
        theirs = self.apply()
        paper = mine.paper_ids[1]
        paper.file = FILE
        with self.assertRaisesRegex(AccessError, "belongs to one admission"):
            paper.write({"admission_id": theirs.id})
        with self.assertRaisesRegex(AccessError, "belongs to one admission"):
            theirs.write({"paper_ids": [Command.link(paper.id)]})

    def test_what_the_committee_saw_stays_as_it_was(self):
        admission = self.before_the_committee()
        admission.sudo().visit_file = FILE
        paper, other = admission.paper_ids[0], self.new_customer("Other firm")
        for user in (self.salesman, self.visitor, self.grading_manager):
            theirs = admission.with_user(user)
            for vals in (
                {"region": "Everywhere"},
                {"credit_limit": 1},
                {"visit_opinion": "Splendid"},
                {"visit_file": OTHER},
                {"partner_id": other.id},
                {"contract_number": "1"},
                {"company_id": self.company.id},
                {"paper_ids": [Command.update(paper.id, {"file": OTHER})]},
                {"paper_ids": [Command.delete(paper.id)]},
                {"vote_ids": [Command.create({"verdict": "yes"})]},
            ):
                with self.assertRaisesRegex(UserError, "cannot be changed now", msg=str(vals)):
                    theirs.write(vals)
            for action in (lambda: paper.with_user(user).write({"file": OTHER}), paper.with_user(user).unlink):
                with self.assertRaisesRegex(UserError, "cannot be changed now"):
                    action()
        # Nor as a mere file.
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "in", ("kehu.admission", "kehu.admission.paper")),
                    ("res_field", "!=", False),
                    ("res_id", "in", [admission.id, *admission.paper_ids.ids]),
                ]
            )
        )
        self.assertEqual(len(files), 4)
        own = self.env["ir.attachment"].with_user(self.salesman).create({"name": "own", "datas": OTHER})
        for user in (self.salesman, self.grading_manager):
            for file in files.with_user(user):
                for action in (
                    lambda: file.write({"datas": OTHER}),
                    file.unlink,
                    lambda: file.write({"res_field": False}),
                ):
                    with self.assertRaisesRegex(AccessError, "exchange it there"):
                        action()
        place = {"res_model": "kehu.admission.paper", "res_id": paper.id, "res_field": "file"}
        with self.assertRaisesRegex(AccessError, "exchange it there"):
            own.write(place)
        with self.assertRaisesRegex(AccessError, "exchange it there"):
            own.create({"name": "x", "datas": OTHER, **place})
        with self.assertRaisesRegex(AccessError, "exchange it there"):
            own.with_context(**{f"default_{name}": value for name, value in place.items()}).create(
                {"name": "x", "datas": OTHER}
            )
        photograph = own.create(
            {"name": "photo.jpg", "datas": OTHER, "res_model": "kehu.admission", "res_id": admission.id}
        )
        self.assertTrue(photograph.with_user(self.members[0]).datas, "what is attached is there for the committee")

    def test_a_contract_is_entered_once_and_after_the_approval(self):
        admission = self.approved()
        with self.assertRaisesRegex(UserError, "cannot be changed now"):
            admission.credit_limit = 900000
        with self.assertRaisesRegex(AccessError, "filled in by who applied"):
            admission.with_user(self.visitor).contract_number = "1"
        self.sign(admission)
        with self.assertRaises(AccessError):
            admission.workflow_move("admit")
        admission.with_user(self.grading_manager).workflow_move("admit")
        with self.assertRaisesRegex(UserError, "cannot be changed now"):
            admission.contract_until = "2099-12-31"
        for move in ("refuse", "withdraw", "revise"):
            with self.assertRaisesRegex(UserError, "It is “Admitted” now"):
                admission.with_user(self.grading_manager).workflow_move(move, reason="x")

    def test_votes_are_cast_once_in_ones_own_name_and_stay(self):
        admission = self.apply()
        Vote = self.env["kehu.admission.vote"]
        values = {"admission_id": admission.id, "verdict": "yes"}
        with self.assertRaisesRegex(UserError, "does not vote on this now"):
            Vote.with_user(self.members[0]).create(values)
        with self.assertRaises(UserError):
            self.apply(partner_id=self.new_customer("Voted").id, vote_ids=[Command.create({"verdict": "yes"})])
        admission.unlink()
        admission = self.before_the_committee()
        values["admission_id"] = admission.id
        vote = Vote.with_user(self.members[0]).create({**values, "user_id": self.members[1].id, "is_current": False})
        self.assertEqual((vote.user_id, vote.is_current), (self.members[0], True))
        for user in (self.stranger, self.financier, self.grading_manager):
            with self.assertRaises(AccessError):
                Vote.with_user(user).create(values)
        for action in (lambda: vote.write({"verdict": "no"}), lambda: vote.write({"is_current": False}), vote.unlink):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(UserError):
            Vote.with_user(self.members[0]).create([values, values])
        with self.assertRaises(UserError):
            Vote.with_user(self.members[0]).with_context(default_admission_id=admission.id).create({"verdict": "yes"})
        self.assertEqual(admission.vote_count, 1)

    def test_paper_required_at_the_beginning_stays_required(self):
        forged = {"required_type_ids": [Command.clear()]}
        admission = self.apply(paper_ids=[], **forged)
        self.visit(admission)
        with self.assertRaisesRegex(UserError, "cannot be changed now"):
            admission.with_user(self.grading_manager).write(forged)
        for vals in ({"is_required": False}, {"active": False}):
            (self.licence + self.tax).with_user(self.grading_manager).write(vals)
            with self.assertRaisesRegex(UserError, r"Papers missing: Licence, Tax\.$"):
                admission.with_user(self.grading_manager).workflow_move("convene")

    def test_papers_are_named_by_the_grading_manager(self):
        for user in (self.salesman, self.members[0], self.financier):
            with self.assertRaises(AccessError):
                self.licence.with_user(user).is_required = False

    def test_no_customer_reads_of_own_admission(self):
        admission = self.before_the_committee()
        portal = new_test_user(self.env, "test_portal", "base.group_portal", company_id=self.company.id)
        portal.partner_id.parent_id = self.firm
        employee = new_test_user(self.env, "test_employee", "base.group_user", company_id=self.company.id)
        for user in (portal, employee):
            for model in ("kehu.admission", "kehu.admission.paper", "kehu.admission.vote"):
                with self.assertRaises(AccessError, msg=model):
                    self.env[model].with_user(user).search_read([])
        self.firm.email = "firm@customer.example.com"
        mails = self.env["mail.mail"].search([])
        admission.message_subscribe(partner_ids=self.firm.ids)
        message = admission.message_post(
            body="A", partner_ids=self.firm.ids, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertNotIn(self.firm, admission.message_partner_ids)
        self.assertFalse(self.env["mail.mail"].search([("id", "not in", mails.ids)]).recipient_ids & self.firm)
        self.assertFalse(message.notification_ids.res_partner_id & self.firm)

    def test_a_secret_firms_admission_is_secret(self):
        admission = self.before_the_committee()
        paper = admission.paper_ids[0]
        photograph = self.env["ir.attachment"].create(
            {"name": "photo.jpg", "datas": OTHER, "res_model": "kehu.admission", "res_id": admission.id}
        )
        self.firm.sudo().kehu_tier = "2"
        self.assertEqual(admission.kehu_tier, "2")
        outsider = self.members[0]
        for record in (admission, paper):
            self.assertFalse(record.with_user(outsider).search([("id", "=", record.id)]))
            for action in (
                lambda: record.with_user(outsider).read(),
                lambda: record.with_user(outsider).write({"company_id": 1}),
            ):
                with self.assertRaises(AccessError) as refused:
                    action()
                for word in ("Firm", admission.number, "Before the committee"):
                    self.assertNotIn(word, str(refused.exception))
        scan = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", paper._name), ("res_id", "=", paper.id), ("res_field", "=", "file")])
        )
        for file in (photograph, scan):
            with self.assertRaises(AccessError):
                file.with_user(outsider).read(["datas"])
        with self.assertRaises(AccessError):
            self.env["kehu.admission.vote"].with_user(outsider).create({"admission_id": admission.id, "verdict": "yes"})
        with self.assertRaises(AccessError):
            self.env["kehu.admission.paper"].with_user(outsider).create(
                {"admission_id": admission.id, "type_id": self.tax.id}
            )
        self.assertTrue(admission.with_user(self.salesman).read(["region"]), "of an own customer")

    def test_companies_are_kept_apart(self):
        admission = self.before_the_committee()
        self.vote(admission, "yes")
        other = self.env["res.company"].create({"name": "Other"})
        foreigner = new_test_user(
            self.env,
            "test_foreigner",
            "kehu_grading.group_grading_manager,kehu_grading.group_grading_committee",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in (admission, admission.paper_ids, admission.vote_ids):
            self.assertFalse(record.with_user(foreigner).search([("id", "in", record.ids)]), record._name)
            with self.assertRaises(AccessError):
                record.with_user(foreigner).read(["company_id"])
        with self.assertRaises(AccessError):
            self.env["kehu.admission.vote"].with_user(foreigner).create(
                {"admission_id": admission.id, "verdict": "yes"}
            )

    def test_ended_admission_is_changed_by_nobody(self):
        admission = self.before_the_committee()
        kind = admission.paper_ids.type_id[:1]
        with self.assertRaisesRegex(UserError, "Decisions refer to"):
            kind.with_user(self.grading_manager).name = "Another paper"
        admission.with_user(self.salesman).workflow_move("withdraw", reason="They found another firm")
        for vals in (
            {"region": "Everywhere"},
            {"visit_advice": "yes"},
            {"contract_number": "1"},
            {"date_admitted": "2027-01-01", "reason": "x"},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                admission.sudo().write(vals)

    def test_another_firm_than_was_approved_is_not_admitted(self):
        admission = self.approved()
        self.sign(admission)
        for forged in ({"name": "Another firm"}, {"vat": "91350100M000100Y43"}):
            before = {name: self.firm[name] for name in forged}
            self.firm.write(forged)
            with self.assertRaisesRegex(UserError, "asked for again"), self.env.cr.savepoint():
                admission.with_user(self.grading_manager).workflow_move("admit")
            self.firm.write(before)
        admission.with_user(self.grading_manager).workflow_move("admit")
        self.assertEqual(admission.state, "admitted")

    def test_decision_of_a_later_seller_grants_nothing(self):
        admission = self.before_the_committee()
        self.vote(admission, "yes", "yes")
        admission.workflow_move("submit")
        admission.with_user(self.financier).action_approval_approve()
        self.financier.group_ids += self.env.ref("base.group_partner_manager")
        self.firm.with_user(self.financier).user_id = self.financier
        with self.assertRaisesRegex(UserError, "asked for again"), self.env.cr.savepoint():
            admission.with_user(self.marketing).action_approval_approve()
        self.assertEqual(admission.state, "pending")

    def test_writer_of_an_application_neither_votes_nor_admits(self):
        boss = new_test_user(
            self.env,
            "test_boss",
            "kehu_grading.group_grading_manager,kehu_grading.group_grading_committee",
            company_id=self.company.id,
        )
        admission = self.apply()
        admission.with_user(boss).write({"region": "All China", "credit_limit": 9999999})
        self.visit(admission)
        self.hand_in(admission)
        admission.workflow_move("convene")
        self.assertEqual(admission.writer_ids, self.salesman | boss)
        self.assertFalse(admission.with_user(boss).can_vote)
        with self.assertRaisesRegex(AccessError, "does not vote"):
            self.env["kehu.admission.vote"].with_user(boss).create({"admission_id": admission.id, "verdict": "yes"})
        self.assertFalse(admission.with_user(boss).waits_for_my_vote)
        self.vote(admission, "yes", "yes")
        admission.workflow_move("submit")
        for user in (self.financier, self.marketing):
            admission.with_user(user).action_approval_approve()
        self.sign(admission)
        with self.assertRaises(AccessError):
            admission.with_user(boss).workflow_move("admit")
        admission.with_user(self.grading_manager).workflow_move("admit")
        self.assertEqual(admission.state, "admitted")

    def test_report_that_was_handed_in_stays_in_the_chatter(self):
        """G9: the applicant revises it and has a friend hand in another one."""
        admission = self.apply(visit_file=FILE, visit_file_name="signed.pdf")
        admission.write(
            {
                "visit_date": self.company._kehu_today(),
                "visitor_ids": [Command.set(self.visitor.ids)],
                "visit_advice": "no",
                "visit_shortfalls": "Who owns the house",
                **{name: "Empty" for name in REPORT if admission._fields[name].type == "text"},
            }
        )
        self.report(admission, visit_opinion="There is no shop")
        admission.workflow_move("revise", reason="Another visit")
        admission.write(
            {
                "visitor_ids": [Command.set(self.stranger.ids)],
                "visit_advice": "yes",
                "visit_shortfalls": False,
                "visit_opinion": "Splendid",
                "visit_file": OTHER,
            }
        )
        admission.with_user(self.stranger).workflow_move("report")
        messages = admission.sudo().message_ids
        said = "".join(messages.mapped("body"))
        for words in ("There is no shop", "Do not admit", "Who owns the house", self.visitor.name, "Splendid"):
            self.assertIn(words, said)
        self.assertEqual(set(messages.attachment_ids.mapped("datas")), {FILE, OTHER})
