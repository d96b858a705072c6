from odoo import fields, models

from odoo.addons.kehu_complaint.groups import STAFF


class ServiceSkill(models.Model):
    """What a technician can do (T2). Whoever has a skill is a technician."""

    _name = "kehu.service.skill"
    _description = "Skill of Technicians"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    user_ids = fields.Many2many(
        "res.users",
        "kehu_service_skill_user_rel",
        "skill_id",
        "user_id",
        string="Technicians",
        domain=[("share", "=", False)],
    )

    _name_uniq = models.Constraint("UNIQUE (name)", "There is such a skill already.")


class ResUsers(models.Model):
    _inherit = "res.users"

    kehu_skill_ids = fields.Many2many(
        "kehu.service.skill", "kehu_service_skill_user_rel", "user_id", "skill_id", string="Service Skills"
    )
    kehu_area_ids = fields.Many2many(
        "res.country.state",
        "kehu_service_area_user_rel",
        "user_id",
        "state_id",
        string="Service Areas",
        help="Empty: everywhere.",
    )

    def _kehu_is_technician_only(self):
        """Return whether the user has skills and is not of the service (T2)."""
        return bool(self.sudo().kehu_skill_ids) and not self.has_group(STAFF)

    def _kehu_home_default(self):
        if self._kehu_is_technician_only():
            return "kehu_ticket.kehu_dispatch_order_action_visit"
        return super()._kehu_home_default()
