from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintMajorWizard(models.TransientModel):
    """Asks for the words that reporting up and “Not Major After All” keep. It holds no right of its own."""

    _name = "kehu.complaint.major.wizard"
    _description = "Words on a Major Complaint"

    complaint_ids = fields.Json(required=True, readonly=True)
    step = fields.Selection(
        [("report_up", "Report up"), ("unmark_major", "Not major after all")], required=True, readonly=True
    )
    text = fields.Text(required=True)

    @api.model
    def _action_open(self, complaints, step):
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["step"]._description_selection(self.env))[step],
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_complaint_ids": complaints.ids, "default_step": step},
        }

    def action_confirm(self):
        """Take the step for the complaints from which the dialog was opened, with its text (C9)."""
        self.ensure_one()
        ids = self.complaint_ids if isinstance(self.complaint_ids, list) else ()
        complaints = self.env["kehu.complaint"].browse(id_ for id_ in ids if type(id_) is int)  # not True
        if not complaints:
            raise UserError(self.env._("Open this from the complaint."))
        getattr(complaints, f"action_{self.step}")(self.text)
        return {"type": "ir.actions.act_window_close"}
