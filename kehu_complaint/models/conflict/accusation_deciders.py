from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_archive.groups import LEGAL
from odoo.addons.kehu_confidential.groups import OFFICER

from ...groups import RANKS

_lt = LazyTranslate(__name__)


class Accusation(models.Model):
    """Who decides on an accusation: the next superior who is not named (C8)."""

    _inherit = "kehu.complaint.accusation"

    decider_ids = fields.Many2many(
        "res.users",
        string="To Be Decided By",
        compute="_compute_decider_ids",
        search="_search_decider_ids",
        compute_sudo=True,
    )

    # === COMPUTE ===

    @api.depends("state", "complaint_id.conflicted_user_ids")
    def _compute_decider_ids(self):
        deciders = self._find_deciders()
        for accusation in self:
            accusation.decider_ids = deciders.get(accusation.id)

    def _search_decider_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        deciders = self.sudo().search([("state", "=", "proposed")])._find_deciders()
        return Domain(
            "id",
            "in",
            [accusation_id for accusation_id, users in deciders.items() if not set(users.ids).isdisjoint(value)],
        )

    # === BUSINESS ===

    def _find_deciders(self):
        """Return ``{accusation_id: users}`` who decide now.

        They are the next superiors above the named, else those of the same rank and below; where all of these are
        named, legal affairs. The named, the proposer, and those who may not read the complaint never decide.
        """
        waiting = self.sudo().filtered(lambda accusation: accusation.state == "proposed")
        members = [waiting._impartial_group_members(group) for group in (*RANKS, LEGAL)]
        nobody = self.env["res.users"]
        everybody = {
            accusation.id: nobody.union(*(users[accusation.id] for users in members)) for accusation in waiting
        }
        readers = self.env["mail.activity"]._kehu_filter_readers(waiting, everybody)
        deciders = {}
        for accusation in waiting:
            rank = self.env["kehu.complaint"]._rank_guarded(accusation.named_user_ids)
            order = (*range(rank + 1, len(RANKS)), *range(rank, -1, -1), len(RANKS))
            able = readers[accusation.id] - accusation.user_id - accusation.named_user_ids
            deciders[accusation.id] = next(
                filter(None, (members[place][accusation.id] & able for place in order)), nobody
            )
        return deciders

    def _workflow_role_deciders(self):
        return dict.fromkeys(self.ids, self.env["res.users"]) | self._find_deciders()

    def _workflow_role_legal(self):
        return self._impartial_group_members(LEGAL)

    @api.model
    def _workflow_label_of_role(self, role):
        labels = {"deciders": self.env._("The next superior who is not named"), "legal": self.env._("Legal Affairs")}
        return labels.get(role) or super()._workflow_label_of_role(role)

    def _deadline_last_resort(self, user):
        # The manager of the rule may be named.
        return self._workflow_role_deciders()

    def _appoint(self):
        """Tell those who decide now and have not been told; take it from those who are named by now.

        :raise UserError: nobody is left to decide; a confidentiality officer is told all the same
        """
        waiting = self.filtered(lambda accusation: accusation.state == "proposed")
        if not waiting:
            return
        waiting._impartial_unsubscribe(waiting._impartial_recused())
        deciders = waiting._find_deciders()
        if not all(deciders.values()):
            waiting._tell_officers_of_paper()
            raise UserError(
                self.env._(
                    "Everybody who could decide on this accusation is named in it or kept from the complaint. "
                    "Report it on "
                    "paper to a confidentiality officer, who is told that you will come."
                )
            )
        told = {accusation.id: accusation.activity_ids.user_id for accusation in waiting}
        waiting._workflow_remind(
            {accusation_id: users - told[accusation_id] for accusation_id, users in deciders.items()},
            _lt("Decide on an accusation: its complaint is hidden from those it names"),
        )

    def _tell_officers_of_paper(self):
        """Give the officers who are not named a to-do, although the transaction of the refusal is rolled back."""
        officers = self.env.ref(OFFICER).sudo().all_user_ids.filtered("active")
        officers -= self.complaint_id.conflicted_user_ids | self.env.user
        remind = partial(self._remind_officers, self.env.registry, officers.ids, self.env.uid)
        # Whichever comes: an import, for one, goes on without the row that is refused.
        self.env.cr.postrollback.add(remind)
        self.env.cr.postcommit.add(remind)

    @staticmethod
    def _remind_officers(registry, officer_ids, user_id):
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            vals_list = []
            for officer in env["res.users"].browse(officer_ids):
                # It names no complaint and nobody who is accused.
                summary = officer.with_context(lang=officer.lang).env._(
                    "%s reports something on paper: the system has nobody who could decide on it",
                    env["res.users"].browse(user_id).name,
                )
                known = Domain("user_id", "=", officer.id) & Domain("summary", "=", summary)
                if not env["mail.activity"].search_count(known, limit=1):
                    vals_list.append(
                        {
                            "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
                            "summary": summary,
                            "user_id": officer.id,
                            "automated": True,
                        }
                    )
            env["mail.activity"]._kehu_remind(vals_list)
