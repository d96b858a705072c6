"""What may be changed in an evaluation, by whom, and until when (G3)."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.kehu_archive.groups import FINANCE

from ...groups import GRADING_MANAGER

# What finance sets, and finance alone.
_FINANCE = {"credit_grade_id"}


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    def _check_changes(self, names):
        """Refuse changes that the user may not make, or not now.

        :raise AccessError: the current user may not change fields of these ``names``
        :raise UserError: nothing is changed any more
        """
        if "partner_id" in names or "company_id" in names:
            raise AccessError(self.env._("An evaluation is of one customer: make another one for another."))
        self._check_parts(names)
        if _FINANCE & names:
            self._check_credit_grade()
        self._check_open()
        if names - _FINANCE:
            self._check_proposer()

    @api.model
    def _check_parts(self, names):
        """Finance sets the credit grade, and finance alone.

        :raise AccessError: naming the field
        """
        if _FINANCE & names and not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("The credit grade is set by finance."))

    def _check_credit_grade(self):
        """Refuse credit grades by users with an interest (G3).

        :raise AccessError: the caller sells to the customer or proposed a grade
        """
        if concerned := self._filter_concerned():
            raise AccessError(
                self.env._(
                    "The credit grade is set by finance, and by somebody who neither sells to the customer nor "
                    "proposes: %s.",
                    concerned._workflow_names(),
                )
            )

    def _check_proposer(self):
        """Refuse proposals by users who do not look after the customer.

        :raise AccessError: the caller neither sells to the customer, leads the unit, nor manages the grading
        """
        if self.env.user.has_group(GRADING_MANAGER):
            return
        strangers = self.sudo().filtered(
            lambda evaluation: (
                self.env.user not in evaluation.partner_id.user_id | evaluation.partner_id.kehu_team_id.user_id
            )
        )
        if strangers:
            raise AccessError(
                self.env._(
                    "A grade is proposed by the customer's salesperson or the leader of the unit: %s.",
                    strangers._workflow_names(),
                )
            )

    def _check_open(self):
        """Refuse changes of what is submitted or decided.

        :raise UserError: it was submitted or decided, or its run was
        """
        for evaluation in self.sudo():
            if not evaluation._is_votable():
                raise UserError(
                    self.env._(
                        "“%s” is submitted or decided: nothing of it is changed any more.", evaluation.display_name
                    )
                )

    def _check_settled(self, vals):
        """Not even the server changes what was submitted or decided: it stamps the dates once (G3).

        :raise UserError: see :meth:`_check_open`
        """
        said = vals.keys() - self._free_fields() - {"state"}
        for evaluation in self:
            if not said or evaluation._is_votable():
                continue
            stamped = {name for name in ("merged_from", "policies") if not evaluation[name]}
            if evaluation.state == "approved" and not evaluation.date_approved:
                stamped |= {"date_approved", "date_from"}
            if evaluation.state == "past" and not evaluation.date_to:
                stamped.add("date_to")
            if said - stamped:
                evaluation._check_open()
