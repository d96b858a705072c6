from odoo import api, fields, models


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    corrective_action_ids = fields.Many2many(
        "kehu.corrective.action", "kehu_corrective_action_complaint_rel", string="Corrective Actions", copy=False
    )
    corrective_action_count = fields.Integer(
        string="Number of Corrective Actions", compute="_compute_corrective_action_count"
    )

    @api.depends("corrective_action_ids")
    @api.depends_context("uid")
    def _compute_corrective_action_count(self):
        counts = dict(
            self.env["kehu.corrective.action"]._read_group(
                [("complaint_ids", "in", self.ids)], ["complaint_ids"], ["__count"]
            )
        )
        for complaint in self:
            complaint.corrective_action_count = counts.get(complaint._origin, 0)

    @api.model
    def _kehu_server_fields(self):
        # An action is taken off a complaint from its own side, by whom that belongs to.
        return super()._kehu_server_fields() | {"corrective_action_ids"}

    def _impartial_exclude(self):
        result = super()._impartial_exclude()
        self.sudo().corrective_action_ids._impartial_exclude()
        return result

    def action_open_corrective_actions(self):
        """Open the corrective actions that came of the complaint."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kehu_complaint.kehu_corrective_action_action"),
            "domain": [("complaint_ids", "in", self.ids)],
            "context": {"default_complaint_ids": self.ids, "default_company_id": self.company_id.id},
        }
