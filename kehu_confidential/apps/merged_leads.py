"""A lead that is made of others, or of registrations, is about their customer, if one of them is confidential: else
what was said about that customer would be read with it (X2, X3).

Odoo finds duplicates by their e-mail, and as superuser makes leads of whoever registers, by rules that people write.
"""

from functools import wraps

from odoo.exceptions import UserError

from ..models.rule.tier import CONFIDENTIAL


def leave_confidential_out(method):
    """Leave the leads of a confidential customer out of the duplicates of others."""

    @wraps(method)
    def apart(self, partner=None, email=None, include_lost=False):
        found = method(self, partner=partner, email=email, include_lost=include_lost)
        classified = found._kehu_classified().sudo()
        customer = (self.partner_id or partner or self.env["res.partner"]).sudo().commercial_partner_id
        theirs = classified.filtered(lambda lead: customer and lead.partner_id.commercial_partner_id == customer)
        return (theirs or found.sudo() - classified).with_env(found.env)

    return apart


def refuse_mixed_merge(method):
    """Merge no lead of a confidential customer with that of another one."""

    @wraps(method)
    def together(self, *args, **kwargs):
        self.check_access("read")
        if self._kehu_classified() and len({lead.partner_id.commercial_partner_id for lead in self.sudo()}) > 1:
            raise UserError(
                self.env._(
                    "Leads of a confidential customer are merged with leads of the same customer only: enter that "
                    "customer in the others first."
                )
            )
        return method(self, *args, **kwargs)

    return together


def take_strictest_customer(method):
    """Have the lead of registrations be about the most confidential of their customers, whatever address the people
    have who come.
    """

    @wraps(method)
    def of_customer(self):
        values = method(self)
        customer = max(self.sudo().partner_id, key=lambda partner: partner.kehu_tier, default=None)
        if not customer or customer.kehu_tier < CONFIDENTIAL:
            return values
        # A lead and its contact have the same address and telephone: those of one who comes are not written to the customer.
        own = {name: value for name, value in values.items() if name not in ("email_from", "phone")}
        return {
            **own,
            **self.env["crm.lead"]._prepare_values_from_partner(customer),
            "name": f"{self.event_id[:1].name} - {customer.name}",
            "partner_id": customer.id,
        }

    return of_customer
