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
    # Those of them that become vacant when their holder comes to be accused; None: all.
    _impartial_vacated = None

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
                    raise ValidationError(document._impartial_refusal(name, taken))

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

    def _impartial_refusal(self, name, users):
        substitute = self._impartial_substitutes(name)[self.id][:1]
        return " ".join([
            self.env._(
                "%(users)s cannot be “%(role)s” here: whoever is complained about takes no part.",
                users=", ".join(users.mapped("name")), role=self.fields_get([name], ["string"])[name]["string"]),
            self.env._("Choose somebody else, for instance %s.", substitute.name) if substitute else self.env._("Choose somebody else."),
        ])

    def _impartial_substitutes(self, name):
        """Return ``{document_id: users}`` who else could take the role ``name``, those with the fewest open documents in it first."""
        accused = self._impartial_accused()
        people = self.env.ref("kehu_complaint.group_service_user").sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share)
        busy = dict(self.sudo()._read_group(
            Domain(name, "in", people.ids) & self._impartial_open_domain(), [name], ["__count"]))
        people = people.sorted(lambda user: (busy.get(user, 0), user.name or ""))
        return {
            document.id: people.filtered(lambda user, document=document: document.company_id <= user.company_ids) - accused[document.id]
            for document in self.sudo()}

    # === BUSINESS: COMING TO BE ACCUSED ===

    def _exclude_accused(self):
        """Take whoever has come to be accused out of what is still work, and off followers and activities, all at once."""
        documents = self.sudo()
        # Of whom it is only proposed, keeps the roles, and uses none of them, until a superior has decided.
        accused = {document.id: document._impartial_complaints()._accused_for_good() for document in documents}
        lost = {
            document.id: names for document in documents.filtered_domain(self._impartial_open_domain())
            if (names := tuple(name for name in documents._impartial_vacated_roles() if document[name] & accused[document.id]))}
        vacant = documents.browse(lost)
        for names, alike in vacant.grouped(lambda document: lost[document.id]).items():
            alike._impartial_vacate(names)
        vacant._impartial_tell_vacant(lost)
        documents._impartial_silence(accused)

    @api.model
    def _impartial_vacated_roles(self):
        return self._impartial_roles if self._impartial_vacated is None else self._impartial_vacated

    def _impartial_vacate(self, names):
        """Take these roles from their holders (hook)."""
        self.write(dict.fromkeys(names, False))

    def _impartial_tell_vacant(self, lost):
        """Ask the supervisors to fill roles, and suggest whom.

        They are asked on the document; on its complaint, where they may read only that, or the document has no activities.

        :param lost: ``{document_id: roles}``
        """
        if not self:
            return
        Activity = self.env["mail.activity"]
        supervisors = self._workflow_role_supervisors()
        readers = dict.fromkeys(self.ids, self.env["res.users"])
        if "activity_ids" in self._fields:
            readers = Activity._kehu_filter_readers(self, supervisors)
        elsewhere = {document.id: document._impartial_complaints()[:1] for document in self}
        complaints = self.env["kehu.complaint"].sudo().union(*elsewhere.values())
        others = Activity._kehu_filter_readers(complaints, {
            complaint.id: self.env["res.users"].union(*(
                supervisors[document.id] for document in self if elsewhere[document.id] == complaint))
            for complaint in complaints})
        vals_list = []
        for name in dict.fromkeys(name for names in lost.values() for name in names):
            documents = self.filtered(lambda document, name=name: name in lost[document.id])
            substitutes = documents._impartial_substitutes(name)
            told = {self._name: [], complaints._name: []}
            for document in documents:
                shown, people = document, readers[document.id]
                if not people:
                    shown = elsewhere[document.id]
                    people = others.get(shown.id, people) & supervisors[document.id]
                for lang, users in people.grouped("lang").items():
                    suggested = substitutes[document.id][:1]
                    note = suggested and self.with_context(lang=lang).env._("Suggested: %s", suggested.name)
                    told[shown._name].append((users, {"res_id": shown.id, "note": note or False}))
            for model, rows in told.items():
                vals_list += Activity._kehu_prepare_reminders(
                    model, rows, lambda lang, name=name: self.with_context(lang=lang)._impartial_vacancy(name))
        Activity._kehu_remind(vals_list)

    def _impartial_vacancy(self, name):
        return self.env._(
            "“%s” is vacant: whoever held it is complained about", self.fields_get([name], ["string"])[name]["string"])

    def _impartial_silence(self, accused):
        """Take the accused off followers and activities.

        :param accused: ``{document_id: users}``
        """
        users = self.env["res.users"].union(*accused.values())
        if not users:
            return
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        self.env["mail.followers"].sudo().search(about & Domain("partner_id", "in", users.partner_id.ids)).filtered(
            lambda follower: follower.partner_id in accused[follower.res_id].partner_id).unlink()
        self.env["mail.activity"].sudo().search(about & Domain("user_id", "in", users.ids)).filtered(
            lambda activity: activity.user_id in accused[activity.res_id]).unlink()

    def _service_group_members(self, group):
        """Return ``{document_id: members of the group}`` who work in the document's company and are not accused."""
        # Who has a higher group has this one, too, but is not meant as long as it has members of its own.
        group = self.env.ref(group).sudo()
        members = (group.user_ids or group.all_user_ids).filtered(lambda user: user.active and not user.share)
        accused = self._impartial_accused()
        return {
            document.id: members.filtered(lambda user, document=document: document.company_id <= user.company_ids) - accused[document.id]
            for document in self.sudo()}

    def _workflow_role_supervisors(self):
        """The supervisors who may work on each document, for moves and clocks."""
        return self._service_group_members("kehu_complaint.group_service_supervisor")

    def _workflow_role_directors(self):
        return self._service_group_members("kehu_complaint.group_service_director")

    def _workflow_role_general_managers(self):
        return self._service_group_members("kehu_complaint.group_general_manager")

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
        return domain & ~self._impartial_accused_domain()

    @api.model
    def _impartial_accused_domain(self):
        """Return the domain of the documents in which the current user is accused."""
        accused = Domain("conflicted_user_ids", "in", [self.env.uid])
        return Domain(self._impartial_complaint_field, "any!", accused) if self._impartial_complaint_field else accused

    def _kehu_classified(self):
        # What is hidden from somebody must be looked at when it is told to people, whatever its tier.
        return super()._kehu_classified() | self.filtered(lambda document: document._impartial_complaints().conflicted_user_ids)
