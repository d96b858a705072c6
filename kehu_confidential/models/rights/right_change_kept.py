"""Changes of rights are kept: those that wait, and those that were made (X2, X5)."""

from odoo import Command, api, models
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import clean_reason

from ...at_work import client_uid
from ..rule.tier import CONFIDENTIAL
from .right_change import REASON

_lt = LazyTranslate(__name__)


class RightChange(models.Model):
    _inherit = "kehu.right.change"

    @api.model
    def _keep(self, documents, name, value, beneficiaries, tier="0", is_direct=False):
        """Keep a change of a right, and tell those who decide on it or have to know.

        :param documents: the records concerned, all with the same new value
        :param name: the field
        :param value: the id that the field is set to, or that is added to it
        :param is_direct: the change is made already; otherwise it waits
        :return: the change, in superuser mode
        """
        is_single = documents._fields[name].type == "many2one"
        change = self.sudo().create(
            {
                "requester_id": client_uid() or self.env.uid,
                "res_model": documents._name,
                "res_ids": documents.ids,
                "name": name,
                "value": value,
                "values_before": {str(document.id): document[name].id for document in documents.sudo()}
                if is_single and not is_direct
                else {},
                "beneficiary_ids": [Command.set(beneficiaries.ids)],
                "tier": tier,
                "reason": clean_reason(self.env.context.get(REASON)) or False,
                "is_by_administrator": is_direct and self._is_administrators_turn(beneficiaries),
            }
        )
        if is_direct:
            change._move("note")
            change._tell_made()
        else:
            change._workflow_remind(
                {change.id: self._get_deciders(beneficiaries, tier, documents._kehu_excluded_users())},
                _lt("Somebody would come to read classified customers: confirm or refuse"),
            )
            change._tell_waiting()
        return change

    @api.model
    def _keep_taken(self, documents, name, values_before, tier="0"):
        """Keep that a right was taken away, and tell the officers; nothing of what the server itself does.

        :param values_before: ``{document id: id}``, what the field was set to or what was taken out of it; or in words,
            where it cannot be looked up any more
        """
        if not self._is_servers_own():
            self._keep_made(
                documents,
                name,
                values_before,
                _lt("A right to read classified customers was taken away: see whether it is right"),
                tier=tier,
                is_taken=True,
            )._tell_removed()

    @api.model
    def _keep_given(self, documents, name, note, users, tier):
        """Leave a line in the access log for users who came to read without anybody's confirmation, and tell the
        officers.

        :param note: by what, in words
        """
        self.env["kehu.access.log"]._log_right(documents, note)
        if not self._is_servers_own():
            self._keep_made(
                documents,
                name,
                {},
                _lt("Somebody came to read classified customers: see whether it is right"),
                beneficiary_ids=[Command.set(users.ids)],
                tier=tier,
            )

    @api.model
    def _keep_joined(self, users, note):
        """Keep that users joined a group whose members read classified documents, and tell the officers.

        :param note: which group, in words
        """
        self._keep_made(
            users,
            "group_ids",
            dict.fromkeys(users.ids, note),
            _lt("Somebody came to read classified customers: see whether it is right"),
            beneficiary_ids=[Command.set(users.ids)],
            tier=CONFIDENTIAL,
        )

    @api.model
    def _keep_setting(self, document, name, before, after=None):
        """Keep that a setting was changed on which confidentiality hangs, and tell the officers.

        :param before: what it was, in words; or what was done, where nothing is ``after``
        :param after: what it is, in words
        """
        self._keep_made(
            document,
            name,
            {document.id: before},
            _lt("A setting on which confidentiality hangs was changed: see whether it is right"),
            value_text=after,
        )

    @api.model
    def _keep_made(self, documents, name, values_before, summary, **vals):
        """Keep what was done already and needs nobody's confirmation, and tell the officers, or the auditors where
        there is none.
        """
        change = self.sudo().create(
            {
                "requester_id": client_uid() or self.env.uid,
                "res_model": documents._name,
                "res_ids": documents.ids,
                "name": name,
                "value": 0,
                "values_before": {str(document_id): value for document_id, value in values_before.items()},
                "reason": clean_reason(self.env.context.get(REASON)) or False,
                **vals,
            }
        )
        change._move("note")
        people = change._get_watching()
        if change._takes_officers():
            people |= self._get_administrators() | self._get_auditors()
        change._workflow_remind({change.id: people - self.env.user}, summary)
        return change
