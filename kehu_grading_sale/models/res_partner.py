from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    specific_property_product_pricelist = fields.Many2one(tracking=True)
    country_id = fields.Many2one(tracking=True)

    def _kehu_countries_graded(self, company):
        """Return ``{partner id: country id}`` of then, of those who have had another country since their grade was
        evaluated: nobody moves a customer to a cheaper general price list (G7).
        """
        begun = {sheet.partner_id.id: sheet.create_date for sheet in self._kehu_evaluations_that_count(company)}
        if not begun:
            return {}
        changes = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("field_id", "=", self.env["ir.model.fields"]._get(self._name, "country_id").id),
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "in", list(begun)),
                    ("create_date", ">=", min(begun.values())),
                ],
                order="id desc",  # the first change is the last to be entered
            )
        )
        return {
            partner_id: change.old_value_integer
            for change in changes
            if change.old_value_integer and change.create_date >= begun[partner_id := change.mail_message_id.res_id]
        }
