"""Changed rules, steps and delegations of approvals lend reading to others, or to nobody any more (X2, X5, A6)."""

from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Domain

from .approval_lending import LENT


class ApprovalRule(models.Model):
    _inherit = "kehu.approval.rule"

    # === CRUD ===

    def write(self, vals):
        ending = self.browse() if vals.get("active", True) else self.filtered("active")
        result = super().write(vals)
        ending.step_ids._kehu_note_gone()
        return result

    def unlink(self):
        self.step_ids.unlink()  # which PostgreSQL would do without a word
        return super().unlink()


class ApprovalStep(models.Model):
    _inherit = "kehu.approval.step"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._kehu_note_people({})
        return steps

    def write(self, vals):
        if not {"group_ids", "user_ids", "role"} & vals.keys():
            return super().write(vals)
        before = {step: (step._fixed_candidates(), step.role) for step in self}
        result = super().write(vals)
        self._kehu_note_people(before)
        return result

    def unlink(self):
        self._kehu_note_gone()
        return super().unlink()

    # === BUSINESS ===

    @api.model
    def _kehu_lending(self):
        """Return the steps by which users come to read confidential documents."""
        lending = [
            name for name in self.env["kehu.approval.rule"]._approval_models() if self.env[name]._kehu_lends_reading
        ]
        return self.sudo().search([("rule_id.res_model", "in", lending)])

    def _kehu_note_people(self, before):
        """Note whom steps have come to name, or name no more: they decide what is asked for from now on (X5).

        :param before: ``{step: (users, role)}``, as it was
        """
        nobody = self.env["res.users"]
        for step in self & self._kehu_lending():
            (old, role), new = before.get(step, (nobody, False)), step._fixed_candidates()
            if gained := new - old:
                self.env["kehu.access.log"]._log_right(gained, f"+ {step.rule_id.name} / {step.name}")
            if old - new or role and role != step.role:
                step._kehu_note_taken("user_ids", step, old - new, role if role != step.role else False)

    def _kehu_note_gone(self):
        """Note that nobody comes to decide by these steps any more."""
        for step in self & self._kehu_lending():
            step._kehu_note_taken("step_ids", step.rule_id, step._fixed_candidates(), step.role)

    def _kehu_note_taken(self, name, document, users, role):
        """Leave a line in the access log for users whom the step names no more, and tell the officers.

        :param name: the field of ``document`` that has changed
        """
        self.ensure_one()
        label = f"{self.rule_id.name} / {self.name}"
        self.env["kehu.access.log"]._log_right(users, f"\u2212 {label}")
        people = [*users.sudo().mapped("name"), *([role] if role else [])]
        self.env["kehu.right.change"]._keep_taken(document, name, {document.id: f"{label}: {', '.join(people)}"})

    def _kehu_lend_later(self, given):
        """See the method of approvals."""
        approvals = (
            self.env["kehu.approval"].sudo().search([("rule_id", "in", self.rule_id.ids), ("state", "=", "pending")])
        )
        approvals._kehu_lend_later(given)


class ApprovalDelegation(models.Model):
    _inherit = "kehu.approval.delegation"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._kehu_note("+")
        delegations._kehu_lend_later()
        return delegations

    def write(self, vals):
        if not {"delegate_id", "date_from", "date_to"} & vals.keys():
            return super().write(vals)
        with self._kehu_taken_told():
            result = super().write(vals)
        self._kehu_note("+")
        self._kehu_lend_later()
        return result

    def unlink(self):
        self._kehu_note("\u2212")
        with self._kehu_taken_told():
            return super().unlink()

    # === BUSINESS ===

    @contextmanager
    def _kehu_taken_told(self):
        """Tell the officers which documents a delegate could read for a decision, and cannot any more."""
        before = {delegate: self._kehu_lent_to(delegate) for delegate in self.sudo().delegate_id}
        yield
        for delegate, approvals in before.items():
            for tier, taken in (
                (approvals - self._kehu_lent_to(delegate)).grouped(lambda approval: approval._kehu_tier()).items()
            ):
                self.env["kehu.right.change"]._keep_taken(taken, LENT, dict.fromkeys(taken.ids, delegate.id), tier)

    def _kehu_note(self, sign):
        """Leave a line in the access log: a delegation can give reading (X5)."""
        for delegation in self.sudo():
            self.env["kehu.access.log"]._log_right(
                delegation.delegate_id,
                f"{sign} {delegation.delegator_id.name}: {delegation.date_from} – {delegation.date_to}",
            )

    @api.model
    def _kehu_lent_to(self, user, lent=True):
        """Return the approvals that the user can decide, in superuser mode: those lent to them, or all."""
        approvals = self.env["kehu.approval"].with_user(user)
        domain = approvals._domain_mine() & (Domain(LENT, "any!", [("id", "=", user.id)]) if lent else Domain.TRUE)
        return approvals.sudo().search(domain).with_env(self.env).sudo()

    def _kehu_lend_later(self):
        for delegate in self.sudo().delegate_id:
            self._kehu_lent_to(delegate, lent=False)._kehu_lend_later(delegate)
