from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command


class WrittenMixin(models.AbstractModel):
    """A request that remembers who wrote it: its writers do not decide on it, whoever submits it (G9, G10)."""

    _name = "kehu.written.mixin"
    _description = "Request with Writers"
    _inherit = ["kehu.derived.mixin"]

    _written_fields = frozenset()  # what is asked for

    writer_ids = fields.Many2many(
        "res.users",
        string="Written By",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Users who wrote what is asked for: none of them decides on it.",
    )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"writer_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._stamp_writer()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if self._written_fields & vals.keys():
            self._stamp_writer()
        return result

    def _stamp_writer(self):
        if self.env.uid != SUPERUSER_ID:
            # The user wrote it in whatever mode.
            self.sudo().write({"writer_ids": [Command.link(self.env.uid)]})
