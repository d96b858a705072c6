from odoo import api, models

from ..evaluation.evaluation import grading_managers
from ..evaluation.vote_mixin import SUBMIT
from .admission import ADMIT, AGAINST, SIGN, SIGNED


class Admission(models.Model):
    """Whose turn it is on the way to an admission."""

    _inherit = "kehu.admission"

    @api.model
    def _turn_fields(self):
        return super()._turn_fields() | set(SIGNED)

    def _find_turns(self):
        found = super()._find_turns()
        approved = self.filtered(lambda admission: admission.state == "approved")
        signed = approved.filtered(lambda admission: all(admission[name] for name in SIGNED))
        interested = signed._impartial_recused()
        managers = grading_managers(self.env)
        return (
            found
            | {admission.id: {admission.user_id: SIGN} for admission in approved - signed}
            | {admission.id: dict.fromkeys(managers - interested[admission.id], ADMIT) for admission in signed}
        )

    def _find_voted_turns(self):
        managers = grading_managers(self.env)
        return super()._find_voted_turns() | {
            admission.id: {admission.user_id: SUBMIT}
            if admission.committee_verdict == "yes"
            else dict.fromkeys(admission.user_id | managers, AGAINST)
            for admission in self
        }
