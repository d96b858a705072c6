from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _kehu_may_follow(self, field, is_own):
        """What can be hidden by the tier of a customer is looked at where it is the document's own: its customer, what it belongs to."""
        if not super()._kehu_may_follow(field, is_own):
            return False
        own = {getattr(self, "_kehu_customer_field", None), *self._kehu_covering_fields()} if is_own else ()
        return field.name in own or not self.env[field.comodel_name]._kehu_is_protected()
