from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerRating(models.Model):
    """What people know of a customer and no book says: potential, willingness, influence (G1).

    The last one counts. Earlier ones stay, with who said so and when.
    """

    _name = "kehu.customer.rating"
    _description = "Rating of a Customer"
    _inherit = ["kehu.confidential.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("parent_id", "=", False)],
    )
    indicator_id = fields.Many2one(
        "kehu.grading.indicator", required=True, index=True, ondelete="restrict", domain=[("measure", "=", False)]
    )
    value = fields.Float(required=True, aggregator="avg", digits=(16, 2))
    comment = fields.Char()
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one("res.users", string="Rated By", required=True, default=lambda self: self.env.user)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)

    # === CONSTRAINT ===

    @api.constrains("partner_id", "indicator_id", "date")
    def _check_rating(self):
        for rating in self:
            if rating.indicator_id.measure:
                raise ValidationError(
                    self.env._("“%s” is measured from the books: nobody rates it.", rating.indicator_id.name)
                )
            if rating.partner_id.commercial_partner_id != rating.partner_id:
                raise ValidationError(self.env._("Rate the company, not one of its contacts."))
            if rating.date > rating.company_id._kehu_today():
                raise ValidationError(self.env._("A rating is not of a day to come."))

    # === CRUD ===

    @api.model
    def _kehu_server_fields(self):
        return super()._kehu_server_fields() | {"user_id"}

    def write(self, vals):
        if not self.env.su and vals.keys() - {"kehu_own_tier"}:
            self._check_still_own()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_only_own(self):
        if not self.env.su:
            self._check_still_own()

    def _check_still_own(self):
        """What somebody said stays as it was said; a slip is corrected on the same day, by whoever said it.

        :raise ValidationError: somebody else's, or of an earlier day
        """
        if any(
            rating.user_id != self.env.user or rating._day_given() < rating.company_id._kehu_today()
            for rating in self.sudo()
        ):
            raise ValidationError(self.env._("A rating stays as it was given: add a new one, the last one counts."))

    def _day_given(self):
        """Return the day on which it was given where the company works, whatever time zone the client names."""
        zone = self.company_id._kehu_zone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), self.create_date).date()
