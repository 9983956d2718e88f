"""From the check to the customer, on the tablets it happens on: targets for gloves, nothing wider than the screen."""

from datetime import UTC

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.pages import TABLET, TARGETS, too_small, too_wide
from tests.factories import TUESDAY_NINE
from tests.journeys.test_browser import draw_signature
from tests.workorders.sheets import HOUR, address, state_of
from tests.workorders.test_workshop_screens import DESK
from workorders.models import CheckPoint, ReadyNotice
from workorders.operations import ready

pytestmark = pytest.mark.django_db(transaction=True)
SCREENS = pytest.mark.parametrize(
    ("language", "size"), [("zh-hans", TABLET), ("en", TABLET), ("zh-hans", DESK), ("en", DESK)]
)


@pytest.fixture
def tuesday_ten(crew, time_machine):
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)


def fits(page):
    assert too_small(page, f"{TARGETS}, main .tick-row") == []
    assert too_wide(page) <= 0


@pytest.mark.clause("F14")
@SCREENS
def test_the_inspector_drives_marks_and_signs(tuesday_ten, crew, desk_page, screenshot, language, size):
    order = factories.finished(crew)
    for words, english in [
        ("无漏油", "no leaks"),
        ("仪表无故障灯", "no warning lamp"),
        ("螺栓扭矩已复核", "bolts to torque"),
    ]:
        CheckPoint.objects.get_or_create(job="all", words=words, defaults={"words_en": english})
    page = desk_page(language, size, user=crew.quality_inspector)
    page.goto(address("check", order))
    fits(page)
    screenshot(page, f"check-sheet-{language}-{size[0]}")
    row = page.locator(".check-row").nth(1)
    words = row.locator("input.form-control")
    expect(words).to_be_hidden()
    row.locator("label.btn-outline-danger").click()
    words.fill("渗油")
    page.check("[name=rest_ok]")
    page.fill("#km-out", "9")
    page.locator("form[action$='/test-drive'] button").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    assert page.locator("form.card[data-unsent]").get_attribute("action") == address("check", order)
    page.fill("#km-out", str(order.visit.mileage))
    page.locator("form[action$='/test-drive'] button").click()
    page.fill("#km-in", str(order.visit.mileage + 4))
    page.locator("[name=ok][value=yes]").click()
    expect(page.locator("form[action$='/test-drive']")).to_be_visible()
    expect(words).to_have_value("渗油")  # what was marked before the drive waits for him
    expect(page.locator("[name=rest_ok]")).to_be_checked()
    words.fill("")
    draw_signature(page, "[data-signature]:has([name=signature])")
    screenshot(page, f"check-sheet-marked-{language}-{size[0]}")
    page.locator("[name=verdict][value=pass]").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    assert state_of(order) == "finished"
    page.locator(".check-row").nth(1).locator("label.btn-outline-success").click()
    draw_signature(page, "[data-signature]:has([name=signature])")
    page.locator("[name=verdict][value=pass]").click()
    expect(page.locator(".board")).to_be_visible()
    assert state_of(order) == "passed"


@pytest.mark.clause("F15")
@SCREENS
def test_the_advisor_looks_and_tells_the_customer(tuesday_ten, crew, desk_page, screenshot, language, size):
    order = factories.washed(crew)
    page = desk_page(language, size, user=crew.service_advisor)
    page.goto(address("order", order))
    fits(page)
    screenshot(page, f"before-ready-{language}-{size[0]}")
    page.locator('a[href$="/final-check"]').click()
    fits(page)
    page.locator("[name=verdict][value=ready]").click()  # nothing is ticked for him
    expect(page.locator(".alert-danger").first).to_be_visible()
    for row in page.locator(".tick-row:not(:has([name=missing]))").all():
        row.click()
    page.locator("label.btn-outline-success").click()
    screenshot(page, f"final-check-{language}-{size[0]}")
    page.locator("[name=verdict][value=ready]").click()
    expect(page.locator("[name=result][value=told]")).to_be_visible()
    fits(page)
    screenshot(page, f"tell-ready-{language}-{size[0]}")
    page.locator("[name=result][value=told]").click()
    expect(page.locator(".alert-success[role=status]").first).to_be_visible()
    screenshot(page, f"told-{language}-{size[0]}")
    assert ReadyNotice.objects.get().result == "told"


@pytest.mark.clause("2.4.6.2")
@pytest.mark.parametrize(("language", "size"), [("zh-hans", TABLET), ("en", TABLET)])
def test_damage_and_rework_stand_where_they_are_decided(tuesday_ten, crew, desk_page, screenshot, language, size):
    order = factories.washed(crew)
    ready.report_damage(order, words="右后门新划痕 5 厘米", by=crew.service_advisor, at=TUESDAY_NINE)
    page = desk_page(language, size, user=crew.after_sales_manager)
    page.goto(address("order", order))
    fits(page)
    screenshot(page, f"incident-{language}")
    page.locator("[name=decision]").fill("本店承担喷漆，提供代步车")
    page.locator("form[action*='/incidents/'] button").click()
    expect(page.locator("form[action*='/incidents/']")).to_have_count(0)
    ready.send_to_workshop(order, words="低速仍有异响", by=crew.service_advisor, at=TUESDAY_NINE)
    page = desk_page(language, size, user=crew.technician)
    page.goto(address("job", order))
    fits(page)
    screenshot(page, f"rework-{language}")
