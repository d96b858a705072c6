from odoo import api, models

# What a file is, and where it belongs.
_CONTENT = {
    "checksum", "datas", "db_datas", "mimetype", "name", "raw", "res_field", "res_id", "res_model", "store_fname", "type", "url",
}  # fmt: skip


class IrAttachment(models.Model):
    """Files that were posted with a message stay with it, as they were (A9)."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if not _CONTENT.isdisjoint(vals):
            self._kehu_check_not_posted()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_posted(self):
        self._kehu_check_not_posted()

    def _kehu_check_not_posted(self):
        """
        :raise AccessError: some of the files were posted on a document that keeps its messages
        """
        # The value of a field is no file of a message, even if somebody posts it as one.
        files = self.sudo().filtered(lambda attachment: not attachment.res_field)
        if files and not self._kehu_may_handle_messages():
            self.env["mail.message"].sudo().search([("attachment_ids", "in", files.ids)])._kehu_check_not_kept()
