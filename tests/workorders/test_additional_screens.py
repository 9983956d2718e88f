"""The customer's page on a telephone, and the desk's own on a tablet laid across."""

from datetime import UTC

import pytest
from django.urls import reverse

from tests import factories
from tests.browser.pages import PHONE, TABLET, too_small, too_wide
from tests.workorders import extras
from tests.workorders.extras import FOUND_AT, state_of
from workorders import notices
from workorders.operations import asking

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = ["zh-hans", "en"]


@pytest.fixture
def crew(transactional_db, time_machine):
    time_machine.move_to(FOUND_AT.astimezone(UTC), tick=True)
    return factories.Crew(factories.store(phone="010-65001234"))


def fits(page, name):
    """Say what is wrong with a page: how far it scrolls sideways, and what is too low to be hit."""
    wide, low = too_wide(page), too_small(page)
    return {name: [wide, low]} if wide or low else {}


def draw(page):
    box = page.locator("[data-signature-canvas]")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    page.mouse.move(place["x"] + 20, place["y"] + 90)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(place["x"] + 20 + step * 25, place["y"] + (40 if step % 2 else 120))
    page.mouse.up()


@pytest.mark.clause("2.4.4.5")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customer_answers_on_his_telephone(desk_page, screenshot, crew, language):
    order = factories.in_progress(crew)
    items = [
        extras.quoted(crew, order=order, words=words)
        for words in ["前制动片只剩 2 毫米，已经接近磨损极限", "右前减振器漏油"]
    ]
    made = asking.send(order, by=crew.service_advisor, at=FOUND_AT)
    page = desk_page(language, PHONE, statuses={410})
    page.goto(reverse("workorders:agree", args=[notices.token_of(made)]))
    screenshot(page, f"agree-{language}")
    assert fits(page, "agree") == {}
    page.locator(f"label:has(input[name=answer{items[0].pk}][value=yes])").click()
    page.locator("#id_signer_name").fill("王建国")
    draw(page)
    page.locator(f"label:has(input[name=answer{items[1].pk}][value=no])").click()
    assert page.locator("[data-signature-value]").input_value() == ""  # what he signed has changed
    draw(page)
    screenshot(page, f"agree-signed-{language}")
    page.locator("form button.btn-success").click()
    page.locator("[role=status]").wait_for()
    screenshot(page, f"agree-thanks-{language}")
    assert [state_of(item) for item in items] == ["approved", "refused"]
    page.reload()
    page.locator("[role=status]").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desks_pages_fit_a_tablet(desk_page, screenshot, crew, language):
    order = factories.in_progress(crew)
    found, asked = extras.found(crew, order=order), extras.quoted(crew, order=order, words="雨刮老化")
    approved, refused = extras.approved(crew, order=order, words="机油渗漏"), extras.refused(crew, order=order)
    made = asking.send(extras.quoted(crew).order, by=crew.service_advisor, at=FOUND_AT)
    pages = {
        "report": ("technician", reverse("workorders:report_item", args=[order.pk])),
        "delay": ("technician", reverse("workorders:report_delay", args=[order.pk])),
        "order": ("service_advisor", reverse("workorders:order", args=[order.pk])),
        "found": ("service_advisor", reverse("workorders:additional", args=[found.pk])),
        "asked": ("service_advisor", reverse("workorders:additional", args=[asked.pk])),
        "approved": ("service_advisor", reverse("workorders:additional", args=[approved.pk])),
        "refused": ("service_advisor", reverse("workorders:additional", args=[refused.pk])),
        "lounge": ("service_advisor", reverse("workorders:lounge", args=[order.pk])),
        "link": ("service_advisor", reverse("workorders:asking", args=[made.pk])),
        "promise": ("service_advisor", reverse("workorders:move_promise", args=[order.pk])),
    }
    opened, wrong = {}, {}
    for name, (role, url) in pages.items():
        page = opened.setdefault(role, None) or desk_page(language, TABLET, user=getattr(crew, role))
        opened[role] = page
        page.goto(url)
        screenshot(page, f"additional-{name}-{language}")
        wrong |= fits(page, name)
    assert wrong == {}


def test_the_advisor_prices_calls_and_issues_the_slip_in_few_taps(desk_page, crew):
    item = extras.found(crew)
    work = factories.operation("B-1", name="更换前制动片")
    page = desk_page("en", TABLET, user=crew.service_advisor)
    page.goto(reverse("workorders:order", args=[item.order_id]))
    page.locator(".found-item").click()
    page.locator("#id_operation").fill(work.code)
    page.locator("#id_delay_minutes").fill("45")
    page.get_by_role("button", name="Price it").click()
    page.locator("#id_delay_told").check()
    page.get_by_role("button", name="Agrees").click()
    page.get_by_role("button", name="Issue the in-plant repair slip").click()
    page.locator(".found-item").wait_for()
    assert state_of(item) == "slip_issued"
