from odoo import api, models


class Contact(models.AbstractModel):
    _inherit = "ir.qweb.field.contact"

    @api.private
    @api.model
    def value_to_html(self, value, options):
        # Pages and reports read the address in superuser mode.
        if value and not self._kehu_sees_labels() and (hidden := value.with_env(self.env)._kehu_hidden()):
            return hidden[0].sudo().with_context(show_address=False).display_name
        return super().value_to_html(value, options)
