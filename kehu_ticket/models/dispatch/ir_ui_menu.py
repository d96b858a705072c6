from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def load_web_menus(self, debug):
        """Open the application on their visits for technicians who are not of the service (T2)."""
        menus = super().load_web_menus(debug)
        if not self.env.user._kehu_is_technician_only():
            return menus
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        app, visits = (
            menus.get(to_id(name)) for name in ("kehu_complaint.kehu_service_menu_root", "kehu_ticket.kehu_visit_menu")
        )
        if app and visits:
            app.update({name: visits[name] for name in ("actionID", "actionModel", "actionPath")})
        return menus
