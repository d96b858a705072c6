from odoo import models

from ...groups import OFFICER


class DeadlineMixin(models.AbstractModel):
    _inherit = "kehu.deadline.mixin"

    def _deadline_last_resort(self, user):
        """What is hidden even from whoever is in charge of the rule is told to the confidentiality officers who may
        read it (X3).
        """
        told = super()._deadline_last_resort(user)
        if hidden := self.with_user(user)._kehu_hidden().with_env(self.env):
            officers = self.env.ref(OFFICER).sudo().all_user_ids.filtered("active")
            concealed = {officer: set(hidden.with_user(officer)._kehu_hidden()._ids) for officer in officers}
            for record in hidden:
                told[record.id] = officers.filtered(lambda officer, record=record: record.id not in concealed[officer])
        return told
