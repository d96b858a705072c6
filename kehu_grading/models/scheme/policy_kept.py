"""What came to a customer with the grade was approved: changes leave a line, and are told to those who decided (G7)."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ..evaluation.evaluation import grading_managers

_lt = LazyTranslate(__name__)

POLICY = frozenset(("credit_limit", "property_payment_term_id", "specific_property_product_pricelist"))


class ResPartner(models.Model):
    _inherit = "res.partner"

    property_payment_term_id = fields.Many2one(tracking=True)
    credit_limit = fields.Float(tracking=True)

    # === CRUD ===

    def write(self, vals):
        if not (names := POLICY & vals.keys()):
            return super().write(vals)
        before = self._kehu_policy_values(names)
        result = super().write(vals)
        after = self._kehu_policy_values(names)
        self.filtered(lambda partner: after[partner.id] != before[partner.id])._kehu_tell_of_terms(after)
        return result

    # === BUSINESS ===

    def _kehu_policy_values(self, names):
        """Return ``{partner id: {name: value as JSON holds it}}`` in the company of the environment."""
        return {
            partner.id: {name: partner[name].id if self._fields[name].relational else partner[name] for name in names}
            for partner in self.sudo()
        }

    def _kehu_terms_approved(self):
        """Return ``[(document, {name: value})]`` of what was approved for these in the company of the environment: with
        the grade that is in force, and the latest admission.
        """
        company = self.env.company
        admissions = (
            self.env["kehu.admission"]
            .sudo()
            .search(
                [("partner_id", "in", self.ids), ("company_id", "=", company.id), ("state", "=", "admitted")],
                order="date_admitted, id",
            )
        )
        latest = {admission.partner_id: admission for admission in admissions if admission.credit_limit}
        return [
            *((sheet, sheet._get_policy().get("customer") or {}) for sheet in self._kehu_evaluations_in_force(company)),
            *((admission, {"credit_limit": admission.credit_limit}) for admission in latest.values()),
        ]

    def _kehu_tell_of_terms(self, values):
        """Tell those who approved the terms of these customers that they have others by now, else the grading managers.

        :param values: of the fields that were changed, see ``_kehu_policy_values()``
        """
        approved, changed = defaultdict(list), {}
        terms_approved = self._kehu_terms_approved()
        for document, terms in terms_approved:
            for name, value in terms.items():
                approved[document.partner_id.id, name].append(value)
        for document, terms in terms_approved:
            customer = document.partner_id.id
            if any(values[customer][name] not in approved[customer, name] for name in terms.keys() & values[customer]):
                changed[document._name] = changed.get(document._name, document) | document
        for documents in changed.values():
            self._kehu_remind_deciders(documents, _lt("The terms differ from what was approved: check them"))

    @api.model
    def _kehu_remind_deciders(self, documents, summary):
        """Give those who approved evaluations or admissions something to do, else the grading managers.

        :param summary: a term of ``LazyTranslate``
        """
        managers = grading_managers(self.env)
        people = {}
        for document in documents.sudo():
            deciders = (
                document._decided_on()
                .approval_decision_ids.filtered(lambda decision: decision.verdict == "approved")
                .user_id
            )
            people[document.id] = (deciders or managers).filtered(
                lambda user, company=document.company_id: company in user.company_ids and user != self.env.user
            )
        documents._workflow_remind(people, summary)
