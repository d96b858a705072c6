"""With an accused unit, its leaders and members are excluded; whoever takes part in the complaint is not thrown out by
being made one (C8).
"""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import LazyTranslate

from odoo.addons.kehu_confidential.at_work import client_uid

_lt = LazyTranslate(__name__)


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    # {unit_id: [user_id]}: leaders and members who were excluded with their unit, and may have left it.
    former_unit_people = fields.Json(readonly=True, copy=False, groups=NO_ACCESS)
    # {unit_id: [user_id]}: whom somebody else put into the unit after it was accused, although they had a part.
    spared_unit_people = fields.Json(readonly=True, copy=False, groups=NO_ACCESS)

    # === BUSINESS ===

    def _unit_people(self, teams):
        """Return whom the accusation of these units excludes: who leads them, is a member, or was since then."""
        complaint = self.sudo()
        former, spared = complaint.former_unit_people or {}, complaint.spared_unit_people or {}
        nobody = self.env["res.users"]
        people, gone = nobody, nobody
        for team in teams:
            key = str(team._origin.id)
            kept = set(spared.get(key, ()))
            people |= self._people_of(nobody, team).filtered(lambda user, kept=kept: user._origin.id not in kept)
            gone |= nobody.browse(user_id for user_id in former.get(key, ()) if user_id not in kept)
        return people | gone.exists()

    def _spare_joined(self, joined):
        """Leave those in their part whom somebody else has put into an accused unit, and tell the superiors, who can
        accuse them (C8).

        A superior of theirs who is not accused excludes them in this way, too.

        :param joined: ``{unit: users}`` who have just come to lead or to join it
        """
        mover = self.env["res.users"].sudo().browse(client_uid() or self.env.uid)
        if mover.id == SUPERUSER_ID:
            return
        office = self._office_holders()
        units = self.env["crm.team"].sudo().union(*joined)
        told, notes = self.browse(), {}
        for complaint in self.sudo():
            former, spared = complaint.former_unit_people or {}, dict(complaint.spared_unit_people or {})
            guarded = complaint._accused_now()[2] | complaint.sudo().worked_user_ids | office
            is_partial = mover in complaint.conflicted_user_ids
            names = []
            for team in (complaint.accused_team_ids | complaint.accusation_ids.accused_team_ids) & units:
                key = str(team.id)
                known = {*former.get(key, ()), *spared.get(key, ())}
                users = (joined[team] & guarded).filtered(
                    lambda user, known=known, is_partial=is_partial: (
                        user != mover
                        and user.id not in known
                        and (is_partial or not complaint._is_superior_of(mover, user))
                    )
                )
                if users:
                    spared[key] = sorted({*spared.get(key, ()), *users.ids})
                    names += users.mapped("name")
            if names:
                complaint.spared_unit_people = spared
                told |= complaint
                notes[complaint.id] = self.env._(
                    "%(user)s put %(names)s into a unit that is complained about. They have a part here and keep it. "
                    "If they are not impartial, a superior enters them as complained about.",
                    user=mover.name,
                    names=", ".join(dict.fromkeys(names)),
                )
        if told:
            told._message_log_batch(bodies=notes)
            supervisors, directors = told._workflow_role_supervisors(), told._workflow_role_directors()
            told._workflow_remind(
                {complaint.id: supervisors[complaint.id] | directors[complaint.id] for complaint in told},
                _lt("Who is complained about was changed: see the chatter"),
            )


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals):
        if "user_id" not in vals:
            return super().write(vals)
        self._kehu_keep_excluded()
        before = {team: team.user_id for team in self.sudo()}
        result = super().write(vals)
        self._kehu_exclude_accused({team: team.user_id - leader for team, leader in before.items()})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_server(self):
        """Refuse it for all units alike: a refusal for some would tell that there is a complaint about them (C8)."""
        if not self.env.su:
            raise UserError(self.env._("Business units are not deleted: archive them."))

    def _kehu_complaints(self):
        """Return the complaints about these units, proposed ones too, in sudo."""
        accused = Domain("accused_team_ids", "in", self.ids)
        proposed = Domain("state", "=", "proposed") & accused
        return (
            self.env["kehu.complaint"].sudo().search(accused | Domain("accusation_ids", "any", proposed))
            if self
            else (self.env["kehu.complaint"].sudo())
        )

    def _kehu_keep_excluded(self):
        """Whoever leads a unit, or is its member, stays excluded from what is complained about it when that changes
        (C8).
        """
        people = {
            team.id: team.env["kehu.complaint"]._people_of(team.env["res.users"], team).ids for team in self.sudo()
        }
        for complaint in self._kehu_complaints():
            known = complaint.former_unit_people or {}
            teams = complaint.accused_team_ids | complaint.accusation_ids.accused_team_ids
            now = {
                str(team.id): sorted({*known.get(str(team.id), ()), *people[team.id]})
                for team in teams
                if team.id in people
            }
            if {**known, **now} != known:
                complaint.former_unit_people = {**known, **now}

    def _kehu_exclude_accused(self, joined=None):
        """Whoever has come to lead or to join a unit leaves what is complained about it (C8).

        :param joined: ``{unit: users}`` in sudo, who have come just now
        """
        if complaints := self._kehu_complaints():
            complaints._spare_joined(joined or {})
            complaints._impartial_exclude()


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._kehu_joined()
        return members

    def write(self, vals):
        changes = vals.keys() & {"crm_team_id", "user_id", "active"}
        self.filtered(
            lambda member: any(
                member._fields[name].convert_to_write(member[name], member) != vals[name] for name in changes
            )
        ).crm_team_id._kehu_keep_excluded()
        before = {(member.crm_team_id, member.user_id) for member in self.filtered("active")}
        result = super().write(vals)
        self.filtered(
            lambda member: member.active and (member.crm_team_id, member.user_id) not in before
        )._kehu_joined()
        return result

    def unlink(self):
        self.crm_team_id._kehu_keep_excluded()
        return super().unlink()

    def _kehu_joined(self):
        """Exclude from what is complained about their units those who have just become members."""
        members = self.sudo()
        self.crm_team_id._kehu_exclude_accused(
            {
                team: members.filtered(lambda member, team=team: member.crm_team_id == team).user_id
                - (team.crm_team_member_ids - members).user_id
                - team.user_id
                for team in members.crm_team_id
            }
        )
