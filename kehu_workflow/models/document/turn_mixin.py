from odoo import api, models

from ..approval.approval_mixin import UNFOLLOWED


class TurnMixin(models.AbstractModel):
    """A document that tells the next person when it is their turn, by a reminder that ends with the turn (U4)."""

    _name = "kehu.turn.mixin"
    _description = "Document with Turns"
    _inherit = ["kehu.workflow.mixin", "mail.activity.mixin"]

    # Of kehu_workflow.workflow.Turn; a state that is not named is nobody's turn. One without states is found in code.
    _workflow_turns = ()

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._refresh_turns()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if not self._turn_fields().isdisjoint(vals):
            self._refresh_turns()
        return result

    # === BUSINESS ===

    def _workflow_moved(self, move, sources, reason):
        self._restart_turns()
        return super()._workflow_moved(move, sources, reason)

    @api.model
    def _turn_fields(self):
        """Return the names of the fields whose change can make it somebody else's turn (hook)."""
        return {turn.role.partition(".")[0] for turn in self._workflow_turns}

    def _find_turns(self):
        """Return ``{document id: {user: turn}}``, in sudo (hook)."""
        found = {}
        for turn in self._workflow_turns:
            if documents := self.filtered(lambda document, turn=turn: document.state in turn.states):
                users_in_role = documents._workflow_users_in_role(turn.role)
                found |= {id_: dict.fromkeys(users, turn) for id_, users in users_in_role.items()}
        return found

    def _refresh_turns(self, ask=None):
        """Remind those whose turn it is and who may read the document, and end the reminders of all others.

        Who brings it about is not reminded: they see it, unless the turn says otherwise.

        :param ask: the turns of which users are reminded, none: all. Users who dismiss a reminder are left in peace,
            until it is their turn for something else
        """
        documents = self.sudo()
        found = documents._find_turns()
        reminders = documents._turn_reminders()
        ended = reminders.filtered(lambda reminder: reminder.user_id not in found.get(reminder.res_id, ()))
        changed = (reminders - ended).filtered(
            lambda reminder: reminder.kehu_turn not in (False, found[reminder.res_id][reminder.user_id].name)
        )
        told = {(reminder.res_id, reminder.user_id) for reminder in reminders - ended - changed}
        anew = {(reminder.res_id, reminder.user_id) for reminder in changed}
        (ended | changed).unlink()
        people = {}
        for id_, turns in found.items():
            for user, turn in turns.items():
                asked = (ask is None or turn in ask) and (turn.reminds_actor or user != self.env.user)
                if (id_, user) not in told and (asked or (id_, user) in anew):
                    people.setdefault(turn, {}).setdefault(id_, []).append(user.id)
        for turn, user_ids in people.items():
            # Nobody becomes a follower by being reminded.
            documents.with_context(kehu_approval_reminder=UNFOLLOWED)._workflow_remind(
                {id_: self.env["res.users"].browse(ids) for id_, ids in user_ids.items()},
                turn.summary,
                self._turn_activity_type_id(),
                {id_: {"kehu_turn": turn.name} for id_ in user_ids},
            )

    def _restart_turns(self):
        """End all reminders, as there is something else to do, and remind whose turn it is."""
        self.sudo()._turn_reminders().unlink()
        self._refresh_turns()

    def _turn_reminders(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self._turn_activity_type_id()),
            ]
        )

    @api.model
    def _turn_activity_type_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id("kehu_workflow.mail_activity_type_turn")
