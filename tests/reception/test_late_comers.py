"""Customers who were noted missing and come after all, on the day they were booked for (C11)."""

from datetime import UTC

import pytest
from django.urls import reverse

from appointments import operations as appointments
from appointments.models import Reminder
from appointments.states import State as Promised
from reception import queries
from reception.models import Visit
from tests import factories
from tests.reception.morning import at, walked_in

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.clause("C11")]
LANE = reverse("reception:lane")


@pytest.fixture
def missed(crew):
    made = factories.appointment(crew)
    appointments.sweep(at(31))
    made.refresh_from_db()
    assert made.state == Promised.NO_SHOW
    return made


@pytest.fixture
def late(monday, desk, crew):
    """The desk, thirty-five minutes after the time."""
    monday.move_to(at(35).astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)  # yesterday's session is over
    return desk


def asked_back():
    return list(Reminder.objects.filter(kind="missed", state="open"))


def test_who_comes_after_all_keeps_his_appointment_and_queues_by_arrival(crew, missed):
    earlier = walked_in(crew, 33)
    visit = walked_in(crew, 35, car=(missed.customer, missed.vehicle))
    missed.refresh_from_db()
    assert (visit.appointment, visit.advisor, missed.state) == (missed, missed.advisor, Promised.ARRIVED)
    assert asked_back() == []
    rows = queries.lane(crew.store, at(36)).waiting
    assert [(row.visit, row.booked) for row in rows] == [(earlier, False), (visit, False)]


def test_the_lane_lists_him_and_takes_him_in_with_one_tap(crew, missed, late):
    arrive = reverse("reception:arrive", args=[missed.pk])
    page = late.get(LANE)
    assert missed.vehicle.plate_shown in page.content.decode()
    assert arrive in page.content.decode()
    assert page.context["lane"].due == []
    assert late.post(arrive).status_code == 302
    assert Visit.objects.get().appointment == missed
    assert "Did not come so far" not in late.get(LANE).content.decode()


def test_the_search_and_his_appointment_lead_to_his_arrival(crew, missed, late):
    walk_in = reverse("reception:walk_in") + f"?vehicle={missed.vehicle_id}"
    page = reverse("appointments:appointment", args=[missed.pk])
    assert walk_in in late.get(page).content.decode()
    assert "Booked today at 09:00" in late.get(walk_in).content.decode()
    late.post(walk_in)
    assert Visit.objects.get().appointment == missed
    assert walk_in not in late.get(page).content.decode(), "he is here"


def test_the_next_day_he_is_a_customer_without_appointment_whom_nobody_calls(crew, missed):
    assert asked_back()
    visit = walked_in(crew, 24 * 60, car=(missed.customer, missed.vehicle))
    assert visit.appointment is None
    assert asked_back() == []


def test_one_still_to_come_goes_before_one_that_was_missed(crew, missed):
    second = factories.appointment(crew, at(120), car=(missed.customer, missed.vehicle))
    assert walked_in(crew, 110, car=(missed.customer, missed.vehicle)).appointment == second
    assert asked_back() == []
