"""A paper that carries a QR code: drawn as the library draws it, on the screen and in the PDF."""

import io
from xml.etree import ElementTree

import pytest
import segno
import typst
from django.urls import reverse
from PIL import Image

from dealership.paperwork import operations, pdf
from dealership.paperwork.content import ContentUnfit
from dealership.paperwork.kinds import Kind
from tests.paperwork.conftest import AT, CONTENT

ADDRESS = "https://desk.example/workorders/gate/k7qfk7qfk7qfk7qfk7qfk7qfk7"
CODE = {"address": ADDRESS, "text": "K7QF K7QF"}


@pytest.fixture
def coded(store, advisor):
    return issue(store, advisor, CODE)


def issue(store, advisor, code):
    content = {**CONTENT, "code": code}
    return operations.issue(store=store, kind=Kind.GATE_PASS, content=content, language="en", by=advisor, at=AT)


def squares():
    """Return the library's own drawing: rows of dark and light, without a margin."""
    return [[bool(dark) for dark in row] for row in segno.make_qr(ADDRESS, error="m").matrix]


def read(picture, size):
    """Return the squares of a picture that shows nothing else, by the colour in the middle of each."""
    step = picture.width / size
    middles = [int((n + 0.5) * step) for n in range(size)]
    return [[picture.getpixel((x, y)) < 128 for x in middles] for y in middles]


def test_the_page_shows_the_papers_own_code_alone_and_its_text(client, advisor, coded):
    client.force_login(advisor)
    page = client.get(reverse("paperwork:document", args=[coded.pk])).content.decode()
    assert reverse("paperwork:content_code", args=[coded.pk]) in page
    assert reverse("paperwork:code", args=[coded.pk]) not in page  # a guard would scan the wrong one
    assert "K7QF K7QF" in page


def test_the_picture_of_the_page_is_the_librarys(client, advisor, coded, paper):
    client.force_login(advisor)
    answer = client.get(reverse("paperwork:content_code", args=[coded.pk]))
    wanted = io.BytesIO()
    segno.make_qr(ADDRESS, error="m").save(wanted, kind="svg", scale=6, border=4)
    assert (answer["Content-Type"], answer.content) == ("image/svg+xml", wanted.getvalue())
    ElementTree.fromstring(answer.content)
    assert client.get(reverse("paperwork:content_code", args=[paper.pk])).status_code == 404  # it has none


def test_every_square_of_the_pdf_is_the_librarys(coded):
    """The page the PDF is made of, drawn large; the code is its one picture, found by its dark corner."""
    sheet = {"paper": pdf.json.dumps(pdf.sheet(coded, []))}
    page = pdf.TEMPLATE.read_bytes()
    drawn = typst.compile(page, font_paths=pdf.fonts(), sys_inputs=sheet, format="png", ppi=288)
    picture = Image.open(io.BytesIO(drawn)).convert("L")
    wanted = squares()
    size = len(wanted)
    millimetre = 288 / 25.4
    whole = 48 * millimetre * size / (size + 8)  # 48 mm with its margin of four squares on each side
    left = (picture.width - whole) / 2
    top = first_row(picture, int(left), whole / size)
    cut = picture.crop((round(left), top, round(left + whole), top + round(whole)))
    wrong = [(x, y) for y, row in enumerate(read(cut, size)) for x, dark in enumerate(row) if dark != wanted[y][x]]
    assert wrong == []


def first_row(picture, left, square):
    """Return where the upper left corner begins: seven dark squares and a light one, which nothing else on it shows."""
    middles = [left + int((n + 0.5) * square) for n in range(8)]
    for y in range(picture.height):
        if [picture.getpixel((x, y)) < 128 for x in middles] == [True] * 7 + [False]:
            return y
    raise AssertionError("no code on the page")


def test_the_code_is_part_of_what_was_issued(coded):
    assert operations.verify(coded)
    coded.content["code"]["address"] += "x"
    assert not operations.verify(coded)


@pytest.mark.parametrize(
    "unfit",
    [
        {"address": ADDRESS},
        {"address": ADDRESS, "text": ""},
        {"address": "", "text": "K7"},
        {"address": "https://门卫", "text": "K7"},
        {"address": "https://x/" + "a" * 300, "text": "K7"},
        {"address": ADDRESS, "text": "K7", "caption": "x"},
        [ADDRESS],
    ],
)
def test_a_code_nobody_could_read_is_not_issued(store, advisor, unfit):
    with pytest.raises(ContentUnfit):
        issue(store, advisor, unfit)


def test_a_paper_that_orders_its_parts_may_not_leave_the_code_out(store, advisor):
    content = {"title": "x", "code": CODE, "notes": ["a"], "sections": ["notes"]}
    with pytest.raises(ContentUnfit):
        operations.issue(store=store, kind=Kind.GATE_PASS, content=content, language="en", by=advisor, at=AT)
