"""The guard's telephone and the printed pass, in a real browser."""

from datetime import UTC

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browser.pages import PHONE, SCREENSHOTS, too_small, too_wide
from tests.factories import TUESDAY_NINE
from tests.workorders.gates import all_but_paid, pass_of
from tests.workorders.sheets import HOUR, address, state_of
from workorders.operations import gate

pytestmark = pytest.mark.django_db(transaction=True)

GATE = reverse("workorders:gate")
WORDS = {
    "zh-hans": ("是这辆车吗？", "请开门放行", "不能放行", "已于 10:00 放行此车"),
    "en": ("Is it this car?", "Open the gate", "Keep the gate closed", "released this car at 10:00"),
}
# What a browser with a reader of codes has: Debian's chromium has none.
CAMERA = """
window.BarcodeDetector = class { detect() { return Promise.resolve([{ rawValue: window.name }]); } };
navigator.mediaDevices.getUserMedia = () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  return Promise.resolve(canvas.captureStream(10));
};
"""


@pytest.fixture
def ten(crew, time_machine):
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)


def fits(page):
    assert too_wide(page) <= 0
    assert too_small(page) == []


def painted(page):
    """Return the width and the colour of the answer."""
    answer = page.locator(".gate-answer")
    return answer.bounding_box()["width"], answer.evaluate("e => getComputedStyle(e).backgroundColor")


@pytest.mark.clause("2.6.5.2")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_guard_scans_looks_and_opens_the_gate_once(ten, crew, desk_page, screenshot, language):
    order = factories.paid(crew)
    car, (look, opened, closed, already) = order.visit.vehicle, WORDS[language]
    car.colour = "珍珠白"
    car.save()
    page = desk_page(language, PHONE, user=crew.guard)
    page.goto(reverse("workorders:gate_pass", args=[pass_of(order).code]))  # what the picture holds
    expect(page.locator(".gate-answer")).to_contain_text(look)
    expect(page.locator(".gate-plate")).to_have_text(car.plate_shown)
    expect(page.locator(".gate-model")).to_contain_text("珍珠白")
    fits(page)
    screenshot(page, f"gate-look-{language}")
    page.locator(".gate-open").click()
    expect(page.locator(".gate-answer.may")).to_contain_text(opened)
    fits(page)
    width, colour = painted(page)
    assert (width > PHONE[0] - 40, colour) == (True, "rgb(20, 108, 67)")
    expect(page.locator(".gate-released .plate")).to_have_text(car.plate_shown)
    screenshot(page, f"gate-opened-{language}")
    assert state_of(order) == "closed"
    page.fill("#id_code", pass_of(order).code.upper())
    page.locator("#gate-code .btn-primary").click()
    expect(page.locator(".gate-answer.stop")).to_contain_text(closed)
    expect(page.locator(".gate-why")).to_contain_text(already)
    fits(page)
    assert painted(page)[1] == "rgb(196, 38, 46)"
    screenshot(page, f"gate-closed-{language}")


def test_without_scripts_the_code_is_typed(ten, crew, desk_page):
    order = factories.paid(crew)
    page = desk_page("en", PHONE, user=crew.guard, scripts=False)
    page.goto(reverse("overview:today"))
    page.fill("#id_code", pass_of(order).paper.content["code"]["text"])
    assert page.locator("[data-scan]").is_hidden()
    page.locator("#gate-code .btn-primary").click()
    page.locator(".gate-open").click()
    expect(page.locator(".gate-answer.may")).to_be_visible()
    assert state_of(order) == "closed"


def test_the_camera_of_the_page_reads_the_code_where_the_browser_can(ten, crew, desk_page):
    order = factories.paid(crew)
    page = desk_page("en", PHONE, user=crew.guard)
    page.add_init_script(CAMERA)
    page.goto(GATE)
    page.evaluate("address => { window.name = address }", pass_of(order).paper.content["code"]["address"])
    page.locator("[data-scan]").click()
    expect(page.locator(".gate-plate")).to_have_text(order.visit.vehicle.plate_shown)
    assert state_of(order) == "paid"  # scanned is not released


def test_a_camera_that_is_not_open_to_the_page_is_said(ten, crew, desk_page):
    page = desk_page("en", PHONE, user=crew.guard)
    page.add_init_script(CAMERA.replace("() => {", "() => { return Promise.reject(new Error('no'));", 1))
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no'));")
    page.goto(GATE)
    page.locator("[data-scan]").click()
    expect(page.locator("[data-scan-refused]")).to_be_visible()


@pytest.mark.parametrize(("language", "size"), [("zh-hans", (1024, 768)), ("en", (1280, 800))])
def test_the_managers_pages_of_cars_that_leave_unpaid(ten, crew, desk_page, screenshot, language, size):
    order = all_but_paid(crew)
    page = desk_page(language, size, user=crew.after_sales_manager)
    page.goto(address("order", order))
    page.locator("#gate-pass summary").first.click()
    page.fill("#id_reason", "老客户，月底结算")
    fits(page)
    screenshot(page, f"gate-card-{language}")
    page.locator("#gate-pass .btn-danger").click()
    expect(page.locator("#gate-pass")).to_contain_text("老客户，月底结算")
    gate.release(pass_of(order).code, by=crew.guard, at=TUESDAY_NINE + HOUR)
    page.goto(reverse("workorders:debts"))
    expect(page.locator("tbody tr")).to_contain_text("199.00")
    fits(page)
    screenshot(page, f"gate-debts-{language}")


@pytest.mark.clause("F17")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pass_is_printed_on_one_sheet_with_its_code(ten, crew, desk_page, screenshot, language):
    from django.utils import translation

    with translation.override(language):
        order = factories.paid(crew)
    page = desk_page(language, (1280, 800), user=crew.service_advisor)
    page.goto(reverse("paperwork:document", args=[pass_of(order).paper_id]))
    picture = page.locator(".sheet-code img")
    assert picture.evaluate("e => e.complete && e.naturalWidth > 0")
    assert picture.bounding_box()["width"] > 170  # 48 mm
    screenshot(page, f"gate-pass-{language}")
    pdf = page.pdf(path=SCREENSHOTS / f"gate-pass-{language}.pdf", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 1
