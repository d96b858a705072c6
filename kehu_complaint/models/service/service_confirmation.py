"""The customer is told that we have it, and how it stands (C1, C7)."""

import logging

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize, formataddr

from odoo.addons.kehu_workflow.notification import RELOAD, notification

from ...groups import STAFF

_logger = logging.getLogger(__name__)

BATCH = 100
# Answering machines leave such mails alone (RFC 3834).
_HEADERS = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class ServiceDesk(models.Model):
    _inherit = "kehu.service.desk"

    is_confirming = fields.Boolean(
        string="Confirm Receipt",
        default=True,
        help="Customers get a mail with the number of what they turned to us with.",
    )

    # === CRON ===

    @api.model
    def _cron_confirm(self):
        """Send what confirmations are due, each once, however often the job is killed (C1)."""
        models_taken_in = self._intake_models()
        cron = self.env["ir.cron"]
        due = [("is_confirmation_due", "=", True)]
        # Committed before any work, or a job that is killed early counts as stuck.
        if not cron._commit_progress(remaining=sum(model.search_count(due) for model in models_taken_in)):
            return
        for model in models_taken_in:
            last = 0
            while documents := model.search([*due, ("id", ">", last)], order="id", limit=BATCH):
                last = documents.ids[-1]
                # The mails and the notes that they are made are committed together; the queue sends them.
                documents.try_lock_for_update(allow_referencing=True).filtered("is_confirmation_due")._service_confirm()
                self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
                taken = len(documents)
                self.env.flush_all()
                self.env.invalidate_all(flush=False)
                if not cron._commit_progress(taken):
                    return

    # === BUSINESS ===

    def _service_address(self):
        """Return the desk's own address with the name of its company; empty if it has none."""
        return formataddr((self.company_id.name, self.alias_email)) if self.alias_email else ""


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    # Templates, by xml id, of the mails to the customer.
    _service_received_template = None
    _service_progress_template = None
    _service_rating_template = None

    is_confirmation_due = fields.Boolean(readonly=True, copy=False)
    date_confirmed = fields.Datetime(string="Receipt Confirmed On", readonly=True, copy=False)

    _confirmation_idx = models.Index("(id) WHERE is_confirmation_due")

    # === CRUD ===

    @api.model
    def _prepare_create_values(self, vals_list):
        prepared = super()._prepare_create_values(vals_list)
        # Old documents that are brought in were confirmed, or not, long ago.
        is_old = self.env.context.get("import_file") or self.env.context.get("install_mode")
        desks = (
            self.env["kehu.service.desk"].sudo().browse({vals["desk_id"] for vals in prepared if vals.get("desk_id")})
        )
        silent = set(desks.filtered(lambda desk: not desk.is_confirming).ids)
        for vals in prepared:
            vals["is_confirmation_due"] = not (
                is_old or vals.get("channel") == "third" or vals.get("desk_id") in silent
            )
        return prepared

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if any(documents.sudo().mapped("is_confirmation_due")):
            # What `_trigger()` does for a job that is due later. For one that is due at once it would wake all workers,
            # over a connection of its own, with each document; they look around every minute by themselves.
            self.env["ir.cron.trigger"].sudo().create(
                {
                    "cron_id": self.env["ir.model.data"]._xmlid_to_res_id("kehu_complaint.ir_cron_confirm"),
                    "call_at": fields.Datetime.now(),
                }
            )
        return documents

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"is_confirmation_due", "date_confirmed"}

    # === ACTIONS ===

    def action_tell_progress(self):
        """Tell the customer how it stands (C7).

        :raise AccessError: whoever presses is not of the service
        :raise UserError: the customer has no e-mail address
        """
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("The service tells customers how it stands."))
        self.check_access("write")
        if nowhere := self.filtered(lambda document: not email_normalize(document.contact_email)):
            raise UserError(
                self.env._(
                    "There is no e-mail address to write to: %s. Call instead.",
                    ", ".join(nowhere.mapped("display_name")),
                )
            )
        self._service_send(self._service_progress_template, author=self.env.user.partner_id)
        return notification(self.env._("The customer is told."), then=RELOAD)

    # === BUSINESS ===

    def _service_confirm(self):
        """Queue the confirmations to those who have an address, and note it."""
        sent = self.browse()
        # Who has the answer already needs no receipt.
        waiting = self.filtered(lambda document: document._service_stage() not in ("answered", "closed"))
        for document in waiting.filtered(lambda document: document._service_is_reachable()):
            try:
                with self.env.cr.savepoint():
                    document._service_send(document._service_received_template)
                sent |= document
            except OperationalError:
                raise
            except Exception:
                # Texts are edited by people: one that cannot be rendered does not stop the rest, and is tried again.
                _logger.exception("The receipt of %s cannot be confirmed.", document)
                self -= document
        sent.date_confirmed = fields.Datetime.now()
        self.is_confirmation_due = False

    def _service_is_reachable(self):
        """Return whether there is somebody at the address: neither nobody nor ourselves."""
        email = email_normalize(self.contact_email)
        return bool(email) and not self.env["mail.alias.domain"].sudo()._find_aliases([email])

    def _service_recipient(self):
        """Return how ``message_post()`` reaches the address on file: through the contact who has it, or by itself."""
        email = email_normalize(self.contact_email)
        contact = self.sudo().partner_id
        if email and email != contact.email_normalized:
            return {"outgoing_email_to": email}
        return {"partner_ids": contact.ids}

    def _service_send(self, template, author=None):
        """Queue a mail from a template to the customer and keep it with the document.

        :param template: xml id
        :param author: partner who writes; without, the system does
        """
        # Users may neither render templates nor make mails; who may have it sent is checked before.
        documents = self.sudo().with_user(
            SUPERUSER_ID
        )  # sudo() first: it drops the defaults in the context of the caller
        documents.env.ref(template).send_mail_batch(
            documents.ids,
            email_values={
                "message_type": "auto_comment",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                "author_id": (author or self.env.ref("base.partner_root")).id,
                "auto_delete": False,
                "headers": repr(_HEADERS),
            },
        )

    def _service_sender(self):
        """Return the address that customers see: the desk's, else the company's. Never a colleague's."""
        return (
            self._service_desks()[self.id]._service_address()
            or self.company_id.email_formatted
            or self.env.user.email_formatted
        )

    def _service_lang(self):
        """Return the language in which the customer is written to."""
        return self.partner_id.lang or self.company_id._kehu_lang()
