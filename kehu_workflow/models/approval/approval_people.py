import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate

from ...approval import StepTerms

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

ASKED_ANEW = _lt("Others are asked to decide, since all who were asked have left")


class ApprovalPeople(models.Model):
    """Who decides a step, and how many of them must: frozen in the run (A6).

    What the rule says is copied when it is asked for, for all steps. Who that is, and how many votes it takes, is
    settled when a step begins. From then on people only go: they leave a group, are excluded, or leave the company.
    None of that lowers the number, but a step that takes all of them does not wait for those who have left the company.
    """

    _inherit = "kehu.approval"

    needed = fields.Integer(
        "Votes Needed", readonly=True, help="As settled when the step began, whatever the rule says by now."
    )
    asked_user_ids = fields.Many2many(
        "res.users",
        "kehu_approval_asked_user_rel",
        string="Asked",
        readonly=True,
        context={"active_test": False},
        help="Who could decide the present step when it began.",
    )
    named_user_ids = fields.Many2many(
        "res.users",
        "kehu_approval_named_user_rel",
        string="Asked by Name",
        readonly=True,
        context={"active_test": False},
        help="Those asked whom the step or the document named then, other than as members of a group.",
    )
    asked_group_ids = fields.Many2many(
        "res.groups",
        "kehu_approval_asked_group_rel",
        string="Asked as Members",
        readonly=True,
        help="The others asked decide as long as they belong to one of these groups.",
    )

    # === BUSINESS: TERMS ===

    def _steps_to_go(self):
        """The :class:`StepTerms` of the present step and of those after it, as the rule was when it was asked for."""
        self.ensure_one()
        terms = [StepTerms.from_json(values) for values in self.route]
        return tuple(terms[[step.step_id for step in terms].index(self.step_id.id) :])

    def _missing(self):
        """How many votes the present step still needs. A departure completes no step on which nobody has agreed."""
        self.ensure_one()
        decisions = self.decision_ids.filtered(lambda decision: decision.step_id == self.step_id)
        if self._steps_to_go()[0].quorum != "all":
            return max(self.needed - len(decisions), 0)
        waiting = self._filter_staying() - (decisions.user_id | decisions.principal_id)
        return len(waiting) or int(not decisions)

    # === BUSINESS: PEOPLE ===

    @api.model
    def _domain_mine(self):
        """The pending approvals that the user can decide, by their own right or by delegation.

        Delegations, exclusions and membership of the groups that were asked count as they are now.
        """
        user = self.env.user
        domain = Domain.FALSE
        for principal in user | self.env["kehu.approval.delegation"]._delegators(user):
            itself = [("id", "=", principal.id)]
            member = Domain("asked_group_ids", "any!", [("id", "in", principal._get_group_ids())])
            asked = Domain("named_user_ids", "any!", itself) | Domain("asked_user_ids", "any!", itself) & member
            inside = Domain(
                "company_id", "in", [False, *set(principal._get_company_ids()) & set(user._get_company_ids())]
            )
            domain |= inside & asked & ~Domain("excluded_user_ids", "any!", itself)
        decided = Domain("user_id", "=", user.id) | Domain("principal_id", "=", user.id)
        return (
            Domain("state", "=", "pending")
            & domain
            & ~Domain("excluded_user_ids", "any!", [("id", "=", user.id)])
            & ~Domain("decision_ids", "any!", decided)
        )

    def _excluded(self):
        """``{approval_id: users}`` who may not decide: as stored when asked, and as of now."""
        excluded = {}
        for approvals, documents in self._documents():
            concerned = documents._approval_excluded()
            for approval in approvals:
                excluded[approval.id] = approval.excluded_user_ids | approval.requester_id | concerned[approval.res_id]
        return excluded

    def _asked(self):
        """``{approval_id: users}`` who were asked for the present step and have not lost the right to decide it."""
        Step = self.env["kehu.approval.step"]
        return {
            approval.id: Step._filter_employees(
                approval.named_user_ids | approval.asked_user_ids & approval.asked_group_ids.all_user_ids,
                approval.company_id,
            )
            for approval in self
        }

    def _candidates(self):
        """``{approval_id: (users named, users named or in groups)}`` for the present step, by its terms, as of now."""
        candidates = {}
        for (model, terms), approvals in self.grouped(
            lambda approval: (approval.res_model, approval._steps_to_go()[0])
        ).items():
            documents = self.env[model].browse(approvals.mapped("res_id"))
            named, everybody = (
                documents._approval_candidates(terms._replace(group_ids=())),
                documents._approval_candidates(terms),
            )
            candidates |= {approval.id: (named[approval.res_id], everybody[approval.res_id]) for approval in approvals}
        return candidates

    def _available(self, people):
        """Those of ``people`` who can decide now: permitted, and without a decision in this approval."""
        permitted = self._permitted(people)
        return {
            approval.id: permitted[approval.id] - approval.decision_ids.user_id - approval.decision_ids.principal_id
            for approval in self
        }

    def _permitted(self, people):
        """Those of ``people`` whom nothing keeps from deciding (hook)."""
        excluded = self._excluded()
        return {approval.id: people[approval.id] - excluded[approval.id] for approval in self}

    def _eligible(self):
        """``{approval_id: users}`` who can still decide the present step by their own right, as of now."""
        return self._available(self._asked())

    def _deputies(self, eligible):
        """``{approval_id: {deputy: users in whose place they may decide today}}``, of deputies who read the document.

        :param eligible: of :meth:`_eligible`
        """
        deputies = {approval.id: {} for approval in self}
        delegates = self.env["kehu.approval.delegation"]._delegates(self.env["res.users"].union(*eligible.values()))
        if not delegates:
            return deputies
        available = self._available(
            {approval.id: self.env["res.users"].union(*delegates.values()) for approval in self}
        )
        Step = self.env["kehu.approval.step"]
        for approval in self:
            for principal in eligible[approval.id]:
                others = delegates.get(principal, principal.browse()) & available[approval.id] - eligible[approval.id]
                for deputy in Step._filter_employees(others, approval.company_id):
                    deputies[approval.id].setdefault(deputy, principal.browse())
                    deputies[approval.id][deputy] |= principal
        for approvals, documents in self._documents():
            people = {
                approval.res_id: self.env["res.users"].union(*deputies[approval.id])
                for approval in approvals
                if deputies[approval.id]
            }
            readers = self.env["mail.activity"]._kehu_filter_readers(documents.browse(people), people)
            for approval in approvals.filtered(lambda approval, readers=readers: approval.res_id in readers):
                deputies[approval.id] = {
                    deputy: users
                    for deputy, users in deputies[approval.id].items()
                    if deputy in readers[approval.res_id]
                }
        return deputies

    # === BUSINESS: THE STEP ===

    def _begin_step(self):
        """Settle who decides the present step, and tell them that it is theirs to decide."""
        if not self:
            return
        eligible = self._settle_people()
        self.told_user_ids = False
        complete = self._merge_decisions()
        waiting = self - complete
        eligible = {approval.id: eligible[approval.id] for approval in waiting}
        waiting._tell(eligible, waiting._deputies(eligible))
        waiting.filtered(lambda approval: not eligible[approval.id])._warn_responsible()
        complete._advance()

    def _merge_decisions(self):
        """Where one person may fill several steps, count at the present one who agreed at an earlier one (A6).

        :return: the approvals whose present step is complete by that
        """
        merging = self.filtered(lambda approval: approval.merges_steps and approval.decision_ids)
        if not merging:
            return merging
        candidates = merging._candidates()
        permitted = merging._permitted({approval_id: people for approval_id, (_named, people) in candidates.items()})
        values = []
        for approval in merging:
            people, agreed = permitted[approval.id], {}
            for decision in approval.decision_ids:
                # A deputy has one voice: their own comes before that of the one in whose place they agreed.
                person = (decision.user_id & people) or (decision.principal_id & people)
                if person and decision.user_id not in agreed:
                    agreed[decision.user_id] = person
            values += [
                {**approval._prepare_decision_values("approved", False, person), "user_id": user.id, "is_merged": True}
                for user, person in agreed.items()
            ]
            approval.decision_count += len(agreed)
        self.env["kehu.approval.decision"].sudo().create(values)
        merging.invalidate_recordset(["decision_ids"])
        for approvals, documents in merging._documents():
            documents._message_log_batch(
                {
                    approval.res_id: self.env._(
                        "%(kind)s – %(step)s: agreed at an earlier step: %(users)s",
                        kind=approval.kind_label,
                        step=approval.step_id.name,
                        users=", ".join(merged.user_id.mapped("name")),
                    )
                    for approval in approvals
                    if (
                        merged := approval.decision_ids.filtered(
                            lambda decision, step=approval.step_id: decision.is_merged and decision.step_id == step
                        )
                    )
                }
            )
        return merging.filtered(lambda approval: not approval._missing())

    def _settle_people(self):
        """Freeze who decides the present step and how many of them must.

        :return: ``{approval_id: users}``
        """
        candidates = self._candidates()
        asked = self._available({approval_id: everybody for approval_id, (_named, everybody) in candidates.items()})

        def settled(approval):
            terms, users = approval._steps_to_go()[0], asked[approval.id]
            needed = len(users) if terms.quorum == "all" else terms.seats
            return needed, users, users & candidates[approval.id][0], terms.group_ids

        for (needed, users, named, group_ids), approvals in self.grouped(settled).items():
            groups = self.env["res.groups"].browse(group_ids).exists()
            approvals.write(
                {
                    "needed": needed,
                    "asked_user_ids": [Command.set(users.ids)],
                    "named_user_ids": [Command.set(named.ids)],
                    "asked_group_ids": [Command.set(groups.ids)],
                }
            )
        return asked

    def _admit(self, user):
        """Ask a user too who came after the step began, and whom somebody entitled to it has accepted.

        The number of votes stays as it is. Where all must agree, those asked when the step began are all.
        """
        candidates = self._candidates()
        for approval in self.filtered(lambda approval: approval._steps_to_go()[0].quorum != "all"):
            named, everybody = candidates[approval.id]
            if user in everybody:
                approval.asked_user_ids |= user
                approval.named_user_ids |= user & named

    def _follow_departures(self):
        """Complete steps that wait for nobody but users who have left the company; begin those anew whose people all
        have.
        """
        left = self.filtered(
            lambda approval: approval._is_deserted() or approval._filter_staying() != approval.asked_user_ids
        )
        complete = left.filtered(lambda approval: not approval._missing())
        (left - complete).filtered(lambda approval: approval._is_deserted())._begin_anew()
        complete -= complete._changed() | complete._filter_partial()
        for approval in complete.try_lock_for_update(allow_referencing=True):
            try:
                with self.env.cr.savepoint():
                    approval._advance_without_leavers()
            except UserError as error:
                # Nobody is there to be told; the rule's administrator hears that nobody can decide.
                _logger.info("%s cannot be completed: %s", approval, error)

    def _filter_staying(self):
        """Those asked who have not left the company."""
        return self.asked_user_ids - self.asked_user_ids._kehu_filter_left()

    def _is_deserted(self):
        return not self._filter_staying()

    def _begin_anew(self):
        """Ask others, for all to see; users who come back are asked again."""
        gone = {approval: (approval.asked_user_ids, approval.named_user_ids) for approval in self}
        self._settle_people()
        for approval, (asked, named) in gone.items():
            newcomers = approval.asked_user_ids - asked
            approval.asked_user_ids |= asked
            approval.named_user_ids |= named
            if not (asked and newcomers):
                continue
            body = self.env._(
                "%(kind)s – %(step)s: asked of others, since %(gone)s has left.",
                kind=approval.kind_label,
                step=approval.step_id.name,
                gone=", ".join(asked.mapped("name")),
            )
            document = self.env[approval.res_model].browse(approval.res_id)
            document._message_log(body=body)
            document._workflow_remind(
                {document.id: approval.requester_id | approval.rule_id.responsible_id}, ASKED_ANEW
            )

    def _advance_without_leavers(self):
        self.ensure_one()
        gone = self.asked_user_ids._kehu_filter_left()
        body = self.env._(
            "%(kind)s – %(step)s: complete, since all others have agreed and %(gone)s has left.",
            kind=self.kind_label,
            step=self.step_id.name,
            gone=", ".join(gone.mapped("name")),
        )
        self.env[self.res_model].browse(self.res_id)._message_log(body=body)
        self._advance()
