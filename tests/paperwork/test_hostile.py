"""What people write is ink: on the page, on the printed sheet and in the letter, whatever it looks like."""

import email.policy
import re
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from dealership.outbox import delivery
from dealership.paperwork import content, operations, pdf
from dealership.paperwork.kinds import Kind, Role
from tests.paperwork.conftest import AT, drawn
from tests.paperwork.sheets import photograph

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '<img src=x onerror="alert(1)">',
    "svg": "<svg/onload=alert(1)>",
    "end of a text": '"><script>alert(1)</script>',
    "end of an attribute": "' onmouseover='alert(1)",
    "end of a style": "</style><style>*{display:none}</style>",
    "end of a drawing": "</text></svg><script>alert(1)</script>",
    "link": "javascript:alert(1)",
    "data": "data:text/html;base64,PHNjcmlwdD4=",
    "template": "{{ 7|add:7 }}{% include 'x' %}{# x #}",
    "typesetting": '#import "/etc/passwd": * $x^2$ *b* `raw` <label> @ref // \\u{202e}',
    "formula": "=HYPERLINK(\"http://example.com\",\"x\")",
    "turned round": "\u202eedoc\u202c\u2066x\u2069\u200f",
    "ten thousand": "x" * 10_000,
    "three thousand signs": "字" * 3_000,
    "nothing seen": "a\0b\x1b[2J\x07c\x7f\x85",
    "half a sign": "a\ud83db",
    "family": "😀👨\u200d👩\u200d👧🏽𠮷\u0301\u0301\u0301",
    "headers": "x\r\nBcc: all@example.com\r\n\r\n<b>x</b>",
    "percent": "%(title)s %s %% %n",
}  # fmt: skip
ROOF = {"x": 1, "y": 1, "w": 90, "h": 40, "label": "roof"}
DENT = {"number": 1, "x": 9, "y": 9, "kind": "dent", "place": "roof"}
OUTLINE = {"width": 100, "height": 50, "shapes": [ROOF], "marks": [DENT]}
PLACES = {
    "fields": lambda text: {"fields": [[text, text]]},
    "checks": lambda text: {"checks": [{"title": text, "points": [[text, "damage", text]]}]},
    "drawing": lambda text: {
        "drawing": {
            **OUTLINE, "title": text, "shapes": [{**ROOF, "label": text}],
            "marks": [{**DENT, "kind": text, "place": text}],
        }
    },
    "pictures": lambda text: {"pictures": [{**photograph(), "caption": text}]},
    "tables": lambda text: {"tables": [{"title": text, "columns": [text], "rows": [[text]], "totals": [[text, text]]}]},
    "notes": lambda text: {"notes": [text]},
    "letterhead": lambda text: {},  # the store's own name
    "title": lambda text: {"title": text},
}  # fmt: skip
INK = {
    "article", "div", "p", "img", "h1", "h2", "dl", "dt", "dd", "section", "ul", "ol", "li", "span", "svg", "rect",
    "text", "circle", "b", "bdi", "br", "figure", "figcaption", "code", "table", "caption", "thead", "tbody", "tr",
    "th", "td", "footer",
}  # fmt: skip
ATTRIBUTES = {
    "class", "lang", "src", "alt", "viewbox", "role", "x", "y", "width", "height", "rx", "r", "scope", "aria-hidden",
}  # fmt: skip


class Sheet(HTMLParser):
    """Collects elements, attributes, picture addresses and text of the sheet within a page."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.attributes, self.sources, self.words = set(), set(), set(), []
        self.feed(re.search("<article class=.*?</article>", page, re.DOTALL)[0])

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes.update(name for name, _value in attrs)
        self.sources.update(value for name, value in attrs if name == "src")

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


@pytest.fixture
def issued(store, advisor):
    """Return a function that issues a paper with this text in this place and signs it under this name."""

    def issued(place, text):
        if place == "letterhead":
            store.name, store.address, store.phone, store.brand = text[:80], text[:200], text[:32], text[:40]
        paper = operations.issue(
            store=store, kind=Kind.INTAKE, content={"title": "Form", **PLACES[place](text)}, language="en",
            by=advisor, at=AT,
        )  # fmt: skip
        operations.sign(paper, role=Role.CUSTOMER, signer_name=text[:80], image=drawn(), by=advisor, at=AT)
        return type(paper).objects.get(pk=paper.pk)

    return issued


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_written_is_ink_on_the_sheet(client, advisor, issued, place, text):
    paper = issued(place, text)
    assert operations.verify(paper)
    client.force_login(advisor)
    sheet = Sheet(client.get(reverse("paperwork:document", args=[paper.pk])).content.decode())
    assert sheet.elements <= INK
    assert sheet.attributes <= ATTRIBUTES
    assert all(re.match(r"/papers/|data:image/jpeg;base64,[\w+/=]+$", source) for source in sheet.sources)
    seen = "".join(sheet.words)
    assert not any(content.unseen(sign) for sign in seen.replace("\n", "").replace("\t", ""))
    if place not in {"letterhead", "pictures"}:  # cut to the columns of the store; a caption loses its line ends
        assert squeezed(content.readable(text)) in squeezed(seen)


def squeezed(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("place", PLACES)
def test_whatever_is_written_is_ink_in_the_pdf(issued, place):
    """All of it at once: nothing of it is markup to the typesetter, whose errors would be raised here."""
    made = pdf.written(issued(place, "\n".join(HOSTILE.values())), [])
    for active in [b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/EmbeddedFile", b"/URI"]:
        assert active not in made


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_letter_stays_one_letter_to_one_reader(advisor, issued, text):
    """Hostile titles and store names: one recipient, no foreign header, plain text and the PDF."""
    paper = issued("title", text)
    operations.send_copy(paper, address="wang@example.com", by=advisor, at=AT)
    assert delivery.deliver_due(lambda: AT) == 1
    sent = email.message_from_bytes(mail.outbox[0].message().as_bytes(), policy=email.policy.default)
    assert sent["To"] == "wang@example.com"
    assert (sent["Bcc"], sent["Cc"]) == (None, None)
    assert [part.get_content_type() for part in sent.walk()] == ["multipart/mixed", "text/plain", "application/pdf"]
    assert "\n" not in sent["Subject"]
    assert paper.fingerprint in sent.get_body().get_content()


def test_a_name_of_two_lines_is_one_figure(client, advisor, issued):
    paper = issued("notes", "</figcaption></figure></section></article><script>alert(1)</script>")
    client.force_login(advisor)
    page = client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert page.count("<figcaption>") == page.count("</figcaption>") == 2
    assert page.count("</article>") == 1
