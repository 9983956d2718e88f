"""The statistics sheet as a file; what a customer typed stays text in a spreadsheet and is never run as a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from dealership.customers.imports.wrong_rows import inert

FORMATS = {date: "yyyy-mm-dd", time: "hh:mm", datetime: "yyyy-mm-dd hh:mm"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(rows: Iterable[list[Any]]) -> bytes:
    """Write UTF-8 as Excel recognises it."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([inert(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[list[Any]], title: str, widths: list[int]) -> bytes:
    """Write a workbook of texts, days and times, row by row; the first row stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    for number, row in enumerate(rows):
        sheet.append([cell_of(sheet, value, head=number == 0) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell_of(sheet: Any, value: str | date | time, *, head: bool) -> Any:
    if isinstance(value, str):
        return text_cell(sheet, value, head=head)
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = FORMATS[type(value)]
    return cell


def text_cell(sheet: Any, text: str, *, head: bool) -> Any:
    """Return a cell of text; only what needs more than the text itself costs an object."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    if not head and "\n" not in text and not text.startswith(("=", "#")):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # a text that begins with = would be taken for a formula, one with # for an error
    if head:
        cell.font = Font(bold=True)
    elif "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
