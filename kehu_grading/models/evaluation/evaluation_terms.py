"""What customers get with their grade, and have back when they lose it (G7)."""

import json
from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    terms = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="What the customer got with grades, and the customer's own that it took the place of.",
    )  # {"given": {field: value}, "own": {field: value}}

    def _change_terms(self, former, policies):
        """Give the customers what their grade says; what their former grade gave, and this one does not, ends.

        :param former: ``{id of one of these: terms of the evaluation before it}``
        :param policies: ``{id of one of these: values, see kehu.grade._prepare_policy_values()}`` of those that change
            the grade; the others carry the terms on
        """
        terms = {
            evaluation_id: kept for evaluation_id, kept in former.items() if kept and evaluation_id not in policies
        }
        concerned = self.filtered(lambda sheet: policies.get(sheet.id) or sheet.id in policies and former.get(sheet.id))
        for company, evaluations in concerned.grouped("company_id").items():
            customers = evaluations.partner_id.sudo().with_company(company)
            changed = customers._kehu_change_terms(
                {sheet.partner_id.id: policies[sheet.id] or {} for sheet in evaluations},
                {sheet.partner_id.id: former.get(sheet.id) or {} for sheet in evaluations},
            )
            terms |= {sheet.id: changed[sheet.partner_id.id] for sheet in evaluations}
        self._keep_terms(terms)

    def _keep_terms(self, terms):
        """Write ``{id of one of these: terms}``."""
        if terms:
            self.env.cr.execute(
                SQL(
                    """UPDATE kehu_evaluation SET terms = kept.value
                     FROM jsonb_each(%s) kept WHERE kehu_evaluation.id = kept.key::integer""",
                    json.dumps(terms),
                )
            )
            self.invalidate_model(["terms"])


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _kehu_change_terms(self, policies, former):
        """Write what a policy says into the fields in which Odoo looks for it; what the former one gave and this one
        does not, becomes the customer's own again, unless somebody has changed it since. What is gone by now is empty
        (G7).

        :param policies: ``{partner id: values}``
        :param former: ``{partner id: terms}``, see ``kehu.evaluation.terms``
        :return: ``{partner id: terms}`` from now on
        """
        names = {name for values in policies.values() for name in values}
        names |= {name for terms in former.values() for name in terms.get("given", {})}
        gone = self._kehu_gone([*policies.values(), *(terms.get("own", {}) for terms in former.values())])
        current, terms, by_values = self._kehu_policy_values(names), {}, {}
        for partner in self:
            now = current[partner.id]
            policy = {name: value for name, value in policies[partner.id].items() if (name, value) not in gone}
            given, own = (former[partner.id].get(part, {}) for part in ("given", "own"))
            untouched = {name for name, value in given.items() if now[name] == value}
            own = {name: own[name] if name in untouched else now[name] for name in policy.keys() | untouched}
            own = {name: value if (name, value) not in gone else False for name, value in own.items()}
            terms[partner.id] = {"given": policy, "own": {name: own[name] for name in policy}}
            if values := {name: value for name, value in {**own, **policy}.items() if now[name] != value}:
                by_values.setdefault(json.dumps(values, sort_keys=True), []).append(partner.id)
        for values, partner_ids in by_values.items():
            self.browse(partner_ids).write(json.loads(values))
        return terms

    def _kehu_gone(self, rows):
        """Return ``{(name, id)}`` of the records that rows of values name and that are there no longer."""
        ids = defaultdict(set)
        for values in rows:
            for name, value in values.items():
                if value and self._fields[name].relational:
                    ids[name].add(value)
        return {
            (name, id_)
            for name, named in ids.items()
            for id_ in named.difference(self.env[self._fields[name].comodel_name].browse(named).exists()._ids)
        }
