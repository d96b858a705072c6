from odoo import api, fields, models


class ServiceDesk(models.Model):
    """Where customers turn to: an e-mail address of its own, and who takes what comes in (C1)."""

    _name = "kehu.service.desk"
    _description = "Service Desk"
    _inherit = ["mail.alias.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    intake = fields.Selection(
        [("kehu.complaint", "Complaints")],
        string="Takes In",
        required=True,
        default="kehu.complaint",
        help="What a mail to its address becomes.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="First Handler",
        domain=[("share", "=", False)],
        check_company=True,
        help="Who gets what comes in. Empty: whoever takes it.",
    )
    team_id = fields.Many2one("crm.team", string="Business Unit", check_company=True)

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if not {"company_id", "intake"}.isdisjoint(vals):
            for desk in self:
                desk.alias_id.sudo().write(desk._alias_get_creation_values())
        return result

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        # Asked for twice: before the desk is there, when any model will do, and after.
        values["alias_model_id"] = self.env["ir.model"]._get_id(self.intake or "kehu.complaint")
        if self:
            values["alias_defaults"] = {"desk_id": self.id, "company_id": self.company_id.id, "channel": "email"}
        return values

    # === BUSINESS ===

    @api.model
    def _intake_models(self):
        """Return the models of what customers turn to a desk with. An addon adds its own to ``intake``."""
        return [self.env[name] for name in self._fields["intake"].get_values(self.env)]
