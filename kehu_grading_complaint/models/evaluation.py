from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

MEASURES = ("complaints", "compensation")


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    # === BUSINESS ===

    def _find_hidden_measures(self):
        """Figures of complaints are not shown to users from whom one of these complaints is hidden (G1, X3)."""
        hidden = super()._find_hidden_measures()
        for run, evaluations in self.sudo().grouped(lambda evaluation: evaluation._measured_by()).items():
            if run:
                customers = self.env["kehu.complaint"]._customers_with_hidden(
                    Domain("company_id", "=", run.company_id.id)
                    & Domain("customer_id", "in", evaluations.partner_id.ids)
                    # A day more on both sides, whatever the time zone.
                    & Domain("date_received", ">=", run.date_from - relativedelta(days=1))
                    & Domain("date_received", "<=", run.date_to + relativedelta(days=2))
                )
                for evaluation in evaluations.filtered(
                    lambda evaluation, customers=customers: evaluation.partner_id in customers
                ):
                    hidden[evaluation.id] = (*hidden.get(evaluation.id, ()), *MEASURES)
        return hidden


class EvaluationReport(models.Model):
    _inherit = "kehu.evaluation.report"

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID or not (
            customers := self.env["kehu.complaint"]._customers_with_hidden(Domain.TRUE)
        ):
            return domain
        return domain & ~(Domain("indicator_id.measure", "in", MEASURES) & Domain("partner_id", "in", customers.ids))


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    @api.model
    def _customers_with_hidden(self, domain):
        """Return the customers, in sudo, of whose complaints within ``domain`` one is hidden from the user."""
        shown = self.sudo()._search(self._kehu_domain("read"))
        rows = (
            self.sudo()
            .with_context(active_test=False)
            ._read_group(domain & Domain("id", "not in", shown), ["customer_id"])
        )
        return self.env["res.partner"].sudo().union(*(customer for (customer,) in rows))
