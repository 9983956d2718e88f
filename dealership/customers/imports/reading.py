"""Turn an uploaded file into a table of texts."""

import csv
import datetime
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from dealership.customers.imports import columns

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 80
MOST_LINES = 100_000  # including empty ones: Excel keeps formatted rows without content
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 1000
LONGEST_CELL = 2000
MOST_CHARACTERS = 20_000_000
HEADER_WITHIN = 15  # other systems put titles and dates above the header
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    RuntimeError,  # an encrypted part
)


class BadFile(Exception):
    """The file cannot be taken; `str(error)` says why and what to do."""


@dataclass(frozen=True)
class Table:
    """Texts below one header; each row with its line in the file, so that a person finds it there."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> Table:
    """Return the table in a .csv or .xlsx file; raises BadFile."""
    if len(content) > MOST_BYTES:
        raise BadFile(_("The file is larger than 5 MB. Please split it."))
    if not content.strip():
        raise BadFile(_("The file is empty."))
    if content.startswith(OLD_EXCEL):
        raise BadFile(_("This is an old or password-protected Excel file. Please save it as .xlsx without a password."))
    if content.startswith(b"PK"):
        return below_header(workbook_lines(content))
    return below_header(text_lines(decoded(content)))


def decoded(content: bytes) -> str:
    """Decode UTF-8 with or without mark, UTF-16 with mark, or the GBK family; raises BadFile."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadFile(_("This is not a table. Please upload an .xlsx or .csv file."))


def text_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count) if any(mark in first for mark in ",;\t") else most_used(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [cell[: LONGEST_CELL + 1] for cell in cells[:MOST_COLUMNS]]
    except csv.Error as error:
        raise BadFile(_("The table is broken near line %(line)d.") % {"line": reader.line_num}) from error


def most_used(text: str) -> str:
    head = "\n".join(text.splitlines()[:HEADER_WITHIN])
    return max(",;\t", key=head.count)


def workbook_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        refuse_bomb(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # other programs write wrong ones
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            yield number, [as_text(cell)[: LONGEST_CELL + 1] for cell in cells]
    except BROKEN_WORKBOOK as error:
        raise BadFile(_("The Excel file is broken. Please open it and save it again as .xlsx.")) from error


def refuse_bomb(content: bytes) -> None:
    """Raise BadFile for an archive that unpacks to far more than a table, or whose XML defines entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise BadFile(_("The Excel file is far too large inside. Please keep only the table."))
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as xml:
                    if b"<!DOCTYPE" in xml.read(4096).upper():
                        raise BadFile(_("The Excel file is broken. Please open it and save it again as .xlsx."))


def as_text(cell: Any) -> str:
    """Write a cell of Excel as a person reads it there; days as 2026-11-24, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if isinstance(cell, datetime.datetime | datetime.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def below_header(lines: Iterable[tuple[int, list[str]]]) -> Table:
    """Find the header among the first lines and return what is below it, without empty lines; raises BadFile."""
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    filled = characters = 0
    for number, (line, cells) in enumerate(lines, start=1):
        if number > MOST_LINES or len(rows) > MOST_ROWS:
            raise BadFile(_("The file has more than %(n)d rows. Please split it.") % {"n": MOST_ROWS})
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        filled += 1
        characters += sum(map(len, texts))
        if characters > MOST_CHARACTERS:
            raise BadFile(_("The file has far too much text in it. Please keep only the table."))
        if header:
            rows.append((line, (texts + [""] * len(header))[: len(header)]))
        elif columns.looks_like_header(texts):
            header = texts[: max(place for place, text in enumerate(texts) if text) + 1]
        elif filled >= HEADER_WITHIN:
            break
    if not header:
        raise BadFile(_("No header was found. The first row must name the columns, such as 客户姓名, 手机, 车牌号."))
    if not rows:
        raise BadFile(_("There are no rows below the header."))
    if len(rows) > MOST_ROWS:
        raise BadFile(_("The file has more than %(n)d rows. Please split it.") % {"n": MOST_ROWS})
    missing = columns.missing(header)
    if missing:
        raise BadFile(_("Needed columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    return Table(header, rows)
