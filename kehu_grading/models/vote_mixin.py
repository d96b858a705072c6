"""Votes of the committee: cast once in one's own name by who has no interest, and kept for good (G3, G9)."""
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

COMMITTEE = "kehu_grading.group_grading_committee"


class VoteMixin(models.AbstractModel):
    """What a member said. Whoever thinks better of it votes again: the earlier vote stays, and counts no more.

    A model adds the document (``_kehu_document_field``, of a ``kehu.voted.mixin``), what can be voted for, and the unique index of
    the votes that count.
    """
    _name = "kehu.vote.mixin"
    _description = "Vote"
    _inherit = ["kehu.derived.mixin", "kehu.confidential.part", "kehu.evidence.mixin"]
    _evidence_refusal = _lt("A vote stays as it was given. To change it, vote again:")
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", string="Member", required=True, default=lambda self: self.env.user, ondelete="restrict")
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
        # His earlier ones stay, and count no more.
        earlier = self.sudo().search([(name, "in", documents.ids), ("user_id", "=", self.env.uid), ("is_current", "=", True)])
        earlier.is_current = False
        earlier.flush_recordset()
        return super().create(vals_list)

    def write(self, vals):
        # Superuser mode or not: the server only lets a vote count no more.
        if not self.env.su or vals != {"is_current": False}:
            raise AccessError(self.env._("A vote stays as it was given. Whoever thinks better of it votes again."))
        return super().write(vals)


class VotedMixin(models.AbstractModel):
    """A document on which the committee votes in ``vote_ids``, of a ``kehu.vote.mixin``."""
    _name = "kehu.voted.mixin"
    _description = "Document of the Committee"
    _inherit = ["kehu.approval.mixin"]

    vote_count = fields.Integer(string="Votes", compute="_compute_vote_count")
    can_vote = fields.Boolean(compute="_compute_can_vote")

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
        interested = votable._interested_users()
        for document in self:
            document.can_vote = document.id in interested and self.env.user not in interested[document.id]

    # === ACTIONS ===

    def action_vote(self):
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

    def _interested_users(self):
        """Return ``{document id: users}`` who neither vote nor decide, in sudo: who sold to the customer since it began, and more (hook)."""
        begun = {document: document._voted_from().create_date or self.env.cr.now() for document in self.sudo()}
        return {document.id: users for document, users in self.env["kehu.former.seller"]._sellers_since(begun).items()}

    def _voted_from(self):
        """Return the record with which the matter began (hook)."""
        return self

    def _filter_concerned(self):
        """Return the documents in which the user is not impartial."""
        interested = self._interested_users()
        return self.filtered(lambda document: self.env.user in interested[document.id])

    def _approval_excluded_users(self):
        return self._interested_users()

    def _workflow_role_voters(self):
        """Return ``{document id: users}``: the members who may vote and have not, whom clocks remind."""
        members = self.env.ref(COMMITTEE).sudo().all_user_ids.filtered("active")
        interested = self._interested_users()
        return {
            document.id: members - interested[document.id] - document.vote_ids.filtered("is_current").user_id
            for document in self.sudo()}

    def _check_votable(self):
        """
        :raise UserError: the committee does not vote on it now
        :raise AccessError: the caller profits from it
        """
        documents = self.sudo()
        if closed := documents.filtered(lambda document: not document._is_votable()):
            raise UserError(self.env._("The committee does not vote on this now: %s.", closed._workflow_names()))
        if interested := documents._filter_concerned():
            raise AccessError(self.env._(
                "Whoever sells to a customer or asks for the decision does not vote on it: %s.", interested._workflow_names()))
