from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.mail import MailController
from odoo.addons.portal.controllers.portal import CustomerPortal


def _possible(access_token):
    """Return the token unless it cannot be one: comparing it would fail, and so tell that the document exists (C8)."""
    return access_token if access_token and access_token.isascii() else None


class PortalLinks(MailController):
    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        return super()._redirect_to_record(model, res_id, access_token=_possible(access_token), **kwargs)

    @http.route()
    def mail_action_view(self, model=None, res_id=None, access_token=None, **kwargs):
        # Odoo would name the document of any message, in the address of the page for logging in.
        message_id = kwargs.get("message_id")
        message = (
            request.env["mail.message"]
            .browse(int(message_id) if message_id and message_id.isdecimal() else ())
            .exists()
        )
        if message and not message.has_access("read"):
            return self._redirect_to_record(None, None, access_token, **kwargs)
        return super().mail_action_view(model=model, res_id=res_id, access_token=access_token, **kwargs)


class PortalPages(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        try:
            document_sudo = super()._document_check_access(model_name, document_id, _possible(access_token))
            self._kehu_show_page(request.env[model_name].browse(document_sudo.id))
        except (AccessError, MissingError):
            # Some pages tell the one from the other, and so whether there is such a document.
            raise AccessError(request.env._("This document does not exist, or you may not open it.")) from None
        # What the page hands out to an employee, such as a file, is the employee's to read: our masks apply.
        return document_sudo.with_user(request.env.user).sudo() if request.env.user._is_internal() else document_sudo

    def _get_page_view_values(self, document, access_token, values, session_history, no_breadcrumbs, **kwargs):
        # A page below that of another document, as a task's of a project, asks for the right to read only that one.
        self._kehu_show_page(request.env[document._name].browse(document.ids))
        return super()._get_page_view_values(document, access_token, values, session_history, no_breadcrumbs, **kwargs)

    def _kehu_show_page(self, document):
        """Note that a document is shown on a page, which is made as superuser (X5).

        :raise AccessError: for an employee from whom the document is hidden, whatever link leads to it (X3)
        """
        user = request.env.user
        if user._is_internal() and document._kehu_hidden():
            # The token is the customer's: a link that was passed on opens nothing for an employee who may not read.
            document.check_access("read")
        if user._is_internal() and isinstance(document, request.env.registry["portal.mixin"]):
            document._kehu_withhold_tokens()
        if not user._is_public():
            request.env["kehu.access.log"]._log_shown(document, "read")
