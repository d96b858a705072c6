from odoo import models


class Evaluation(models.Model):
    """Who may move a sheet, and what keeps it from being moved (G3, G5)."""

    _inherit = "kehu.evaluation"

    def _workflow_filter_movable_by_user(self, move):
        movable = super()._workflow_filter_movable_by_user(move)
        if move.name == "submit":
            return movable.filtered(lambda evaluation: not evaluation.run_id)
        if move.name == "cancel":
            return movable - movable._filter_concerned().filtered(lambda evaluation: not evaluation._is_own_idea())
        if move.name == "withdraw":
            requesters = movable.sudo()._workflow_users_in_role("approval_requester")
            return movable - movable._filter_concerned().filtered(
                lambda evaluation: self.env.user not in requesters[evaluation.id]
            )
        return movable

    def _is_own_idea(self):
        """Return whether nobody but the user has said anything of it yet."""
        sheet = self.sudo()
        return sheet._is_votable() and not (sheet.run_id or sheet.vote_ids or sheet.proposer_ids - self.env.user)

    def _has_others_words(self):
        """Return whether finance, or anybody else but the user, left something on the sheet, which is in sudo."""
        others = self.message_ids.author_id - self.env.user.partner_id - self.env.ref("base.partner_root")
        return bool(self.credit_grade_id or others)

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        for evaluation in self:
            if move.name == "submit" and evaluation.run_id:
                blockers[evaluation.id].append(self.env._("It is decided with its run."))
            if move.name == "cancel" and evaluation.run_id.state == "pending":
                blockers[evaluation.id].append(self.env._("Its run is under approval: withdraw the run first."))
        return blockers

    def _workflow_barred(self, move):
        barred = super()._workflow_barred(move)
        for evaluation in self if move.name == "submit" else ():
            if evaluation._waits_for_committee():
                barred[evaluation.id] = self._committee_refusal(evaluation.committee_needed)
        return barred

    def _decided_on(self):
        return self.run_id or super()._decided_on()

    def _after_granted(self):
        for evaluation in self:
            today = evaluation.company_id._kehu_today()
            # Nothing holds for days on which it was not decided yet.
            evaluation.write({"date_approved": today, "date_from": max(evaluation.date_from or today, today)})
        self._check_committee()
        self._check_as_approved()
        self._take_effect_if_due()
