from odoo import SUPERUSER_ID, api, models


class JournalMixin(models.AbstractModel):
    """A document that leaves a line in the dossier journal of its customer (A9), kept in step with it.

    ``_inherit = ["kehu.journal.mixin"]`` and ``_journal_kind = "complaint"`` do. What the line says is up to
    ``_prepare_journal_values()``; a change of one of ``_journal_fields`` writes it again.
    """

    _name = "kehu.journal.mixin"
    _description = "Document with a Line in the Dossier"

    _journal_kind = None  # a code of kehu.archive.journal.kind
    _journal_fields = ("name", "partner_id", "company_id", "kehu_own_tier")

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._journal_enter()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._journal_fields):
            self._journal_update()
        return result

    def unlink(self):
        lines = self._journal_lines()
        result = super().unlink()
        lines.unlink()
        return result

    # === BUSINESS ===

    def _prepare_journal_values(self):
        """Return what the line of this document says (hook).

        Called as superuser and in a batch: it should read fields, not search.

        :return: dict with ``partner_id`` (a contact will do; without customer there is no line), ``summary``, ``date``,
            ``user_id`` and, if need be, ``note``
        """
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "summary": self.display_name,
            "date": self.create_date,
            "user_id": self.create_uid.id,
        }

    def _journal_lines(self):
        return (
            self.env["kehu.archive.journal"]
            ._for_server()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        )

    def _journal_values(self):
        """Return a dict of document id -> values of its line, for the documents that have a customer."""
        # Not in the user's name: the label must not be what is masked for that user.
        documents = self.with_user(SUPERUSER_ID)
        values = {document.id: document._prepare_journal_values() for document in documents}
        partners = (
            self.env["res.partner"]
            .sudo()
            .browse({vals["partner_id"] for vals in values.values() if vals["partner_id"]})
        )
        customers = {partner.id: partner.commercial_partner_id.id for partner in partners}
        for document in documents:
            vals = values[document.id]
            vals["partner_id"] = customers.get(vals["partner_id"])
            if "kehu_own_tier" in self._fields:
                vals["kehu_own_tier"] = document.kehu_own_tier or "0"
            if "company_id" in self._fields and document.company_id:
                vals["company_id"] = document.company_id.id
        return {document_id: vals for document_id, vals in values.items() if vals["partner_id"]}

    def _journal_enter(self, values=None):
        """Create the lines of documents that have none, all at once."""
        values = self._journal_values() if values is None else values
        if values:
            kind = self.env["kehu.archive.journal.kind"].sudo()._get_by_code(self._journal_kind)
            self.env["kehu.archive.journal"]._for_server().create(
                [
                    {"res_model": self._name, "res_id": document_id, "kind_id": kind.id, **vals}
                    for document_id, vals in values.items()
                ]
            )

    def _journal_update(self):
        """Write what has changed in the lines; enter or drop those of documents that got or lost their customer."""
        values = self._journal_values()
        lines = self._journal_lines()
        gone = lines.filtered(lambda line: line.res_id not in values)
        for line in lines - gone:
            vals = values.pop(line.res_id)
            changed = {
                name: value
                for name, value in vals.items()
                if line._fields[name].convert_to_write(line[name], line) != (value or False)
            }
            if changed:
                line.write(changed)
        gone.unlink()
        self._journal_enter(values)
