"""Customers that become one keep the histories of both: grades, evaluations of the same run, life cycle (G3, G8)."""

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Move

from .res_partner import GradePermit

_lt = LazyTranslate(__name__)


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # In sudo: all companies have grades and stages of the customers, and the server alone writes them.
        self.env["kehu.evaluation"].sudo()._merge_customers(src_partners, dst_partner)
        self.env["kehu.customer.lifecycle"].sudo()._merge_customers(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    _workflow_moves = (
        Move("supersede", _lt("Superseded by a Merge"), source=("in_force",), target="past", after="_after_supersede"),
        Move("drop", _lt("Dropped by a Merge"), source=("draft", "pending", "approved"), target="cancelled"),
    )

    merged_from = fields.Char(
        string="Of the Former Customer",
        readonly=True,
        copy=False,
        help="Whom it graded before the contact was merged with this one.",
    )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"merged_from"}

    # === BUSINESS ===

    def _approval_filter_binding(self):
        # Votes and proposals bind before anything is asked for, and a grade as long as it is in force.
        return self.filtered(
            lambda evaluation: (
                evaluation.state in ("pending", "approved", "in_force")
                or evaluation.state == "draft"
                and (evaluation.vote_ids or evaluation.proposer_ids)
            )
        )

    def _after_supersede(self):
        for evaluation in self:
            evaluation.date_to = max(evaluation.date_from, evaluation.company_id._kehu_today())

    @api.model
    def _merge_customers(self, gone, kept):
        """Leave one grade in force in each company, and one evaluation to decide in each run; all others stay as
        history.

        Of two grades in force a decided one counts before a provisional one, then the later, of the same day the
        stricter. In a run, that of the remaining contact does.

        :param gone, kept: the contacts before they are merged
        """
        evaluations = self.search([("partner_id", "in", (gone + kept).ids)])
        theirs = evaluations.filtered(lambda evaluation: evaluation.partner_id != kept)
        if not theirs:
            return
        reason = self.env._("Merged with %s", kept.display_name)
        for evaluation in theirs.filtered(lambda evaluation: not evaluation.merged_from):
            evaluation.merged_from = evaluation.partner_id.name
        for _company, in_force in (
            evaluations.filtered(lambda evaluation: evaluation.state == "in_force").grouped("company_id").items()
        ):
            latest = in_force.sorted(
                lambda evaluation: (
                    evaluation.kind != "provisional",
                    evaluation.date_from,
                    evaluation.grade_id.sequence,
                    evaluation.id,
                )
            )[-1]
            (in_force - latest)._move("supersede", reason)
            if latest.partner_id != kept:
                latest._give_grade_to(kept, in_force.filtered(lambda evaluation: evaluation.partner_id == kept))
        for _run, sheets in (
            evaluations.filtered(
                lambda evaluation: evaluation.run_id and evaluation.state != "cancelled",
            )
            .grouped("run_id")
            .items()
        ):
            counting = (sheets - theirs or sheets.sorted("id"))[:1]
            (sheets - counting).filtered(lambda sheet: sheet.state in ("draft", "pending", "approved"))._move(
                "drop", reason
            )

    def _give_grade_to(self, partner, former):
        """Let ``partner`` bear the grade and get what its policy says, in the company of the evaluation.

        :param former: the evaluation by which ``partner`` had a grade until now, if there is one
        """
        partner = partner.sudo().with_company(self.company_id)
        partner.with_context(kehu_grade_permit=GradePermit(partner.id, self.grade_id.id)).kehu_grade_id = self.grade_id
        policy = self._get_policy().get("customer") or {}
        terms = partner._kehu_change_terms({partner.id: policy}, {partner.id: former.sudo().terms or {}})
        self._keep_terms({self.id: terms[partner.id]})


class CustomerLifecycle(models.Model):
    _inherit = "kehu.customer.lifecycle"

    @api.model
    def _merge_customers(self, gone, kept):
        """Keep one row for each company, with what people wrote in the others; the job finds the stage anew.

        :param gone, kept: the contacts before they are merged
        """
        rows = self.with_context(active_test=False).search([("partner_id", "in", (gone + kept).ids)])
        steps = self.env["base.partner.merge.automatic.wizard"].sudo()
        for _company, stands in rows.grouped("company_id").items():
            staying = stands.sorted(lambda stand: (stand.partner_id != kept, stand.id))[:1]
            if not (leaving := stands - staying):
                continue
            for stand in leaving:
                staying._message_log(
                    body=self.env._(
                        "Merged: %(customer)s, %(stage)s since %(date)s. %(reason)s",
                        customer=stand.partner_id.name,
                        stage=dict(self._fields["stage"]._description_selection(self.env))[stand.stage],
                        date=stand.date_since,
                        reason=stand.winback_reason or "",
                    )
                )
            staying.write(
                {
                    name: source[name].id if name == "winback_user_id" else source[name]
                    for name in ("winback_user_id", "winback_reason", "winback_outcome")
                    if not staying[name] and (source := leaving.filtered(name)[:1])
                }
            )
            steps._update_reference_fields_generic(self._name, leaving, staying)
            self.env.invalidate_all()
            leaving.unlink()
