import contextlib
import datetime
import io
import zipfile

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from dealership.customers.imports import reading, wrong_rows
from dealership.customers.imports.planning import Line, Plan

TABLE = "客户姓名,手机,车牌号\r\n王伟,13800138000,沪A12345\r\n\r\n李娜,,沪B54321\r\n"
ROWS = [(2, ["王伟", "13800138000", "沪A12345"]), (4, ["李娜", "", "沪B54321"])]


def workbook(*rows, hidden=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title in hidden:
        book.create_sheet(title, 0).sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_of_a_chinese_office(encoding):
    table = reading.read(TABLE.encode(encoding))
    assert table.header == ["客户姓名", "手机", "车牌号"]
    assert table.rows == ROWS


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_every_separator(mark):
    assert reading.read(TABLE.replace(",", mark).encode()).rows == ROWS


def test_titles_above_the_header_are_passed_over():
    table = reading.read(("客户资料导出\n导出时间,2026-11-24\n\n" + TABLE).encode("gbk"))
    assert table.rows[0] == (5, ROWS[0][1])


def test_a_workbook_with_days_and_numbers():
    day = datetime.datetime(2023, 5, 6)  # noqa: DTZ001  cells of Excel have no zone
    table = reading.read(workbook(["姓名", "手机", "销售日期"], ["王伟", 13800138000, day], [], ["李娜", 1.5, None]))
    assert table.rows == [(2, ["王伟", "13800138000", "2023-05-06"]), (4, ["李娜", "1.5", ""])]


def test_a_hidden_sheet_in_front_is_passed_over():
    assert reading.read(workbook(["姓名", "手机"], ["王伟", "1"], hidden=["x"])).rows == [(2, ["王伟", "1"])]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old or password-protected"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a table"),
        (b"PK\x03\x04 broken", "broken"),
        (archive(hello="world"), "broken"),
        (workbook(["姓名", "手机"], ["王伟", "1"])[:-300], "broken"),
        (b"hello world", "No header"),
        ("姓名,手机\n".encode(), "no rows below"),
        ("姓名,颜色\n王伟,红\n".encode(), "Needed columns are missing: mobile / phone / plate / VIN"),
        ("手机,车牌号\n1,2\n".encode(), "Needed columns are missing: customer name"),
        (b'name,mobile\n"' + b"x" * 200_000, "broken near line"),
        (b"name,mobile\n" + b"a,1\n" * 5001, "more than 5000 rows"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(content, sentence):
    with translation.override("en"), pytest.raises(reading.BadFile) as refusal:
        reading.read(content)
    assert sentence in str(refusal.value)


def test_a_zip_bomb_is_never_unpacked():
    bomb = archive(**{"xl/worksheets/sheet1.xml": b"0" * (101 * 1024 * 1024)})
    assert len(bomb) < 200_000
    with pytest.raises(reading.BadFile):
        reading.read(bomb)


def test_a_workbook_that_defines_entities_is_refused():
    file = io.BytesIO(workbook(["姓名", "手机"], ["王伟", "1"]))
    laughs = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><x>&lol;</x>'
    with zipfile.ZipFile(file, "a") as book:
        book.writestr("xl/extra.xml", laughs)
    with pytest.raises(reading.BadFile):
        reading.read(file.getvalue())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    """No other error than BadFile comes out, whatever goes in."""
    with contextlib.suppress(reading.BadFile):
        assert reading.read(content).rows


@given(st.text(max_size=40))
def test_no_cell_of_the_downloaded_rows_starts_a_formula(text):
    assert not wrong_rows.inert(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_the_downloaded_rows_can_be_read_again():
    line = Line(7, ["=cmd|' /C calc'!A0", "+8613800138000"], errors=[("手机", "=wrong")])
    content = wrong_rows.as_csv(Plan(["姓名", "手机"], [line], "DMS"))
    table = reading.read(content)
    assert table.header[2:] == ["姓名", "手机"]
    assert table.rows == [(2, ["7", "手机: =wrong", "'=cmd|' /C calc'!A0", "'+8613800138000"])]
