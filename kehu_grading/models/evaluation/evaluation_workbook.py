"""The sheet 客户质量等级评估表 as a workbook (G11)."""

import io
import re

import xlsxwriter

from odoo import models
from odoo.exceptions import UserError

MOST = 200  # pages of a workbook
HEAD = (
    "partner_id",
    "scheme_id",
    "kehu_tier",
    "state",
    "previous_grade_id",
    "computed_grade_id",
    "proposed_grade_id",
    "proposed_user_id",
    "reason",
    "committee_grade_id",
    "credit_grade_id",
    "grade_id",
    "date_from",
    "date_to",
    "date_approved",
)


class Evaluation(models.Model):
    _inherit = "kehu.evaluation"

    # === ACTIONS ===

    def action_download_workbook(self):
        """Download the sheets as one workbook."""
        self._check_workbook()
        return {
            "type": "ir.actions.act_url",
            "url": "/kehu_grading/evaluations.xlsx?ids=" + ",".join(map(str, self.ids)),
            "target": "download",
        }

    # === BUSINESS ===

    def _check_workbook(self):
        """Refuse workbooks that are too large, or show what is hidden.

        :raise UserError: more sheets than somebody would leaf through
        :raise AccessError: one of them may not be read, or not be taken away
        """
        if len(self) > MOST:
            raise UserError(self.env._("A workbook takes %s evaluations: choose fewer, or export the list.", MOST))
        self.check_access("read")
        self._kehu_check_export_allowed()

    def _workbook(self):
        """Return a workbook with one page for each evaluation, and note in the access log who took it."""
        self._check_workbook()
        self.env["kehu.access.log"]._log(self, "export")
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
            formats = {
                "title": book.add_format({"bold": True, "font_size": 14}),
                "label": book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1}),
                "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
                "mark": book.add_format({"font_color": "#808080"}),
            }
            for number, evaluation in enumerate(self, 1):
                name = re.sub(r"[\[\]:*?/\\']", " ", evaluation.partner_id.display_name)[:25]
                evaluation._write_page(book.add_worksheet(f"{number} {name}"), formats)
        return output.getvalue()

    def _write_page(self, page, formats):
        self.ensure_one()
        page.set_column(0, 0, 26)
        page.set_column(1, 4, 14)
        page.set_column(5, 5, 48)
        page.write_string(0, 0, self.env._("Customer Evaluation"), formats["title"])
        row = 2
        labels = self.fields_get(HEAD, ["string"])
        for row, name in enumerate(HEAD, row):
            page.write_string(row, 0, labels[name]["string"], formats["label"])
            page.write_string(row, 1, self._workbook_text(name), formats["cell"])
        heading = [
            self.env._("Indicator"),
            self.env._("Value"),
            self.env._("Points"),
            self.env._("Weight (%)"),
            self.env._("Adds"),
            self.env._("Why"),
        ]
        row = self._write_table(
            page,
            row + 2,
            formats,
            heading,
            [
                *(
                    [line["name"], line["value"], line["points"], line["weight"], line["adds"], line["why"]]
                    for line in self.breakdown
                ),
                [self.env._("Score"), None, None, None, self.score if self.breakdown else None],
            ],
        )
        heading = [self.env._("Vote of"), self.env._("Grade"), self.env._("On"), None, None, self.env._("Comment")]
        row = self._write_table(
            page,
            row + 2,
            formats,
            heading,
            [
                [
                    vote.user_id.name,
                    vote.grade_id.name or self.env._("Abstention"),
                    str(vote.create_date.date()),
                    None,
                    None,
                    vote.comment or None,
                ]
                for vote in self.vote_ids
            ],
        )
        if watermark := self._kehu_watermark():
            page.set_footer("&C" + watermark.replace("&", "&&"))
            page.write_string(row + 2, 0, watermark, formats["mark"])

    def _workbook_text(self, name):
        value = self[name]
        field = self._fields[name]
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        return str(value or "")

    def _write_table(self, page, row, formats, heading, lines):
        """Write ``heading`` and ``lines``; return the number of the last row."""
        for row, line in enumerate([heading, *lines], row):
            for column, value in enumerate(line):
                if isinstance(value, (int, float)):
                    page.write_number(row, column, value, formats["cell"])
                elif value is not None:
                    page.write_string(row, column, value, formats["label" if line is heading else "cell"])
        return row
