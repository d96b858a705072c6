"""Whoever is complained about has no part in it (C8)."""

from collections import defaultdict

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.kehu_archive.groups import GENERAL_MANAGER
from odoo.addons.kehu_confidential.models.rule.tier import CONFIDENTIAL

from ...groups import DIRECTOR, STAFF, SUPERVISOR


class AccusedMixin(models.AbstractModel):
    """Documents in which nobody takes part who is accused in their complaint, and which the accused do not see (C8).

    The rule is part of what confidentiality says, so that messages, activities, files and references follow it, and no
    administrator can switch it off.
    """

    _name = "kehu.accused.mixin"
    _description = "Hidden from the Accused"
    _inherit = ["kehu.impartial.mixin"]

    # Where the complaint is; empty on the complaint itself.
    _impartial_complaint_field = None
    _kehu_excludes_users = True

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._impartial_note_readers({})
        return documents

    def write(self, vals):
        if {*self._impartial_roles, "kehu_own_tier"}.isdisjoint(vals):
            return super().write(vals)
        before = self._impartial_readers()
        result = super().write(vals)
        self._impartial_note_readers(before)
        return result

    # === BUSINESS ===

    @api.model
    def _impartial_watched(self):
        return [*super()._impartial_watched(), *filter(None, [self._impartial_complaint_field])]

    def _impartial_readers(self):
        """Return who reads confidential documents by a part in them, not by clearance.

        :return: ``{(document, role, tier): users}``
        """
        readers = {}
        for document in self.sudo():
            tier = document._kehu_highest_tier()
            if tier >= CONFIDENTIAL:
                of_customer = max(document._impartial_customers().mapped("kehu_tier"), default="0")
                for name in self._impartial_roles:
                    readers[document, name, tier] = document[name].filtered(
                        lambda user, tier=tier, of_customer=of_customer: of_customer <= user.kehu_clearance < tier
                    )
        return readers

    def _impartial_customers(self):
        """Return the customers of the document, of whom no part in it opens anything (hook)."""
        return self.env["res.partner"]

    def _impartial_note_readers(self, before):
        """Note who came to read confidential documents by a part in them, and tell the officers (X5).

        :param before: what :meth:`_impartial_readers` returned before
        """
        given = defaultdict(self.browse)
        for key, users in self._impartial_readers().items():
            document, name, tier = key
            if users := users - before.get(key, users.browse()) - self.env.user:
                given[name, tier, users] |= document.with_env(self.env)
        for (name, tier, users), documents in given.items():
            self.env["kehu.right.change"]._keep_given(
                documents, name, f"{name} + {', '.join(users.mapped('name'))}", users, tier
            )

    def _impartial_complaints(self):
        """Return the complaint of each document, in sudo; for a document without one, none."""
        return self.sudo()[self._impartial_complaint_field] if self._impartial_complaint_field else self.sudo()

    def _impartial_recused(self):
        return {document.id: document._impartial_complaints().conflicted_user_ids for document in self}

    def _impartial_recused_for_good(self):
        # Of whom it is only proposed, keeps the roles, and uses none of them, until a superior has decided.
        return {document.id: document._impartial_complaints()._accused_for_good() for document in self}

    def _approval_recused(self):
        # What the accused agreed to grants nothing that still waits.
        return self._impartial_recused_for_good()

    @api.model
    def _impartial_candidates(self):
        return self.env.ref(STAFF).sudo().all_user_ids

    def _impartial_fillers(self):
        return self._workflow_role_supervisors()

    def _impartial_parents(self):
        return {document.id: document._impartial_complaints()[:1] for document in self}

    def _workflow_role_supervisors(self):
        """The supervisors who may work on each document, for moves and clocks."""
        return self._impartial_group_members(SUPERVISOR)

    def _workflow_role_directors(self):
        return self._impartial_group_members(DIRECTOR)

    def _workflow_role_general_managers(self):
        return self._impartial_group_members(GENERAL_MANAGER)

    # === RULE ===

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID or self._abstract:
            return domain
        if mode == "create" and not self._impartial_complaint_field:
            return domain  # told why, instead
        return domain & ~self._kehu_excluding_domain()

    @api.model
    def _kehu_excluding_domain(self):
        accused = Domain("conflicted_user_ids", "in", [self.env.uid])
        return Domain(self._impartial_complaint_field, "any!", accused) if self._impartial_complaint_field else accused

    @api.model
    def _kehu_known_sql(self, document_id, moment):
        if self._impartial_complaint_field is None:
            return self._impartial_known_sql(document_id, moment)
        if self._fields[self._impartial_complaint_field].type != "many2one":
            return super()._kehu_known_sql(document_id, moment)
        complaint_id = SQL(
            "(SELECT document.%s FROM %s document WHERE document.id = %s)",
            SQL.identifier(self._impartial_complaint_field),
            SQL.identifier(self._table),
            document_id,
        )
        return self._impartial_known_sql(complaint_id, moment)

    @api.model
    def _impartial_known_sql(self, complaint_id, moment):
        """Return the SQL condition that the current user neither was accused in a complaint at a moment, nor named."""
        self.env["kehu.complaint"].flush_model(["conflicted_user_ids"])
        self.env["kehu.complaint.accusation"].flush_model(["complaint_id", "named_user_ids"])
        return SQL(
            """EXISTS (
                SELECT FROM kehu_complaint_conflicted_user_rel excluded
                 WHERE excluded.kehu_complaint_id = %(complaint_id)s AND excluded.res_users_id = %(user_id)s
                   AND %(moment)s < date_trunc('minute', LEAST(excluded.since, (
                        SELECT MIN(accusation.create_date) FROM kehu_complaint_accusation accusation
                          JOIN kehu_accusation_named_user_rel named
                            ON named.kehu_complaint_accusation_id = accusation.id AND named.res_users_id = %(user_id)s
                         WHERE accusation.complaint_id = excluded.kehu_complaint_id))))""",
            complaint_id=complaint_id,
            user_id=self.env.uid,
            moment=moment,
        )

    def _kehu_excluded_users(self):
        return self.env["res.users"].union(*self._impartial_recused().values())

    def _kehu_classified(self):
        # What is hidden from somebody must be looked at when it is told to people, whatever its tier.
        return super()._kehu_classified() | self.filtered(
            lambda document: document._impartial_complaints().conflicted_user_ids
        )
