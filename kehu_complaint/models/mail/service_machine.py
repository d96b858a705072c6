"""Mails of machines start no clock, and calls that colleagues take down are no loop of mails (C1, C7)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...groups import STAFF


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    is_automatic = fields.Boolean(
        string="Sent by a Machine",
        readonly=True,
        copy=False,
        help="A newsletter, a vacation note, a message of another system. No clock runs until somebody says that it "
        "is a customer's.",
    )

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"is_automatic"}

    # === ACTIONS ===

    def action_service_is_customers(self):
        """Take what a machine sent as a customer's: its clocks run from its receipt on.

        :raise AccessError: the user is not of the service, or may not write the document
        """
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service decides whether a customer turned to us."))
        self.check_access("write")
        self.sudo()._service_take_as_customers()
        return True

    # === BUSINESS ===

    def _service_take_as_customers(self):
        documents = self.filtered("is_automatic")
        documents.is_automatic = False
        documents._message_log_batch(
            dict.fromkeys(documents.ids, self.env._("It is a customer's: the clocks run from its receipt on."))
        )
        documents._deadline_sync()

    def _service_on_customer_message(self, message):
        self._service_take_as_customers()
        return super()._service_on_customer_message(message)

    def _workflow_moved(self, move, sources, reason):
        self.sudo()._service_take_as_customers()  # somebody works on it
        return super()._workflow_moved(move, sources, reason)

    def _deadline_filter_timed(self):
        return super()._deadline_filter_timed().filtered(lambda document: not document.is_automatic)

    # === GATEWAY ===

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        # Calls, letters and imports are no answers of a machine; nor does one answer from nowhere.
        if not email_from_normalized:
            return []
        return Domain(super()._detect_loop_sender_domain(email_from_normalized)) & Domain("channel", "=", "email")
