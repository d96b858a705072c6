from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from ...approval import first_undecidable
from ...groups import WORKFLOW_MANAGER

_lt = LazyTranslate(__name__)

# What those who asked are told when it ends without them.
OUTCOMES = {
    "approved": _lt("What you asked for is approved"),
    "refused": _lt("What you asked for is returned: read the reason"),
}


class ApprovalDecide(models.Model):
    """Decisions: who may, what they do to the approval, and what follows for the document."""

    _inherit = "kehu.approval"

    def _decide(self, verdict, reason):
        """Record the caller's ``verdict`` on all of these approvals, and draw the consequences.

        Deciding is what the approval itself allows: the caller needs to read the document, not to
        write it.
        """
        self.check_access("read")
        self._lock()
        approvals = self.sudo().exists() | self.sudo().browse()  # a client may name one twice, or none that there is
        approvals._check_pending()
        principals = approvals._check_may_decide()
        approvals._check_unchanged()
        if verdict == "approved":
            approvals._check_impartial()
            approvals._check_later_steps(principals)
        self.env["kehu.approval.decision"].sudo().create(
            [approval._prepare_decision_values(verdict, reason, principals[approval.id]) for approval in approvals]
        )
        for approval in approvals:
            approval.decision_count += 1
        approvals.invalidate_recordset(["decision_ids"])
        approvals._tell_decision(verdict, reason, principals)
        if verdict == "refused":
            approvals._close("refused")
        else:
            approvals._advance()

    def _prepare_decision_values(self, verdict, reason, principal):
        return {
            "approval_id": self.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "step_id": self.step_id.id,
            "user_id": self.env.uid,
            "principal_id": principal.id,
            "verdict": verdict,
            "reason": reason or False,
        }

    def _check_may_decide(self):
        """``{approval_id: user in whose place the caller decides}``, the caller first.

        :raise AccessError: the caller is excluded or no candidate of the present step, as of now
        :raise UserError: the caller has decided in this approval before
        """
        user = self.env.user
        delegators = self.env["kehu.approval.delegation"]._delegators(user)
        excluded = self._excluded()
        eligible = self._eligible()
        principals = {}
        for approval in self:
            if user in excluded[approval.id]:
                raise AccessError(
                    self.env._(
                        "You asked for, made or profit from “%s”: somebody else must decide.", approval.document_name
                    )
                )
            if user in approval.decision_ids.user_id | approval.decision_ids.principal_id:
                raise UserError(self.env._("“%s” was decided by you or in your place already.", approval.document_name))
            people = eligible[approval.id]
            # A candidate has one voice: their own comes before those they stand in for.
            principal = (user & people) or (delegators & people)[:1]
            if not principal:
                raise AccessError(
                    self.env._(
                        "Step “%(step)s” of “%(document)s” is not yours to decide.",
                        step=approval.step_id.name,
                        document=approval.document_name,
                    )
                )
            principals[approval.id] = principal
        return principals

    def _check_later_steps(self, principals):
        """Keep people for the later steps where they are needed: nobody decides twice (C5).

        :param principals: ``{approval_id: user in whose place the caller decides}``
        :raise UserError: the caller's vote would leave a later step without enough people, though others could give it
        """
        excluded, eligible = self._excluded(), self._eligible()
        # Where one person may fill several steps, nobody is spent by a vote, unless a deputy spends two by one voice.
        once = self.filtered(lambda approval: not approval.merges_steps or principals[approval.id] != self.env.user)
        for (model, route), approvals in once.grouped(
            lambda approval: (approval.res_model, approval._steps_to_go())
        ).items():
            # A step that all must decide cannot be left to others.
            if route[0].quorum == "all" or len(route) == 1:
                continue
            documents = self.env[model].browse(approvals.mapped("res_id"))
            later = [documents._approval_candidates(terms) for terms in route[1:]]
            for approval in approvals:
                kept_out = excluded[approval.id] | approval.decision_ids.user_id | approval.decision_ids.principal_id
                people = [eligible[approval.id], *(named[approval.res_id] - kept_out for named in later)]
                seats = [approval._missing(), *(terms.seats for terms in route[1:])]
                spent = self.env.user | principals[approval.id]
                after = [(users - spent)._ids for users in people]
                short = first_undecidable(list(zip(after, [max(seats[0] - 1, 0), *seats[1:]], strict=True)))
                if (
                    short is not None
                    and first_undecidable([(users._ids, seat) for users, seat in zip(people, seats, strict=True)])
                    is None
                ):
                    raise UserError(
                        self.env._(
                            "Leave step “%(step)s” of “%(document)s” to somebody else: you are needed for step "
                            "“%(later)s”, and nobody "
                            "decides twice.",
                            step=approval.step_id.name,
                            document=approval.document_name,
                            later=approval.step_id.browse(route[short].step_id).name,
                        )
                    )

    def _check_unchanged(self):
        if changed := self._changed():
            raise UserError(
                self.env._(
                    "The values of %s are not those that were asked for. It must be asked for again.",
                    ", ".join(changed.mapped("document_name")),
                )
            )

    def _filter_partial(self):
        """Those with a decision of somebody whom the document concerns by now (C8)."""
        partial = self.browse()
        for approvals, documents in self._documents():
            recused = documents._approval_recused()
            partial += approvals.filtered(
                lambda approval, recused=recused: (
                    (approval.decision_ids.user_id | approval.decision_ids.principal_id)
                    & recused.get(approval.res_id, self.env["res.users"])
                )
            )
        return partial

    def _check_impartial(self):
        """
        :raise UserError: an earlier step was decided by somebody whom the document concerns
        """
        if partial := self._filter_partial():
            raise UserError(
                self.env._(
                    "An earlier step of %s was decided by somebody who takes no part in it by now. It must be asked for "
                    "again: return it.",
                    ", ".join(partial.mapped("document_name")),
                )
            )

    def _advance(self):
        """Go to the next step where enough have agreed; grant what has passed its last one."""
        granted = self.browse()
        stepped = self.browse()
        for approval in self:
            if approval._missing():
                continue
            if later := approval._steps_to_go()[1:]:
                approval.step_id = later[0].step_id
                stepped += approval
            else:
                granted += approval
        if waiting := self - stepped - granted:
            eligible = waiting._eligible()
            waiting._drop_ended_activities(waiting._people(eligible, waiting._deputies(eligible)))
        stepped._drop_activities()
        stepped._begin_step()
        granted._close("approved")

    def _close(self, state):
        """End the approval and let the document draw its consequences."""
        if not self:
            return
        self.write({"state": state, "date_closed": fields.Datetime.now()})
        self._drop_activities()
        for approvals, documents in self._documents():
            if state == "approved":
                documents._approval_granted(approvals)
            elif state in ("refused", "withdrawn"):
                documents._approval_returned(approvals)
            if state in OUTCOMES:
                approvals._tell_requesters(documents, OUTCOMES[state])

    def _withdraw(self, reason):
        self.check_access("read")
        self._lock()
        approvals = self.sudo()
        approvals._check_pending()
        for approval in approvals:
            if approval.requester_id == self.env.user:
                continue
            if not self.env.user.has_group(WORKFLOW_MANAGER):
                raise AccessError(self.env._("Only %s can withdraw this.", approval.requester_id.name))
            if not reason:
                raise UserError(self.env._("Withdrawing what somebody else asked for needs a reason."))
        for _approvals, documents in approvals._documents():
            body = self.env._("Withdrawn: %s", reason) if reason else self.env._("Withdrawn")
            documents._message_log_batch(dict.fromkeys(documents.ids, body))
        approvals._close("withdrawn")

    def _lapse(self):
        """End approvals that no longer count; their decisions stay readable."""
        self.write({"state": "lapsed", "date_closed": fields.Datetime.now()})
        self._drop_activities()
