"""Imports of lists as people keep them: rows numbered as in the sheet, titles above the headings, usual headings (A24)."""

import csv
import functools
import io

from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError

from ...headings import heading_key
from ..archive.archive_matching import SHEET_ROW
from .import_run import RUN, ImportPermit


def _count_filled(row):
    return sum(bool(str(cell or "").strip()) for cell in row)


class BaseImport(models.TransientModel):
    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        skipped = options.get("skip") or 0

        @functools.cache
        def numbers():  # read once more only if there is something to say
            return self._kehu_row_numbers(options)

        def sheet_row(index):
            index += skipped
            return numbers()[index] if index < len(numbers()) else index + 1

        numbered, run = self.with_context(**{SHEET_ROW: sheet_row}), self.env["kehu.archive.import"]
        if is_archives := self.res_model == "kehu.archive":
            numbered = numbered.with_context(**{RUN: ImportPermit(run.id)})  # of no import, to try it out
        is_first = not dryrun and not skipped and options.get("limit") and self._kehu_import_paths()
        if is_first and len(numbers()) > options["limit"]:
            # The client sends a long list in parts: the first one goes in when the whole list is right (A24).
            result = super(BaseImport, numbered).execute_import(
                fields, columns, {**options, "limit": None, "skip": 0}, dryrun=True
            )
            is_right = not any(message.get("type") == "error" for message in result["messages"])
        else:
            is_right = True
        if is_right:
            if is_archives and not dryrun and self.env[self.res_model].has_access("create"):
                run = run._of_dialog(self)
                numbered = numbered.with_context(**{RUN: ImportPermit(run.id)})
            result = super(BaseImport, numbered).execute_import(fields, columns, options, dryrun=dryrun)
            if run and not run.archive_count:
                run.unlink()  # nothing came in, or only what was there before
        else:
            result |= {"ids": False, "nextrow": 0}
        # The client shows ``record`` as it is, and of ``rows`` one more.
        for message in result["messages"]:
            if "rows" in message:
                message["rows"] = {key: sheet_row(index) - 1 for key, index in message["rows"].items()}
                message["record"] = message["rows"]["from"] + 1
        if result["messages"] and (names := result.get("name")):
            by_row = dict(zip(numbers(), names))
            result["name"] = [by_row.get(number, "") for number in range(1, max(by_row) + 1)]
        return result

    def _parse_date_from_data(self, data, index, name, field_type, options):
        sheet_row = self.env.context.get(SHEET_ROW)
        result = None
        for number, line in enumerate(data):
            value = line[index]
            try:
                result = super()._parse_date_from_data([line], index, name, field_type, options)
            except ImportValidationError as error:
                raise ImportValidationError(
                    self.env._(
                        "Row %(row)s: “%(value)s” does not match the chosen date format.",
                        row=sheet_row(number) if callable(sheet_row) else number + 1,
                        value=value,
                    ),
                    field=name,
                    field_type=field_type,
                ) from error
        return result

    def _kehu_row_numbers(self, options):
        """Return the rows of the sheet, from 1, that hold data: Odoo leaves empty ones out."""
        rows = self._kehu_read_all(options)
        numbers = [number for number, row in enumerate(rows, 1) if _count_filled(row)]
        titles = len(numbers) - len(self._read_file(options)[1])
        return numbers[titles + bool(options.get("has_headers")) :]

    def _kehu_read_all(self, options):
        """Return all rows of the sheet; of a file that Odoo alone can read, those that it reads."""
        data = self.file or b""
        if data.startswith(b"PK") and (self.file_name or "").lower().endswith((".xlsx", ".xlsm")):
            import openpyxl  # as Odoo does: it is needed for such a file only

            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=True)
            return book[options.get("sheet") or book.sheetnames[0]].iter_rows(values_only=True)
        if options.get("sheets"):
            return self._read_file(options)[1]
        text = data.decode(options.get("encoding") or "utf-8")
        return csv.reader(io.StringIO(text), quotechar=options["quoting"], delimiter=options.get("separator") or ",")

    def _read_file(self, options):
        length, rows = super()._read_file(options)
        if self._kehu_import_paths():
            # A title above the headings is no heading.
            while len(rows) > 1 and _count_filled(rows[0]) == 1 < _count_filled(rows[1]):
                rows = rows[1:]
        return length, rows

    def _get_mapping_suggestions(self, headers, header_types, fields_tree):
        """Match usual headings, too, and the labels of fields however they are written; what was chosen before counts
        more.
        """
        known = self._kehu_import_paths()
        if not known:
            return super()._get_mapping_suggestions(headers, header_types, fields_tree)
        known = {heading_key(field["string"]): field["name"] for field in fields_tree} | known
        chosen = set(
            self.env["base_import.mapping"]
            .search([("res_model", "=", self.res_model), ("column_name", "in", [header.lower() for header in headers])])
            .mapped("column_name")
        )
        names = [header if header.lower() in chosen else known.get(heading_key(header), header) for header in headers]
        types = {(index, name): header_types[index, headers[index]] for index, name in enumerate(names)}
        suggestions = super()._get_mapping_suggestions(names, types, fields_tree)
        return {(index, headers[index]): path for (index, _name), path in suggestions.items()}

    def _kehu_import_paths(self):
        """Return ``{heading: path of a field}`` of the headings that the model knows beside the labels of its fields."""
        return getattr(self.env[self.res_model], "_kehu_import_headings", {})
