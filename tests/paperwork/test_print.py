"""A paper on paper: what a real browser makes of a long form on sheets of A4."""

import re

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import expect

from dealership.paperwork import operations
from dealership.paperwork.kinds import Kind, Role
from dealership.paperwork.models import IssuedDocument
from tests import factories
from tests.browser.pages import PHONE, SCREENSHOTS, too_wide
from tests.paperwork.conftest import AT, drawn
from tests.paperwork.sheets import long_form

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def issued(store, advisor, language, content):
    with translation.override(language):
        paper = operations.issue(store=store, kind=Kind.INTAKE, content=content, language=language, by=advisor, at=AT)
    operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    return paper


def printed(page, paper, copy="customer"):
    """Return the PDF of the paper, kept beside the screenshots for whoever wants to look."""
    page.goto(reverse("paperwork:document", args=[paper.pk]) + f"?copy={copy}")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return page.pdf(path=SCREENSHOTS / f"paper-{paper.language}-{paper.pk}.pdf", prefer_css_page_size=True)


def sheets(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_long_form_is_printed_whole_on_few_sheets_of_a4(desk_page, store, advisor, language):
    with translation.override(language):
        content = long_form(language)
    paper = issued(store, advisor, language, content)
    page = desk_page(user=advisor, language=language)
    pdf = printed(page, paper)
    pages = sheets(pdf)
    assert 3 <= pages <= 6
    assert set(re.findall(rb"/MediaBox\s*\[([^]]+)\]", pdf)) <= {b"0 0 594.95996 841.91998", b"0 0 595.91998 842.88"}
    page.emulate_media(media="print")
    wide = too_wide(page)
    assert wide <= 0


def test_short_paper_is_one_sheet(desk_page, store, advisor):
    short = {"title": "Gate pass", "fields": [["Plate", "沪A12345"]], "notes": ["This pass opens the gate once."]}
    pages = sheets(printed(desk_page(user=advisor, language="en"), issued(store, advisor, "en", short)))
    assert pages == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_usual_reception_form_and_order_are_one_sheet_each(transactional_db, desk_page, language):
    crew = factories.Crew(factories.store())
    with translation.override(language):
        factories.signed(crew)
    page = desk_page(user=crew.service_advisor, language=language)
    papers = IssuedDocument.objects.order_by("pk")
    assert [(paper.kind, sheets(printed(page, paper))) for paper in papers] == [("intake", 1), ("order", 1)]


def test_paper_fits_a_phone(desk_page, store, advisor):
    with translation.override("zh-hans"):
        paper = issued(store, advisor, "zh-hans", long_form("zh-hans"))
    page = desk_page(user=advisor, size=PHONE)
    page.goto(reverse("paperwork:document", args=[paper.pk]))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_print_button_notes_it_and_opens_the_dialog_once(desk_page, store, advisor):
    paper = issued(store, advisor, "en", {"title": "Gate pass"})
    page = desk_page(user=advisor, language="en")
    # Kept on the page itself: its policy forbids what waiting for an expression would need.
    count = "const kept = document.documentElement.dataset; kept.dialogs = Number(kept.dialogs || 0) + 1"
    page.add_init_script(f"window.print = () => {{ {count} }}")
    page.goto(reverse("paperwork:document", args=[paper.pk]))
    page.click("button[value=customer]")
    expect(page.locator("html[data-dialogs='1']")).to_be_attached()
    assert page.locator(".sheet-copy").count() == 1
    assert paper.prints.count() == 1
    page.reload()
    assert page.locator("html[data-dialogs]").count() == 0
    assert all(box["height"] >= 44 for box in (b.bounding_box() for b in page.locator(".sheet-bar .btn").all()))
