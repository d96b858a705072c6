"""Messages, activities and chat follow the document that they are about (X3)."""
from collections.abc import Iterable

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet, Query

from .tier import CONFIDENTIAL

OURS = "kehu."  # what the names of our models begin with


class Base(models.AbstractModel):
    _inherit = "base"

    def _kehu_untold(self):
        """Return those of ``self`` of whose followers, recipients and ratings the current user is told nothing (X3, C8).

        Of our documents, those that the user may not read: Odoo shows such rows to each employee. Of others, the hidden ones.
        """
        if not self._name.startswith(OURS):
            return self._kehu_hidden()
        return self - self.sudo(False).exists()._filtered_access("read")


class DocumentRows(models.AbstractModel):
    """Rows that name a document of any model, and that are hidden with it, whatever else would let one read them."""
    _name = "kehu.document.rows"
    _description = "Rows that are hidden with their document"

    _kehu_is_document_row = True
    _kehu_document_model = "res_model"
    # Whether Odoo shows the rows to those who may not read the document.
    _kehu_is_open_to_employees = False

    @api.model
    def _kehu_parent_candidates(self):
        # The document says it all.
        return ()

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._ids):
            return self.browse()
        hidden = {row._origin.id for row in super()._kehu_hidden()}
        rows = self._origin.sudo().with_context(prefetch_fields=False)
        for name, about in rows.grouped(self._kehu_document_model).items():
            if name in self.env and (name.startswith(OURS) or self.env[name]._kehu_is_protected()):
                documents = self.env[name].browse({row.res_id for row in about if row.res_id})
                gone = set((documents._kehu_untold() if self._kehu_is_open_to_employees else documents._kehu_hidden())._ids)
                hidden.update(row.id for row in about if row.res_id in gone)
        return self.filtered(lambda row: row._origin.id in hidden)

    @api.model
    def _kehu_told_domain(self, domain):
        """Return the domain of the rows whose documents the user may know, among those that ``domain`` finds; none if it cannot be said."""
        return None

    def _kehu_highest_tier(self):
        name = self[self._kehu_document_model]
        document = self.env[name].browse(self.res_id or ()).exists() if name in self.env else self.browse()
        return max(super()._kehu_highest_tier(), document._kehu_highest_tier() if document else "0")

    def _check_access(self, operation):
        result = super()._check_access(operation)
        candidates = self - result[0] if result else self
        if not any(candidates._ids) or not (hidden := candidates._kehu_hidden()):
            return result
        if result:
            return result[0] + hidden, result[1]
        return hidden, lambda: self.env["ir.rule"]._make_access_error(operation, hidden)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if self.env.su or bypass_access:
            return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)
        told = self._kehu_told_domain(Domain(domain))
        query = super()._search(domain if told is None else Domain(domain) & told, offset, limit, order, **kwargs)
        found = self.browse(query) if told is None else self.browse()
        hidden = found._kehu_hidden()
        return (found - hidden)._as_query(bool(order)) if hidden else query


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message", "kehu.document.rows"]

    _kehu_document_model = "model"

    @api.model
    def _kehu_paths_to_sources(self, field):
        # Of a document that one may read, whose author is hidden.
        return ("author_id",) if field.name in ("email_from", "reply_to") else super()._kehu_paths_to_sources(field)

    def _kehu_emptied_value(self, name, hidden):
        return hidden.with_env(self.env).display_name if name == "email_from" else super()._kehu_emptied_value(name, hidden)

    def _to_store(self, store, fields, **kwargs):
        result = super()._to_store(store, fields, **kwargs)
        for message in self._kehu_by_hidden_author():
            store.add_model_values("mail.message", {"id": message.id, "email_from": message.sudo().author_id.display_name})
        return result

    def _kehu_hidden_with_ours(self):
        """Return the messages that are hidden, those of our documents that the user may not read among them.

        Authors and recipients read a message of ours whatever they may read besides.
        """
        ours = self.filtered(lambda message: (message.sudo().model or "").startswith(OURS))
        return self._kehu_hidden() | (ours - ours.sudo(False)._filtered_access("read"))

    def _kehu_about_hidden_customers(self):
        """Return the messages of documents that name a hidden customer: an address in them may be the customer's."""
        found = set()
        for name, messages in self.sudo().with_context(prefetch_fields=False).grouped("model").items():
            if name in self.env and (fields := self.env[name]._kehu_customer_fields()):
                documents = self.env[name].sudo().browse({message.res_id for message in messages if message.res_id}).exists()
                documents = documents.with_context(active_test=False, prefetch_fields=False)
                hidden = documents.env["res.partner"].union(*(documents[field] for field in fields)).with_env(self.env)._kehu_hidden()
                ids = {document.id for document in documents if any(document[field] & hidden for field in fields)}
                found.update(message.id for message in messages if message.res_id in ids)
        return self.filtered(lambda message: message._origin.id in found)

    def _kehu_by_hidden_author(self):
        """Return the messages, of documents that one may read, whose author is hidden: their sender's address is his."""
        hidden = self.sudo().author_id._kehu_hidden()
        return self.filtered(lambda message: message.sudo().author_id in hidden) if hidden else self.browse()


class MailNotification(models.Model):
    """Whom a message reached: hidden with the message, and with the recipient.

    A recipient may be a bare address, in a row that refers to nobody.
    """
    _name = "mail.notification"
    _inherit = ["mail.notification", "kehu.document.rows"]

    def _kehu_highest_tier(self):
        return max(self.mail_message_id._kehu_highest_tier(), self.res_partner_id.kehu_tier or "0")

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._ids):
            return self.browse()
        rows = self._origin.sudo().with_context(prefetch_fields=False)
        messages = rows.mail_message_id.with_env(self.env)
        recipients = rows.res_partner_id.with_env(self.env)._kehu_hidden()
        hidden, naming = messages._kehu_hidden_with_ours(), messages._kehu_about_hidden_customers()
        ids = {
            row.id for row in rows if row.mail_message_id in hidden or row.res_partner_id in recipients
            or row.mail_message_id in naming and not row.res_partner_id}
        return self.filtered(lambda row: row._origin.id in ids)


class MailMail(models.Model):
    """A mail that waits, or was not sent: its text and addresses are those of the message and of its recipients."""
    _name = "mail.mail"
    _inherit = ["mail.mail", "kehu.document.rows"]

    def _kehu_hidden(self):
        if self.env.uid == SUPERUSER_ID or not any(self._ids):
            return self.browse()
        mails = self._origin.sudo().with_context(prefetch_fields=False)
        messages = mails.mail_message_id.with_env(self.env)
        hidden = messages._kehu_hidden_with_ours() | messages._kehu_about_hidden_customers()
        people = (mails.recipient_ids | mails.partner_ids | mails.author_id).with_env(self.env)._kehu_hidden()
        ids = {
            mail.id for mail in mails if mail.mail_message_id in hidden
            or (mail.recipient_ids | mail.partner_ids | mail.author_id) & people}
        return self.filtered(lambda mail: mail._origin.id in ids)


class BusBus(models.Model):
    """What the server tells browsers about whatever document, for a day: in superuser mode each browser gets its own."""
    _inherit = "bus.bus"

    @api.model
    def _kehu_domain(self, mode="read"):
        return super()._kehu_domain(mode) & Domain(self.env.uid == SUPERUSER_ID)


class MailPush(models.Model):
    """The same on its way to the devices of users."""
    _inherit = "mail.push"

    @api.model
    def _kehu_domain(self, mode="read"):
        return super()._kehu_domain(mode) & Domain(self.env.uid == SUPERUSER_ID)


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "kehu.document.rows"]

    # === COMPUTE ===

    def _compute_res_name(self):
        # Stored, and read by others: never made with somebody's mask.
        return super(MailActivity, self.with_user(SUPERUSER_ID))._compute_res_name()

    # === CONSTRAINT ===

    @api.constrains("user_id")
    def _check_assignee_may_read(self):
        for user, activities in self.filtered("user_id").grouped("user_id").items():
            if not user.share and activities.with_user(user)._kehu_hidden():
                raise ValidationError(self.env._(
                    "%s may not read this confidential record: choose somebody else, or have access granted first.", user.name))

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        # Its label would tell of the record to which it is pointed.
        if not self.env.su and {"res_id", "res_model", "res_model_id"} & vals.keys() and self._kehu_hidden():
            raise AccessError(self.env._(
                "You cannot use a confidential record here that you may not read. Ask for access to it first."))
        return result


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_get_followers(self, *args, **kwargs):
        self.check_access("read")
        return super().message_get_followers(*args, **kwargs)

    @api.model
    def _search_message_partner_ids(self, operator, operand):
        # Odoo looks for followers as superuser; here those who fit are looked up as the user.
        if not self.env.su and not self.env.user.share and operator not in Domain.NEGATIVE_OPERATORS and not isinstance(operand, (Query, SQL)):
            partners = self.env["res.partner"].with_context(active_test=False)
            if operator == "in":
                hidden = partners.browse(value for value in operand if isinstance(value, int) and value)._kehu_hidden()
                operand = OrderedSet(operand) - set(hidden._ids)
            else:
                is_domain = isinstance(operand, Domain)
                operator, operand = "any", partners._search(operand if is_domain else Domain("display_name", operator, operand))
        return super()._search_message_partner_ids(operator, operand)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        self._kehu_refuse_hidden_followers(partner_ids)
        return super().message_subscribe(partner_ids, subtype_ids)

    def _kehu_refuse_hidden_followers(self, partner_ids):
        """Refuse that a client subscribes hidden contacts.

        Odoo's own subscriptions, of those whom a document or what it belongs to names already, go on without them.

        :raise AccessError: naming nobody
        """
        if self.env.su or not isinstance(partner_ids, Iterable):
            return
        named = self.env["res.partner"].browse(partner_id for partner_id in partner_ids if isinstance(partner_id, int))
        if (hidden := named._kehu_hidden()) and hidden - self._kehu_named_contacts():
            raise AccessError(self.env._(
                "You cannot use a confidential record here that you may not read. Ask for access to it first."))

    def _kehu_named_contacts(self):
        """Return the contacts whom ``self``, or the records to which it belongs, name or have as followers."""
        documents, contacts = self.sudo().with_context(active_test=False), self.env["res.partner"]
        owners = [documents[name] for name, field in documents._fields.items() if field.type == "many2one" and field.store]
        for records in (documents, *owners):
            for name, field in records._fields.items():
                if field.comodel_name == "res.partner" and (
                        field.store and field.type in ("many2one", "many2many") or name == "message_partner_ids"):
                    contacts |= records[name]
        return contacts.with_env(self.env)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        if partner_ids and (classified := self._kehu_classified()):
            users = self.env["res.users"].sudo().search([("partner_id", "in", list(partner_ids)), ("share", "=", False)])
            refused = {user.partner_id.id for user in users if classified.with_user(user)._kehu_hidden()}
            partner_ids = [partner_id for partner_id in partner_ids if partner_id not in refused]
        return super()._message_subscribe(partner_ids, subtype_ids, customer_ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not (recipients and self._kehu_classified()):
            return recipients
        users = self.env["res.users"].sudo().browse({r["uid"] for r in recipients if r.get("uid") and not r.get("ushare")})
        refused = {user.id for user in users if self.with_user(user)._kehu_hidden()}
        return [recipient for recipient in recipients if recipient.get("uid") not in refused]

    def _message_get_suggested_recipients(self, *args, reply_message=None, **kwargs):
        try:
            recipients = super()._message_get_suggested_recipients(*args, reply_message=reply_message, **kwargs)
        except AccessError:
            # Odoo asks the user's rights for the address of a hidden author or customer.
            if not self.has_access("read"):
                raise
            recipients = self._kehu_filter_suggested(super(MailThread, self.sudo())._message_get_suggested_recipients(
                *args, **{**kwargs, "reply_message": reply_message and reply_message.sudo(), "no_create": True}))
        partners = self.env["res.partner"].browse({r["partner_id"] for r in recipients if r.get("partner_id")})
        labels = {partner.id: partner.sudo().display_name for partner in partners._kehu_hidden()}
        if self._kehu_names_hidden_customer():
            # An address without contact is copied from what is hidden.
            recipients = [recipient for recipient in recipients if recipient.get("partner_id")]
        for recipient in recipients:
            # The contact can be written to; the address is not shown.
            if label := labels.get(recipient.get("partner_id")):
                recipient.update(name=label, email=False)
        return recipients

    def _kehu_filter_suggested(self, found):
        """Return, of what Odoo suggests as superuser, the contacts that the user may read, or whom the document names anyway.

        A hidden contact who is merely found by an address is none of them.
        """
        partners = self.env["res.partner"].browse(recipient["partner_id"] for recipient in found if recipient["partner_id"])
        messages = self.sudo().message_ids
        named = (messages.author_id | messages.partner_ids).with_env(self.env) | self._kehu_named_contacts()
        shown = set((partners._filtered_access("read") | partners & named)._ids)
        return [recipient for recipient in found if recipient["partner_id"] in shown]

    def _partner_find_from_emails(
            self, records_emails, avoid_alias=True, ban_emails=None, filter_found=None, additional_values=None, no_create=False):
        # A hidden contact is not found by an address. A document that names one has addresses of the contact: no public
        # contact is made of them, whatever address is asked for.
        no_create = no_create or any(record._kehu_names_hidden_customer() for record in records_emails)
        return super()._partner_find_from_emails(
            records_emails, avoid_alias=avoid_alias, ban_emails=ban_emails, filter_found=filter_found,
            additional_values=additional_values, no_create=no_create)

    def _kehu_classified(self):
        """Return those of ``self`` that are about a confidential customer; asks nothing of a model that has none."""
        if not any(self._ids) or not self._kehu_is_protected():
            return self.browse()
        documents = self.sudo().with_context(prefetch_fields=False)
        return documents.filtered(lambda document: document._kehu_highest_tier() >= CONFIDENTIAL).with_env(self.env)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if {"kehu_tier", "user_id", "kehu_custodian_id", "kehu_team_id"} & vals.keys():
            self._kehu_drop_who_may_not_read()
        return result

    def _kehu_drop_who_may_not_read(self):
        """Take followers and activities off the customers, and off their archives, whose user may not read them any more."""
        customers = self.sudo().filtered(lambda partner: (partner.kehu_tier or "0") >= CONFIDENTIAL)
        if not customers:
            return
        archives = self.env["kehu.archive"].sudo().with_context(active_test=False).search([("partner_id", "in", customers.ids)])
        for documents in (customers, archives):
            about = Domain("res_model", "=", documents._name) & Domain("res_id", "in", documents.ids)
            followers = self.env["mail.followers"].sudo().search(about)
            activities = self.env["mail.activity"].sudo().search(about)
            gone_followers, gone_activities = followers.browse(), activities.browse()
            for user in (followers.partner_id.user_ids | activities.user_id).filtered(lambda user: not user.share):
                hidden = set(documents.with_user(user)._kehu_hidden()._ids)
                gone_followers |= followers.filtered(
                    lambda follower, user=user, hidden=hidden: follower.partner_id == user.partner_id and follower.res_id in hidden)
                gone_activities |= activities.filtered(
                    lambda activity, user=user, hidden=hidden: activity.user_id == user and activity.res_id in hidden)
            gone_followers.unlink()
            gone_activities.unlink()

    def _to_store(self, store, fields):
        hidden = self._kehu_hidden()
        store.add_records_fields(self - hidden, fields)
        for partner in hidden:
            store.add_model_values("res.partner", {
                "id": partner.id, "name": partner.sudo().with_context(show_email=False).display_name, "active": True,
                "is_company": False, "main_user_id": False, "im_status": "im_partner"})


class ChannelMember(models.Model):
    _inherit = "discuss.channel.member"

    def _kehu_masked(self):
        masked = self.sudo().partner_id._kehu_masked()
        return self.filtered(lambda member: member.sudo().partner_id in masked)

    def _kehu_masked_label(self):
        return self.sudo().partner_id._kehu_masked_label()
