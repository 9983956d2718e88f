"""What a paper may hold, and how each part of it is shown."""

import base64
import io

import pytest
from django.urls import reverse
from PIL import Image

from dealership.paperwork import content, operations
from dealership.paperwork.kinds import Kind
from tests.paperwork.conftest import AT, CONTENT
from tests.paperwork.sheets import WORDS, drawing, long_form, photograph


def issue(store, advisor, parts, language="en"):
    return operations.issue(
        store=store, kind=Kind.INTAKE, content={"title": "X", **parts}, language=language, by=advisor, at=AT
    )


def shown(client, advisor, paper, query=""):
    client.force_login(advisor)
    return client.get(reverse("paperwork:document", args=[paper.pk]) + query).content.decode()


@pytest.mark.clause("2.2.2.4", "2.2.11.8")
def test_walk_round_damage_and_pictures_are_on_the_sheet(client, advisor, store):
    paper = issue(store, advisor, long_form("en"))
    paper.refresh_from_db()
    page = shown(client, advisor, paper)
    assert operations.verify(paper)
    assert page.count('class="sheet-check-mark"') == 35
    assert page.count('class="sheet-check-damage"') == page.count(">damaged<") > 0
    assert page.count('<svg class="sheet-mark"') == 8
    assert "<bdi>scratch</bdi>" in page
    assert page.count('src="data:image/jpeg;base64,') == 4
    assert paper.content["pictures"][0]["sha256"][:8] in page


def test_numbers_of_a_drawing_are_not_written_in_the_readers_way(client, advisor, store):
    wide = {"width": 1600, "height": 400, "shapes": [{"x": 1200, "y": 0, "w": 90, "h": 40, "label": "roof"}]}
    page = shown(client, advisor, issue(store, advisor, {"drawing": wide}))
    assert 'x="1200"' in page
    assert 'viewBox="-8 -8 1616 416"' in page


def test_a_label_another_shape_would_cover_is_written_above_all_of_them(client, advisor, store):
    wing = {"x": 0, "y": 0, "w": 90, "h": 40, "label": "wing", "label_x": 60, "label_y": 20}
    tyre = {"x": 0, "y": 0, "w": 30, "h": 40, "label": ""}
    drawing = {"width": 200, "height": 100, "shapes": [wing, tyre, {**tyre, "y": 50, "label": "roof"}]}
    page = shown(client, advisor, issue(store, advisor, {"drawing": drawing}))
    assert page.count(">wing</text>") == page.count(">roof</text>") == 1
    assert page.index('<text x="60" y="20">wing</text>') > page.rindex("<rect")


def test_sections_choose_the_order_of_the_sheet(client, advisor, store):
    parts = {"fields": [["Plate", "first"]], "notes": ["second"], "checks": [{"points": [["third", "ok", "fine"]]}]}
    usual = shown(client, advisor, issue(store, advisor, parts))
    assert usual.index(">first<") < usual.index(">third<") < usual.index(">second<")
    turned = shown(client, advisor, issue(store, advisor, {**parts, "sections": ["notes", "checks", "fields"]}))
    assert turned.index(">second<") < turned.index(">third<") < turned.index(">first<")


def test_paper_of_an_older_desk_is_shown_as_it_was_issued(client, advisor, store, paper):
    old = paper.content | {"store": {name: paper.content["store"][name] for name in ["name", "address", "phone"]}}
    kept = type(paper)(store=store, kind="order", number="OLD-1", content=old, language="en", issued_at=AT)
    kept.fingerprint = operations.fingerprint(kept)
    kept.save(force_insert=True)
    page = shown(client, advisor, kept)
    assert "alert-danger" not in page
    assert "sheet-brand" not in page
    assert page.index("23,410 km") < page.index("Oil change") < page.index("Old parts: take away")


def test_letterhead_names_the_brand_of_the_day(client, advisor, store):
    store.brand = "Hongqi"
    store.save()
    paper = issue(store, advisor, CONTENT)
    store.brand = "Other"
    store.save()
    assert "Hongqi" in shown(client, advisor, paper)


def test_copies_say_whose_they_are(client, advisor, paper):
    assert "Customer copy" in shown(client, advisor, paper, "?copy=customer")
    assert "Store copy" in shown(client, advisor, paper, "?copy=store")
    for query in ["", "?copy=", "?copy=<b>"]:
        assert "sheet-copy" not in shown(client, advisor, paper, query)


def test_foot_of_every_page_names_number_and_fingerprint(client, advisor, store):
    hostile = operations.issue(
        store=store, kind=Kind.ORDER, content=CONTENT, language="en", by=advisor, at=AT, number='1"}*{x:y}</style>'
    )
    client.force_login(advisor)
    answer = client.get(reverse("paperwork:page_css", args=[hostile.pk]))
    assert answer["Content-Type"].startswith("text/css")
    rule = answer.content.decode()
    assert rule.count('"') == 2
    assert "</style>" not in rule
    assert "\\000022" in rule


def jpeg(size, quality=95, noise=False):
    picture = Image.effect_noise(size, 90) if noise else Image.new("L", size)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=quality)
    return {**photograph(), "data": content.PICTURE + base64.b64encode(kept.getvalue()).decode()}


def png():
    kept = io.BytesIO()
    Image.new("L", (9, 9)).save(kept, "PNG")
    return base64.b64encode(kept.getvalue()).decode()


ROOF = {"x": 1, "y": 1, "w": 9, "h": 9, "label": "roof"}
DENT = {"number": 1, "x": 1, "y": 1, "kind": "dent"}
OUTLINE = {"width": 9, "height": 9, "shapes": [ROOF]}
UNFIT = {
    "a check of no known state": {"checks": [{"points": [["roof", "great", "fine"]]}]},
    "a check without a word": {"checks": [{"points": [["roof", "ok", ""]]}]},
    "a check that is no triple": {"checks": [{"points": [["roof", "ok"]]}]},
    "a group without points": {"checks": [{"title": "roof"}]},
    "a group that is a list": {"checks": [["roof", "ok", "fine"]]},
    "a drawing without shapes": {"drawing": {"width": 9, "height": 9}},
    "a drawing with a script": {"drawing": {**OUTLINE, "script": "x"}},
    "a shape with half a number": {"drawing": {**OUTLINE, "shapes": [{**ROOF, "x": 1.5}]}},
    "a shape with a written number": {"drawing": {**OUTLINE, "shapes": [{**ROOF, "x": '1" onload="x'}]}},
    "a shape below zero": {"drawing": {**OUTLINE, "shapes": [{**ROOF, "x": -1}]}},
    "a label beside the drawing": {"drawing": {**OUTLINE, "shapes": [{**ROOF, "label_x": -1, "label_y": 4}]}},
    "a shape of no size at all": {"drawing": {**OUTLINE, "shapes": [{"x": 1, "y": 1, "label": "roof"}]}},
    "a number that is yes": {"drawing": {**OUTLINE, "shapes": [{**ROOF, "x": True}]}},
    "a huge drawing": {"drawing": {**OUTLINE, "width": 10**9}},
    "a mark without a kind": {"drawing": {**OUTLINE, "marks": [{"number": 1, "x": 1, "y": 1}]}},
    "a mark with more": {"drawing": {**OUTLINE, "marks": [{**DENT, "href": "x"}]}},
    "nine pictures": {"pictures": [photograph()] * 9},
    "a picture of another kind": {"pictures": [{**photograph(), "data": "data:image/svg+xml;base64,PHN2Zy8+"}]},
    "a picture from elsewhere": {"pictures": [{**photograph(), "data": "https://example.com/a.jpg"}]},
    "a picture that lies": {"pictures": [{**photograph(), "data": content.PICTURE + png()}]},
    "a picture cut off": {"pictures": [{**photograph(), "data": photograph()["data"][:-400]}]},
    "a picture with a tail": {"pictures": [{**photograph(), "data": photograph()["data"] + '" onerror="x'}]},
    "a picture of 60 KB": {"pictures": [jpeg((300, 300), noise=True)]},
    "a picture too wide": {"pictures": [jpeg((2400, 10), quality=5)]},
    "a picture without a fingerprint": {"pictures": [{**photograph(), "sha256": "9f86"}]},
    "pictures as text": {"pictures": "data"},
    "an order that hides a part": {"notes": ["small print"], "sections": ["fields"]},
    "an order that repeats": {"notes": ["a"], "sections": ["notes", "notes"]},
    "an order of unknown things": {"sections": ["scripts"]},
    "a title that is a number": {"title": 7},
    "a field that is no row": {"fields": ["ab"]},
    "a table with a wrong title": {"tables": [{"columns": ["A"], "title": 7}]},
}  # fmt: skip


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_issue_refuses_what_is_no_part_of_a_paper(store, advisor, unfit):
    with pytest.raises(content.ContentUnfit):
        issue(store, advisor, unfit)


def test_largest_pictures_and_smallest_parts_are_taken(store, advisor):
    parts = {"pictures": [photograph(n) for n in range(8)], "drawing": drawing(WORDS["en"]), "notes": []}
    assert operations.verify(issue(store, advisor, parts))


def test_signs_nobody_sees_are_not_issued(store, advisor):
    paper = issue(store, advisor, {"notes": ["a\0b\u202ec\ud800d\x1b[31m\u2066e\n\tf 😀👨\u200d👩"]})
    paper.refresh_from_db()
    assert paper.content["notes"] == ["abcd[31me\n\tf 😀👨\u200d👩"]
    assert operations.verify(paper)
