from odoo import api, fields, models


class NumberedMixin(models.AbstractModel):
    """Documents that each company numbers for itself, without a query for each of them (A1, C1)."""

    _name = "kehu.numbered.mixin"
    _description = "Numbered by Company"

    _number_prefix = ""
    # Set it to number without gaps. Concurrent creations then wait for one another, so do not set it on documents that
    # mails or portal visitors create.
    _number_without_gaps = False

    number = fields.Char(readonly=True, copy=False)

    # === CRUD ===

    @api.model
    def _prepare_create_values(self, vals_list):
        prepared = super()._prepare_create_values(vals_list)
        by_company = {}
        for vals in prepared:
            by_company.setdefault(vals["company_id"], []).append(vals)
        for company_id, mine in by_company.items():
            # Whatever was sent as the number, or slipped in as a default: the sequence gives it.
            for vals, number in zip(mine, self._draw_numbers(self.env["res.company"].browse(company_id), len(mine))):
                vals["number"] = number
        return prepared

    def write(self, vals):
        if "number" in vals and not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "number"}
        return super().write(vals)

    # === BUSINESS ===

    @api.model
    def _draw_numbers(self, company, count):
        if (numbers := self.env["ir.sequence"].sudo()._kehu_draw(self._name, company, count)) is None:
            sequence = self._get_number_sequence(company)
            numbers = [sequence.next_by_id() for _i in range(count)]
        return numbers

    @api.model
    def _get_number_sequence(self, company):
        """Return the company's sequence for this model; make it for a company that has none yet."""
        sequences = self.env["ir.sequence"].sudo()  # users create documents, only administrators see sequences
        return sequences.search(
            [("code", "=", self._name), ("company_id", "=", company.id)], limit=1
        ) or sequences.create(
            {
                "name": f"{self.env['ir.model']._get(self._name).name} – {company.name}",
                "code": self._name,
                "prefix": self._number_prefix,
                "padding": 5,
                "implementation": "no_gap" if self._number_without_gaps else "standard",
                "company_id": company.id,
            }
        )
