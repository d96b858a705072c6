"""Who may reach which record, for every model that carries a customer (X3).

The rules are code, not records of ``ir.rule``: no administrator can switch them off, they hold for apps that are
installed later, and what depends on the time or on a grant is evaluated with each query instead of being cached.
"""

from collections import defaultdict

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache, sql

from .tier import CONFIDENTIAL, masking_tier

# Their whole content is the customer's own particulars (accounts, addresses, e-mail), so the row is hidden with the
# customer and not only from the masking tier on. Which rows have nothing else to show cannot be told from their fields;
# columns with particulars in any other document are found by their name (followed_fields.py).
PARTICULARS = {
    "calendar.attendee",
    "crm.lead",
    "event.event",  # the address of the place
    "event.registration",
    "kehu.leak.report",
    "mail.followers",
    "mail.notification",
    "mailing.trace",
    "product.supplierinfo",
    "project.task",
    "res.partner.bank",
    "sale.report",
    "sms.sms",
    "snailmail.letter",
    "survey.user_input",
    "website.visitor",
}
# Meetings name their guests, and describe them; live chats say what a customer says: hidden with any of them, and with
# what they are about, from whoever takes no part.
GUESTS = {
    "calendar.event": "partner_ids",
    "discuss.channel": "livechat_customer_partner_ids",
}
# The paths to who takes part, where not everybody is a guest.
PARTICIPANTS = {
    "discuss.channel": "channel_member_ids.partner_id",
}
# Rows about a document of any model that hold particulars of it, by the fields that point to it: hidden with the
# document. (Those of mail, which Odoo checks by itself, are in document_rows.py.)
ROWS = {
    "calendar.event": ("res_model", "res_id"),
    "card.card": ("res_model", "res_id"),  # a picture of what the record says
    "data_recycle.record": ("res_model_name", "res_id"),
    "mailing.trace": ("model", "res_id"),
}
# Rows that a rule of an administrator has the system find, by the field that points to the rule: none is made of a
# document that is hidden from those who made the rule, who could otherwise ask about it by the number of rows.
FOUND_BY_RULE = {
    "data_recycle.record": "recycle_model_id",
}
# Rows that repeat what a message says, by the field that points to it: hidden with the message.
MESSAGES = {
    "mail.message.schedule": "mail_message_id",
    "mail.message.translation": "message_id",
    "sms.sms": "mail_message_id",
}
# Rows that belong to another record although the field is neither required nor cascading, as Odoo lets the record be
# taken out of it. (All others are found: ``ir.rule._kehu_rows_below``.)
BELOW = {
    "account.analytic.line": ("project_id", "task_id"),
    "calendar.event": ("opportunity_id",),
    "project.task": ("project_id",),
    "stock.move": ("picking_id", "purchase_line_id", "sale_line_id"),
    "stock.move.line": ("picking_id", "move_id"),
}
# They name a partner without being about a customer. Their labels are masked all the same.
NOT_ABOUT_CUSTOMERS = {
    "kehu.access.log",  # the auditor's, whole
    "discuss.channel.member",  # members of a channel see each other, masked
    "hr.employee",  # about colleagues and our own places
    "hr.employee.public",
    "hr.version",
    "hr.work.location",
    "mail.message",  # follows its document, not its author
    "res.company",  # always normal, by constraint
    "res.partner",  # has its own domain
    "stock.warehouse",  # a place of our own
}


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        return super()._compute_domain(model_name, mode) & self.env[model_name]._kehu_domain(mode)

    def _compute_domain_context_values(self):
        # Odoo keeps the domain of a model that delegates to contacts, which the clearance is part of; that may end by
        # the clock.
        yield from super()._compute_domain_context_values()
        yield self.env.user.kehu_clearance

    @api.model
    @ormcache()
    def _kehu_rows_below(self):
        """The many2ones that lead from a row to the record without which it would not be there, and with which it is
        hidden (X3).

        These are the required and the cascading ones that point to a protected model, step by step down: an answer of a
        survey is below its participation, a milestone below its project. A row of an SQL report is below whatever it
        names.

        :return: ``{model: names of fields}``, without cycles
        """
        parents, protected = {}, set()
        for model in (self.env[name] for name in sorted(self.env.registry)):
            if not model._abstract and not model._transient:
                parents[model._name] = {
                    name: model._fields[name].comodel_name for name in model._kehu_parent_candidates()
                }
                if model._auto and model._kehu_is_about_customers():
                    protected.add(model._name)
        while found := {
            name for name, fields in parents.items() if name not in protected and protected & set(fields.values())
        }:
            protected |= found
        below = {}

        def leads_to(name, target):
            return name == target or any(leads_to(parents[name][field], target) for field in below.get(name, ()))

        # What an administrator adds comes last: it takes no row out of the record to which the code says it belongs.
        ways = [(name, field, parent) for name, fields in parents.items() for field, parent in fields.items()]
        for name, field, parent in sorted(ways, key=lambda way: bool(self.env[way[0]]._fields[way[1]].manual)):
            # Two models that need each other: one of the ways is enough, and a circle would have no end.
            if parent in protected and not leads_to(parent, name):
                below.setdefault(name, []).append(field)
        return below


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    @ormcache("self._name")
    def _kehu_customer_fields(self):
        """Return the names of the stored fields that hold the customer whom a record of this model is about."""
        if self._abstract or self._transient or self._name in NOT_ABOUT_CUSTOMERS:
            return ()
        names = tuple(
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.comodel_name == "res.partner"
            and field.store
            and not field.company_dependent
            # The rule of a delegated contact comes with the delegation.
            and self._inherits.get("res.partner") != name
        )
        # A commercial partner has the tier of its contacts.
        return tuple(name for name in names if name != "commercial_partner_id") or names

    @api.model
    def _kehu_is_about_customers(self):
        """Return whether the records of this model say by themselves which customer they are about."""
        return bool(self._kehu_customer_fields() or self._kehu_guest_field()) or any(
            self._name in rows for rows in (ROWS, MESSAGES)
        )

    @api.model
    def _kehu_guest_field(self):
        """Return the name of the field that holds the guests of a record, if the app that has it is installed."""
        name = GUESTS.get(self._name)
        return name if name in self._fields else None

    @api.model
    def _kehu_parent_candidates(self):
        """Return the names of the many2ones to records that a row of this model belongs to, protected or not."""
        if self._name in NOT_ABOUT_CUSTOMERS:
            return ()
        names = [
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.store
            and not field.company_dependent
            and field.comodel_name != "res.partner"
        ]
        if self._auto:
            below = BELOW.get(self._name, ())
            return [
                name
                for name in names
                if (field := self._fields[name]).required or field.ondelete == "cascade" or name in below
            ]
        if self._name.startswith("kehu."):
            return ()  # ours say themselves what they are about
        # A report copies what its rows name: the columns that it really has, if it is a view.
        columns = sql.table_columns(self.env.cr, self._table)
        return [name for name in names if not columns or name in columns]

    @api.model
    def _kehu_parent_fields(self):
        """Return the names of the many2ones to the protected records that a row of this model belongs to, and is hidden
        with.
        """
        return self.env["ir.rule"]._kehu_rows_below().get(self._name, ())

    @api.model
    def _kehu_covering_fields(self):
        """Return the names of the many2ones with whose record a row of this model is hidden, always."""
        customers = self._kehu_customer_fields() if self._name in PARTICULARS else ()
        return {*self._kehu_parent_fields(), *self._inherits.values(), *customers}

    @api.model
    def _kehu_is_protected(self):
        """Return whether the records of this model can be hidden by the tier of a customer."""
        return self._kehu_is_about_customers() or bool(self._kehu_parent_fields())

    @api.model
    def _kehu_domain(self, mode="read"):
        """Return the domain of the records that confidentiality lets the current user reach, superuser mode or not.

        :param mode: ``read``, ``write``, ``create`` or ``unlink``
        """
        if self.env.uid == SUPERUSER_ID:
            return Domain.TRUE
        if self._transient:
            # A dialog holds what its user is writing; Odoo lets everybody read it who may open the same.
            return Domain("create_uid", "=", self.env.uid)
        domain = Domain.TRUE
        if self._kehu_customer_fields():
            domain = Domain.custom(to_sql=_is_reachable_sql, predicate=_is_reachable)
        guests = self._kehu_guest_field()
        if guests and not (hidden := self.env["res.partner"]._kehu_hidden_domain(CONFIDENTIAL)).is_false():
            domain &= Domain(guests, "not any!", hidden)
        if pointer := ROWS.get(self._name):
            domain &= self._kehu_rows_domain(*pointer)
        if message := MESSAGES.get(self._name):
            messages = self.sudo()._read_group([(message, "!=", False)], [message])
            hidden = self.env["mail.message"].union(*(row[0].with_env(self.env) for row in messages))._kehu_hidden()
            domain &= Domain(message, "not in", hidden.ids)
        for name in self._kehu_parent_fields():
            field = self._fields[name]
            parent = self.env[field.comodel_name]._kehu_domain(mode)
            if not parent.is_true():
                domain &= Domain(name, "any!", parent) | (Domain.FALSE if field.required else Domain(name, "=", False))
        if guests and not domain.is_true():
            people = PARTICIPANTS.get(self._name, guests)
            domain |= self._kehu_unless_closed(Domain(people, "in", self.env.user.partner_id.ids))
        return domain

    @api.model
    def _kehu_hidden_ones_domain(self):
        """Return the domain of the records that confidentiality hides from the current user."""
        if self._kehu_is_document_row:
            # No domain can say which ones.
            return Domain.FALSE if self.env["res.partner"]._kehu_hidden_ones_domain().is_false() else Domain.TRUE
        if delegation := self._inherits.get("res.partner"):
            hidden = self.env["res.partner"]._kehu_hidden_ones_domain()
            return hidden if hidden.is_false() else Domain(delegation, "any!", hidden)
        return ~self._kehu_complete()._kehu_domain()

    def _kehu_rows_domain(self, model_field, id_field):
        """Return the domain of the rows about documents, of whatever model, that the current user may read."""
        names = [
            row[0] for row in self.sudo()._read_group([(model_field, "!=", False)], [model_field]) if row[0] in self.env
        ]
        domain = Domain.TRUE
        for model in (self.env[name] for name in names):
            if not (reachable := model._kehu_domain()).is_true():
                documents = model.sudo().with_context(active_test=False)._search(reachable)
                domain &= Domain(model_field, "!=", model._name) | Domain(id_field, "in", documents)
        return domain

    def _kehu_hidden(self):
        """Return those of ``self`` that confidentiality hides from the current user, superuser mode or not."""
        if not any(self._origin._ids):
            return self.browse()
        if delegation := self._inherits.get("res.partner"):
            hidden = self._kehu_delegated_contacts(delegation)._kehu_hidden()
            return self.filtered(lambda record: record._kehu_delegated_contacts(delegation) in hidden)
        whole = self._kehu_complete()
        domain = whole._kehu_domain()
        if domain.is_true():
            return self.browse()
        # Without prefetching: the cache is shared with the user's own environment, and asks nobody for rights.
        records = whole._origin.sudo().with_context(active_test=False, prefetch_fields=False)
        try:
            reachable = records.filtered_domain(domain)
        except MissingError:
            reachable = records.exists().filtered_domain(domain)
        ids = set(records._ids) - set(reachable._ids)
        return self.filtered(lambda record: record._origin.id in ids)

    def _kehu_hidden_from(self, users):
        """Return ``{record id: users}``, those of ``users`` from whom confidentiality hides the record.

        For many users at once: one query, where :meth:`_kehu_hidden` asks for the current user.
        """
        if delegation := self._inherits.get("res.partner"):
            partners = self._kehu_delegated_contacts(delegation)
            hidden = partners._kehu_hidden_from(users)
            return {record.id: hidden[partner.id] for record, partner in zip(self, partners, strict=True)}
        users.sudo().mapped("kehu_clearance")  # read for all at once
        reached = []
        for user in users if self else ():
            model = self.browse().with_user(user).sudo().with_context(active_test=False)
            documents = model._search(Domain("id", "in", self.ids) & model._kehu_domain())
            reached.append(documents.subselect(SQL("%s::int", user.id), SQL.identifier(documents.table, "id")))
        rows = self.env.execute_query(SQL(" UNION ALL ").join(reached)) if reached else ()
        readers = defaultdict(set)
        for user_id, record_id in rows:
            readers[record_id].add(user_id)
        return {record.id: users.filtered(lambda user, ids=readers[record.id]: user.id not in ids) for record in self}

    def _kehu_names_hidden_customer(self):
        """Return whether a customer of ``self`` is hidden from the current user, superuser mode or not."""
        documents = self.sudo().with_context(active_test=False, prefetch_fields=False)
        return any(documents[name].with_env(self.env)._kehu_hidden() for name in self._kehu_customer_fields())

    def _kehu_highest_tier(self):
        """Return the strictest tier of whatever this record is about."""
        self.ensure_one()
        # Superuser mode shares its cache: what is fetched besides could be read without asking for rights.
        self = self.with_context(prefetch_fields=False)
        if "kehu_tier" in self._fields:
            return self.kehu_tier or "0"
        return max(
            (
                *(self[name].kehu_tier or "0" for name in self._kehu_customer_fields()),
                *(parent._kehu_highest_tier() for name in self._kehu_parent_fields() for parent in self[name]),
            ),
            default="0",
        )

    def _kehu_delegated_contacts(self, delegation):
        """Return the contacts to which ``self`` delegates, in the environment of the user."""
        partners = self._origin.sudo().with_context(active_test=False, prefetch_fields=False)[delegation]
        return partners.with_env(self.env)


def _threshold(model):
    return CONFIDENTIAL if model._name in PARTICULARS else masking_tier(model.env)


def _is_reachable_sql(model, alias, query):
    """No customer of the record is hidden: an anti-join, which serves one page by key and a full count by hash."""
    customers = model.env["res.partner"].sudo().with_context(active_test=False)
    hidden = customers._kehu_hidden_domain(_threshold(model))
    if hidden.is_false():
        return SQL("TRUE")
    # Which customers there are is asked in superuser mode: a field may be one that not everybody is shown.
    model, conditions = model.sudo(), []
    for name in model._kehu_customer_fields():
        subquery = customers._search(hidden)
        subquery.add_where(
            SQL("%s = %s", SQL.identifier(customers._table, "id"), model._field_to_sql(alias, name, query))
        )
        conditions.append(SQL("NOT EXISTS (%s)", subquery.select(SQL("1"))))
    return SQL("(%s)", SQL(" AND ").join(conditions))


def _is_reachable(record):
    tier = _threshold(record)
    # Who names whom is asked whoever may read the customer, also while a number is being computed (reader_sums.py).
    record = record._kehu_complete().sudo().with_context(prefetch_fields=False)
    return not any(
        record[name].filtered(lambda partner: (partner.kehu_tier or "0") >= tier)._kehu_hidden()
        for name in record._kehu_customer_fields()
    )
