"""The times on the caller's screen: what was chosen stays after a refusal, and a certain day can be asked for."""

from urllib.parse import quote

import pytest

from appointments.models import BookingRules
from dealership.customers import operations as customers
from tests import factories
from tests.appointments.test_outreach import DAY, TODAY, text, to, value
from tests.factories import MONDAY, TUESDAY_NINE

FRIDAY = TUESDAY_NINE.date() + 3 * DAY


@pytest.fixture
def car(desk, crew):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    customers.correct_vehicle(vehicle, next_service_on=TODAY + 3 * DAY, by=crew.service_advisor, at=MONDAY)
    return vehicle


def test_after_a_refused_note_the_chosen_time_is_marked_again(desk, car):
    """The result is missing; the time, its day and the rest are as they were."""
    address = to(car, "proactive_times")
    chosen = desk.get(address, {"day": FRIDAY.isoformat()}).context["offers"].soonest[2].value
    typed = {"time": chosen, "day": FRIDAY.isoformat(), "reason": "保养", "waits": "on", "note": "下班后"}
    page = desk.post(to(car), typed)
    assert page.status_code == 422
    body = text(page)
    assert f'name="wanted" value="{chosen}"' in body
    assert f'name="day" value="{FRIDAY.isoformat()}"' in body
    assert "下班后" in body
    assert "shown=" not in body, "it is among the times, not shown by the page"
    part = desk.get(address, {"wanted": chosen, "day": FRIDAY.isoformat(), "waits": "on"})
    assert f'value="{chosen}" checked' in text(part)


def test_after_a_refused_booking_the_lost_time_is_marked_once(desk, crew, car):
    factories.appointment(crew, TUESDAY_NINE)
    lost = value(crew.service_advisor, TUESDAY_NINE)
    page = text(desk.post(to(car, "proactive_book"), {"time": lost, "reason": "保养", "day": FRIDAY.isoformat()}))
    assert f"shown={quote(lost, safe='')}" in page
    assert page.count(f'value="{lost}" checked') == 1
    assert f'value="{FRIDAY.isoformat()}"' in page


@pytest.mark.clause("3.1.1.6")
def test_the_times_of_a_certain_day_are_offered(desk, crew, car):
    BookingRules.objects.create(store=crew.store, workshop_hours=10)
    assert 'name="day"' in text(desk.get(to(car)))
    answer = desk.get(to(car, "proactive_times"), {"day": FRIDAY.isoformat()})
    offers = answer.context["offers"]
    days = {one.starts_at.astimezone(crew.store.zone).date() for one in offers.all}
    assert (offers.day, days, offers.load.day) == (FRIDAY, {FRIDAY}, FRIDAY)
    assert len(offers.soonest) > 4, "all its times, not one"
    assert answer.context["wanted"] == offers.soonest[0].value
    booked = desk.post(to(car, "proactive_book"), {"time": offers.soonest[0].value, "reason": "保养"})
    assert booked.status_code == 302


def test_a_certain_day_takes_at_most_twelve_queries(desk, car, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        desk.get(to(car, "proactive_times"), {"day": FRIDAY.isoformat()})
