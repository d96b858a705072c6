"""What a customer writes after the closure reopens the complaint, or gets a number of its own, by the days since then
(C1).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, email_normalize

from odoo.addons.kehu_workflow.workflow import Move

_lt = LazyTranslate(__name__)

_TAKEN_OVER = ("partner_id", "company_id", "team_id", "desk_id", "contact_name", "contact_phone")


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    # === BUSINESS ===

    def _service_on_customer_message(self, message):
        result = super()._service_on_customer_message(message)
        if self.date_closed and not self._service_reopen():
            self._service_begin_anew(message)
        return result

    def _service_reopen(self):
        """Reopen what was closed a short time ago (hook).

        :return: whether it was reopened
        """
        return False

    def _service_begin_anew(self, message):
        """Take a customer's word about something closed down under a number of its own, as close as that. In sudo."""
        new = self.with_context(mail_create_nosubscribe=True).create(self._service_anew_values(message))
        # Computed from the address on file, which is not always known as the customer's.
        new.intake_email = self._service_is_customers(email_normalize(new.contact_email)) and new.contact_email
        self._service_keep_out_alike(new)
        new._service_leave_to_cleared()
        self._join_messages(message, new)
        self._message_log(body=self.env._("The customer wrote after the closure: it goes on under %s.", new.number))
        new._message_log(body=self.env._("The customer wrote after %s was closed.", self.number))
        return new

    def _service_anew_values(self, message):
        sender = email_normalize(message.email_from)
        # That a reply is the customer's does not make its sender's address theirs.
        address = sender if self._service_is_customers(sender) else self.contact_email
        return {
            **{name: self._fields[name].convert_to_write(self[name], self) for name in _TAKEN_OVER},
            "name": (message.subject or "").strip() or self.name,
            "description": message.body,
            "channel": "email" if message.message_type == "email" else "portal",
            "contact_email": address,
            "kehu_own_tier": self.kehu_own_tier,
        }

    def _service_keep_out_alike(self, new):
        """Keep whoever is kept from this document from the new one, too (hook)."""


class Complaint(models.Model):
    _inherit = "kehu.complaint"

    # To be decided on again: not by the handler alone.
    _workflow_moves = (
        Move(
            "customer_reopens",
            _lt("The Customer Wrote Again"),
            source=("closed",),
            target="received",
            after="_clear_closed",
        ),
    )

    @api.model
    def _service_reopens_since(self, company):
        return fields.Datetime.now() - timedelta(days=company.kehu_reopen_days)

    def _service_reopen(self):
        if self.date_closed <= self._service_reopens_since(self.company_id):
            return super()._service_reopen()
        try:
            with self.env.cr.savepoint():
                self._move("customer_reopens")
        except UserError:
            self._service_tell_supervisor()  # somebody works on it right now
        return True

    def _service_keep_out_alike(self, new):
        self._copy_exclusion(new)
