"""Nobody takes part in what concerns them, or decides on it (C8)."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ImpartialMixin(models.AbstractModel):
    """Documents in which some users are recused: they get no part in it, and lose the one they have.

    The model has ``company_id``, and says who is recused (``_impartial_recused()``) and which fields give a part (``_impartial_roles``).
    Where such documents have approvals, recused users do not decide on them.
    """

    _name = "kehu.impartial.mixin"
    _description = "Impartial Handling"

    # The fields that give somebody a part in the document.
    _impartial_roles = ()
    # Those of them that become vacant when their holder comes to be recused; None: all.
    _impartial_vacated = None

    # === CONSTRAINT ===

    @api.constrains(lambda self: self._impartial_watched())
    def _check_impartial(self):
        """Refuse a part for recused users.

        :raise ValidationError: naming the role and, if there is one, a colleague who could take it
        """
        recused = self._impartial_recused()
        for document in self.sudo():
            for name in self._impartial_roles:
                if taken := document[name] & recused[document.id]:
                    raise ValidationError(document._impartial_refusal(name, taken))

    # === BUSINESS: WHAT A MODEL DECLARES ===

    @api.model
    def _impartial_watched(self):
        """Return the names of the fields with which the roles are checked."""
        return list(self._impartial_roles)

    def _impartial_recused(self):
        """Return ``{document_id: users}`` whom the document concerns (hook)."""
        return dict.fromkeys(self.ids, self.env["res.users"])

    def _impartial_recused_for_good(self):
        """Return ``{document_id: users}`` who lose their roles, too (hook): not while it is only proposed."""
        return self._impartial_recused()

    @api.model
    def _impartial_candidates(self):
        """Return the users who could take a role, in sudo (hook)."""
        return self.env["res.users"].sudo()

    def _impartial_fillers(self):
        """Return ``{document_id: users}`` who are asked to fill vacant roles (hook)."""
        return dict.fromkeys(self.ids, self.env["res.users"])

    def _impartial_parents(self):
        """Return ``{document_id: record}``, of one model and in sudo, on which those are asked to fill a role who may
        not read the document itself (hook).
        """
        return dict.fromkeys(self.ids, self.browse())

    @api.model
    def _impartial_open_domain(self):
        """Return the domain of the documents that still are work (hook)."""
        return Domain.TRUE

    # === BUSINESS ===

    def _impartial_refusal(self, name, users):
        """Return why these users cannot take the role ``name``, and who could."""
        substitute = self._impartial_substitutes(name)[self.id][:1]
        return " ".join(
            [
                self.env._(
                    "%(users)s cannot be “%(role)s” here: nobody takes part in what concerns them.",
                    users=", ".join(users.mapped("name")),
                    role=self.fields_get([name], ["string"])[name]["string"],
                ),
                self.env._("Choose somebody else, for instance %s.", substitute.name)
                if substitute
                else self.env._("Choose somebody else."),
            ]
        )

    def _impartial_substitutes(self, name):
        """Return ``{document_id: users}`` who else could take the role ``name``, those with the fewest open documents
        in it first.
        """
        recused = self._impartial_recused()
        people = self._impartial_candidates().filtered(lambda user: user.active and not user.share)
        busy = dict(
            self.sudo()._read_group(Domain(name, "in", people.ids) & self._impartial_open_domain(), [name], ["__count"])
        )
        people = people.sorted(lambda user: (busy.get(user, 0), user.name or ""))
        return {
            document.id: people.filtered(lambda user, document=document: document.company_id <= user.company_ids)
            - recused[document.id]
            for document in self.sudo()
        }

    def _impartial_group_members(self, group):
        """Return ``{document_id: members of the group}`` who work in the document's company and are not recused."""
        # Who has a higher group has this one, too, but is not meant as long as it has members of its own.
        group = self.env.ref(group).sudo()
        members = (group.user_ids or group.all_user_ids).filtered(lambda user: user.active and not user.share)
        recused = self._impartial_recused()
        return {
            document.id: members.filtered(lambda user, document=document: document.company_id <= user.company_ids)
            - recused[document.id]
            for document in self.sudo()
        }

    # === BUSINESS: COMING TO BE RECUSED ===

    def _impartial_exclude(self):
        """Take recused users out of what is still work, and off followers and activities, all at once."""
        documents = self.sudo()
        recused = documents._impartial_recused_for_good()
        lost = {
            document.id: names
            for document in documents.filtered_domain(self._impartial_open_domain())
            if (
                names := tuple(
                    name for name in documents._impartial_vacated_roles() if document[name] & recused[document.id]
                )
            )
        }
        vacant = documents.browse(lost)
        for names, alike in vacant.grouped(lambda document: lost[document.id]).items():
            alike._impartial_vacate(names)
        vacant._impartial_tell_vacant(lost)
        documents._impartial_unsubscribe(recused)

    @api.model
    def _impartial_vacated_roles(self):
        return self._impartial_roles if self._impartial_vacated is None else self._impartial_vacated

    def _impartial_vacate(self, names):
        """Take these roles from their holders (hook)."""
        self.write(dict.fromkeys(names, False))

    def _impartial_tell_vacant(self, lost):
        """Ask :meth:`_impartial_fillers` to fill roles, and suggest whom.

        They are asked on the document; on its parent, where they may read only that, or the document has no
        activities.

        :param lost: ``{document_id: roles}``
        """
        if not self:
            return
        Activity = self.env["mail.activity"]
        fillers = self._impartial_fillers()
        readers = dict.fromkeys(self.ids, self.env["res.users"])
        if "activity_ids" in self._fields:
            readers = Activity._kehu_filter_readers(self, fillers)
        elsewhere = self._impartial_parents()
        parents = next(iter(elsewhere.values())).union(*elsewhere.values())
        others = Activity._kehu_filter_readers(
            parents,
            {
                parent.id: self.env["res.users"].union(
                    *(fillers[document.id] for document in self if elsewhere[document.id] == parent)
                )
                for parent in parents
            },
        )
        vals_list = []
        for name in dict.fromkeys(name for names in lost.values() for name in names):
            documents = self.filtered(lambda document, name=name: name in lost[document.id])
            substitutes = documents._impartial_substitutes(name)
            told = {self._name: [], parents._name: []}
            for document in documents:
                shown, people = document, readers[document.id]
                if not people:
                    shown = elsewhere[document.id]
                    people = others.get(shown.id, people) & fillers[document.id]
                for lang, users in people.grouped("lang").items():
                    suggested = substitutes[document.id][:1]
                    note = suggested and self.with_context(lang=lang).env._("Suggested: %s", suggested.name)
                    told[shown._name].append((users, {"res_id": shown.id, "note": note or False}))
            for model, rows in told.items():
                vals_list += Activity._kehu_prepare_reminders(
                    model, rows, lambda lang, name=name: self.with_context(lang=lang)._impartial_vacancy(name)
                )
        Activity._kehu_remind(vals_list)

    def _impartial_vacancy(self, name):
        """Return the summary with which somebody is asked to fill the role ``name``."""
        return self.env._("“%s” is vacant: its holder is recused", self.fields_get([name], ["string"])[name]["string"])

    def _impartial_unsubscribe(self, recused):
        """Take recused users off followers and activities.

        :param recused: ``{document_id: users}``
        """
        users = self.env["res.users"].union(*recused.values())
        if not users:
            return
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        self.env["mail.followers"].sudo().search(about & Domain("partner_id", "in", users.partner_id.ids)).filtered(
            lambda follower: follower.partner_id in recused[follower.res_id].partner_id
        ).unlink()
        self.env["mail.activity"].sudo().search(about & Domain("user_id", "in", users.ids)).filtered(
            lambda activity: activity.user_id in recused[activity.res_id]
        ).unlink()


class ApprovalMixin(models.AbstractModel):
    _inherit = "kehu.approval.mixin"

    def _approval_excluded_users(self):
        """Recused users decide on nothing (C8)."""
        excluded = super()._approval_excluded_users()
        if not isinstance(self, self.env.registry["kehu.impartial.mixin"]):
            return excluded
        recused = self._impartial_recused()
        return {
            document.id: excluded.get(document.id, self.env["res.users"]) | recused[document.id] for document in self
        }
