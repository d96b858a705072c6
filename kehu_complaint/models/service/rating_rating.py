import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS


class RatingRating(models.Model):
    """Ratings of complaints are hidden with them, and given by customers alone (C6, C14)."""

    _name = "rating.rating"
    _inherit = ["rating.rating", "kehu.document.rows"]

    _kehu_is_open_to_employees = True

    # Whoever has it rates in the customer's name.
    access_token = fields.Char(default=lambda self: self._default_access_token(), groups=NO_ACCESS)

    @api.model
    def _default_access_token(self):
        # With hyphens, by which a text that quotes it is known.
        return str(uuid.uuid4())

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(self.env["kehu.service.mixin"]._service_veil_values(vals_list, {"feedback"}))
        ratings._check_rated_by_customer()
        return ratings

    def write(self, vals):
        self._check_rated_by_customer()
        result = super().write(*self.env["kehu.service.mixin"]._service_veil_values([vals], {"feedback"}))
        self._check_rated_by_customer()
        return result

    @api.ondelete(at_uninstall=True)  # at_uninstall=False could be switched off by a forged context
    def _unlink_by_server(self):
        self._check_rated_by_customer()

    def _kehu_given_by(self, author):
        """Have a rating be that of the contact who gives it; what another one said with it stays theirs (C8)."""
        if author != self.partner_id:
            self.write({"partner_id": author.id, "message_id": False})

    def _check_rated_by_customer(self):
        """Refuse ratings by users: customers alone rate (C6).

        :raise AccessError: a user writes or deletes a rating
        """
        service = self.env.registry["kehu.service.mixin"]
        if not self.env.su and any(
            rating.res_model in self.env and isinstance(self.env[rating.res_model], service) for rating in self.sudo()
        ):
            self._refuse_rating()

    @api.model
    def _refuse_rating(self):
        raise AccessError(self.env._("Customers rate, in the portal or by the link that they got."))
