from stdnum import exceptions as stdnum_errors
from stdnum.cn import ric, uscc

from odoo import api, fields, models

from ... import matching

# Parts of China with registers of their own, by the codes of Odoo's provinces.
OTHER_REGISTERS = ("港", "澳", "台")


class Archive(models.Model):
    """What kind of customer it is, and what such a customer has: a code, a number, a legal representative (A2, A3)."""

    _inherit = "kehu.archive"

    company_type = fields.Selection(
        [("company", "Company"), ("person", "Person")],
        string="Company or Person",
        compute="_compute_company_type",
        readonly=False,
        help="A private person has an identity number instead of a credit code, and no legal representative.",
    )
    card_kind = fields.Selection(
        [("company", "Company in China"), ("foreign", "Company elsewhere"), ("person", "Person")],
        string="Kind of Customer",
        compute="_compute_card_kind",
    )
    lacking = fields.Char(string="Needed to Submit", compute="_compute_lacking")

    # === COMPUTE ===

    @api.depends("is_company")
    def _compute_company_type(self):
        for archive in self:
            archive.company_type = "company" if archive.is_company else "person"

    @api.depends("is_company", "country_id", "state_id", "company_id.country_id")
    def _compute_card_kind(self):
        for archive in self:
            archive.card_kind = self._get_card_kind(
                archive.is_company, archive.country_id or archive.company_id.country_id, archive.state_id
            )

    @api.depends("state", "card_kind", "vat", "legal_representative", "kehu_custodian_id", "kehu_team_id")
    def _compute_lacking(self):
        submit = self._workflow_get_move("submit")
        for archive in self:
            lacking = archive._workflow_lacking(submit) if archive.state in submit.source else ()
            archive.lacking = ", ".join(lacking)

    # === ONCHANGE ===

    @api.onchange("company_type")
    def _onchange_company_type(self):
        self.is_company = self.company_type != "person"

    # === BUSINESS ===

    @api.model
    def _get_card_kind(self, is_company, country, state):
        if not is_company:
            return "person"
        in_china = (not country or country.code == "CN") and not (
            state.country_id.code == "CN" and state.code in OTHER_REGISTERS
        )
        return "company" if in_china else "foreign"

    def _normalize_code(self, vals):
        """Return the code or number of ``vals``: as registers write it; as it was typed where there are other ones."""
        # Superuser: whether the caller may file this customer is checked later.
        partner = (self[:1].partner_id or self.env["res.partner"].browse(vals.get("partner_id"))).sudo()
        country = self.env["res.country"].browse(vals["country_id"]) if "country_id" in vals else partner.country_id
        state = self.env["res.country.state"].browse(vals["state_id"]) if "state_id" in vals else partner.state_id
        company = self.env["res.company"].browse(vals.get("company_id")) or self[:1].company_id or self.env.company
        kind = self._get_card_kind(
            vals.get("is_company", partner.is_company if partner else True),
            country or state.country_id or company.sudo().country_id,
            state,
        )
        if kind == "company":
            return matching.credit_code(vals["vat"])
        number = matching.half_width(vals["vat"])
        return number.upper() if kind == "person" else number

    def _get_code_label(self):
        """Return what the code or number of this kind of customer is called."""
        if self.card_kind == "person":
            return self.env._("Identity Number")
        if self.card_kind == "foreign":
            return self.env._("Registration or Tax Number")
        return self._get_card_labels()["vat"]

    def _get_code_problems(self):
        """Return the list of translated problems of this customer's code or number."""
        if self.vat and self.card_kind == "person" and len(self.vat) == 18 and self.vat[:17].isdecimal():
            if self.vat[17] != ric.calc_check_digit(self.vat):
                return [
                    self.env._(
                        "%(field)s %(value)s has a wrong check digit: compare it with the identity card.",
                        field=self._get_code_label(),
                        value=self.vat,
                    )
                ]
        if not self.vat or self.card_kind != "company":
            return []
        label = self._get_code_label()
        try:
            uscc.validate(self.vat)
        except stdnum_errors.InvalidLength:
            return [
                self.env._(
                    "%(field)s %(value)s has %(count)s characters instead of 18.",
                    field=label,
                    value=self.vat,
                    count=len(self.vat),
                )
            ]
        except stdnum_errors.InvalidChecksum:
            return [
                self.env._(
                    "%(field)s %(value)s has a wrong check digit: compare it with the business licence.",
                    field=label,
                    value=self.vat,
                )
            ]
        except stdnum_errors.ValidationError:
            return [
                self.env._(
                    "%(field)s %(value)s contains a character that such codes do not have.",
                    field=label,
                    value=self.vat,
                )
            ]
        return []

    def _workflow_required(self, move):
        """Leave out what this kind of customer does not have (A3)."""
        required = super()._workflow_required(move)
        return [name for name in required if name != "legal_representative" or self.card_kind == "company"]

    def _workflow_lacking(self, move):
        code = self._get_card_labels()["vat"]
        return [self._get_code_label() if label == code else label for label in super()._workflow_lacking(move)]
