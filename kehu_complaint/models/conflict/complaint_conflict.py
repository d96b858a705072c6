"""Who is complained about, and what that takes away from them (C8)."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import LazyTranslate

from ...groups import OFFICES, RANKS, STAFF, WATCHERS

_lt = LazyTranslate(__name__)

_ACCUSED = ("accused_user_ids", "accused_team_ids")


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    # A domain here would be a dependency of what is computed from it: creating a user would look for the user's
    # complaints before the groups are there. The view has it.
    accused_user_ids = fields.Many2many(
        "res.users",
        "kehu_complaint_accused_user_rel",
        string="Employees Complained About",
        copy=False,
        ondelete="restrict",
        tracking=True,
        context={"active_test": False},
        help="They take no part in this complaint and do not see it.",
    )
    accused_team_ids = fields.Many2many(
        "crm.team",
        "kehu_complaint_accused_team_rel",
        string="Business Units Complained About",
        copy=False,
        ondelete="restrict",
        tracking=True,
        context={"active_test": False},
        help="Neither their members nor their leaders take part; whoever was one since then does not, either, unless "
        "somebody else made them one who had a part already.",
    )
    # Its table also keeps since when somebody is excluded, see init().
    conflicted_user_ids = fields.Many2many(
        "res.users",
        "kehu_complaint_conflicted_user_rel",
        string="Excluded from This Complaint",
        compute="_compute_conflicted_user_ids",
        store=True,
        context={"active_test": False},
    )
    # {name of the field: {id of who is accused: id of the user who accused them}}; not for what a superior confirmed.
    accused_by = fields.Json(readonly=True, copy=False, groups=NO_ACCESS)
    accusation_ids = fields.One2many("kehu.complaint.accusation", "complaint_id", string="Accusations", groups=STAFF)
    accusation_reason = fields.Text(
        string="Why They Are Complained About",
        store=False,
        help="For the superior who decides, if one has to decide; otherwise it becomes a note in the chatter. To "
        "take an accusation "
        "back, enter why.",
    )
    # No user sees it: it would tell the named of a rejected accusation that their role was taken for a while.
    former_holder_ids = fields.Many2many(
        "res.users",
        "kehu_complaint_former_holder_rel",
        string="Held a Role Before",
        readonly=True,
        copy=False,
        context={"active_test": False},
        groups=NO_ACCESS,
    )

    def init(self):
        result = super().init()
        # Since when somebody is excluded: what was noted before stays visible (X5).
        self.env.cr.execute(
            "ALTER TABLE kehu_complaint_conflicted_user_rel "
            "ADD COLUMN IF NOT EXISTS since timestamp DEFAULT (now() AT TIME ZONE 'UTC')"
        )
        return result

    # === COMPUTE ===

    @api.depends(
        "accused_user_ids",
        "accused_team_ids.user_id",
        "accused_team_ids.crm_team_member_ids.user_id",
        "accused_team_ids.crm_team_member_ids.active",
        "accusation_ids.state",
        "accusation_ids.accused_user_ids",
        "accusation_ids.accused_team_ids.user_id",
        "accusation_ids.accused_team_ids.crm_team_member_ids.user_id",
        "accusation_ids.accused_team_ids.crm_team_member_ids.active",
        "former_unit_people",
        "spared_unit_people",
    )
    def _compute_conflicted_user_ids(self):
        def excluded(complaint):
            proposed = complaint.sudo().accusation_ids.filtered(lambda accusation: accusation.state == "proposed")
            named = proposed._named_people()
            return complaint._accused_for_good() | (named - complaint._watchers_without_part() if named else named)

        for users, complaints in self.grouped(excluded).items():
            complaints.conflicted_user_ids = users

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_own_complaint({name: vals[name] for name in _ACCUSED if vals.get(name)})
        complaints = super().create(vals_list)
        for complaint, vals in zip(complaints, vals_list, strict=True):
            if complaint.conflicted_user_ids:
                users, teams, holders = complaint._accused_now()
                before = {complaint.id: (users.browse(), teams.browse(), holders)}
                complaint._accused_changed(before, vals.get("accusation_reason"))
        if accusing := complaints.filtered("conflicted_user_ids"):
            accusing._tell_watchers_excluded(dict.fromkeys(accusing.ids, self.env["res.users"]))
        return complaints

    def write(self, vals):
        self._keep_former_holders(vals.keys() & set(self._impartial_roles))
        if vals.keys().isdisjoint(_ACCUSED):
            return super().write(vals)
        before = {complaint.id: complaint._accused_now() for complaint in self}
        watchers = self._excluded_watchers()
        result = super().write(vals)
        self._accused_changed(before, vals.get("accusation_reason"))
        self._tell_watchers_excluded(watchers)
        if not self.env.su:
            changed = self.sudo().filtered(lambda complaint: complaint._accused_now()[:2] != before[complaint.id][:2])
            changed._workflow_remind(
                {
                    complaint_id: users - self.env.user
                    for complaint_id, users in changed._workflow_role_supervisors().items()
                },
                _lt("Who is complained about was changed: see the chatter"),
            )
        return result

    def copy(self, default=None):
        copies = super().copy(default)
        for complaint, copied in zip(self.sudo(), copies, strict=True):
            complaint._copy_exclusion(copied)
        return copies

    def _copy_exclusion(self, copied):
        """Exclude from a copy who is excluded here (C8); of whom it is only proposed, a superior decides there, too."""
        users, teams, _holders = self._accused_now()
        if users or teams:
            copied.sudo().write(
                {
                    "accused_user_ids": [Command.link(user.id) for user in users],
                    "accused_team_ids": [Command.link(team.id) for team in teams],
                    "former_unit_people": self.former_unit_people,
                    "spared_unit_people": self.spared_unit_people,
                }
            )
        for proposed in self.accusation_ids.filtered(lambda accusation: accusation.state == "proposed"):
            copied.sudo()._propose_accusation(proposed.accused_user_ids, proposed.accused_team_ids, proposed.reason)

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {
            "accused_by",
            "former_holder_ids",
            "former_unit_people",
            "spared_unit_people",
        }

    def _keep_former_holders(self, roles):
        """Remember who holds these roles, which are about to be written: accusing them still takes a superior (C8).

        :param roles: names of fields
        """
        if not roles:
            return
        nobody = self.env["res.users"].sudo()
        known = self.sudo().with_context(active_test=False)
        for users, complaints in known.grouped(
            lambda complaint: nobody.union(*(complaint[name] for name in roles)) - complaint.former_holder_ids
        ).items():
            if users:
                complaints.write({"former_holder_ids": [Command.link(user.id) for user in users]})

    def _refuse_own_complaint(self, vals):
        """Refuse to take down a complaint about oneself (C8).

        :raise UserError: whoever takes the complaint down is accused in it
        """
        if vals and not self.env.su and self.env.user in self.new(vals).conflicted_user_ids._origin:
            raise UserError(self.env._("The complaint is about you: let a colleague take it down."))

    # === BUSINESS ===

    @api.model
    def _people_of(self, users, teams):
        return users | teams.user_id | teams.crm_team_member_ids.user_id

    def _accused_for_good(self):
        """Return the users who are accused, without those of whom it is only proposed."""
        complaints = self.sudo()
        return complaints.accused_user_ids.union(
            *(complaint._unit_people(complaint.accused_team_ids) for complaint in complaints)
        )

    def _accused_now(self):
        """Return who is accused, archived ones too, and who ever had a part: ``(users, units, users)`` in sudo."""
        complaint = self.sudo()
        everybody = complaint.with_context(active_test=False)
        return (
            everybody.accused_user_ids.with_env(complaint.env),
            everybody.accused_team_ids.with_env(complaint.env),
            everybody.former_holder_ids.with_env(complaint.env).union(
                *(complaint[name] for name in self._impartial_roles),
                complaint.approval_ids.told_user_ids,
                complaint.approval_ids.decision_ids.user_id,
            ),
        )

    def _accused_changed(self, before, reason=None):
        """Exclude who has come to be accused, or propose it, where a superior has to decide.

        :param before: ``{complaint_id: (users, units, users who ever had a role)}``
        :raise AccessError: the user takes back what somebody else decided
        :raise UserError: a proposal on which nobody could decide, or which was rejected before, or a pardon without a
            reason
        """
        complaints = self.sudo()
        if not self.env.su:
            for complaint in complaints:
                users, teams, holders = before[complaint.id]
                users_now, teams_now, _holders = complaint._accused_now()
                complaint._check_pardon(users - users_now, teams - teams_now, reason)
                complaint._accuse(users_now - users, teams_now - teams, holders, reason)
                complaint._keep_accusers(users, teams)
        complaints._impartial_exclude()
        complaints.accusation_ids._appoint()

    def _accuse(self, users, teams, holders, reason):
        """Make proposals of those accusations that the user cannot make alone; leave the others as they are."""
        nobody = users.browse()
        users = users.filtered(lambda user: self._takes_superior(user, holders))
        teams = teams.filtered(lambda team: self._takes_superior(self._people_of(nobody, team), holders))
        if users or teams:
            self.write(
                {
                    "accused_user_ids": [Command.unlink(user.id) for user in users],
                    "accused_team_ids": [Command.unlink(team.id) for team in teams],
                }
            )
            self._propose_accusation(users, teams, reason)
        elif reason:
            self._message_log(body=reason)

    def _keep_accusers(self, users, teams):
        """Remember that the current user accused those who are accused by now; they take it back themselves (C8).

        :param users: who were accused before, like ``teams``
        """
        users_now, teams_now, _holders = self._accused_now()
        known, accusers = self.accused_by or {}, {}
        for name, before, now in zip(_ACCUSED, (users, teams), (users_now, teams_now), strict=True):
            kept = {key: value for key, value in known.get(name, {}).items() if int(key) in (before & now).ids}
            accusers[name] = kept | {str(record.id): self.env.uid for record in now - before}
        if accusers != known:
            self.accused_by = accusers

    def _propose_accusation(self, users, teams, reason):
        """Put it to a superior, unless that waits already.

        :raise UserError: a superior rejected it before
        """
        waiting = self.accusation_ids.filtered(lambda accusation: accusation.state == "proposed")
        users -= waiting.named_user_ids
        teams -= waiting.accused_team_ids
        rejected = self.accusation_ids.filtered(lambda accusation: accusation.state == "rejected")
        if self._people_of(users, teams) & rejected.named_user_ids:
            raise UserError(
                self.env._(
                    "A superior rejected an accusation of them in this complaint. If there is more to say, tell a "
                    "superior, who can accuse them."
                )
            )
        if users or teams:
            self.env["kehu.complaint.accusation"].sudo().create(
                {
                    "complaint_id": self.id,
                    "user_id": self.env.uid,
                    "reason": reason,
                    "accused_user_ids": [Command.set(users.ids)],
                    "accused_team_ids": [Command.set(teams.ids)],
                }
            )

    def _takes_superior(self, people, holders):
        """Return whether it takes a superior of these people to accuse them: one has or had a part, an office or a
        unit.

        :param holders: users who have or had a part in the complaint
        """
        leaders = self.env["crm.team"].sudo().search([("user_id", "in", people.ids)]).user_id
        guarded = people & (holders | self._office_holders() | leaders)
        return bool(guarded) and not self._is_superior_of(self.env.user, guarded)

    @api.model
    def _office_holders(self):
        return self.env["res.users"].union(
            *(self.env.ref(group).sudo().all_user_ids for group in (*OFFICES, *WATCHERS))
        )

    @api.model
    def _watchers(self):
        return self.env["res.users"].union(*(self.env.ref(group).sudo().all_user_ids for group in WATCHERS))

    def _watchers_without_part(self):
        """Return the officers and auditors who have nothing to do with the complaint but to watch (X5)."""
        watchers = self._watchers()
        offices = self.env["res.users"].union(*(self.env.ref(group).sudo().all_user_ids for group in OFFICES))
        return watchers - offices - self._accused_now()[2] if watchers else watchers

    def _excluded_watchers(self):
        """Return ``{complaint_id: officers and auditors}`` who are excluded."""
        watchers = self._watchers()
        return {complaint.id: complaint.conflicted_user_ids & watchers for complaint in self.sudo()}

    def _tell_watchers_excluded(self, before):
        """Officers and auditors are kept from no complaint without the others being told (X5).

        :param before: what :meth:`_excluded_watchers` returned before
        """
        after = self._excluded_watchers()
        for complaint in self.sudo():
            if lost := after[complaint.id] - before[complaint.id]:
                self.env["kehu.right.change"]._keep_taken(
                    complaint.with_env(self.env),
                    "conflicted_user_ids",
                    {complaint.id: ", ".join(lost.mapped("name"))},
                    complaint._kehu_highest_tier(),
                )

    @api.model
    def _is_superior_of(self, user, users):
        return self._rank_of(user) > self._rank_guarded(users)

    @api.model
    def _rank_guarded(self, users):
        """Return the rank above which somebody decides about all of these users; watchers count as directors."""
        return max(self._rank_of(users), 1 if users & self._watchers() else -1)

    @api.model
    def _rank_of(self, users):
        """Return the highest rank among the users, an index of ``RANKS``; -1 for none."""
        return max(
            (rank for rank, group in enumerate(RANKS) if users & self.env.ref(group).sudo().all_user_ids), default=-1
        )

    def _check_pardon(self, users, teams, reason):
        """Refuse to take an accusation back for an equal or a superior (C8).

        :raise AccessError: somebody else accused who is not accused any more, and the user is no superior of theirs
        :raise UserError: the user does not say why
        """
        accusers = self.accused_by or {}

        def is_own(record, name):
            return accusers.get(name, {}).get(str(record.id)) == self.env.uid

        users_of_others = users.filtered(lambda user: not is_own(user, "accused_user_ids"))
        teams_of_others = teams.filtered(lambda team: not is_own(team, "accused_team_ids"))
        others = users_of_others | self._unit_people(teams_of_others)
        # A unit of others' naming takes a superior even when nobody is left in it.
        if (users_of_others or teams_of_others) and not self._is_superior_of(self.env.user, others):
            raise AccessError(
                self.env._(
                    "They take no part: only a superior of theirs, or the colleague who named them, takes that back."
                )
            )
        if (users or teams) and not (reason or "").strip():
            raise UserError(self.env._("Enter in “Why They Are Complained About” why they are not any more."))


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _kehu_is_superior_of(self, user):
        hidden = self.env.registry["kehu.accused.mixin"]
        if all(isinstance(self.env.get(name), hidden) for name in set(self.sudo().mapped("res_model"))):
            complaint = self.env["kehu.complaint"]
            if complaint._rank_of(self.env.user) > complaint._rank_of(user):
                return True
        return super()._kehu_is_superior_of(user)
