"""A file with confidential records says so (X6): the mark is written with the rows, since reading a workbook back takes
twice as long.
"""

import csv
import functools
import io

from odoo.http import request

from odoo.addons.web.controllers.export import CSVExport, ExportXlsxWriter

LONGEST_FOOTER = 255  # characters, of Excel


class MarkedCSVExport(CSVExport):
    def from_data(self, fields, columns_headers, rows):
        content = super().from_data(fields, columns_headers, rows)
        if text := getattr(request, "kehu_watermark", ""):  # left by export_data
            line = io.StringIO()
            csv.writer(line, quoting=csv.QUOTE_ALL).writerow([text])
            content += line.getvalue()
        return content


# Odoo makes its writers, one for rows and one for groups, from classes that are named in its controllers: there is no
# hook.
_close = ExportXlsxWriter.close


@functools.wraps(_close)
def _close_marked(self):
    """Put the mark on the row after the last and at the foot of each printed page, then close the workbook."""
    if text := getattr(request, "kehu_watermark", ""):
        self.worksheet.write_string(self.worksheet.dim_rowmax + 1, 0, text)
        self.worksheet.set_footer(f"&C{text.replace('&', '&&')}"[:LONGEST_FOOTER])
    return _close(self)


ExportXlsxWriter.close = _close_marked
