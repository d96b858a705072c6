from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ... import matching

_lt = LazyTranslate(__name__)


class ProductFileEvent(models.Model):
    """What happened to a product: numbers and customers that it had, and the tickets about it (A20). Append-only."""

    _name = "kehu.product.file.event"
    _description = "History of a Product"
    _inherit = ["kehu.confidential.part", "kehu.evidence.mixin", "kehu.server.rows.mixin"]
    _evidence_refusal = _lt("The history of a product cannot be deleted:")
    _kehu_document_field = "file_id"
    _order = "date desc, id desc"
    _rec_name = "what"

    file_id = fields.Many2one(
        "kehu.product.file", string="Product File", required=True, index=True, ondelete="restrict"
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    what = fields.Selection(
        [
            ("changed", "Corrected by hand"),
            ("replaced", "Replaced"),
            ("service", "Serviced"),
            ("note", "Noted"),
        ],
        required=True,
    )
    user_id = fields.Many2one(
        "res.users", string="By", required=True, ondelete="restrict", default=lambda self: self.env.user
    )
    old_number = fields.Char(string="Old Serial Number")
    new_number = fields.Char(string="New Serial Number")
    old_device = fields.Char(string="Old Device Number")
    new_device = fields.Char(string="New Device Number")
    old_sim = fields.Char(string="Old SIM Number", index="trigram")
    new_sim = fields.Char(string="New SIM Number")
    old_partner_id = fields.Many2one("res.partner", string="Old Customer", index="btree_not_null", ondelete="restrict")
    new_partner_id = fields.Many2one("res.partner", string="New Customer", index="btree_not_null", ondelete="restrict")
    old_number_key = fields.Char(compute="_compute_keys", store=True, precompute=True, index="trigram")
    old_device_key = fields.Char(compute="_compute_keys", store=True, precompute=True, index="trigram")
    res_model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(string="Document ID", model_field="res_model")
    note = fields.Char()

    # === COMPUTE ===

    @api.depends("old_number", "old_device")
    def _compute_keys(self):
        for event in self:
            event.old_number_key = matching.serial_key(event.old_number) or False
            event.old_device_key = matching.serial_key(event.old_device) or False

    # === CRUD ===

    def write(self, vals):
        self.check_access("write")
        if self:
            raise UserError(self.env._("The history of a product cannot be changed."))
        return super().write(vals)

    # === RULE ===

    @api.model
    def _kehu_customer_fields(self):
        # From the masking tier on it is hidden with the customers whom it names, too.
        return ("old_partner_id", "new_partner_id")

    # === ACTIONS ===

    def action_open_document(self):
        """Open the record that the row is about, as far as the caller may read it."""
        self.ensure_one()
        return self.env["kehu.trail.mixin"]._action_open(self.res_model, self.res_id)
