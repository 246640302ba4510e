"""A report as a workbook (XLSX): a sheet of its sentences, then one for each table, numbers as numbers."""

from __future__ import annotations

import datetime as dt
import io
import re

import xlsxwriter

from disrupt.hotline.insight.document import Document, Table

# The same figures give the same bytes, whenever the file is made.
_MADE = dt.datetime(1980, 1, 1)  # noqa: DTZ001  # a workbook knows no time zones
# Nothing in a cell is a formula or a link: hosts' names stand in them.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDEST = 60
# As numbers are written for readers in either language: groups of three digits.
_NUMBER = re.compile(r"[0-9]{1,3}(?:[,\s][0-9]{3})*")


def workbook(found: Document) -> bytes:
    """The bytes of the file."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, _OPTIONS) as book:
        book.set_properties({"title": found.title, "comments": found.subtitle, "created": _MADE})
        head, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        sheet = book.add_worksheet("text")
        sheet.set_column(0, 0, 2 * _WIDEST)
        lines = [(found.title, head), (found.subtitle, wrapped)]
        for section in found.sections:
            lines += [(section.title, head), *((sentence, wrapped) for sentence in section.sentences)]
        for number, (line, look) in enumerate(lines):
            sheet.write_string(number, 0, line, look)
        for section in found.sections:
            for table in section.tables:
                _table(book, table, head)
    return held.getvalue()


def _table(book: xlsxwriter.Workbook, table: Table, head: object) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        sheet.set_column(place, place, min(max(map(len, (column, *cells))) + 2, _WIDEST))
        sheet.write_string(0, place, column, head)
        for number, cell in enumerate(cells, 1):
            if place >= len(table.columns) - table.numbers and _NUMBER.fullmatch(cell):
                sheet.write_number(number, place, int(re.sub(r"\D", "", cell)))
            else:
                sheet.write_string(number, place, cell)
