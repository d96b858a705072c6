from odoo import api, models
from odoo.exceptions import AccessError

_GUARDED = ("kehu.admission", "kehu.admission.paper")


class IrAttachment(models.Model):
    """Papers, report and contract of an admission are its fields: what their state closes is not exchanged as a mere file (G9)."""
    _inherit = "ir.attachment"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_no_admission_field()
        return attachments

    def write(self, vals):
        self._check_no_admission_field()
        result = super().write(vals)
        self._check_no_admission_field()  # nor does it become one
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_no_admission_field(self):
        self._check_no_admission_field()

    def _check_no_admission_field(self):
        if not self.env.su and any(file.res_field and file.res_model in _GUARDED for file in self.sudo()):
            raise AccessError(self.env._("This file belongs to an admission: exchange it there."))
