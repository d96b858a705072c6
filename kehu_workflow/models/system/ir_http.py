from werkzeug.exceptions import abort

from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessDenied, AccessError
from odoo.http import Response, request

from ...client_context import without_switches
from ...closures import NO_GAPS

MANUALS_PARAMETER = "kehu_workflow.manuals_url"
# What administrators need to come in.
_WAYS_IN = ("/web/assets/", "/web/login", "/web/session/", "/web/webclient/")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        if getattr(request.registry, "kehu_gaps", NO_GAPS).is_shut and not request.httprequest.path.startswith(
            _WAYS_IN
        ):
            # The web client's own page finds out about the user later. A route that knows nobody shows no records.
            user = request.env["res.users"].sudo().browse(request.env.uid or request.session.uid)
            if user and not user._is_system():
                cls._kehu_refuse_to_serve(rule)
        return result

    @classmethod
    def _dispatch(cls, endpoint):
        if "context" in request.params:
            request.params["context"] = without_switches(request.params["context"])
        return super()._dispatch(endpoint)

    def session_info(self):
        """Name the page with which users begin who have chosen none, and where the company keeps its manuals."""
        info = super().session_info()
        user = self.env.user
        if user._is_internal():
            info["home_action_id"] = info.get("home_action_id") or user._kehu_home_action_id()
            manuals = self.env["ir.config_parameter"].sudo().get_param(MANUALS_PARAMETER) or ""
            if manuals.startswith(("http://", "https://")):
                info["support_url"] = manuals
        return info

    @classmethod
    def _kehu_refuse_to_serve(cls, rule):
        """Answer everybody but administrators with one page, and clients with one sentence."""
        if rule.endpoint.routing["type"] != "http":
            raise AccessError(
                request.env._(
                    "Part of this system was not loaded. Ask an administrator to look at the protection check."
                )
            )
        page = request.env["ir.qweb"].sudo()._render("kehu_workflow.protection_shut")
        abort(Response(page, status=503))


class ResUsers(models.Model):
    _inherit = "res.users"

    def _compute_session_token(self, sid):
        # Without a token, no session of the system's own user is a valid one, whatever made it.
        return False if self.id == SUPERUSER_ID else super()._compute_session_token(sid)

    def _check_uid_passwd(self, uid, passwd):
        # XML-RPC passes no route that knows the user.
        result = super()._check_uid_passwd(uid, passwd)
        if self.env["kehu.closure.check"]._gaps().is_shut and not self.browse(uid)._is_system():
            raise AccessDenied()
        return result
