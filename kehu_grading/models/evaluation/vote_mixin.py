"""Votes of the committee: cast once in one's own name by who has no interest, and kept for good (G3, G9)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_workflow.workflow import Turn

from ...groups import COMMITTEE
from .former_seller import LOOKED_BACK

_lt = LazyTranslate(__name__)

VOTE = Turn("vote", (), "voters", _lt("Your vote is waited for"))
PROPOSE = Turn("propose", (), "sellers", _lt("Propose grades for your customers, with the reason"))
CREDIT = Turn("credit", (), "financiers", _lt("Set the credit grades"), reminds_actor=True)
SUBMIT = Turn(
    "submit", (), "submitters", _lt("No vote is waited for any more: submit it for approval"), reminds_actor=True
)


class VoteMixin(models.AbstractModel):
    """What a member said. Whoever thinks better of it votes again: the earlier vote stays, and counts no more.

    A model adds the document (``_kehu_document_field``, of a ``kehu.voted.mixin``), what can be voted for, and the
    unique index of the votes that count.
    """

    _name = "kehu.vote.mixin"
    _description = "Vote"
    _inherit = ["kehu.derived.mixin", "kehu.confidential.part", "kehu.evidence.mixin"]
    _evidence_refusal = _lt("A vote stays as it was given. To change it, vote again:")
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", string="Member", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    comment = fields.Text()
    is_current = fields.Boolean(string="Counts", required=True, default=True)

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"user_id", "is_current"}

    @api.model_create_multi
    def create(self, vals_list):
        name = self._kehu_document_field
        documents = self.env[self._fields[name].comodel_name].browse(vals.get(name) for vals in vals_list)
        if len(set(documents.ids)) != len(vals_list):
            raise UserError(self.env._("One vote for one document at a time."))
        documents.check_access("read")
        documents.lock_for_update(allow_referencing=True)
        documents._check_votable()
        # Earlier ones stay, and count no more.
        earlier = self.sudo().search(
            [(name, "in", documents.ids), ("user_id", "=", self.env.uid), ("is_current", "=", True)]
        )
        earlier.is_current = False
        earlier.flush_recordset()
        votes = super().create(vals_list)
        documents._after_voted()
        return votes

    def write(self, vals):
        # Superuser mode or not: the server only lets a vote count no more.
        if not self.env.su or vals != {"is_current": False}:
            raise AccessError(self.env._("A vote stays as it was given. Whoever thinks better of it votes again."))
        return super().write(vals)


class VotedMixin(models.AbstractModel):
    """A document on which the committee votes in ``vote_ids``, of a ``kehu.vote.mixin``."""

    _name = "kehu.voted.mixin"
    _description = "Document of the Committee"
    _inherit = ["kehu.turn.mixin", "kehu.impartial.mixin", "kehu.approval.mixin"]
    _workflow_turns = (VOTE, SUBMIT)

    vote_count = fields.Integer(string="Votes", compute="_compute_vote_count")
    can_vote = fields.Boolean(compute="_compute_can_vote")
    waits_for_my_vote = fields.Boolean(compute="_compute_waits_for_my_vote", search="_search_waits_for_my_vote")

    # === COMPUTE ===

    @api.depends(lambda self: ("vote_ids.is_current",) if not self._abstract else ())
    def _compute_vote_count(self):
        for document in self:
            document.vote_count = len(document.vote_ids.filtered("is_current"))

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_vote(self):
        member = self.env.user.has_group(COMMITTEE)
        votable = self.sudo().filtered(lambda document: member and document._is_votable())
        interested = votable._impartial_recused()
        for document in self:
            document.can_vote = document.id in interested and self.env.user not in interested[document.id]

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_waits_for_my_vote(self):
        waiting = self.search([("id", "in", self.ids), ("waits_for_my_vote", "=", True)])
        for document in self:
            document.waits_for_my_vote = document in waiting

    def _search_waits_for_my_vote(self, operator, value):
        if operator != "in":
            return NotImplemented
        if not self.env.user.has_group(COMMITTEE):
            return Domain.FALSE
        waiting = self._waiting_for_votes_domain() & ~Domain(
            "vote_ids", "any", [("user_id", "=", self.env.uid), ("is_current", "=", True)]
        )
        concerned = self.sudo().search(waiting & self._concerning_domain(self.env.user))._filter_concerned()
        return waiting & Domain("id", "not in", concerned.ids)

    # === ACTIONS ===

    def action_vote(self):
        """Open the dialog in which a member of the committee votes on the document."""
        self.ensure_one().check_access("read")
        votes = self._fields["vote_ids"]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Vote"),
            "res_model": votes.comodel_name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{votes.inverse_name}": self.id},
        }

    # === BUSINESS ===

    def _filter_evidence(self):
        return super()._filter_evidence() | self.filtered(lambda document: document.sudo().vote_ids)

    def _is_votable(self):
        """Return whether the committee votes on it now (hook)."""
        return False

    def _impartial_recused(self):
        # Who sold to the customer in the time looked at, and more, neither votes nor decides.
        since = {document: document._sold_since() for document in self.sudo()}
        return {
            document.id: users | document._interested_authors()
            for document, users in self.env["kehu.former.seller"]._sellers_since(since).items()
        }

    def _interested_authors(self):
        """Return the users who want something of it, in sudo (hook)."""
        return self.env["res.users"]

    def _partial_since(self):
        """Return ``{document id: {user: moment}}``, in sudo: who is interested, and the moment from which on, or none
        for always.
        """
        interested = self._impartial_recused()
        entered = self.env["kehu.former.seller"]._entered_since(self.sudo().partner_id)
        return {
            document.id: {
                user: None if user in document._interested_authors() else entered.get((document.partner_id, user))
                for user in interested[document.id]
            }
            for document in self.sudo()
        }

    @api.model
    def _is_partial(self, partial, user, moment):
        """Return whether the user was not impartial in what they said at that moment.

        :param partial: of one document, see :meth:`_partial_since`
        """
        return user in partial and (partial[user] is None or moment >= partial[user])

    def _sold_since(self):
        """Return the moment since which nobody who sold to the customer is impartial (hook)."""
        return (self.create_date or self.env.cr.now()) - LOOKED_BACK

    def _filter_concerned(self):
        """Return the documents in which the user is not impartial."""
        interested = self._impartial_recused()
        return self.filtered(lambda document: self.env.user in interested[document.id])

    def _drop_interested_votes(self):
        """Votes of members who have come to be interested since they voted count no more (G3, G9).

        Those count on whose members somebody else entered as salespeople afterwards: nobody strikes out a vote.
        """
        votable = self.sudo().filtered(lambda document: document.vote_ids and document._is_votable())
        partial = votable._partial_since()
        votes = votable.vote_ids.browse().union(
            *(
                document.vote_ids.filtered(
                    lambda vote, document=document: (
                        vote.is_current and document._is_partial(partial[document.id], vote.user_id, vote.create_date)
                    )
                )
                for document in votable
            )
        )
        if votes:
            votes.write({"is_current": False})
            votes[votes._kehu_document_field]._after_voted()

    @api.model
    def _waiting_for_votes_domain(self):
        """Return the domain of the documents on which the committee votes now, and has not agreed (hook)."""
        return Domain.FALSE

    @api.model
    def _concerning_domain(self, user):
        """Return the domain of the documents of which ``user`` may be one of ``_impartial_recused()`` (hook)."""
        sold = self.env["kehu.former.seller"].sudo().search([("user_id", "=", user.id)]).partner_id
        return Domain("partner_id.user_id", "=", user.id) | Domain("partner_id", "in", sold.ids)

    def _find_turns(self):
        waiting = self.filtered_domain(self._waiting_for_votes_domain())
        voters = waiting._workflow_role_voters() if waiting else {}
        voted = (self - waiting).filtered(lambda document: document._is_votable() and document.vote_ids)
        returned = voted._approval_returned_on() if voted else {}
        voted = voted.filtered(
            lambda document: (
                document.id not in returned or max(document.vote_ids.mapped("create_date")) > returned[document.id]
            )
        )
        return (
            super()._find_turns()
            | {id_: dict.fromkeys(users, VOTE) for id_, users in voters.items()}
            | (voted._find_voted_turns() if voted else {})
        )

    def _decided_on(self):
        """Return the document by whose approval this one was decided (hook)."""
        return self

    def _find_voted_turns(self):
        """Return ``{document id: {user: turn}}`` of documents that wait for no vote any more, in sudo (hook)."""
        return {}

    def _after_voted(self):
        """What follows from votes that were just given (hook)."""
        self._refresh_turns(ask={turn for turn in self._workflow_turns if turn is not VOTE})

    def _workflow_role_voters(self):
        """Return ``{document id: users}``: the members who may vote and have not, whom clocks remind."""
        members = self.env.ref(COMMITTEE).sudo().all_user_ids.filtered("active")
        interested = self._impartial_recused()
        return {
            document.id: members - interested[document.id] - document.vote_ids.filtered("is_current").user_id
            for document in self.sudo()
        }

    def _check_votable(self):
        """Refuse votes that are not due, or by users with an interest (G3, G9).

        :raise UserError: the committee does not vote on it now
        :raise AccessError: the caller profits from it
        """
        documents = self.sudo()
        if closed := documents.filtered(lambda document: not document._is_votable()):
            raise UserError(self.env._("The committee does not vote on this now: %s.", closed._workflow_names()))
        if interested := documents._filter_concerned():
            raise AccessError(
                self.env._(
                    "Whoever sells to a customer or asks for the decision does not vote on it: %s.",
                    interested._workflow_names(),
                )
            )
