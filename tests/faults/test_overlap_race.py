"""At once, at starts that differ: one advisor for two stores, one car for two times of a day. One has it."""

import threading
from datetime import time, timedelta

import pytest
from django.db import connection

from appointments import operations
from appointments.models import Appointment
from appointments.operations import SlotTaken, booking
from dealership.staff.roles import Role
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.faults.crowd import at_once, look_together

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


@pytest.fixture
def everybody_looks_first(monkeypatch):
    look_together(monkeypatch, PEOPLE)


def test_of_ten_who_want_an_advisor_in_two_stores_one_has_him(press, everybody_looks_first):
    brought = at_once(PEOPLE, press)
    refused = [answer for answer in brought if isinstance(answer, SlotTaken)]
    assert len(refused) == PEOPLE - 1, brought
    assert Appointment.objects.count() == 1


def test_control_without_the_look_under_the_lock_he_is_promised_in_both(press, everybody_looks_first, monkeypatch):
    """The unique constraint sees equal starts only."""
    monkeypatch.setattr(booking, "require_free", lambda *args: None)
    brought = at_once(PEOPLE, press)
    assert sum(isinstance(answer, Appointment) for answer in brought) == 2


@pytest.fixture
def promise(transactional_db):
    """Return the press of person n: all want the same car on Friday, the even book it, the odd move it there."""
    crew = factories.Crew(factories.store())
    car = factories.customer_with_car(crew.service_advisor)
    friday = TUESDAY_NINE + timedelta(days=3)
    advisors = [factories.person(Role.SERVICE_ADVISOR, crew.store) for _ in range(PEOPLE)]
    made = [factories.appointment(crew, TUESDAY_NINE + timedelta(days=n), car=car) for n in (0, 1, 2, 4, 5)]

    def press(n):
        starts_at = friday + (n % 4) * timedelta(hours=1) if n % 4 < 3 else friday + timedelta(hours=5)
        asked = {"advisor": advisors[n], "starts_at": starts_at, "agreed": True, "by": crew.service_advisor}
        if n % 2:
            operations.reschedule(made[n // 2], reason="客户来电", at=MONDAY, **asked)
            return made[n // 2]
        return operations.book(
            store=crew.store, customer=car[0], vehicle=car[1], cause="maintenance", reason="保养", at=MONDAY, **asked
        )

    return press


def on_friday():
    return Appointment.objects.filter(starts_at__gte=TUESDAY_NINE + timedelta(days=3)).filter(
        starts_at__lt=TUESDAY_NINE + timedelta(days=4) - timedelta(hours=9)
    )


def test_of_ten_who_want_one_car_on_one_day_by_booking_or_moving_one_has_it(promise, everybody_looks_first):
    brought = at_once(PEOPLE, promise)
    assert sum(isinstance(answer, Appointment) for answer in brought) == 1, brought
    assert on_friday().count() == 1


def test_control_without_holding_the_car_it_is_promised_several_times(promise, everybody_looks_first, monkeypatch):
    """All look a second time before anybody has written; on SQLite the database lets one write at a time anyway."""
    if connection.vendor == "sqlite":
        monkeypatch.setattr(booking, "require_free", lambda *args: None)
    else:
        looked, look = threading.Barrier(PEOPLE), booking.require_free

        def require_free(*args):
            look(*args)
            looked.wait(60)

        monkeypatch.setattr(booking, "hold_car", lambda vehicle: None)
        monkeypatch.setattr(booking, "require_free", require_free)
    brought = at_once(PEOPLE, promise)
    assert sum(isinstance(answer, Appointment) for answer in brought) > 1, brought
    assert on_friday().count() > 1
