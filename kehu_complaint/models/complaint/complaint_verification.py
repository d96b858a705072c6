"""Whether what the customer complains about is ours is looked up before the complaint is accepted (C3)."""

from odoo import api, fields, models


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    verification = fields.Selection(
        [
            ("open", "Not checked yet"),
            ("verified", "Found"),
            ("unknown", "Not found"),
            ("none", "The customer gives none"),
        ],
        string="Order or Serial Number",
        required=True,
        default="open",
        tracking=True,
        copy=False,
        help="Whether the order or the serial number that the customer names is ours.",
    )

    # === WORKFLOW ===

    @api.model
    def _workflow_add_header(self, arch):
        """Offer to accept as soon as it is chosen whether the order is ours: a notice above the complaint asks for it."""
        result = super()._workflow_add_header(arch)
        for button in arch.iterfind("""header/button[@args='["accept"]']"""):
            button.set("invisible", f"{button.get('invisible')} or verification == 'open'")
        return result

    def _workflow_blockers(self, move):
        blockers = super()._workflow_blockers(move)
        if move.name == "accept":
            for complaint in self.filtered(lambda complaint: complaint.verification == "open"):
                blockers[complaint.id].append(self.env._("Check whether the order or the serial number is ours."))
        return blockers
