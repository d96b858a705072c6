from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

# What an archive says of its customer beyond the contact record.
CARD = (
    "legal_representative",
    "registered_capital",
    "business_scope",
    "enterprise_nature",
    "supervising_body",
    "date_founded",
    "fax",
    "credit_description",
    "preferences",
    "channel_id",
    "distinct_reason",
)


class ArchiveFormer(models.Model):
    """An archive that was merged with another, as it was then: number, status, dates and card (A14). Append-only."""

    _name = "kehu.archive.former"
    _description = "Former Archive"
    _inherit = ["kehu.trail.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _trail_append_only = True

    res_model = fields.Char(string="Document Model", required=True)
    res_id = fields.Many2oneReference(string="Merged Into", model_field="res_model", required=True)
    number = fields.Char(string="Archive Number", required=True, index="trigram")
    name = fields.Char(string="Customer Name")
    vat = fields.Char(string="Unified Social Credit Code")
    state = fields.Selection(
        lambda self: self.env["kehu.archive"]._fields["state"]._description_selection(self.env), string="Archive Status"
    )
    date_first_contact = fields.Date(string="First Contact")
    date_filed = fields.Date(string="Filed On")
    date_entered = fields.Datetime(string="Entered On")
    entered_by_id = fields.Many2one("res.users", ondelete="restrict")
    custodian_id = fields.Many2one("res.users", ondelete="restrict")
    card = fields.Text(string="Customer Card")
    user_id = fields.Many2one(
        "res.users", string="Merged By", required=True, ondelete="restrict", default=lambda self: self.env.user
    )
    date = fields.Datetime(string="Merged On", required=True, default=fields.Datetime.now)

    _document_idx = models.Index("(res_model, res_id)")

    # === RULE ===

    @api.model
    def _document_models(self):
        return ["kehu.archive"]


class Archive(models.Model):
    _inherit = "kehu.archive"

    former_ids = fields.One2many(
        "kehu.archive.former",
        "res_id",
        string="Former Archives",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )

    @api.model
    def _search_display_name(self, operator, value):
        """Find an archive by the numbers of those that were merged into it, too (A17)."""
        domain = super()._search_display_name(operator, value)
        if operator in ("ilike", "like", "=ilike", "=like", "=", "in") and value:
            # Looked up first: there are few, and a sub-query would keep the search from using its indexes.
            former = self.env["kehu.archive.former"].search([("number", operator, value)])
            domain |= Domain("id", "in", former.mapped("res_id"))
        return domain

    # === BUSINESS: MERGING ===

    def _merge_customers(self, kept_partner):
        """Make one archive of those of customers whose contacts become one, before the contacts do (A14).

        The archive of the contact that stays is kept, unless it was never filed and another one was.

        :param kept_partner: the contact that stays
        :return: the archive that is kept
        :raise UserError: the user may not, and who may
        """
        kept = self.sorted(lambda archive: (not archive.date_filed, archive.partner_id != kept_partner, archive.id))[:1]
        if gone := self - kept:
            if not (gone + kept).sudo(False).has_access("unlink"):
                raise UserError(
                    self.env._(
                        "More than one of these contacts has a customer archive. Ask an archive manager to merge them."
                    )
                )
            self.env["kehu.archive.former"].sudo().create([archive._prepare_former_values(kept) for archive in gone])
            kept._fill_card_from(gone)
            said = self.env._("Merged with this archive: %s", ", ".join(gone.mapped("display_name")))
            gone._merge_into(kept)
            kept._message_log(body=said)
        return kept

    def _prepare_former_values(self, kept):
        self.ensure_one()
        labels = self._get_card_labels()
        return {
            "res_model": self._name,
            "res_id": kept.id,
            "number": self.number,
            "name": self.name,
            "vat": self.vat,
            "state": self.state,
            "date_first_contact": self.date_first_contact,
            "date_filed": self.date_filed,
            "date_entered": self.create_date,
            "entered_by_id": self.create_uid.id,
            "custodian_id": self.kehu_custodian_id.id,
            "card": "\n".join(f"{labels[name]}: {self._card_text(name)}" for name in CARD if self[name]),
        }

    def _card_text(self, name):
        """Return what the card says in one field, as the user reads it."""
        field, value = self._fields[name], self[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary":
            return self.currency_id.format(value)
        return value.display_name if field.relational else value

    def _fill_card_from(self, others):
        """Take over from ``others`` what this card does not say."""
        values = {}
        for name in CARD:
            if not self[name] and (source := others.filtered(name)[:1]):
                values[name] = source._fields[name].convert_to_write(source[name], source)
                if name == "registered_capital":
                    values["currency_id"] = source.currency_id.id
        first = [day for day in (self | others).mapped("date_first_contact") if day]
        if first:
            values["date_first_contact"] = min(first)
        self.write(values)
