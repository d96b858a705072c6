"""The sheet on paper and as a workbook (C13)."""

import io

import xlsxwriter

from odoo import models
from odoo.exceptions import MissingError

CHARTED = ("kind", "cause", "product", "team", "user", "handling")
LONGEST_CHART = 10


class ServiceSheet(models.Model):
    _inherit = "kehu.service.sheet"

    def _files(self):
        """Return ``[(file name, content)]`` of the workbook and of the PDF for a mail, in the language of the context.

        Whoever reads the sheet finds them there, too: they are made for all of them.
        """
        self.ensure_one()
        sheet = self.with_context(kehu_sheet_for_all=True)
        name = sheet.display_name
        content, kind = sheet.env["ir.actions.report"]._render_qweb_pdf("kehu_complaint.service_sheet", sheet.ids)
        return [(f"{name}.xlsx", sheet._workbook()), (f"{name}.{kind}", content)]

    def action_download_workbook(self):
        """Make the workbook for users who may read the sheet; it says who took it.

        :raise MissingError: the id that a client names is none
        """
        self.ensure_one()
        if not self.exists():
            raise MissingError(self.env._("This sheet does not exist any more."))
        self.check_access("read")
        attachment = self.env["ir.attachment"].create({"name": f"{self.display_name}.xlsx", "raw": self._workbook()})
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=true", "target": "self"}

    def _figures(self, line):
        """Return the cells of a line; nothing where nothing can be said."""
        return [
            line.count,
            line.on_time if line.timed_count else None,
            line.solved if line.count else None,
            line.satisfaction if line.answered_count else None,
            line.compensation,
            line.dismissed_count,
        ]

    def _headings(self):
        labels = self.env["kehu.service.sheet.line"].fields_get(
            ["count", "on_time", "solved", "satisfaction", "compensation", "dismissed_count"], ["string"]
        )
        return [description["string"] for description in labels.values()]

    def _sections(self):
        """Return ``[(dimension, title, lines)]`` in the order of the sheet."""
        titles = dict(self.env["kehu.service.sheet.line"]._fields["dimension"]._description_selection(self.env))
        return [
            (key, titles[key], lines) for key, lines in self._lines().sorted("sequence").grouped("dimension").items()
        ]

    def _workbook(self):
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
            bold, heading = (
                book.add_format({"bold": True}),
                book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1}),
            )
            sheet = book.add_worksheet(self.env._("Figures"))
            sheet.set_column(0, 0, 34)
            sheet.set_column(1, 6, 16)
            text = self._kehu_watermark()
            sheet.set_footer("&C" + text.replace("&", "&&"))
            sheet.write_string(0, 0, self.display_name, bold)
            sheet.write_string(1, 0, self.company_id.name)
            sheet.write_string(
                2,
                0,
                self.env._(
                    "Targets: solved %(solved)s %%, satisfaction %(satisfaction)s %%",
                    solved=f"{self.solved_target:g}",
                    satisfaction=f"{self.satisfaction_target:g}",
                ),
            )
            row, charts = 4, []
            for key, title, lines in self._sections():
                for column, label in enumerate([title, *self._headings()]):
                    sheet.write_string(row, column, label, heading)
                first = row + 1
                for row, line in enumerate(lines, first):
                    sheet.write_string(row, 0, self.env._("All") if key == "all" else line.name)
                    for column, figure in enumerate(self._figures(line), 1):
                        if figure is not None:
                            sheet.write_number(row, column, figure)
                if key in CHARTED:
                    charts.append((title, first, min(row, first + LONGEST_CHART - 1)))
                row += 2
            if self.major_numbers:
                sheet.write_string(row, 0, self.env._("Major Complaints"), heading)
                for row, number in enumerate(self.major_numbers.splitlines(), row + 1):
                    sheet.write_string(row, 0, number)
                row += 2
            sheet.write_string(row, 0, text)
            self._add_charts(book, sheet.get_name(), charts)
        return output.getvalue()

    def _add_charts(self, book, figures, charts):
        page = book.add_worksheet(self.env._("Charts"))
        for index, (title, first, last) in enumerate(charts):
            chart = book.add_chart({"type": "bar"})
            chart.add_series(
                {
                    "categories": [figures, first, 0, last, 0],
                    "values": [figures, first, 1, last, 1],
                    "data_labels": {"value": True},
                }
            )
            chart.set_title({"name": title})
            chart.set_legend({"none": True})
            chart.set_y_axis({"reverse": True})
            page.insert_chart(index // 2 * 16, index % 2 * 8, chart)

    def _bars(self, lines):
        """Return ``[(name, count, width in percent of the longest)]`` for the bars of the PDF."""
        top = lines[:LONGEST_CHART]
        longest = max(top.mapped("count"), default=0) or 1
        return [(line.name, line.count, round(100 * line.count / longest, 1)) for line in top]
