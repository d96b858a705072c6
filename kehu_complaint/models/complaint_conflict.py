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

    @api.depends("accused_user_ids", "accused_team_ids.user_id", "accused_team_ids.crm_team_member_ids.user_id")
    def _compute_conflicted_user_ids(self):
        for complaint in self:
            teams = complaint.sudo().accused_team_ids
            complaint.conflicted_user_ids = complaint.accused_user_ids | teams.user_id | teams.crm_team_member_ids.user_id

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

    def _exclude_accused(self):
        """Take the accused out of every role, and off followers and activities."""
        for complaint in self.sudo():
            accused = complaint.conflicted_user_ids
            if lost := [name for name in self._impartial_roles if complaint[name] & accused]:
                complaint.write(dict.fromkeys(lost, False))
                complaint._tell_vacant(lost)
            complaint.message_unsubscribe(accused.partner_id.ids)
            complaint.activity_ids.filtered(lambda activity: activity.user_id in accused).unlink()

    def _tell_vacant(self, roles):
        """Ask the supervisors to fill the roles that became vacant, and suggest whom."""
        labels = self.fields_get(roles, ["string"])
        for name in roles:
            substitute = self._impartial_substitutes(name, self.conflicted_user_ids)[:1]
            for supervisor in self._workflow_role_supervisors()[self.id]:
                self.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=supervisor.id,
                    summary=self.env._("“%s” is vacant: whoever held it is complained about", labels[name]["string"]),
                    note=self.env._("Suggested: %s", substitute.name) if substitute else False)
