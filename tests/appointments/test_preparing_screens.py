"""The pages that make a day ready, on a tablet and on the desk; the welcome board in the lobby."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from appointments import operations, queries
from appointments.models import BookingRules, Preparation
from dealership.customers import operations as customers
from dealership.workshop.models import Bay
from dealership.workshop.queries import calendar_of
from tests import factories
from tests.browser.pages import TABLET, too_small, too_wide
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = (1280, 800)
WIDE = (1920, 1080)
TARGETS = "main a.btn, main button, main input[type=submit], main select, main a.preparation-link"
PAGES = {
    "preparation": "advisor_assistant",
    "parts": "parts",
    "welcome": "advisor_assistant",
    "notices": "foreman",
    "notices_missed": "after_sales_manager",
    "screens": "after_sales_manager",
}


@pytest.fixture
def crew(db, time_machine):
    """Return a crew on Monday at three with a full Tuesday before it."""
    crew = factories.Crew(factories.store(brand="一汽-大众"))
    dear = factories.part(crew.store, name="发电机总成", price_fen=380_000, stock=0)
    cheap = factories.part(crew.store, name="机油滤清器")
    for number, (wish, words) in enumerate(
        [("full", "更换机油机滤"), ("surname", "刹车踩下去有异响，时有时无，下雨天更明显"), ("plate", "空调不凉")]
    ):
        Bay.objects.create(store=crew.store, name=f"{number + 1}号工位")
        car = factories.customer_with_car(crew.service_advisor)
        customers.correct(car[0], by=crew.service_advisor, at=MONDAY, board_display=wish)
        job = operations.Job(other=[words], parts=[(cheap, 1)] + ([(dear, 1)] if number == 1 else []))
        made = factories.appointment(crew, starts_at=TUESDAY_NINE + timedelta(minutes=15 * number), car=car, job=job)
        operations.put_aside(made.parts.get(part=cheap), by=crew.parts, at=MONDAY)
        for point in ["file", "forms", "tools", "bay"][: number + 1]:
            operations.tick(made, point, by=crew.advisor_assistant, at=MONDAY)
        if number == 1:
            late = TUESDAY_NINE.date() + timedelta(days=2)
            operations.expect_delivery(made.parts.get(part=dear), on=late, by=crew.parts, at=MONDAY)
    operations.open_screen(crew.store, name="门口大屏", by=crew.after_sales_manager, at=MONDAY)
    time_machine.move_to(MONDAY.replace(hour=15).astimezone(UTC), tick=True)
    return crew


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_the_pages_fit_a_tablet_and_a_finger(crew, desk_page, screenshot, name, language):
    for size in TABLET, SMALL:
        page = desk_page(language, size, user=getattr(crew, PAGES[name]))
        page.goto(reverse(f"appointments:{name}") + ("?day=2026-11-24" if name == "welcome" else ""))
        screenshot(page, f"prepare-{name}-{language}-{size[0]}")
        assert too_small(page, TARGETS) == []
        assert too_wide(page) <= 0


def test_a_point_is_ticked_with_one_touch_and_the_ready_cars_are_counted(crew, desk_page):
    page = desk_page("en", user=crew.service_advisor)
    page.goto(reverse("appointments:preparation"))
    made = crew.store.appointments.first()
    for point in ["tools", "parts", "bay"]:
        operations.tick(made, point, by=crew.service_advisor, at=MONDAY)
    page.reload()
    assert page.locator("#ready-count").inner_text().startswith("0 ")
    press = page.locator(f"#car-{made.pk} button[formaction$='/forms']")
    assert press.get_attribute("aria-pressed") == "false"
    press.click()
    page.wait_for_selector(f"#car-{made.pk} button[formaction$='/forms'][aria-pressed=true]")
    assert Preparation.objects.get(appointment=made, point="forms").by == crew.service_advisor
    page.wait_for_function("document.querySelector('#ready-count').innerText.startsWith('1 ')")


@pytest.mark.parametrize("lines", [6, 16])
@pytest.mark.parametrize("size", [SMALL, WIDE])
def test_the_lobby_reads_the_board_from_five_metres(crew, desk_page, screenshot, time_machine, size, lines):
    Bay.objects.all().update(active=False)
    slots = [slot.starts_at for slot in queries.slots_on(TUESDAY_NINE.date(), calendar_of(crew.store), BookingRules())]
    for starts_at in [moment for moment in slots if moment.minute != 45][3:lines]:
        car = factories.customer_with_car(crew.service_advisor, name="欧阳建国")
        factories.appointment(crew, starts_at=starts_at, car=car)
    time_machine.move_to((TUESDAY_NINE - timedelta(minutes=20)).astimezone(UTC), tick=True)
    page = desk_page(size=size)
    page.goto(reverse("appointments:screen", args=[crew.store.welcome_screens.get().key]))
    screenshot(page, f"welcome-screen-{lines}-{size[0]}")
    heights = page.locator(".welcome-lines li").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert len(heights) == lines
    assert min(heights) >= 40
    assert too_wide(page) <= 0
    assert page.evaluate("document.documentElement.scrollHeight") <= size[1]


@pytest.mark.clause("2.1.6", "3.1.1.8")
@pytest.mark.parametrize("name", ["preparation", "parts", "welcome"])
def test_what_is_printed_shows_no_buttons_and_no_fields(crew, desk_page, name):
    page = desk_page("en", SMALL, user=getattr(crew, PAGES[name]))
    page.goto(reverse(f"appointments:{name}") + ("?day=2026-11-24" if name == "welcome" else ""))
    page.emulate_media(media="print")
    shown = page.locator("button, input, select, nav").evaluate_all("all => all.filter(e => e.offsetParent).length")
    assert shown == 0
    if name == "parts":
        assert page.locator("td", has_text="expected 11-26").count() == 1


@pytest.mark.clause("3.1.3.3")
@pytest.mark.parametrize("size", [SMALL, (1024, 768)])
@pytest.mark.parametrize("lines", [3, 12])
def test_a_long_name_is_written_out_on_the_welcome_board(crew, desk_page, screenshot, time_machine, size, lines):
    Bay.objects.all().update(active=False)
    long = factories.customer_with_car(crew.service_advisor, name="江苏省滨江汽车零部件进出口贸易有限责任公司")
    customers.correct(long[0], by=crew.service_advisor, at=MONDAY, board_display="full")
    slots = [slot.starts_at for slot in queries.slots_on(TUESDAY_NINE.date(), calendar_of(crew.store), BookingRules())]
    for number, starts_at in enumerate([moment for moment in slots if moment.minute != 45][3 : lines + 1]):
        car = long if number == 0 else factories.customer_with_car(crew.service_advisor, name="欧阳建国")
        factories.appointment(crew, starts_at=starts_at, car=car)
    if lines == 3:
        again = factories.customer_with_car(crew.service_advisor, name=long[0].name)
        customers.correct(again[0], by=crew.service_advisor, at=MONDAY, board_display="full")
        factories.appointment(crew, starts_at=TUESDAY_NINE + timedelta(hours=4), car=again)
    time_machine.move_to((TUESDAY_NINE - timedelta(minutes=20)).astimezone(UTC), tick=True)
    page = desk_page(size=size)
    page.goto(reverse("appointments:screen", args=[crew.store.welcome_screens.get().key]))
    screenshot(page, f"welcome-long-{lines}-{size[0]}")
    cut = page.locator(".welcome-name").evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).length")
    assert (cut, too_wide(page) > 0) == (0, False)
