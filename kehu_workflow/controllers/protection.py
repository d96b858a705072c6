from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request


class Protection(http.Controller):
    @http.route("/kehu/protection", type="http", auth="user", methods=["GET"], readonly=True)
    def protection(self):
        """Show administrators what is missing of the protection, and what to do (X3)."""
        if not request.env.user._is_system():
            raise NotFound()
        check = request.env["kehu.closure.check"]
        return request.render("kehu_workflow.protection_check", {"gaps": check._gaps(), "closures": check._closures()})
