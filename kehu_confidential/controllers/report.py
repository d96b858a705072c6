from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.report import ReportController


class ReportNames(ReportController):
    @http.route()
    def report_download(self, data, context=None, token=None, readonly=True):
        # The name of the file is an expression that reads the document field by field (X3).
        with request.env["ir.actions.report"]._kehu_rendering():
            return super().report_download(data, context=context, token=token, readonly=readonly)
