from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class PortalPages(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        document_sudo = super()._document_check_access(model_name, document_id, access_token)
        document = request.env[model_name].browse(document_sudo.id)
        if request.env.user._is_internal() and document._kehu_hidden():
            # The token is the customer's: a link that was passed on opens nothing for an employee who may not read (X3).
            document.check_access("read")
        return document_sudo
