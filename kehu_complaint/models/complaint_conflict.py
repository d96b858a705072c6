"""Who is complained about, and what that takes away from him (C8)."""
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS, Domain

# The superiors, from the lowest rank to the highest.
RANKS = (
    "kehu_complaint.group_service_supervisor",
    "kehu_complaint.group_service_director",
    "kehu_complaint.group_general_manager",
)
# Nobody below a superior keeps these from a complaint alone.
OFFICES = (*RANKS, "kehu_complaint.group_legal")


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    # A domain here would be a dependency of what is computed from it: creating a user would look for his complaints before he
    # has his groups. The view has it.
    accused_user_ids = fields.Many2many(
        "res.users", "kehu_complaint_accused_user_rel", string="Employees Complained About", copy=False, ondelete="restrict",
        context={"active_test": False},
        help="They take no part in this complaint and do not see it.")
    accused_team_ids = fields.Many2many(
        "crm.team", "kehu_complaint_accused_team_rel", string="Business Units Complained About", copy=False, ondelete="restrict",
        context={"active_test": False},
        help="Neither their members nor their leaders take part; whoever was one since then does not, either.")
    conflicted_user_ids = fields.Many2many(
        "res.users", "kehu_complaint_conflicted_user_rel", string="Excluded from This Complaint",
        compute="_compute_conflicted_user_ids", store=True, context={"active_test": False})
    # {unit_id: [user_id]}: leaders and members who were excluded with their unit, and have left it.
    former_unit_people = fields.Json(readonly=True, copy=False, groups=NO_ACCESS)

    accusation_ids = fields.One2many(
        "kehu.complaint.accusation", "complaint_id", string="Accusations", groups="kehu_complaint.group_service_user")
    accusation_reason = fields.Text(
        string="Why They Are Complained About", store=False,
        help="For the superior who decides, if one has to decide; otherwise it becomes a note in the chatter.")
    # No user sees it: it would tell the named of a rejected accusation that their role was taken for a while.
    former_holder_ids = fields.Many2many(
        "res.users", "kehu_complaint_former_holder_rel", string="Held a Role Before", readonly=True, copy=False,
        context={"active_test": False}, groups=NO_ACCESS)

    # === COMPUTE ===

    @api.depends(
        "accused_user_ids", "accused_team_ids.user_id", "accused_team_ids.crm_team_member_ids.user_id",
        "accused_team_ids.crm_team_member_ids.active", "accusation_ids.state", "accusation_ids.accused_user_ids",
        "accusation_ids.accused_team_ids.user_id", "accusation_ids.accused_team_ids.crm_team_member_ids.user_id",
        "accusation_ids.accused_team_ids.crm_team_member_ids.active", "former_unit_people")
    def _compute_conflicted_user_ids(self):
        def excluded(complaint):
            proposed = complaint.sudo().accusation_ids.filtered(lambda accusation: accusation.state == "proposed")
            return complaint._accused_for_good() | proposed._named_people() | complaint._former_unit_people(proposed.accused_team_ids)

        for users, complaints in self.grouped(excluded).items():
            complaints.conflicted_user_ids = users

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_own_complaint({name: vals[name] for name in ("accused_user_ids", "accused_team_ids") if vals.get(name)})
        complaints = super().create(vals_list)
        for complaint, vals in zip(complaints, vals_list, strict=True):
            if complaint.conflicted_user_ids:
                users, teams, holders = complaint._accused_now()
                before = {complaint.id: (users.browse(), teams.browse(), holders)}
                complaint._accused_changed(before, vals.get("accusation_reason"))
        return complaints

    def write(self, vals):
        self._keep_former_holders(vals.keys() & set(self._impartial_roles))
        if {"accused_user_ids", "accused_team_ids"}.isdisjoint(vals):
            return super().write(vals)
        before = {complaint.id: complaint._accused_now() for complaint in self}
        result = super().write(vals)
        self._accused_changed(before, vals.get("accusation_reason"))
        return result

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"former_holder_ids", "former_unit_people"}

    def _keep_former_holders(self, roles):
        """Remember who holds these roles, which are about to be written: accusing them still takes a superior (C8).

        :param roles: names of fields
        """
        if not roles:
            return
        nobody = self.env["res.users"].sudo()
        known = self.sudo().with_context(active_test=False)
        for users, complaints in known.grouped(
                lambda complaint: nobody.union(*(complaint[name] for name in roles)) - complaint.former_holder_ids).items():
            if users:
                complaints.write({"former_holder_ids": [Command.link(user.id) for user in users]})

    def _refuse_own_complaint(self, vals):
        """
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
        return self._people_of(complaints.accused_user_ids, complaints.accused_team_ids).union(
            *(complaint._former_unit_people(complaint.accused_team_ids) for complaint in complaints))

    def _former_unit_people(self, teams):
        """Return the users who left these units after they were complained about here (C8)."""
        former = self.sudo().former_unit_people or {}
        return self.env["res.users"].browse(dict.fromkeys(
            user_id for team in teams._origin for user_id in former.get(str(team.id), ()))).exists()

    def _accused_now(self):
        """Return who is accused, archived ones too, and who ever had a role: ``(users, units, users)`` in sudo."""
        complaint = self.sudo()
        everybody = complaint.with_context(active_test=False)
        return (
            everybody.accused_user_ids.with_env(complaint.env), everybody.accused_team_ids.with_env(complaint.env),
            everybody.former_holder_ids.with_env(complaint.env).union(
                *(complaint[name] for name in self._impartial_roles)))

    def _accused_changed(self, before, reason=None):
        """Exclude who has come to be accused, or propose it, where a superior has to decide.

        :param before: ``{complaint_id: (users, units, users who ever had a role)}``
        :raise AccessError: the user takes back what a superior decided
        :raise UserError: a proposal on which nobody could decide, or which was rejected before
        """
        complaints = self.sudo()
        if not self.env.su:
            for complaint in complaints:
                users, teams, holders = before[complaint.id]
                users_now, teams_now, _holders = complaint._accused_now()
                complaint._check_pardon(users - users_now, teams - teams_now)
                complaint._accuse(users_now - users, teams_now - teams, holders, reason)
        complaints._exclude_accused()
        complaints.accusation_ids._appoint()

    def _accuse(self, users, teams, holders, reason):
        """Make proposals of those accusations that the user cannot make alone; leave the others as they are."""
        nobody = users.browse()
        users = users.filtered(lambda user: self._takes_superior(user, holders))
        teams = teams.filtered(lambda team: self._takes_superior(self._people_of(nobody, team), holders))
        if users or teams:
            self.write({
                "accused_user_ids": [Command.unlink(user.id) for user in users],
                "accused_team_ids": [Command.unlink(team.id) for team in teams]})
            self._propose_accusation(users, teams, reason)
        elif reason:
            self._message_log(body=reason)

    def _propose_accusation(self, users, teams, reason):
        """Put it to a superior, unless that waits already.

        :raise UserError: a superior rejected it before
        """
        waiting = self.accusation_ids.filtered(lambda accusation: accusation.state == "proposed")
        users -= waiting.named_user_ids
        teams -= waiting.accused_team_ids
        rejected = self.accusation_ids.filtered(lambda accusation: accusation.state == "rejected")
        if self._people_of(users, teams) & rejected.named_user_ids:
            raise UserError(self.env._(
                "A superior rejected an accusation of them in this complaint. If there is more to say, tell a "
                "superior, who can accuse them."))
        if users or teams:
            self.env["kehu.complaint.accusation"].sudo().create({
                "complaint_id": self.id, "user_id": self.env.uid, "reason": reason,
                "accused_user_ids": [Command.set(users.ids)], "accused_team_ids": [Command.set(teams.ids)]})

    def _takes_superior(self, people, holders):
        """Return whether it takes a superior of these people to accuse them: one has or had a role, an office or a unit.

        :param holders: users who have or had a role in the complaint
        """
        office = self.env["res.users"].union(*(self.env.ref(group).sudo().all_user_ids for group in OFFICES))
        leaders = self.env["crm.team"].sudo().search([("user_id", "in", people.ids)]).user_id
        guarded = people & (holders | office | leaders)
        return bool(guarded) and self._rank_of(self.env.user) <= self._rank_of(guarded)

    @api.model
    def _rank_of(self, users):
        """Return the highest rank among the users, an index of ``RANKS``; -1 for none."""
        return max(
            (rank for rank, group in enumerate(RANKS) if users & self.env.ref(group).sudo().all_user_ids), default=-1)

    def _check_pardon(self, users, teams):
        """
        :raise AccessError: a superior decided on who is not accused any more, and the user is not above them
        """
        confirmed = self.accusation_ids.filtered(lambda accusation: accusation.state == "confirmed")
        decided = self._people_of(users & confirmed.accused_user_ids, teams & confirmed.accused_team_ids)
        if self._takes_superior(self._people_of(users, teams), decided):
            raise AccessError(self.env._(
                "A superior decided that they take no part: only a superior of theirs takes that back."))


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals):
        if "user_id" not in vals:
            return super().write(vals)
        self._kehu_keep_excluded()
        result = super().write(vals)
        self._kehu_exclude_accused()
        return result

    def _kehu_complaints(self):
        """Return the complaints about these units, proposed ones too, in sudo."""
        accused = Domain("accused_team_ids", "in", self.ids)
        proposed = Domain("state", "=", "proposed") & accused
        return self.env["kehu.complaint"].sudo().search(accused | Domain("accusation_ids", "any", proposed)) if self else (
            self.env["kehu.complaint"].sudo())

    def _kehu_keep_excluded(self):
        """Whoever leads a unit, or is its member, stays excluded from what is complained about it when that changes (C8)."""
        people = {team.id: team.env["kehu.complaint"]._people_of(team.env["res.users"], team).ids for team in self.sudo()}
        for complaint in self._kehu_complaints():
            known = complaint.former_unit_people or {}
            teams = complaint.accused_team_ids | complaint.accusation_ids.accused_team_ids
            now = {str(team.id): sorted({*known.get(str(team.id), ()), *people[team.id]}) for team in teams if team.id in people}
            if {**known, **now} != known:
                complaint.former_unit_people = {**known, **now}

    def _kehu_exclude_accused(self):
        """Whoever has come to lead or to join a unit leaves what is complained about it (C8)."""
        if complaints := self._kehu_complaints():
            complaints._exclude_accused()


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members.crm_team_id._kehu_exclude_accused()
        return members

    def write(self, vals):
        changes = vals.keys() & {"crm_team_id", "user_id", "active"}
        self.filtered(lambda member: any(
            member._fields[name].convert_to_write(member[name], member) != vals[name] for name in changes)).crm_team_id._kehu_keep_excluded()
        before = {(member.crm_team_id, member.user_id) for member in self.filtered("active")}
        result = super().write(vals)
        joined = self.filtered(lambda member: member.active and (member.crm_team_id, member.user_id) not in before)
        joined.crm_team_id._kehu_exclude_accused()
        return result

    def unlink(self):
        self.crm_team_id._kehu_keep_excluded()
        return super().unlink()


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _kehu_is_superior_of(self, user):
        impartial = self.env.registry["kehu.impartial.mixin"]
        if all(isinstance(self.env.get(name), impartial) for name in set(self.sudo().mapped("res_model"))):
            complaint = self.env["kehu.complaint"]
            if complaint._rank_of(self.env.user) > complaint._rank_of(user):
                return True
        return super()._kehu_is_superior_of(user)
