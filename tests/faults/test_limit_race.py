"""Ten bookings for the last place of a day at once: one has it."""

import threading
from datetime import timedelta

import pytest

from appointments import queries
from appointments.models import Appointment, BookingRules
from appointments.operations import booking
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 10


@pytest.fixture
def crew(transactional_db):
    made = factories.Crew(factories.store())
    BookingRules.objects.create(store=made.store, most_per_advisor=3, most_waiting=1)
    return made


def slot(number):
    """Return the n-th slot that is no buffer, with a break after each third."""
    return TUESDAY_NINE + timedelta(minutes=15) * (number + number // 3)


@pytest.fixture
def book(crew):
    """Return the press of person n: each another slot of the same advisor, who has one place left."""
    for number in (0, 1):
        factories.appointment(crew, slot(number))
    cars = [factories.customer_with_car(crew.service_advisor) for _ in range(PEOPLE)]
    numbers = [2, 3, 4, 5, 6, 7, 8, 12, 13, 14]  # not those of the lunch break
    return lambda n: factories.appointment(crew, slot(numbers[n]), car=cars[n])


def expect_one(brought):
    refused = [answer for answer in brought if isinstance(answer, NotAllowed)]
    assert (sum(isinstance(answer, Appointment) for answer in brought), len(refused)) == (1, PEOPLE - 1)
    return {str(refusal) for refusal in refused}


def test_of_ten_who_want_the_last_place_of_an_advisor_one_has_it(crew, book):
    told = expect_one(at_once(PEOPLE, book))
    assert told == {f"{crew.service_advisor.full_name} has 3 appointments on this day, and no more are taken."}
    assert Appointment.objects.count() == 3


def test_of_ten_customers_who_want_the_last_seat_in_the_lounge_one_has_it(crew):
    advisors = [factories.person(Role.SERVICE_ADVISOR, crew.store) for _ in range(PEOPLE)]
    cars = [factories.customer_with_car(crew.service_advisor) for _ in range(PEOPLE)]
    expect_one(at_once(PEOPLE, lambda n: factories.appointment(crew, advisor=advisors[n], car=cars[n], waits=True)))
    assert Appointment.objects.filter(waits=True).count() == 1


def test_control_whoever_counts_before_the_lock_goes_over(book, monkeypatch):
    """All ten count two of three and write afterwards: the rule does not hold, on either database."""
    counted, wait = threading.local(), threading.Barrier(PEOPLE)

    def count_first(store, advisor, starts_at, now):
        made = Appointment(store=store, advisor=advisor, starts_at=starts_at)
        rules = queries.rules_on(store, queries.day_of(store, starts_at))
        counted.refusal = queries.over_limit(made, advisor, starts_at, rules)
        wait.wait(60)
        return []

    def what_was_counted(*args):
        if counted.refusal:
            raise NotAllowed(counted.refusal)

    monkeypatch.setattr(queries, "obstacles", count_first)
    monkeypatch.setattr(booking, "require_room", what_was_counted)
    brought = at_once(PEOPLE, book)
    assert all(isinstance(answer, Appointment) for answer in brought)
    assert Appointment.objects.count() == PEOPLE + 2
