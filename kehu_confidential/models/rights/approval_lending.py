"""Approvals lend reading of confidential documents, to those only whom the server has noted (X2, X5, A6)."""

from collections import defaultdict
from functools import reduce
from operator import or_

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain

from .right_change import PERMIT, RightPermit

LENT = "kehu_lent_user_ids"
LENDING = "kehu_lending"
UNLENT = "kehu_unlent"  # the key of the context under which nothing is read because it is lent
TOKEN = object()  # no client can send it in a context


class ApprovalMixin(models.AbstractModel):
    _inherit = "kehu.approval.mixin"

    _kehu_lends_reading = False  # whether users from whom a document is hidden read it while it is theirs to decide

    kehu_is_lent = fields.Boolean(
        string="Lent to Me",
        compute="_compute_kehu_is_lent",
        search="_search_kehu_is_lent",
        help="The document waits for a decision of the user, who may read it for that.",
    )

    # === COMPUTE ===

    @api.depends("approval_ids.state", "approval_ids.decision_count", "approval_ids.kehu_lent_user_ids")
    @api.depends_context("uid")
    def _compute_kehu_is_lent(self):
        lent = set(self.env["kehu.approval"]._kehu_lent_documents(self._name))
        for document in self:
            document.kehu_is_lent = document._origin.id in lent

    def _search_kehu_is_lent(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self.env["kehu.approval"]._kehu_lent_documents(self._name))


class Approval(models.Model):
    """Users from whom a document is hidden read it only as long as they can decide on it, and are noted here.

    Noted without more ado are those who can decide one of the steps when it is asked for. Those who come later, by a
    group, a role, a delegation or the tier, wait until a confidentiality officer confirms it, and then decide, too.
    """

    _inherit = "kehu.approval"

    kehu_lent_user_ids = fields.Many2many(
        "res.users",
        "kehu_approval_lent_user_rel",
        string="Reading Lent To",
        readonly=True,
        copy=False,
        help="Users beyond their clearance who may read the document while it is theirs to decide.",
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(LENT) for vals in vals_list):
            self._kehu_refuse_lending()
        approvals = super().create(vals_list)
        approvals._kehu_lend_when_asked()
        return approvals

    def write(self, vals):
        if LENT in vals and self.env.context.get(LENDING) is not TOKEN:
            permit = self.env.context.get(PERMIT)
            if (
                not isinstance(permit, RightPermit)
                or vals != {LENT: [Command.link(permit.value)]}
                or not all(permit.covers(self._name, approval.id, LENT, permit.value) for approval in self)
            ):
                self._kehu_refuse_lending()
            pending, user = (
                self.filtered(lambda approval: approval.state == "pending"),
                self.env["res.users"].browse(permit.value),
            )
            pending._kehu_lend(dict.fromkeys(pending.ids, user), permit.note)
            pending._admit(user)
            pending._refresh_candidates()
            return True
        result = super().write(vals)
        if vals.get("state", "pending") != "pending":
            self._kehu_drop_requests()
        return result

    @api.model
    def _kehu_refuse_lending(self):
        raise AccessError(self.env._("Who may read for a decision is noted by the server alone."))

    # === BUSINESS: READING ===

    @api.model
    def _kehu_lent_documents(self, model_name):
        """Return the ids of the documents of a model that the current user may read in order to decide on them."""
        if self.env.context.get(UNLENT):  # from a client, too: it takes reading away
            return []
        return self._waiting_documents(model_name, Domain(LENT, "any!", [("id", "=", self.env.uid)]))

    def _begin_step(self):
        self._kehu_lend_later()
        return super()._begin_step()

    def _refresh_candidates(self):
        self._kehu_lend_later()
        return super()._refresh_candidates()

    def _permitted(self, people):
        # Users from whom the document is hidden, and to whom it is not lent, cannot decide on it, and are not reminded
        # of it.
        permitted = super()._permitted(people)
        not_lent = {approval.id: permitted[approval.id] - approval.kehu_lent_user_ids for approval in self}
        for approval_id, users in self._kehu_filter_hidden(not_lent).items():
            permitted[approval_id] -= users
        return permitted

    # === BUSINESS: LENDING ===

    def _kehu_lend_when_asked(self):
        """Lend reading to all who can decide a step; tell the officers of those to whom the rule has not lent any
        before.
        """
        lent = self._kehu_to_lend()
        if not lent:
            return
        rules, users = self.rule_id, reduce(or_, lent.values())
        known = {
            (rule, user)
            for rule, user in self.sudo()._read_group(
                [("rule_id", "in", rules.ids), (LENT, "in", users.ids)], ["rule_id", LENT]
            )
        }
        self._kehu_lend(lent)
        for (user, tier), approvals in self._kehu_by_user(lent):
            if new := approvals.filtered(lambda approval, user=user: (approval.rule_id, user) not in known):
                self.env["kehu.right.change"]._keep(new, LENT, user.id, user, tier, is_direct=True)

    def _kehu_lend_later(self, given=()):
        """Have an officer confirm those who came to decide after it was asked for.

        :param given: users whom the current user is making deciders; if that is an officer, there is nothing to confirm
        """
        lent, Change = self._kehu_to_lend(), self.env["kehu.right.change"]
        if not lent:
            return
        # One request for each approval and user: if it was refused, that is the answer.
        asked = {
            (approval_id, change.value)
            for change in Change.sudo().search(
                [("res_model", "=", self._name), ("name", "=", LENT), ("value", "in", reduce(or_, lent.values()).ids)]
            )
            for approval_id in change.res_ids
        }
        for (user, tier), approvals in self._kehu_by_user(lent):
            if approvals := approvals.filtered(lambda approval, user=user: (approval.id, user.id) not in asked):
                if is_direct := user in given and not Change._is_servers_own() and Change._may_give(user, tier):
                    approvals._kehu_lend(dict.fromkeys(approvals.ids, user))
                    approvals._admit(user)
                Change._keep(approvals, LENT, user.id, user, tier, is_direct=is_direct)

    def _kehu_lend(self, lent, note=""):
        """Note who may read, and leave a line in the access log.

        :param lent: ``{approval_id: users}``
        :param note: who confirmed what, in words
        """
        suffix = f" ({note})" if note else ""
        for users, approvals in self.grouped(lambda approval: lent.get(approval.id)).items():
            if not users:
                continue
            approvals.sudo().with_context(**{LENDING: TOKEN}).write({LENT: [Command.link(user.id) for user in users]})
            for _approvals, documents in approvals.sudo()._documents():
                shown = (
                    documents._kehu_delegated_contacts(delegation)
                    if (delegation := documents._inherits.get("res.partner"))
                    else documents
                )
                self.env["kehu.access.log"]._log_right(shown, f"{LENT} + {', '.join(users.mapped('name'))}{suffix}")

    @api.model
    def _kehu_note_raised(self, customers):
        """Note, and tell the officers, who goes on reading what was lent before its customer was raised (X5).

        :param customers: in superuser mode
        """
        for approval in self._kehu_lent_about(customers):
            tier = approval._kehu_tier()
            if users := approval.kehu_lent_user_ids.filtered(
                lambda user, tier=tier: user.active and user.kehu_clearance < tier
            ):
                note = f"{LENT} = {', '.join(users.mapped('name'))}"
                self.env["kehu.right.change"]._keep_given(approval.with_env(self.env), LENT, note, users, tier)

    @api.model
    def _kehu_lent_about(self, customers):
        """Return the approvals that wait and lend documents of these customers, in superuser mode."""
        lent = self.sudo().search([("state", "=", "pending"), (LENT, "!=", False)]) if customers else self.sudo()
        found = lent.browse()
        for approvals, documents in lent._documents():
            name = documents._inherits.get("res.partner") or getattr(documents, "_kehu_customer_field", None)
            about = documents.filtered(
                lambda document, name=name: name and document[name].commercial_partner_id in customers
            )
            found |= approvals.filtered(lambda approval, ids=set(about.ids): approval.res_id in ids)
        return found

    def _kehu_to_lend(self):
        """Return ``{approval_id: users}`` who can decide now or later, and may not read the document for it yet."""
        approvals = self.sudo().filtered(
            lambda approval: approval.state == "pending" and self.env[approval.res_model]._kehu_lends_reading
        )
        deciders = approvals._kehu_deciders()
        missing = {approval.id: deciders[approval.id] - approval.kehu_lent_user_ids for approval in approvals}
        return approvals._kehu_filter_hidden(missing)

    def _kehu_deciders(self):
        """Return ``{approval_id: users}`` who can decide one of the steps to go, by themselves or in the place of
        another.
        """
        excluded, deciders = self._excluded(), self._asked()
        for (model, route), approvals in self.grouped(
            lambda approval: (approval.res_model, approval._steps_to_go())
        ).items():
            documents = self.env[model].browse(approvals.mapped("res_id"))
            for terms in route:
                candidates = documents._approval_candidates(terms)
                for approval in approvals:
                    if terms.step_id != approval.step_id.id or terms.quorum != "all" or approval._is_deserted():
                        deciders[approval.id] |= candidates[approval.res_id]
        everybody = self.env["res.users"].union(*deciders.values())
        delegates = self.env["kehu.approval.delegation"]._delegates(everybody)
        for approval in self:
            own = deciders[approval.id] - excluded[approval.id]
            deciders[approval.id] = (
                own.union(*(delegates[user] for user in own if user in delegates)) - excluded[approval.id]
            )
        return deciders

    def _kehu_filter_hidden(self, people):
        """Return ``{approval_id: users}``, those of ``people`` from whom the document is hidden unless it is lent to
        them.
        """
        hidden = {}
        for model, approvals in self.sudo().filtered("res_model").grouped("res_model").items():
            documents = (
                self.env[model].with_context(active_test=False).browse(approvals.mapped("res_id"))._kehu_classified()
            )
            approvals = approvals.filtered(lambda approval, ids=set(documents.ids): approval.res_id in ids)
            everybody = self.env["res.users"].union(*(people[approval.id] for approval in approvals))
            hidden_from = documents.with_context(**{UNLENT: True})._kehu_hidden_from(everybody)
            for approval in approvals:
                if users := people[approval.id] & hidden_from[approval.res_id]:
                    hidden[approval.id] = users
        return hidden

    def _kehu_by_user(self, lent):
        """Return ``[((user, tier), approvals), …]`` of ``{approval_id: users}``."""
        by_user = defaultdict(self.sudo().browse)
        for approval in self.sudo().filtered(lambda approval: approval.id in lent):
            for user in lent[approval.id]:
                by_user[user, approval._kehu_tier()] |= approval
        return by_user.items()

    def _kehu_tier(self):
        return self.env[self.res_model].sudo().browse(self.res_id)._kehu_highest_tier()

    # === BUSINESS: CHANGES OF RIGHTS ===

    def _kehu_opened_tiers(self, name):
        return [approval._kehu_tier() for approval in self]

    def _kehu_right_beneficiaries(self, name, user_id):
        """Return the user, as long as one of these approvals is theirs to decide."""
        pending = self.sudo().filtered(lambda approval: approval.state == "pending")
        everybody = self.env["res.users"].sudo().union(*pending._kehu_deciders().values())
        return everybody & everybody.browse(user_id)

    def _kehu_drop_requests(self):
        """Take back what was asked for approvals none of which waits any more."""
        changes = (
            self.env["kehu.right.change"]
            .sudo()
            .search([("res_model", "=", self._name), ("name", "=", LENT), ("state", "=", "pending")])
        )
        for change in changes.filtered(lambda change: set(change.res_ids) & set(self.ids)):
            if "pending" not in self.sudo().browse(change.res_ids).exists().mapped("state"):
                change._move("withdraw")
