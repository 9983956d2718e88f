"""Some book an advisor's time, others give him theirs at a slot that overlaps it: one has him."""

import threading
from datetime import timedelta

import pytest

from appointments import operations, queries
from appointments.models import Appointment, BookingRules, Reschedule
from appointments.operations import SlotTaken, booking
from dealership.staff.roles import Role
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.clause("3.1.3.8")]
PEOPLE = 8
FIVE = timedelta(minutes=5)


@pytest.fixture
def race(transactional_db, monkeypatch):
    """Return the advisor everybody wants and the press of person n: half give him a promise, half book him.

    The rules have cut the day otherwise since the promises were made, so no two of the two halves begin as one.
    """
    crew = factories.Crew(factories.store())
    by, wanted = crew.service_advisor, factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="李娜")
    others = [factories.person(Role.SERVICE_ADVISOR, crew.store) for _ in range(PEOPLE // 2)]
    promised = [factories.appointment(crew, TUESDAY_NINE + 3 * FIVE, advisor=one) for one in others]
    BookingRules.objects.create(store=crew.store, slot_minutes=20)
    cars = [factories.customer_with_car(by) for _ in range(PEOPLE // 2)]

    def press(n):
        if n % 2:
            return operations.change_advisor(promised[n // 2], advisor=wanted, reason="培训", by=by, at=MONDAY)
        return factories.appointment(crew, TUESDAY_NINE, advisor=wanted, car=cars[n // 2])

    let_everybody_look_first(monkeypatch)
    return wanted, press


def let_everybody_look_first(monkeypatch):
    looked = threading.Barrier(PEOPLE)

    def after(look):
        def looked_first(*args, **kwargs):
            found = look(*args, **kwargs)
            looked.wait(60)
            return found

        return looked_first

    monkeypatch.setattr(queries, "obstacles", after(queries.obstacles))
    monkeypatch.setattr(queries, "not_free", after(queries.not_free))


def test_of_those_who_want_one_advisor_by_booking_and_by_change_one_has_him(race):
    advisor, press = race
    brought = at_once(PEOPLE, press)
    refused = [answer for answer in brought if isinstance(answer, SlotTaken)]
    assert len(refused) == PEOPLE - 1, brought
    assert all(str(refusal).startswith("Somebody was faster") for refusal in refused)
    assert Appointment.objects.filter(advisor=advisor).count() == 1
    assert Reschedule.objects.count() == brought.count(None)


def test_control_without_the_look_under_the_lock_he_is_promised_twice(race, monkeypatch):
    """The unique constraint sees equal starts only."""
    monkeypatch.setattr(booking, "require_free", lambda *args: None)
    advisor, press = race
    brought = at_once(PEOPLE, press)
    assert Appointment.objects.filter(advisor=advisor).count() == 2, brought
