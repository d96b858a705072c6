from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_no_author(self):
        said = self.env["mail.message"].sudo().search([("author_id", "in", self.ids)])
        if said._kehu_kept():
            raise UserError(self.env._("Messages that are kept were written by this contact: archive it instead."))


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        # The messages of merged contacts move together.
        return super(PartnerMerge, self._kehu_handling_messages("merging"))._update_reference_fields_generic(
            referenced_model, src_records, dst_record, additional_update_records
        )
