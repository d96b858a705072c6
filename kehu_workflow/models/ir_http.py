from werkzeug.exceptions import abort

from odoo import models
from odoo.exceptions import AccessDenied, AccessError
from odoo.http import Response, request

from ..closures import NO_GAPS

# What administrators need to come in.
_WAYS_IN = ("/web/assets/", "/web/login", "/web/session/", "/web/webclient/")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        if getattr(request.registry, "kehu_gaps", NO_GAPS).is_shut and not request.httprequest.path.startswith(_WAYS_IN):
            # The web client's own page finds out about the user later. A route that knows nobody shows no records.
            user = request.env["res.users"].sudo().browse(request.env.uid or request.session.uid)
            if user and not user._is_system():
                cls._kehu_refuse_to_serve(rule)
        return result

    @classmethod
    def _kehu_refuse_to_serve(cls, rule):
        """Answer everybody but administrators with one page, and clients with one sentence."""
        if rule.endpoint.routing["type"] != "http":
            raise AccessError(request.env._("Part of this system was not loaded. Ask an administrator to look at the protection check."))
        page = request.env["ir.qweb"].sudo()._render("kehu_workflow.protection_shut")
        abort(Response(page, status=503))


class ResUsers(models.Model):
    _inherit = "res.users"

    def _check_uid_passwd(self, uid, passwd):
        # XML-RPC passes no route that knows the user.
        result = super()._check_uid_passwd(uid, passwd)
        if self.env["kehu.closure.check"]._gaps().is_shut and not self.browse(uid)._is_system():
            raise AccessDenied()
        return result
