"""What comes in and nobody of the service may read: those who can help are told at once (C1, X2)."""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.kehu_confidential.groups import OFFICER


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._service_tell_unread()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if not {"partner_id", "user_id", "kehu_own_tier"}.isdisjoint(vals):
            self._service_tell_unread()
        return result

    # === BUSINESS ===

    def _service_tell_unread(self):
        """Tell officers and general managers of what waits for a superior of the service who may read it, and the
        supervisors that something does.

        None of them is told of what, nor anybody who is complained about there.
        """
        waiting = self.sudo().filtered(
            lambda document: document.state == "received" and not document.user_id and document.kehu_tier > "1"
        )
        readers = (
            self.env["mail.activity"]._kehu_filter_readers(waiting, waiting._workflow_role_receivers())
            if waiting
            else {}
        )
        unread = waiting.filtered(lambda document: not readers[document.id])
        if not unread:
            return
        excluded, general_managers = unread._impartial_recused(), unread._workflow_role_general_managers()
        supervisors = unread._workflow_role_supervisors()
        officers = self.env.ref(OFFICER).sudo().all_user_ids.filtered("active")
        notices = {}
        for document in unread:
            helpers = (officers | general_managers[document.id]) - excluded[document.id]
            for user in helpers:
                notices[
                    user,
                    user.with_context(lang=user.lang).env._(
                        "%s came in, and nobody of the service may read it: have somebody cleared for it",
                        document.number,
                    ),
                ] = None
            for user in supervisors[document.id] - helpers:
                notices[
                    user,
                    user.with_context(lang=user.lang).env._(
                        "Something came in that none of you may read: confidentiality officers and general managers "
                        "are told"
                    ),
                ] = None
        self._service_notify(notices)

    @api.model
    def _service_notify(self, notices):
        """Leave activities on nothing, each once as long as it waits.

        :param notices: ``(user, summary)``
        """
        Activity = self.env["mail.activity"].sudo()
        waiting = {
            (activity.user_id, activity.summary)
            for activity in Activity.search(
                Domain("res_model", "=", False) & Domain("user_id", "in", [user.id for user, _summary in notices])
            )
        }
        Activity._kehu_remind(
            [
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "summary": summary,
                    "user_id": user.id,
                    "automated": True,
                    "date_deadline": fields.Date.context_today(self),
                }
                for user, summary in notices
                if (user, summary) not in waiting
            ]
        )
