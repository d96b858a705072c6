"""Who is complained about, and what that takes away from him (C8)."""
from odoo import api, fields, models
from odoo.exceptions import UserError


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    # A domain here would be a dependency of what is computed from it: creating a user would look for his complaints before he
    # has his groups. The view has it.
    accused_user_ids = fields.Many2many(
        "res.users", "kehu_complaint_accused_user_rel", string="Employees Complained About", copy=False,
        help="They take no part in this complaint and do not see it.")
    accused_team_ids = fields.Many2many(
        "crm.team", "kehu_complaint_accused_team_rel", string="Business Units Complained About", copy=False,
        help="Neither their members nor their leaders take part.")
    conflicted_user_ids = fields.Many2many(
        "res.users", "kehu_complaint_conflicted_user_rel", string="Excluded from This Complaint",
        compute="_compute_conflicted_user_ids", store=True)

    # === COMPUTE ===

    @api.depends(
        "accused_user_ids", "accused_team_ids.user_id", "accused_team_ids.crm_team_member_ids.user_id",
        "accused_team_ids.crm_team_member_ids.active")
    def _compute_conflicted_user_ids(self):
        def accused(complaint):
            teams = complaint.sudo().accused_team_ids
            return complaint.accused_user_ids | teams.user_id | teams.crm_team_member_ids.user_id

        for users, complaints in self.grouped(accused).items():
            complaints.conflicted_user_ids = users

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_own_complaint({name: vals[name] for name in ("accused_user_ids", "accused_team_ids") if vals.get(name)})
        complaints = super().create(vals_list)
        complaints.filtered("conflicted_user_ids")._exclude_accused()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if {"accused_user_ids", "accused_team_ids"} & vals.keys():
            self._exclude_accused()
        return result

    def _refuse_own_complaint(self, vals):
        """
        :raise UserError: whoever takes the complaint down is accused in it
        """
        if vals and not self.env.su and self.env.user in self.new(vals).conflicted_user_ids._origin:
            raise UserError(self.env._("The complaint is about you: let a colleague take it down."))


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self._kehu_exclude_accused()
        return result

    def _kehu_exclude_accused(self):
        """Whoever has come to lead or to join a unit leaves what is complained about it (C8)."""
        if self and (complaints := self.env["kehu.complaint"].sudo().search([("accused_team_ids", "in", self.ids)])):
            complaints._exclude_accused()


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members.crm_team_id._kehu_exclude_accused()
        return members

    def write(self, vals):
        before = {(member.crm_team_id, member.user_id) for member in self.filtered("active")}
        result = super().write(vals)
        joined = self.filtered(lambda member: member.active and (member.crm_team_id, member.user_id) not in before)
        joined.crm_team_id._kehu_exclude_accused()
        return result
