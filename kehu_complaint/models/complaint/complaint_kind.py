from odoo import api, fields, models
from odoo.tools import frozendict, ormcache

from odoo.addons.kehu_workflow.caches import clear_caches


class ComplaintKind(models.Model):
    """What a complaint asks for: a lower price, a return, damages … (C2)."""

    _name = "kehu.complaint.kind"
    _description = "Kind of Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    is_paid = fields.Boolean(string="Costs Something", help="Then the proposal must say how much.")
    tells_major = fields.Selection(
        [("return", "Return of the product")],
        string="Makes It Major",
        help="A complaint of this kind is a major one (C9).",
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        clear_caches(self.env)
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if "tells_major" in vals:
            clear_caches(self.env)
        return result

    # === BUSINESS ===

    @api.model
    @ormcache()
    def _major_by_kind(self):
        """Return ``{kind_id: reason}`` of the kinds that make a complaint a major one."""
        kinds = self.sudo().with_context(active_test=False).search([("tells_major", "!=", False)])
        return frozendict({kind.id: kind.tells_major for kind in kinds})
