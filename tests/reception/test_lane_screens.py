"""From the door to the reception on the tablet at the desk, taps counted."""

from datetime import UTC

import pytest
from django.urls import reverse

from appointments import references
from reception import operations
from reception.models import COURTESY, Visit
from reception.states import State
from tests import factories
from tests.browser.pages import PHONE, TABLET
from tests.reception.morning import at, came, receive, sign, walked_in
from tests.reception.test_screens import too_small, too_wide

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


@pytest.fixture
def door(crew, time_machine):
    """Five past nine: somebody booked for nine stands at the door, somebody for a quarter past is still to come."""
    made = factories.appointment(crew)
    factories.appointment(crew, at(15))
    time_machine.move_to(at(5).astimezone(UTC), tick=False)
    return made


class Taps:
    """Counts what a person touches."""

    def __init__(self):
        self.count = 0

    def tap(self, place):
        place.click()
        self.count += 1


@LANGUAGES
def test_a_scanned_customer_is_received_with_one_tap(door, crew, desk_page, screenshot, language):
    page, taps = desk_page(language, TABLET, user=crew.service_advisor), Taps()
    page.goto(reverse("reception:lane"))
    screenshot(page, f"lane-arrival-field-{language}")
    assert page.evaluate("document.activeElement.id") == "here", "the scanner types without a tap"
    assert too_small(page) == []
    assert not too_wide(page)
    page.keyboard.type(references.address(door))
    page.keyboard.press("Enter")
    page.wait_for_selector("#here-found .plate")
    screenshot(page, f"lane-here-code-{language}")
    assert too_small(page) == []
    taps.tap(page.locator("#here-found form button").first)
    page.wait_for_url("**" + reverse("reception:intake", args=[Visit.objects.get().pk]))
    assert taps.count == 1
    assert Visit.objects.get().state == State.RECEIVING


@LANGUAGES
def test_typed_digits_lead_to_the_same_tap(door, crew, desk_page, screenshot, language):
    plate = "沪B" + door.vehicle.plate[-5:]
    came(crew, 30, early=29, car=factories.customer_with_car(crew.service_advisor, plate=plate))
    page, taps = desk_page(language, TABLET, user=crew.service_advisor), Taps()
    page.goto(reverse("reception:lane"))
    page.keyboard.type(door.vehicle.plate[-4:])
    page.keyboard.press("Enter")
    page.wait_for_selector("#here-found .plate")
    screenshot(page, f"lane-here-several-{language}")
    assert page.locator("#here-found .card").count() == 2
    assert too_small(page) == []
    taps.tap(page.locator(f'form[action="{reverse("reception:arrive", args=[door.pk])}"] button'))
    page.wait_for_url("**" + reverse("reception:lane"))
    assert taps.count == 1


@LANGUAGES
def test_the_customer_shows_his_code_on_his_telephone(door, desk_page, screenshot, language):
    page = desk_page(language, PHONE)
    page.goto(reverse("appointments:code", args=[references.reference(door)]))
    assert page.evaluate("document.querySelector('.arrival-code').naturalWidth") > 0
    screenshot(page, f"lane-code-{language}")
    box = page.locator(".arrival-code").bounding_box()
    assert min(box["width"], box["height"]) >= 200, "a scanner reads it from the telephone"
    assert not too_wide(page)


@pytest.fixture
def full_house(door, crew):
    """Many wait, somebody sits in the lounge, a reception took long, the manager has looked on."""
    by = crew.service_advisor
    type(by).objects.filter(pk=by.pk).update(full_name="李娜")
    order = factories.signed(crew, promised_at=at(100))
    operations.seat(order.visit, by=by, at=at(0))
    operations.serve_tea(order.visit, by=by, at=at(1))
    operations.tell_progress(order.visit, words="正在换机油，还要半小时", by=by, at=at(2))
    sign(receive(walked_in(crew, -40), -40, by), -15)
    operations.check_points(crew.store, ["forms", "clean"], by=by, at=at(-10))
    operations.check_courtesy(
        crew.store, advisor=by, points=dict.fromkeys(COURTESY, 4), note="很好", by=crew.after_sales_manager, at=at(1)
    )
    for minutes in (1, 2):
        walked_in(crew, minutes, "small")
    return operations.register_quickly(
        store=crew.store, reason="刹车异响", mileage=52000, size="large", plate="京A12345", name="李四",
        phones=["13800138000"], by=by, at=at(3),
    )  # fmt: skip


@LANGUAGES
def test_the_reception_pages_fit_the_tablet(full_house, crew, desk_page, screenshot, language):
    page = desk_page(language, TABLET, user=crew.after_sales_manager)
    for name, arguments in [
        ("lane", []),
        ("receive", [full_house.pk]),
        ("opening", []),
        ("opening_report", []),
        ("quick", []),
        ("lounge", []),
        ("report", []),
        ("courtesy", []),
    ]:
        page.goto(reverse(f"reception:{name}", args=arguments))
        screenshot(page, f"lane-{name}-{language}")
        assert too_small(page) == [], name
        assert not too_wide(page), name


def test_the_opening_checklist_is_one_tap(door, crew, desk_page):
    page, taps = desk_page("en", TABLET, user=crew.service_advisor), Taps()
    page.goto(reverse("reception:opening"))
    taps.tap(page.locator("button[value=all]"))
    page.wait_for_selector(".alert-success")
    assert (taps.count, crew.store.shift_checks.count()) == (1, 5)
