"""Two stores promise the same advisor at once, for slots that overlap but begin apart: one has him."""

import threading
from datetime import time, timedelta

import pytest

from appointments import operations, queries
from appointments.models import Appointment
from appointments.operations import SlotTaken, booking
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 10


@pytest.fixture
def press(transactional_db):
    """Return the press of person n: every other one books in the branch, five minutes before the others."""
    crew, branch = factories.Crew(factories.store()), factories.store("分店")
    for weekday in range(7):
        workshop.set_hours(branch, weekday, [(time(8, 40), time(17))], by=None)
    advisor = crew.service_advisor
    advisor.stores.add(branch)
    cars = [factories.customer_with_car(advisor) for _ in range(PEOPLE)]

    def book(n):
        store, starts_at = (branch, TUESDAY_NINE - timedelta(minutes=5)) if n % 2 else (crew.store, TUESDAY_NINE)
        return operations.book(
            store=store, advisor=advisor, customer=cars[n][0], vehicle=cars[n][1], starts_at=starts_at,
            cause="maintenance", reason="保养", agreed=True, by=advisor, at=MONDAY,
        )  # fmt: skip

    return book


@pytest.fixture(autouse=True)
def _everybody_looks_first(monkeypatch):
    looked, look = threading.Barrier(PEOPLE), queries.obstacles

    def obstacles(*args):
        found = look(*args)
        looked.wait(60)
        return found

    monkeypatch.setattr(queries, "obstacles", obstacles)


def test_of_ten_who_want_an_advisor_in_two_stores_one_has_him(press):
    brought = at_once(PEOPLE, press)
    refused = [answer for answer in brought if isinstance(answer, SlotTaken)]
    assert len(refused) == PEOPLE - 1, brought
    assert Appointment.objects.count() == 1


def test_control_without_the_look_under_the_lock_he_is_promised_in_both(press, monkeypatch):
    """The unique constraint sees equal starts only."""
    monkeypatch.setattr(booking, "require_free", lambda *args: None)
    brought = at_once(PEOPLE, press)
    assert sum(isinstance(answer, Appointment) for answer in brought) == 2
