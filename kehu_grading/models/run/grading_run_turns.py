from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.kehu_archive.groups import FINANCE
from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL, TIERS

from ...groups import COMMITTEE
from ..evaluation.evaluation import grading_managers
from ..evaluation.vote_mixin import CREDIT, PROPOSE, SUBMIT, VOTE

_OPEN_TIERS = [tier for tier, _label in TIERS if tier < CONFIDENTIAL]


class GradingRun(models.Model):
    """Who is reminded of a run: of confidential customers at their sheets (G3, X3)."""

    _inherit = "kehu.grading.run"

    def _workflow_moved(self, move, sources, reason):
        result = super()._workflow_moved(move, sources, reason)
        self._find_confidential()._refresh_turns()
        return result

    def _find_confidential(self):
        """Return the sheets of confidential customers, in sudo. Votes on them are asked for at each: the run tells of
        none (X3).
        """
        return (
            self.env["kehu.evaluation"]
            .sudo()
            .search([("run_id", "in", self.ids), ("kehu_tier", "not in", _OPEN_TIERS)])
        )

    def _find_turns(self):
        """Finance sets credit grades, salespeople propose, members vote, and managers submit when they read of no vote
        that is waited for (G3).
        """
        found = super()._find_turns()
        measured = self.filtered(lambda run: run.state == "measured")
        if not measured:
            return found
        turns = {run.id: {} for run in measured}
        lacking = Domain("kehu_tier", "in", _OPEN_TIERS) & self.env["kehu.evaluation"]._lacking_credit_domain()
        financiers = self.env.ref(FINANCE).sudo().all_user_ids.filtered("active")
        others = {user: ~self.env["kehu.evaluation"]._concerning_domain(user) for user in financiers}
        for run_id, financier in measured._find_readers({user: lacking & others[user] for user in others}):
            turns[run_id][financier] = CREDIT
        for run_id, seller in measured._find_sellers():
            turns[run_id][seller] = PROPOSE
        waiting = Domain("kehu_tier", "in", _OPEN_TIERS) & Domain("waits_for_my_vote", "=", True)
        members = self.env.ref(COMMITTEE).sudo().all_user_ids.filtered("active")
        for run_id, member in measured._find_readers(dict.fromkeys(members, waiting)):
            turns[run_id][member] = VOTE
        returned = measured._approval_returned_on()
        decided = measured.filtered(lambda run: run.id not in returned)
        managers = grading_managers(self.env)
        waiting = self.env["kehu.evaluation"]._waiting_for_votes_domain()
        drafts = decided._find_readers(dict.fromkeys(managers, Domain("state", "=", "draft")))
        for run_id, manager in drafts - decided._find_readers(dict.fromkeys(managers, waiting)):
            turns[run_id][manager] = SUBMIT
        return found | turns

    def _find_readers(self, domains):
        """Return ``{(run id, user)}`` of those users who may read a sheet of the run that matches their domain.

        :param domains: ``{user: domain}``
        """
        found = []
        for user, domain in domains.items() if self else ():
            sheets = self.env["kehu.evaluation"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            query = sheets._search(Domain("run_id", "in", self.ids) & domain)
            run_id = sheets._field_to_sql(query.table, "run_id", query)
            found.append(query.subselect(run_id, SQL("%s::int", user.id)))
        rows = self.env.execute_query(SQL(" UNION ").join(found)) if found else ()
        return {(run_id, self.env["res.users"].sudo().browse(user_id)) for run_id, user_id in rows}

    def _find_sellers(self):
        """Return ``[(run id, user)]``: who sells to customers of which nobody has proposed a grade yet.

        Confidential customers are asked about at their sheets: the run tells of none (X3).
        """
        rows = (
            self.env["kehu.evaluation"]
            .sudo()
            ._read_group(
                [
                    ("run_id", "in", self.ids),
                    ("state", "=", "draft"),
                    ("partner_id.user_id", "!=", False),
                    ("proposed_grade_id", "=", False),
                    ("committee_grade_id", "=", False),
                    ("kehu_tier", "in", _OPEN_TIERS),
                ],
                ["run_id", "partner_id.user_id"],
            )
        )
        return [(run.id, seller) for run, seller in rows]
