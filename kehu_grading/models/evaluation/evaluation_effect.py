"""A grade takes effect: the one before ends, the customer bears the new one and gets what its policy says (G3, G7)."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from .evaluation import grading_managers
from .vote_mixin import SUBMIT, VOTE

_lt = LazyTranslate(__name__)

PORTION = 5000  # evaluations between two commits
NOT_APPROVED = _lt("Not what was approved, so it does not take effect: cancel it, and have it decided anew")
NOT_IMPARTIAL = _lt(
    "A user who sells to the customer voted or decided, so it does not take effect: cancel it, and have it decided anew"
)


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    # === CRON ===

    @api.model
    def _cron_take_effect(self):
        """Put into force what is approved and due, in portions; what was done stays done when it is killed.

        What is not as it was approved stays where it is, and the grading managers are told once.
        """
        Cron = self.env["ir.cron"]
        waiting = self._domain_waiting()
        single = self.search(waiting & Domain("kind", "=", "change"))
        runs = self.env["kehu.grading.run"].union(
            *(run for (run,) in self._read_group(waiting & Domain("run_id", "!=", False), ["run_id"]))
        )
        held_single, held_runs = (documents - documents._approval_filter_unchanged() for documents in (single, runs))
        partial = self.search(waiting & self._domain_chosen())._filter_partial()
        for held, cause in (held_single, NOT_APPROVED), (held_runs, NOT_APPROVED), (partial, NOT_IMPARTIAL):
            self._tell_held(held, cause)
        waiting &= Domain("id", "not in", (held_single | partial).ids) & Domain("run_id", "not in", held_runs.ids)
        remaining = self.search_count(waiting)
        if not Cron._commit_progress(remaining=remaining):
            return
        while portion := self.search(waiting, order="date_from, id", limit=PORTION):
            outdated = portion._filter_outdated()
            self._tell_held(outdated, NOT_APPROVED)
            waiting &= Domain("id", "not in", outdated.ids)
            (portion - outdated)._take_effect()
            remaining -= len(portion)
            if not Cron._commit_progress(len(portion), remaining=max(remaining, 0)):
                return
        self.env["kehu.grading.run"]._finish()

    # === BUSINESS ===

    def _take_effect_if_due(self):
        self.filtered_domain(self._domain_waiting())._take_effect()

    def _take_effect(self):
        """Put these into force at once: one statement each for the evaluations and for the customers.

        :raise UserError: one of them, or its run, is not what was approved
        """
        if not self:
            return
        self._check_as_approved()
        self._keep_policies_if_missing()
        # The last one of a customer wins; an earlier one of the same day has been overtaken.
        latest = {}
        for evaluation in self.sorted(lambda evaluation: (evaluation.date_from, evaluation.id)):
            latest[evaluation.company_id.id, evaluation.partner_id.id] = evaluation.id
        self.flush_model()
        self.env["res.partner"].flush_model(["kehu_grade_id"])
        winners = list(latest.values())
        former_terms = dict(
            self.env.execute_query(
                SQL(
                    """UPDATE kehu_evaluation old SET state = 'past', date_to = GREATEST(old.date_from, new.date_from - 1)
                 FROM kehu_evaluation new
                WHERE new.id = ANY(%s) AND old.partner_id = new.partner_id AND old.company_id = new.company_id AND old.state = 'in_force'
            RETURNING new.id, old.terms""",
                    winners,
                )
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE kehu_evaluation SET state = CASE WHEN id = ANY(%(winners)s) THEN 'in_force' ELSE 'past' END,
                      date_to = CASE WHEN id = ANY(%(winners)s) THEN NULL ELSE date_from END
                WHERE id = ANY(%(ids)s)""",
                winners=winners,
                ids=self.ids,
            )
        )
        policies = dict(
            self.env.execute_query(
                SQL(
                    """UPDATE res_partner partner
                  SET kehu_grade_id = COALESCE(partner.kehu_grade_id, '{}') || jsonb_build_object(evaluation.company_id::text, evaluation.grade_id)
                 FROM kehu_evaluation evaluation
            LEFT JOIN kehu_grading_run run ON run.id = evaluation.run_id
                WHERE evaluation.id = ANY(%s) AND partner.id = evaluation.partner_id
                  AND (partner.kehu_grade_id ->> evaluation.company_id::text) IS DISTINCT FROM evaluation.grade_id::text
            RETURNING evaluation.id, COALESCE(run.policies, evaluation.policies) -> evaluation.grade_id::text -> 'customer'
            """,
                    winners,
                )
            )
        )
        self.invalidate_model(["state", "date_to"])
        self.env["res.partner"].invalidate_model(["kehu_grade_id"])
        self.browse(winners)._change_terms(former_terms, policies)
        self._refresh_previous_grades()

    def _keep_policies(self):
        """Keep what follows from the grade, for the decision that is asked for (G7)."""
        for evaluation in self:
            evaluation.policies = evaluation.grade_id._collect_policies(evaluation.company_id)

    def _keep_policies_if_missing(self):
        """Provisional grades are not submitted: theirs is the policy of the day."""
        missing = self.sudo().filtered(lambda evaluation: not (evaluation.run_id or evaluation).policies)
        missing.run_id._keep_policies()
        for (company, grade), evaluations in (
            missing.filtered(lambda evaluation: not evaluation.run_id)
            .grouped(
                lambda evaluation: (evaluation.company_id, evaluation.grade_id),
            )
            .items()
        ):
            evaluations.policies = grade._collect_policies(company)

    def _get_policy(self):
        """Return what followed from the grade when it was decided, see ``kehu.grade._prepare_policy()``."""
        self.ensure_one()
        return ((self.run_id or self).policies or {}).get(str(self.grade_id.id), {})

    def _check_as_approved(self):
        """Compare what takes effect with what was approved, in the same transaction (A6).

        :raise UserError: naming what differs
        """
        single, runs = self.filtered(lambda evaluation: evaluation.kind == "change"), self.run_id
        for changed in (
            single - single._approval_filter_unchanged(),
            runs - runs._approval_filter_unchanged(),
            self._filter_outdated(),
        ):
            if changed:
                raise UserError(
                    self.env._(
                        "This is not what was approved: %s. Cancel it, and have it decided anew.",
                        changed._workflow_names(),
                    )
                )
        if partial := single._filter_partial():
            raise UserError(
                self.env._(
                    "A user who sells to the customer voted or decided: %s. Take it back, and have it decided anew.",
                    partial._workflow_names(),
                )
            )

    def _filter_outdated(self):
        """Return those whose customer has another grade by now than the one before, with which it was compared, and by
        which the committee was asked (G3).
        """
        return self.browse(evaluation.id for evaluation in self._outdated_grades())

    def _outdated_grades(self):
        """Return ``{evaluation: grade}`` that the customers have by now, of those with another one than before."""
        grades, none = self.partner_id._kehu_grades(self.company_id), self.env["kehu.grade"]
        current = {sheet: grades.get((sheet.company_id.id, sheet.partner_id.id), none) for sheet in self}
        return {sheet: grade for sheet, grade in current.items() if sheet.previous_grade_id != grade}

    def _refresh_previous_grades(self):
        """Compare what is not submitted yet with the grades that these gave: whether the committee votes hangs on it
        (G3).
        """
        drafts = self.sudo().search(
            Domain("state", "=", "draft")
            & Domain("partner_id", "in", self.partner_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
        )
        grades = drafts._filter_undecided()._outdated_grades()
        sheets = drafts.browse(sheet.id for sheet in grades)
        for grade, compared in sheets.grouped(grades.get).items():
            compared.write({"previous_grade_id": grade.id})
        sheets.run_id._refresh_turns(ask=(VOTE, SUBMIT))

    @api.model
    def _domain_chosen(self):
        """Return the domain of the evaluations whose grade somebody chose; that of the score is nobody's choice."""
        return (
            Domain("kind", "=", "change")
            | Domain("proposed_user_id", "!=", False)
            | Domain("vote_ids.is_current", "=", True)
        )

    def _filter_partial(self):
        """Return those on which a user voted or decided who sold to the customer in the time looked at, or has come to
        since, unless by the hand of somebody else (G3).
        """
        decisions = (
            self.env["kehu.approval.decision"]
            .sudo()
            .search(
                Domain("approval_id.state", "in", ("pending", "approved"))
                & Domain.OR(
                    Domain("res_model", "=", documents._name) & Domain("res_id", "in", documents.ids)
                    for documents in (self, self.run_id)
                )
            )
        ).grouped(lambda row: (row.res_model, row.res_id))
        partial = self._partial_since()

        def is_partial(evaluation):
            said = [(vote.user_id, vote.create_date) for vote in evaluation.sudo().vote_ids.filtered("is_current")]
            for document in (evaluation, evaluation.run_id):
                for row in decisions.get((document._name, document.id), ()):
                    said += [(user, row.create_date) for user in row.user_id | row.principal_id]
            return any(self._is_partial(partial[evaluation.id], user, moment) for user, moment in said)

        return self.filtered(is_partial)

    @api.model
    def _tell_held(self, documents, cause):
        """Give the grading managers something to do with documents that do not take effect, until they have done it."""
        managers = grading_managers(self.env)
        documents._workflow_remind(
            {
                document.id: managers.filtered(lambda user, document=document: document.company_id <= user.company_ids)
                - document.activity_ids.filtered("automated").user_id
                for document in documents.sudo()
            },
            cause,
        )


class Grade(models.Model):
    _inherit = "kehu.grade"

    def _collect_policies(self, company):
        """Return ``{grade id: policy}`` in ``company``, as JSON holds it; see :meth:`_prepare_policy`."""
        return {str(grade.id): grade._prepare_policy() for grade in self.sudo().with_company(company)}

    def _prepare_policy_values(self):
        """Return what a customer of this grade gets in the company of the environment (hook); what is empty is the
        customer's own.
        """
        values = {}
        if self.pricelist_id:
            # Odoo's own field for it is computed, and writes this one customer by customer.
            values["specific_property_product_pricelist"] = self.pricelist_id.id
        if self.payment_term_id:
            values["property_payment_term_id"] = self.payment_term_id.id
        if self.credit_limit:
            values["credit_limit"] = self.credit_limit
        return values


class GradingRun(models.Model):
    _inherit = "kehu.grading.run"

    def _keep_policies(self):
        """Keep what follows from each grade, for the decision that is asked for (G7)."""
        grades = self.env["kehu.grade"].search([("active", "in", (True, False))])
        for run in self:
            run.policies = grades._collect_policies(run.company_id)

    @api.model
    def _finish(self):
        """Close the runs of which nothing waits any more."""
        approved = self.search([("state", "=", "approved")])
        waiting = {
            run.id
            for (run,) in self.env["kehu.evaluation"]._read_group(
                [("run_id", "in", approved.ids), ("state", "=", "approved")], ["run_id"]
            )
        }
        approved.filtered(lambda run: run.id not in waiting)._move("finish")
