"""Where content leaves the server: each of these places notes it (X5) and asks for the permission
to take it away (X6).
"""

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request
from odoo.models import fix_import_export_id_paths
from odoo.tools import SQL

from ...groups import EXPORTER
from ..rule.tier import CONFIDENTIAL
from .watermark import TAKEN_AWAY

LABELS = {"id", ".id", "display_name"}


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        watermark = self._kehu_take_away([fix_import_export_id_paths(path) for path in fields_to_export])
        if request and watermark:
            request.kehu_watermark = watermark
        return super().export_data(fields_to_export)

    def copy_data(self, default=None):
        # A call over RPC gets the whole content.
        is_document = self._name in ("res.partner", "res.users") or isinstance(
            self, self.env.registry["kehu.confidential.mixin"]
        )
        if is_document and not self.env.su:
            self._kehu_take_away()
        vals_list = super().copy_data(default)
        if not self.env.su and (names := self._kehu_followed_fields().keys()):
            # Some copies do not name the customer any longer: particulars would be shown to all who read them.
            for record, vals in zip(self, vals_list):
                if vals and not names.isdisjoint(vals) and record._kehu_names_hidden_customer():
                    for name in names & vals.keys():
                        del vals[name]
        return vals_list

    def _kehu_take_away(self, paths=()):
        """Note that the current user takes the content of ``self`` out of the system, if the user may (X5, X6).

        :param paths: list of paths of field names, through whatever models
        :return: the line that marks the file, empty if nothing in it is confidential
        :raise AccessError: without the export permission for what is confidential
        """
        taken = {}
        for records in self._kehu_along(paths):
            taken[records._name] = taken.get(records._name, records.browse()) | records
        for records in taken.values():
            records._kehu_check_export_allowed()
        for records in taken.values():
            self.env["kehu.access.log"]._log(records, "export")
        return self._kehu_watermark_line(
            {row for records in taken.values() for row in records._kehu_confidential_customers()}
        )

    def _kehu_along(self, paths):
        """Yield the recordsets whose content an export of these paths contains; one step at a time, for all records."""
        yield from self._kehu_shown()
        below = {}
        for name, *rest in filter(None, paths):
            if self._kehu_labels_tell() or not LABELS.issuperset(rest):
                below.setdefault(name, []).append(rest)
        for name, rests in below.items():
            name, _dot, part = name.partition(".")
            field = self._fields.get(name)
            if part and field and field.type == "properties":
                values = [record[name].get(part) for record in self]
                found = {}
                for value in values:
                    if isinstance(value, models.BaseModel):
                        found[value._name] = found.get(value._name, value.browse()) | value
            else:
                found = {name: self.mapped(name)} if field and field.relational else {}
            for records in found.values():
                yield from records._kehu_along(rests)

    def _kehu_print(self):
        """Note that the current user prints these, and refuse it without the permission to take them away (X5, X6)."""
        for shown in self._kehu_shown():
            if self._name.startswith(TAKEN_AWAY):
                # What a customer gets, such as an order or an invoice, is ordinary work: noted, not refused.
                shown._kehu_check_export_allowed()
            self.env["kehu.access.log"]._log(shown, "print")

    def _kehu_customer_tiers(self):
        """Return SQL queries for ``(id, customer, tier)`` of ``self``; none for a model that has no customers."""
        sources = [
            SQL(
                "SELECT d.id, p.id, p.kehu_tier FROM %s d JOIN res_partner p ON p.id = d.%s WHERE d.id IN %s",
                SQL("(%s)", self._table_sql) if self._table_query else SQL.identifier(self._table),
                SQL.identifier(name),
                tuple(self.ids),
            )
            for name in self._kehu_customer_fields()
        ]
        if guests := self._fields.get(self._kehu_guest_field()):
            record, partner = SQL.identifier(guests.column1), SQL.identifier(guests.column2)
            sources.append(
                SQL(
                    "SELECT d.%s, p.id, p.kehu_tier FROM %s d JOIN res_partner p ON p.id = d.%s WHERE d.%s IN %s",
                    record,
                    SQL.identifier(guests.relation),
                    partner,
                    record,
                    tuple(self.ids),
                )
            )
        for name in self._kehu_parent_fields():
            sources += self._kehu_customer_tiers_through(name)
        return sources

    def _kehu_customer_tiers_through(self, name):
        """Return the same for the rows of ``self``, from the records to which a many2one leads, if it leads to any."""
        parents = self.sudo()[name]
        return [
            SQL(
                "SELECT d.id, document.partner_id, document.tier FROM %s d JOIN (%s) AS document(id, partner_id, tier) "
                "ON document.id = d.%s WHERE d.id IN %s",
                self._table_sql,
                source,
                SQL.identifier(name),
                tuple(self.ids),
            )
            for source in (parents._kehu_customer_tiers() if parents else ())
        ]

    def _kehu_check_export_allowed(self):
        """Refuse to export or print what is confidential, without the permission to do so (X6).

        :raise AccessError: saying what is missing, not of whom
        """
        if self.env.su or not any(self._ids) or self.env.user.has_group(EXPORTER):
            return
        sources = self._kehu_customer_tiers()
        if not sources:
            return
        grants = self.env["kehu.grant"].sudo()
        live = grants._search(
            grants._live_domain() & Domain("user_id", "=", self.env.uid) & Domain("allow_export", "=", True)
        )
        if self.env.execute_query(
            SQL(
                """SELECT 1 FROM (%s) AS taken(res_id, partner_id, tier) LEFT JOIN res_partner p ON p.id = taken.partner_id
                WHERE taken.tier >= %s AND (p.id IS NULL OR p.commercial_partner_id NOT IN %s) LIMIT 1""",
                SQL(" UNION ALL ").join(sources),
                CONFIDENTIAL,
                live.subselect("partner_id"),
            )
        ):
            raise AccessError(
                self.env._(
                    "Some of these records are confidential. Taking them out of the system needs the permission "
                    "“Export and print confidential records”, or a grant that includes it: ask a confidentiality "
                    "officer."
                )
            )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _kehu_customer_tiers(self):
        return [SQL("SELECT id, id, kehu_tier FROM res_partner WHERE id IN %s", tuple(self.ids))]


class ConfidentialMixin(models.AbstractModel):
    _inherit = "kehu.confidential.mixin"

    def _kehu_customer_tiers(self):
        return [
            SQL(
                "SELECT id, %s, kehu_tier FROM %s WHERE id IN %s",
                SQL.identifier(self._kehu_customer_field),
                SQL.identifier(self._table),
                tuple(self.ids),
            )
        ]


class IrAttachment(models.Model):
    """Whom a file is opened to without login reads it outside the system (X6)."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if (vals.get("public") or vals.get("access_token")) and not self.env.su:
            # One's own, such as a picture pasted into a message, is noted.
            self.filtered(lambda file: file.create_uid != self.env.user)._kehu_take_away()
            for shown in self._kehu_shown():
                self.env["kehu.access.log"]._log(shown, "export")
        return super().write(vals)

    def _can_return_content(self, field_name=None, access_token=None):
        if not (access_token or self.env.su) and self.sudo().public:
            # “Public” opens no file of a confidential record.
            for shown in self._kehu_shown():
                confidential = [record.id for record in shown.sudo() if record._kehu_highest_tier() >= CONFIDENTIAL]
                shown.browse(confidential).check_access("read")
        return super()._can_return_content(field_name, access_token)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        # PDF, HTML and text go through here.
        documents = self.env[report.model].browse(docids or ()) if report.model in self.env else self.env["base"]
        documents._kehu_print()
        context = super()._get_rendering_context(report, docids, data)
        printed = context.get("docs")
        if isinstance(printed, models.BaseModel) and printed._name != documents._name:
            # A report may look them up by itself, whichever model its settings name.
            printed.with_env(self.env)._kehu_print()
        return context
