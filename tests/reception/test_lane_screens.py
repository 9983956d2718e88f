"""From the door to the reception on the tablet at the desk, taps counted."""

from datetime import UTC

import pytest
from django.urls import reverse

from appointments import references
from reception.models import Visit
from reception.states import State
from tests import factories
from tests.browser.pages import PHONE, TABLET
from tests.reception.morning import at, came
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
    page.wait_for_function("document.querySelector('.arrival-code').naturalWidth > 0")
    screenshot(page, f"lane-code-{language}")
    box = page.locator(".arrival-code").bounding_box()
    assert min(box["width"], box["height"]) >= 200, "a scanner reads it from the telephone"
    assert not too_wide(page)
