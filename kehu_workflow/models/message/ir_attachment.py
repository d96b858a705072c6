from odoo import SUPERUSER_ID, api, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError

from ...messages import MessagePermit

# What a kept file may still be given: how it is opened, and a smaller picture of it.
_OPEN = {"access_token", "thumbnail"}


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_keeps_files(self):
        """Return those of ``self`` whose files nobody deletes, changes or takes away any more (hook): evidence with its
        papers (A14).
        """
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
        if vals.keys() <= _OPEN:
            return super().write(vals)
        self._kehu_check_not_posted()
        self._kehu_check_no_field()
        self.sudo().filtered(lambda file: file._kehu_differs(vals))._kehu_check_not_kept_with_document()
        result = super().write(vals)
        self._kehu_check_no_field()  # nor does it become one
        return result

    def unlink(self):
        if self.env.uid == SUPERUSER_ID and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            # Odoo's clean-ups leave them alone, whatever goes to which they belonged before they were posted.
            return super(IrAttachment, self - self._kehu_leave_to_documents()).unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_not_kept(self):
        self._kehu_check_not_posted()
        self._kehu_check_no_field()
        self._kehu_check_not_kept_with_document()

    def _kehu_differs(self, vals):
        """Return whether ``vals`` say anything but what is there."""
        return any(
            self._fields[name].convert_to_write(self[name], self) != (vals[name] or False)
            for name in (vals.keys() - _OPEN) & self._fields.keys()
            if self[name] or vals[name]
        )

    def _kehu_check_not_posted(self):
        """Refuse to touch files of messages that are kept.

        :raise AccessError: some of the files were posted on a document that keeps its messages
        """
        if not self._kehu_may_handle_messages():
            self._kehu_messages()._kehu_check_not_kept()

    def _kehu_messages(self):
        """Return the messages, in sudo, with which the files were posted."""
        # The value of a field is no file of a message, even if somebody posts it as one.
        files = self.sudo().filtered(lambda attachment: not attachment.res_field)
        messages = self.env["mail.message"].sudo()
        return messages.search([("attachment_ids", "in", files.ids)]) if files else messages

    def _kehu_leave_to_documents(self):
        """Have posted files belong to the document that keeps the message; return these files."""
        posted = self.browse()
        for message in self._kehu_messages()._kehu_kept() if not self._kehu_may_handle_messages() else ():
            files = (message.attachment_ids & self.sudo()).with_env(self.env) - posted
            files._kehu_handling_messages("clean-up").write({"res_model": message.model, "res_id": message.res_id})
            posted |= files
        return posted

    def _kehu_check_no_field(self):
        """Whoever exchanges the file in a field of a document of ours asks the document.

        :raise AccessError: some of the files are such a value, and a client says so directly
        """
        if not self.env.su and any(
            file.res_field and (file.res_model or "").startswith("kehu.") for file in self.sudo()
        ):
            raise AccessError(self.env._("This file is part of a document: exchange it there."))

    def _kehu_check_not_kept_with_document(self):
        """Refuse to touch files of evidence.

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
                raise AccessError(
                    self.env._(
                        "The files of this document are kept as they are: add the right one, and say in a message "
                        "which one counts."
                    )
                )
