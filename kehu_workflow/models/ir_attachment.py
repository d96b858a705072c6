from odoo import SUPERUSER_ID, api, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError

from ..messages import MessagePermit

# What a file is, and where it belongs.
_CONTENT = {
    "checksum", "datas", "db_datas", "mimetype", "name", "raw", "res_field", "res_id", "res_model", "store_fname", "type", "url",
}  # fmt: skip


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_keeps_files(self):
        """Return those of ``self`` whose files nobody deletes, changes or takes away any more (hook): evidence with its papers (A14)."""
        return self.browse()


class EvidenceMixin(models.AbstractModel):
    _inherit = "kehu.evidence.mixin"

    def _kehu_keeps_files(self):
        return super()._kehu_keeps_files() | self._filter_evidence()


class IrAttachment(models.Model):
    """Files stay as they were where they were posted with a message, or belong to evidence (A9, A14)."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        # Looked at afterwards: the place can come as a default, too.
        files._kehu_check_no_field()
        return files

    def write(self, vals):
        if _CONTENT.isdisjoint(vals):
            return super().write(vals)
        self._kehu_check_not_posted()
        self._kehu_check_no_field()
        self.sudo().filtered(lambda file: file._kehu_differs(vals))._kehu_check_not_kept_with_document()
        result = super().write(vals)
        self._kehu_check_no_field()  # nor does it become one
        return result

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_kept(self):
        self._kehu_check_not_posted()
        self._kehu_check_no_field()
        self._kehu_check_not_kept_with_document()

    def _kehu_differs(self, vals):
        """Return whether ``vals`` say anything but what is there."""
        return any(self[name] != (vals[name] or False) for name in _CONTENT & vals.keys() if self[name] or vals[name])

    def _kehu_check_not_posted(self):
        """
        :raise AccessError: some of the files were posted on a document that keeps its messages
        """
        # The value of a field is no file of a message, even if somebody posts it as one.
        files = self.sudo().filtered(lambda attachment: not attachment.res_field)
        if files and not self._kehu_may_handle_messages():
            self.env["mail.message"].sudo().search([("attachment_ids", "in", files.ids)])._kehu_check_not_kept()

    def _kehu_check_no_field(self):
        """Whoever exchanges the file in a field of a document of ours asks the document.

        :raise AccessError: some of the files are such a value, and a client says so directly
        """
        if not self.env.su and any(file.res_field and (file.res_model or "").startswith("kehu.") for file in self.sudo()):
            raise AccessError(self.env._("This file is part of a document: exchange it there."))

    def _kehu_check_not_kept_with_document(self):
        """
        :raise AccessError: some of the files belong to evidence
        """
        permit = self.env.context.get("kehu_message_permit")
        if isinstance(permit, MessagePermit) and permit.reason in ("deletion", "merging"):
            return
        if self.env.uid == SUPERUSER_ID and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        # What is in a field is guarded by the document.
        files = self.sudo().filtered(lambda file: file.res_id and file.res_model in self.env and not file.res_field)
        for model, mine in files.grouped("res_model").items():
            if self.env[model].sudo().browse(set(mine.mapped("res_id"))).exists()._kehu_keeps_files():
                raise AccessError(self.env._(
                    "The files of this document are kept as they are: add the right one, and say in a message which one counts."))
