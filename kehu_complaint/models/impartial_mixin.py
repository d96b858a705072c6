"""Whoever is complained about has no part in it (C8)."""
from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ImpartialMixin(models.AbstractModel):
    """Documents in which nobody takes part who is accused in their complaint, and which he does not see (C8).

    The rule is part of what confidentiality says, so that messages, activities, files and references follow it, and no
    administrator can switch it off.
    """
    _name = "kehu.impartial.mixin"
    _description = "Impartial Handling"

    # Where the complaint is; empty on the complaint itself.
    _impartial_complaint_field = None
    # The fields that give somebody a part in the document.
    _impartial_roles = ()

    # === CONSTRAINT ===

    @api.constrains(lambda self: self._impartial_watched())
    def _check_impartial(self):
        """Nobody is given a part who is accused.

        :raise ValidationError: naming the role and, if there is one, a colleague who could take it
        """
        accused = self._impartial_accused()
        for document in self.sudo():
            for name in self._impartial_roles:
                if taken := document[name] & accused[document.id]:
                    raise ValidationError(document._impartial_refusal(name, taken, accused[document.id]))

    @api.model
    def _impartial_watched(self):
        return [*self._impartial_roles, *filter(None, [self._impartial_complaint_field])]

    # === BUSINESS ===

    def _impartial_complaints(self):
        """Return the complaint of each document, in sudo; for a document without one, none."""
        return self.sudo()[self._impartial_complaint_field] if self._impartial_complaint_field else self.sudo()

    def _impartial_accused(self):
        """Return ``{document_id: users}`` who are accused."""
        return {document.id: document._impartial_complaints().conflicted_user_ids for document in self}

    def _impartial_refusal(self, name, users, accused):
        substitute = self._impartial_substitutes(name, accused)[:1]
        return " ".join([
            self.env._(
                "%(users)s cannot be “%(role)s” here: whoever is complained about takes no part.",
                users=", ".join(users.mapped("name")), role=self.fields_get([name], ["string"])[name]["string"]),
            self.env._("Choose somebody else, for instance %s.", substitute.name) if substitute else self.env._("Choose somebody else."),
        ])

    def _impartial_substitutes(self, name, accused):
        """Return who else could take the role ``name``, those with the fewest open documents in it first."""
        self.ensure_one()
        people = self.env.ref("kehu_complaint.group_service_user").sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id <= user.company_ids) - accused
        if not people:
            return people
        busy = dict(self.sudo()._read_group(
            Domain(name, "in", people.ids) & self._impartial_open_domain(), [name], ["__count"]))
        return people.sorted(lambda user: (busy.get(user, 0), user.name or ""))

    def _service_group_members(self, group):
        """Return ``{document_id: members of the group}`` who work in the document's company and are not accused."""
        # Who has a higher group has this one, too, but is not meant as long as it has members of its own.
        group = self.env.ref(group).sudo()
        members = (group.user_ids or group.all_user_ids).filtered(lambda user: user.active and not user.share)
        accused = self._impartial_accused()
        return {
            document.id: members.filtered(lambda user, document=document: document.company_id <= user.company_ids) - accused[document.id]
            for document in self.sudo()}

    @api.model
    def _impartial_open_domain(self):
        """Return the domain of the documents that still are work."""
        return Domain.TRUE

    # === RULE ===

    @api.model
    def _kehu_domain(self, mode="read"):
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID or self._abstract:
            return domain
        if mode == "create" and not self._impartial_complaint_field:
            return domain  # he is told why, instead
        accused = Domain("conflicted_user_ids", "in", [self.env.uid])
        if self._impartial_complaint_field:
            accused = Domain(self._impartial_complaint_field, "any!", accused)
        return domain & ~accused

    def _kehu_classified(self):
        # What is hidden from somebody must be looked at when it is told to people, whatever its tier.
        return super()._kehu_classified() | self.filtered(lambda document: document._impartial_complaints().conflicted_user_ids)
