"""Export of pivot tables (X6). Odoo writes what the client sends, so the customers behind the numbers are not known."""

import json

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnprocessableEntity

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.pivot import TableExporter


class ConfidentialPivot(TableExporter):
    @http.route()
    def export_xlsx(self, data, **kw):
        try:
            table = json.load(data) if isinstance(data, FileStorage) else json.loads(data)
        except ValueError as error:
            raise UnprocessableEntity from error
        if not (
            isinstance(table, dict) and isinstance(table.get("model"), str) and isinstance(table.get("rows"), list)
        ):
            raise UnprocessableEntity
        if text := request.env["res.partner"]._kehu_check_pivot(table["model"]):
            table["rows"].append({"indent": 0, "title": text, "values": []})
        return super().export_xlsx(json.dumps(table), **kw)
