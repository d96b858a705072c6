"""Join a duplicate to its original complaint or ticket: both keep messages and files, and the customer's link of the
duplicate leads to the original (C1).
"""

from markupsafe import Markup

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from .service_mixin import BY_ITSELF

_NOT_SAID = ("notification", "user_notification")
_ENDED_APART = ("dismissed", "cancelled")  # nothing goes on there that could be joined with


class ServiceDismissalMixin(models.AbstractModel):
    _inherit = "kehu.service.dismissal.mixin"

    duplicate_complaint_id = fields.Many2one(
        "kehu.complaint", string="Same As Complaint", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    # === CONSTRAINT ===

    @api.constrains(lambda self: ("kind", *self._duplicate_fields()))
    def _check_duplicate_of_one(self):
        for dismissal in self:
            if len(dismissal._originals()) != (dismissal.kind == "duplicate"):
                raise ValidationError(self.env._("A duplicate is the same as one complaint or ticket."))

    # === BUSINESS ===

    @api.model
    def _duplicate_fields(self):
        """Return the names of the fields ``duplicate_…`` that hold what a duplicate is one of (hook)."""
        return ("duplicate_complaint_id",)

    @api.model
    def _propose(self, documents, kind, reason, *, original_ids=None, **values):
        """
        :param original_ids: ``{"complaint_id": id}`` of what a duplicate is one of, by the names of the fields without
            ``duplicate_``
        """
        if kind != "duplicate":
            return super()._propose(documents, kind, reason, **values)
        other = self._find_other(original_ids or {})
        if len(documents) != 1:
            raise UserError(self.env._("Each duplicate has its own original: propose one at a time."))
        documents._check_joinable(other)
        name = next(name for name in self._duplicate_fields() if self._fields[name].comodel_name == other._name)
        return super()._propose(documents, kind, reason, **values, **{name: other.id})

    @api.model
    def _find_other(self, original_ids):
        """Return the document of these ids that the user may read.

        :raise UserError: it is none, or two
        """
        found = [
            document
            for name in self._duplicate_fields()
            if type(id_ := original_ids.get(name.removeprefix("duplicate_"))) is int
            if (document := self.env[self._fields[name].comodel_name].browse(id_).exists()._filtered_access("read"))
        ]
        if len(found) != 1:
            raise UserError(self.env._("Choose the one complaint or ticket of which it is a duplicate."))
        return found[0]

    def _originals(self):
        """Return the documents of which these are duplicates."""
        return [self[name] for name in self._duplicate_fields() if self[name]]

    def _other(self):
        """Return the document of which this is a duplicate; none, of complaints, if it is not."""
        return next(iter(self._originals()), self.duplicate_complaint_id)

    def _after_grant(self):
        duplicates = self.filtered(lambda dismissal: dismissal.kind == "duplicate")
        # Each may be taken out as a duplicate of the other at the same moment: locked in one order, so that one wins.
        both = {document for dismissal in duplicates for document in (dismissal._document(), dismissal._other())}
        for document in sorted(both, key=lambda document: (document._name, document.id)):
            document._workflow_lock()
        for dismissal in duplicates:
            dismissal._document()._check_joinable(dismissal._other())
        result = super()._after_grant()
        for dismissal in duplicates:
            dismissal._document()._join_into(dismissal._other())
        return result

    # === RULE ===

    @api.model
    def _kehu_domain(self, mode="read"):
        # It tells of both: whoever may not read one of them does not read it.
        domain = super()._kehu_domain(mode)
        if self.env.uid == SUPERUSER_ID:
            return domain
        return domain & Domain.AND(
            Domain(name, "=", False)
            | Domain(name, "any!", self.env[self._fields[name].comodel_name]._kehu_domain(mode))
            for name in self._duplicate_fields()
        )

    @api.model
    def _kehu_excluding_domain(self):
        return super()._kehu_excluding_domain() | Domain.OR(
            Domain(name, "any!", self.env[self._fields[name].comodel_name]._kehu_excluding_domain())
            for name in self._duplicate_fields()
        )

    def _kehu_excluded_users(self):
        return (
            super()
            ._kehu_excluded_users()
            .union(*(originals._kehu_excluded_users() for originals in self.sudo()._originals()))
        )


class ServiceMixin(models.AbstractModel):
    _inherit = "kehu.service.mixin"

    @api.model
    def _join_file_values(self, other):
        return {"res_model": other._name, "res_id": other.id, "access_token": False}

    def _join_messages(self, messages, other, notes=()):
        """Copy messages with their files, as they were said, into another document; nobody is notified. In sudo.

        :param notes: those of the messages that become internal notes there
        """
        files, note = messages.attachment_ids, self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        copies = dict(zip(files.ids, files.copy(self._join_file_values(other)).ids, strict=True))
        return (
            self._kehu_handling_messages("joining")
            .env["mail.message"]
            .create(
                [
                    {
                        "model": other._name,
                        "res_id": other.id,
                        "attachment_ids": [Command.set([copies[file.id] for file in message.attachment_ids])],
                        **{
                            name: message[name]
                            for name in ("date", "subject", "body", "email_from", "message_type", "is_internal")
                        },
                        **{name: message[name].id for name in ("author_id", "subtype_id")},
                        **({"is_internal": True, "subtype_id": note} if message in notes else {}),
                    }
                    for message in messages
                ]
            )
            .with_env(self.env)
        )

    def _join_words(self, messages, other):
        """Copy messages into the document in which the conversation goes on; what is nobody's word for the customer
        there is held there (C8). In sudo.

        :return: the copies that are not held
        """
        notes = messages.filtered(
            lambda message: (
                not (message.is_internal or message.subtype_id.internal or other._service_is_customers_word(message))
            )
        )
        copies = self._join_messages(messages, other, notes)
        held = copies.browse(copy.id for message, copy in zip(messages, copies, strict=True) if message in notes)
        for copy in held:
            other._service_hold(copy)
        return copies - held

    def _join_tell(self):
        """Tell who handles it that a duplicate of it says more; what is closed is looked at by a
        supervisor. In sudo.
        """
        self._service_remind_handlers(
            lambda lang: self.with_context(lang=lang).env._(
                "A duplicate was joined with this, or the customer wrote there: read it here"
            )
        )
        if self.date_closed:
            self._service_tell_supervisor()

    # === BUSINESS: JOINING ===

    def _join_source(self, other):
        """Return the complaint, in sudo, that says who is kept from ``other``: itself, or the one to which it belongs."""
        return other._impartial_complaints()

    def _check_joinable(self, other):
        """Refuse to join documents that do not belong together, or that others would learn of by it.

        :raise UserError: it is not the same customer's, or somebody would learn by joining what is kept from them
        """
        if not self._filter_joinable(other):
            raise UserError(
                self.env._(
                    "Only what the same customer turned to the same company with can be joined, if it is equally "
                    "confidential and kept from the same people."
                )
            )

    def _filter_joinable(self, others):
        """Return those of ``others`` of which this can be a duplicate."""
        document, excluded, mine = self.sudo(), others._impartial_recused(), self._impartial_recused()[self.id]

        def is_joinable(other):
            is_same = document.customer_id and all(
                document[name] == other[name] for name in ("customer_id", "company_id", "kehu_tier")
            )
            accused = excluded[other.id]
            # Of whom it is only proposed, is decided on the other document alone.
            is_kept_alike = mine <= accused and (not accused or accused <= self._join_source(other)._accused_for_good())
            return other != document and other.state not in _ENDED_APART and is_same and is_kept_alike

        return others.sudo().filtered(is_joinable).with_env(others.env)

    def _search_joinable(self, model):
        """Return the documents of ``model`` that the user may read and of which this can be a duplicate, newest first."""
        document = self.sudo()
        if not document.customer_id:
            return self.env[model]
        same = Domain.AND(Domain(name, "=", document[name].id) for name in ("customer_id", "company_id"))
        same &= Domain("kehu_tier", "=", document.kehu_tier) & Domain("state", "not in", _ENDED_APART)
        return self._filter_joinable(self.env[model].search(same, order="id desc"))

    def _join_into(self, other):
        """Let both have what was said, the files, and whoever is kept from them; nothing is taken
        from either. In sudo.
        """
        self._join_keep_alike(other)
        own = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        said = self.env["mail.message"].search(own & Domain("message_type", "not in", _NOT_SAID), order="id")
        self._join_words(said, other)
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("id", "not in", said.attachment_ids.ids),
            ]
        ).copy(self._join_file_values(other))
        words = self.description if self.channel not in BY_ITSELF and not is_html_empty(self.description) else ""
        other._message_log(
            body=Markup("<p>%s</p>%s") % (self.env._("Joined with this, and copied here: %s", self.display_name), words)
        )
        if other.channel != "third":
            contacts = self.message_partner_ids.filtered(
                lambda partner: (
                    partner.commercial_partner_id == other.customer_id and not other._service_is_in_doubt(partner)
                )
            )
            other.message_subscribe(contacts.ids)
        other._join_tell()

    def _join_keep_alike(self, other):
        """Have whoever is kept from ``other`` kept from this, for good. In sudo (hook)."""

    # === BUSINESS: THE CUSTOMER ===

    def _duplicate_of(self):
        """Return what this was joined with, in sudo; nothing if it is no duplicate, or was put back."""
        return (
            self.sudo()
            .dismissal_ids.filtered(lambda dismissal: dismissal.state == "approved" and dismissal.kind == "duplicate")[
                :1
            ]
            ._other()
        )

    def _service_goes_on_in(self):
        """Return the document, in sudo, in which the conversation of this one goes on; none if it goes on here."""
        document, other = self.sudo(), self._duplicate_of()
        is_customers = other and other.customer_id == document.customer_id and other.channel != "third"
        return other if is_customers else document.browse()

    def _service_stage_label(self):
        if self._service_goes_on_in():
            return self.env._("Joined With Another")
        return super()._service_stage_label()

    def _service_on_customer_message(self, message):
        if other := self._service_goes_on_in():
            if words := self._join_words(message, other):
                other._service_on_customer_message(words)
            return other._join_tell()
        return super()._service_on_customer_message(message)
