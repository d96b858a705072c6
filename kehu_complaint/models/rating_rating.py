from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS


class RatingRating(models.Model):
    """Ratings of complaints are hidden with them, and given by customers alone (C6, C14)."""
    _name = "rating.rating"
    _inherit = ["rating.rating", "kehu.document.rows"]

    _kehu_is_open_to_employees = True

    # Whoever has it rates in the customer's name.
    access_token = fields.Char(groups=NO_ACCESS)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._check_rated_by_customer()
        return ratings

    def write(self, vals):
        self._check_rated_by_customer()
        result = super().write(vals)
        self._check_rated_by_customer()
        return result

    def _check_rated_by_customer(self):
        """
        :raise AccessError: a user writes a rating himself
        """
        service = self.env.registry["kehu.service.mixin"]
        if not self.env.su and any(
                rating.res_model in self.env and isinstance(self.env[rating.res_model], service) for rating in self.sudo()):
            self._refuse_rating()

    @api.model
    def _refuse_rating(self):
        raise AccessError(self.env._("Customers rate, in the portal or by the link that they got."))
