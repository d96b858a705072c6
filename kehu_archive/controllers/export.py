import io

from openpyxl import load_workbook

from odoo.http import request

from odoo.addons.web.controllers.export import ExcelExport


class MarkedExcelExport(ExcelExport):
    """A workbook with confidential records says so on its last row and at the foot of each printed page (X6)."""

    def from_data(self, fields, columns_headers, rows):
        return self._marked(super().from_data(fields, columns_headers, rows))

    def from_group_data(self, fields, columns_headers, groups):
        return self._marked(super().from_group_data(fields, columns_headers, groups))

    def _marked(self, content):
        text = getattr(request, "kehu_watermark", "")  # left by export_data
        if not text:
            return content
        book = load_workbook(io.BytesIO(content))
        for sheet in book.worksheets:
            sheet.append([text])
            sheet.oddFooter.center.text = text.replace("&", "&&")
        marked = io.BytesIO()
        book.save(marked)
        return marked.getvalue()
