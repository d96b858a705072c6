"""A file of no document is its uploader's alone: it waits in a composer or a new form, or was left there (X3).

Odoo shows such files to administrators, too, who could even exchange them before they are sent.
"""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.kehu_workflow.access import refuse_also


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return refuse_also(self, operation, result, lambda files: files._kehu_loose_of_others())

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._kehu_not_loose_domain()
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    @api.model
    def _kehu_not_loose_domain(self):
        """Return the domain of the files that belong to a document, to everybody or to the current user."""
        return Domain("res_id", ">", 0) | Domain("public", "=", True) | Domain("create_uid", "=", self.env.uid)

    def _kehu_loose_of_others(self):
        """Return those of ``self`` that belong to no document, and were uploaded by somebody else."""
        if self.env.su or not any(self._ids):
            return self.browse()
        loose = self._origin.sudo().filtered(
            lambda file: not (file.res_id or file.public or file.create_uid == self.env.user)
        )
        return self.filtered(lambda file: file._origin.id in loose._ids)
