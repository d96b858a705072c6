from odoo import api, models
from odoo.exceptions import ValidationError

from ... import matching

NAME_LENGTH = 200

# Inherited fields that the customer card calls otherwise than the contact record.
CARD_WORDS = ("name", "vat", "state_id", "website")


class Archive(models.Model):
    """The customer card: how it is spelled, and what the registers would refuse (A2)."""

    _inherit = "kehu.archive"

    # === CONSTRAINT ===

    @api.constrains("partner_id")
    def _check_card(self):
        """Check what the registers would refuse: name, credit code, web site (A2).

        :raise ValidationError: with every problem of the first customer that has one, naming field and cause
        """
        for archive in self:
            problems = archive._get_card_problems()
            if problems:
                raise ValidationError(
                    "\n".join(
                        self.env._("%(customer)s – %(problem)s", customer=archive._get_short_name(), problem=problem)
                        for problem in problems
                    )
                )

    def _get_card_problems(self):
        """Return the list of translated problems of this customer's card; empty if it is fit to be filed."""
        self.ensure_one()
        label = self._get_card_labels()
        problems = []
        if self.partner_id.commercial_partner_id != self.partner_id:
            problems.append(self.env._("A contact or address is part of its company's archive: file the company."))
        if not self.name:
            return [*problems, self.env._("%s is missing.", label["name"])]
        if len(self.name) > NAME_LENGTH:
            problems.append(
                self.env._("%(field)s is longer than %(length)s characters.", field=label["name"], length=NAME_LENGTH)
            )
        elif "\n" in self.name or "\r" in self.name:
            problems.append(self.env._("%s contains a line break: check whether two cells were joined.", label["name"]))
        elif self.name.startswith(("=", "+", "-", "@")):
            problems.append(
                self.env._("%s begins like a spreadsheet formula: enter the registered name.", label["name"])
            )
        problems += self._get_code_problems()
        website = self.partner_id.website  # Odoo completes what was entered, on the contact
        if website and not matching.is_web_address(website):
            problems.append(
                self.env._("%(field)s %(value)s is not a web address.", field=label["website"], value=website)
            )
        return problems

    def _check_names(self, vals_list):
        for vals in vals_list:
            if not vals.get("partner_id") and not vals.get("name"):
                raise ValidationError(
                    self.env._(
                        "%(customer)s – %(problem)s",
                        customer=vals.get("vat") or "?",
                        problem=self.env._("%s is missing.", self._get_card_labels()["name"]),
                    )
                )

    # === CRUD ===

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        # Core labels an inherited field as the model it comes from does; here the words of the card count.
        descriptions = super().fields_get(allfields, attributes)
        labels = self._get_card_labels()
        for name in CARD_WORDS:
            if "string" in descriptions.get(name, ()):
                descriptions[name]["string"] = labels[name]
        return descriptions

    # === BUSINESS ===

    def _normalize_card(self, vals):
        """Return ``vals`` with the spelling that registers use: the name as on the licence, without outer blanks, the rest
        half-width, an upper-case code (A2).
        """
        vals = dict(vals)
        if "company_type" in vals:
            vals["is_company"] = vals.pop("company_type") != "person"
        if isinstance(vals.get("name"), str):
            vals["name"] = matching.registered_name(vals["name"])
        for name in ("phone", "fax", "email", "website", "city", "street", "legal_representative"):
            if isinstance(vals.get(name), str):
                vals[name] = matching.half_width(vals[name])
        if isinstance(vals.get("vat"), str):
            vals["vat"] = not matching.says_none(vals["vat"]) and self._normalize_code(vals) or False
        if vals.get("state_id") and not vals.get("country_id"):
            vals["country_id"] = self.env["res.country.state"].browse(vals["state_id"]).country_id.id
        return vals

    @api.model
    def _get_card_labels(self):
        """Return the labels of this model's fields in the user's language, by field name."""
        return {name: field.string for name, field in self._fields.items()} | self.env[
            "ir.model.fields"
        ].get_field_string(self._name)

    def _get_short_name(self):
        return (self.name or self.number or "?").splitlines()[0][:40]
