"""Customers nobody expected, from the door to the signed form: counted, and well within the minutes they may take."""

from datetime import UTC

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dealership.customers.models import Vehicle
from reception.models import Visit
from reception.states import State
from tests import factories
from tests.browser.pages import TABLET
from tests.factories import TUESDAY_NINE
from tests.journeys.test_browser import draw_signature
from tests.reception.hand import Hand, keep_count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HALF = 0.5  # of the minutes go to the screen, the others to the car and the customer


@pytest.fixture
def hand(time_machine, crew, desk_page):
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=True)
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:lane"))
    return Hand(page)


def take_in(hand, *, words, mileage, vin=""):
    """From "receive" to the signature."""
    page = hand.page
    hand.press("receive")
    hand.press("covers")
    if vin:
        hand.type("#vin_vin", vin)
    hand.press("vin")
    hand.type("#mileage_mileage", mileage)
    hand.press("fuel", 'button[value="4"]')
    hand.press("along")
    hand.press("rest")
    hand.press("purpose", 'button[value="fault"]')
    hand.type("#complaint_words", words)
    hand.press("complaint", "button.btn-primary")
    hand.press("valuables", 'button[value="none"]')
    hand.press("papers", "button[name=all_received]")
    expect(page.locator("#progress li.past")).to_have_count(5)
    draw_signature(page, "#sign")
    hand.press("sign", "button.btn-success")
    expect(page.locator(".alert-success[role=status]")).to_be_visible()


def test_a_known_customer_without_appointment_is_signed_in_half_of_five_minutes(hand, crew):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor, vin=factories.vin(5), mileage=38000)
    hand.type("#here", vehicle.plate[-4:])
    hand.page.keyboard.press("Enter")
    hand.tap(".walk-in-sizes button")
    take_in(hand, words="刹车有异响", mileage="40210")
    visit = Visit.objects.get()
    assert (visit.vehicle, visit.state, visit.mileage) == (vehicle, State.INSPECTED, 40210)
    keep_count("known customer without appointment, door to signed intake", 15, hand)
    assert hand.taps <= 15
    assert hand.seconds < 5 * 60 * HALF


def test_a_customer_nobody_knows_is_signed_in_half_of_eight_minutes(hand, crew):
    page, plate = hand.page, "京N12345"
    hand.type("#here", plate)
    page.keyboard.press("Enter")
    hand.tap('a[href*="next="]')
    expect(page.locator("#id_plate")).to_have_value(plate)
    hand.type("#id_name", "赵敏")
    hand.type("#id_phone", "13900001234")
    hand.type("#id_make", "大众")
    hand.type("#id_model_name", "途观")
    hand.tap("input[type=submit]")
    hand.tap(".walk-in-sizes button")
    take_in(hand, words="刹车有异响", mileage="40210", vin=factories.vin(7))
    visit, vehicle = Visit.objects.get(), Vehicle.objects.get()
    assert (vehicle.plate, vehicle.vin, vehicle.mileage) == (plate, factories.vin(7), 40210)
    assert (visit.vehicle, visit.state) == (vehicle, State.INSPECTED)
    keep_count("customer nobody knows, door to signed intake", 22, hand)
    assert hand.taps <= 22
    assert hand.seconds < 8 * 60 * HALF
