"""Files that the server made of a document – printed, sent, e-invoices – show the particulars of its customer, and not
only the name as the document does (X3).

So do files in the fields of a document of Odoo's apps, whoever put them there: they are taken for made ones.

They are opened by users who may read the customer. Everybody else prints anew, and opens that print: our masks applied
there.
"""

from hashlib import sha1

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL

from odoo.addons.base.models.ir_attachment import condition_values

from odoo.addons.kehu_workflow.access import refuse_also

from ..rule.tier import CONFIDENTIAL

# {digest of what was printed in this transaction: (id of the user in whose rights, ids of the customers)}
_PRINTED = "kehu_printed"
_CONTENT = {"raw", "datas", "db_datas"}


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_paths_to_sources(self, field):
        if field.type == "binary" and field.store and field.attachment and not hasattr(field, "max_width"):
            names = self._kehu_customer_fields()
            return tuple(name for name in names if self._kehu_is_followed(name, field.manual))
        return super()._kehu_paths_to_sources(field)

    @api.model
    def _kehu_naming_hidden_domain(self):
        """Return the domain of the records that name, or belong to one that names, a customer who is hidden from the
        current user.
        """
        hidden = self.env["res.partner"]._kehu_hidden_domain(CONFIDENTIAL)
        if hidden.is_false():
            return hidden
        domain = Domain.OR(Domain(name, "any!", hidden) for name in self._kehu_customer_fields())
        for name in self._kehu_parent_fields():
            above = self.env[self._fields[name].comodel_name]._kehu_naming_hidden_domain()
            domain |= above if above.is_false() else Domain(name, "any!", above)
        return domain

    def _kehu_named_customers(self):
        """Return the customers whom these records, or those that they belong to, name."""
        records, customers = self.sudo(), self.env["res.partner"].sudo()
        above = (records.mapped(name)._kehu_named_customers() for name in self._kehu_parent_fields())
        return customers.union(*(records.mapped(name) for name in self._kehu_customer_fields()), *above)

    def _kehu_filter_naming_hidden(self):
        """Return those of ``self`` that name a customer hidden from the current user, superuser mode or not."""
        naming = self._kehu_naming_hidden_domain()
        if naming.is_false() or not any(self._ids):
            return self.browse()
        documents = self.sudo().with_context(active_test=False)
        return self.browse(documents._search(naming & Domain("id", "in", self.ids)))


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model
    def _kehu_naming_hidden_domain(self):
        # Invoices that were sent stand in the message.
        files = self.env["ir.attachment"]
        return Domain.OR(
            Domain("model", "=", name) & Domain("res_id", "in", documents)
            for name in files._kehu_made_models() - {self._name}
            if (documents := files._kehu_hiding_documents(name)) is not None
        )


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Send colleagues none of the files that they do not open; the customer gets all."""
        outgoing = super()._prepare_outgoing_list(*args, **kwargs)
        if made := self.sudo().attachment_ids.filtered("kehu_made_for"):
            users = self.env["res.users"].sudo()
            addresses = {address for mail in outgoing for address in mail["email_to_normalized"]}
            by_address = users.search([("email_normalized", "in", list(addresses))]).grouped("email_normalized")
            for mail in outgoing:
                people = users.union(*(by_address.get(address, users) for address in mail["email_to_normalized"]))
                if mail["partner_id"]:
                    people |= mail["partner_id"].sudo().user_ids
                colleagues = people.filtered(lambda user: user._is_internal())
                hidden = made.browse().union(*(made.with_user(user)._kehu_made_of_hidden() for user in colleagues))
                left_out = {(file.name, file.raw) for file in hidden.sudo()}
                mail["attachments"] = [file for file in mail["attachments"] if file[:2] not in left_out]
                # Of what is too large to be attached the mail has a link, which opens without a login.
                for token in filter(None, hidden.sudo().mapped("access_token")):
                    for part in ("body", "body_alternative"):
                        mail[part] = mail[part].replace(f"access_token={token}", "")
        return outgoing


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _kehu_printed_documents(self, report_ref, res_ids):
        """Return the documents that are printed; no record if the report is of none."""
        model = self.env.get(self._get_report(report_ref).model)
        ids = [res_ids] if isinstance(res_ids, int) else res_ids
        return self.env["base"] if model is None else model.browse(ids or ())

    def _kehu_note_printed(self, report_ref, res_ids, contents):
        """Keep in mind, for this transaction, what was printed, and for whom our masks applied to all of it."""
        documents = self._kehu_printed_documents(report_ref, res_ids)
        is_masked = documents and documents == documents._kehu_filter_naming_hidden()
        made = (self.env.uid if is_masked else SUPERUSER_ID, documents._kehu_named_customers().ids)
        printed = self.env.cr.precommit.data.setdefault(_PRINTED, {})
        for content in contents:
            printed[sha1(content.encode() if isinstance(content, str) else content).hexdigest()] = made

    def _kehu_keeping_no_file(self, report_ref, res_ids):
        """Return ``self`` such that neither a file of others is taken for the print, nor the print kept for others, if
        it shows the name alone of a customer.
        """
        is_masked = self._kehu_printed_documents(report_ref, res_ids)._kehu_filter_naming_hidden()
        return self.with_context(report_pdf_no_attachment=True) if is_masked else self

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        self = self._kehu_keeping_no_file(report_ref, res_ids)
        content, kind = super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        if kind == "pdf":
            for res_id, part in content.items():
                if part["stream"]:
                    self._kehu_note_printed(report_ref, res_id or res_ids, [part["stream"].getvalue()])
        return content, kind

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        self = self._kehu_keeping_no_file(report_ref, res_ids)
        content, kind = super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        self._kehu_note_printed(report_ref, res_ids, [content])
        return content, kind

    def _render_qweb_html(self, report_ref, docids, data=None):
        content, kind = super()._render_qweb_html(report_ref, docids, data=data)
        self._kehu_note_printed(report_ref, docids, [content])
        return content, kind


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    # The id of the user for whom it was printed with our masks, which outlives the user; that of the superuser for what
    # was made without. What people upload has none.
    kehu_made_for = fields.Integer("Made by the Server For", groups=NO_ACCESS, readonly=True, copy=False)
    # The document may name another customer later.
    kehu_made_customer_ids = fields.Many2many(
        "res.partner",
        "kehu_made_customer_rel",
        "attachment_id",
        "partner_id",
        "Customers When It Was Made",
        groups=NO_ACCESS,
        readonly=True,
        copy=False,
    )

    _kehu_made_idx = models.Index("(res_model, res_id) WHERE kehu_made_for > 0")
    _kehu_made_checksum_idx = models.Index("(checksum) WHERE kehu_made_for > 0")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._kehu_note_made(
            [
                bool(vals.get("res_field")) and "binary_field_real_user" not in self.env.context  # set by no person
                for vals in vals_list
            ]
        )
        return files

    def write(self, vals):
        result = super().write(vals)
        if _CONTENT & vals.keys():
            self._kehu_note_made([False] * len(self))
        return result

    def _kehu_note_made(self, are_values):
        """Note which files hold what was printed in this transaction, or the content of another file that was made.

        :param are_values: for each file, whether server code made it the value of a field of a document
        """
        files = self.sudo().filtered(lambda file: not (file.mimetype or "").startswith("image/"))
        checksums = set(filter(None, files.mapped("checksum")))
        if not checksums:
            return
        printed = self.env.cr.precommit.data.get(_PRINTED, {})
        known = (
            self.sudo()
            .with_context(active_test=False, skip_res_field_check=True)
            .search([("checksum", "in", list(checksums - printed.keys())), ("kehu_made_for", ">", 0)])
        )
        made = {
            checksum: (min(same.mapped("kehu_made_for")), same.kehu_made_customer_ids.ids)
            for checksum, same in known.grouped("checksum").items()
        } | printed
        # As computed fields are set: nobody changes the file, which may be one that stays as it is.
        marks = [self._fields[name] for name in ("kehu_made_for", "kehu_made_customer_ids")]
        with self.env.protecting(marks, self):
            for file, is_value in zip(self.sudo(), are_values, strict=True):
                if file not in files or not (file.checksum in made or is_value):
                    continue
                document = self.env[file.res_model].browse(file.res_id) if file.res_id else self.browse()
                user_id, customer_ids = made.get(file.checksum, (SUPERUSER_ID, document._kehu_named_customers().ids))
                file.kehu_made_for = user_id
                file.kehu_made_customer_ids = [Command.set(customer_ids)]

    # === ACCESS ===

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return refuse_also(self, operation, result, lambda files: files._kehu_made_of_hidden())

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        domain = Domain(domain)
        if not (self.env.su or bypass_access):
            # Where few models are named, Odoo asks no file one by one.
            domain &= self._kehu_not_made_domain(condition_values(self, "res_model", domain) or ())
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    def _kehu_reachable_domain(self):
        return super()._kehu_reachable_domain() & self._kehu_not_made_domain(self._kehu_made_models())

    @api.model
    def _kehu_made_models(self):
        """Return the names of the models of which there are made files, looked up by the index one after the other."""
        if self.env["res.partner"]._kehu_hidden_domain(CONFIDENTIAL).is_false():
            return set()
        self.flush_model(["kehu_made_for", "res_model"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE named AS (
                    SELECT MIN(res_model) AS name FROM ir_attachment WHERE kehu_made_for > 0
                    UNION ALL
                    SELECT (SELECT MIN(res_model) FROM ir_attachment WHERE kehu_made_for > 0 AND res_model > named.name)
                    FROM named WHERE named.name IS NOT NULL
                ) SELECT name FROM named WHERE name IS NOT NULL"""
            )
        )
        return {name for [name] in rows}

    @api.model
    def _kehu_hiding_documents(self, name):
        """Return the query of the documents of a model that name a customer hidden from the current user; nothing if
        there can be none.
        """
        if name not in self.env or (naming := self.env[name]._kehu_naming_hidden_domain()).is_false():
            return None
        return self.env[name].sudo().with_context(active_test=False)._search(naming)

    @api.model
    def _kehu_not_made_domain(self, names):
        """Return the domain of the files that are not, of documents of these models, made past the masks of the current
        user.
        """
        customers = self.env["res.partner"].sudo().with_context(active_test=False)
        hidden_customers = self.env["res.partner"]._kehu_hidden_domain(CONFIDENTIAL)
        if not names or hidden_customers.is_false():
            return Domain.TRUE
        former = customers._search(hidden_customers)
        documents = {name: query for name in names if (query := self._kehu_hiding_documents(name)) is not None}

        def to_sql(model, alias, query):
            def column(name):
                return model.sudo()._field_to_sql(alias, name, query)

            hidden = SQL(" OR ").join(
                [
                    *(
                        SQL("(%s = %s AND %s IN %s)", column("res_model"), name, column("res_id"), found.subselect())
                        for name, found in documents.items()
                    ),
                    SQL(
                        "%s IN (SELECT attachment_id FROM kehu_made_customer_rel WHERE partner_id IN %s)",
                        column("id"),
                        former.subselect(),
                    ),
                ]
            )
            return SQL(
                "(COALESCE(%s, 0) IN (0, %s) OR (%s) IS NOT TRUE)", column("kehu_made_for"), self.env.uid, hidden
            )

        return Domain.custom(to_sql=to_sql, predicate=lambda file: not file._kehu_made_of_hidden())

    def _kehu_made_of_hidden(self):
        """Return the files that the server made, past the masks of the current user, of documents that name, or named
        then, a customer hidden from that user; superuser mode or not.
        """
        hidden_customers = self.env["res.partner"]._kehu_hidden_domain(CONFIDENTIAL)
        if hidden_customers.is_false() or not any(self._ids):
            return self.browse()
        files = self._origin.sudo()
        files.fetch(["kehu_made_for", "res_model", "res_id"])
        made = files.filtered(lambda file: file.kehu_made_for not in (0, self.env.uid) and file.res_model in self.env)
        former = made.kehu_made_customer_ids.with_context(active_test=False)
        former = former.search(hidden_customers & Domain("id", "in", former.ids)) if former else former
        hidden = {file.id for file in made if file.kehu_made_customer_ids & former}
        for name, mine in made.grouped("res_model").items():
            naming = set(self.env[name].browse(filter(None, mine.mapped("res_id")))._kehu_filter_naming_hidden()._ids)
            hidden.update(file.id for file in mine if file.res_id in naming)
        return self.filtered(lambda file: file._origin.id in hidden)
