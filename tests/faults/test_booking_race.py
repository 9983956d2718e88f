"""Fifty people book one slot at once, twenty note the arrival of one car: one wins, the others read a sentence."""

import pytest

from appointments.models import Appointment, AppointmentMove
from appointments.operations import SlotTaken, booking
from reception.models import Visit, VisitMove
from reception.operations import AlreadyHere
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.faults.crowd import at_once, look_together, without_constraint

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE, ARRIVALS = 50, 20


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store())


@pytest.fixture
def book(crew):
    """Return the press of person n: each books the same quarter of an hour for a car of his own."""
    cars = [factories.customer_with_car(crew.service_advisor) for _ in range(PEOPLE)]
    return lambda n: factories.appointment(crew, car=cars[n])


@pytest.fixture
def everybody_looks_first(monkeypatch):
    look_together(monkeypatch, PEOPLE)


def expect_one_booking(crew, brought):
    booked = [answer for answer in brought if isinstance(answer, Appointment)]
    refused = [answer for answer in brought if isinstance(answer, SlotTaken)]
    assert (len(booked), len(refused)) == (1, PEOPLE - 1)
    assert Appointment.objects.get() == booked[0]
    assert AppointmentMove.objects.count() == 2  # held, confirmed
    told = {str(refusal) for refusal in refused}
    next_free = f"Next free with {crew.service_advisor.full_name}: "
    assert all(sentence.count(next_free) == 1 and sentence.endswith("09:15.") for sentence in told), told
    return told


def test_of_fifty_who_book_one_slot_one_has_it(crew, book):
    expect_one_booking(crew, at_once(PEOPLE, book))


def test_of_fifty_who_all_saw_it_free_one_has_it(crew, book, everybody_looks_first):
    [told] = expect_one_booking(crew, at_once(PEOPLE, book))
    assert told.startswith("Somebody was faster: this time was just taken.")


def test_of_fifty_who_never_look_again_one_has_it(crew, book, everybody_looks_first, monkeypatch):
    """The unique constraint alone holds where the starts are equal."""
    monkeypatch.setattr(booking, "require_free", lambda *args: None)
    [told] = expect_one_booking(crew, at_once(PEOPLE, book))
    assert told.startswith("Somebody was faster: this time was just taken.")


def test_control_without_the_constraint_the_same_fifty_all_have_it(crew, book, everybody_looks_first, monkeypatch):
    """Looking before writing does not hold: the unique constraint does."""
    monkeypatch.setattr(booking, "require_free", lambda *args: None)
    with without_constraint(Appointment, "appointment_slot_taken_once"):
        brought = at_once(PEOPLE, book)
        assert all(isinstance(answer, Appointment) for answer in brought)
        assert Appointment.objects.filter(advisor=crew.service_advisor, starts_at=TUESDAY_NINE).count() == PEOPLE
    expect_one_booking(crew, at_once(PEOPLE, book))


@pytest.fixture
def arrive(crew):
    car = factories.customer_with_car(crew.service_advisor, MONDAY)
    return lambda n: factories.arrived(crew, car=car)


def test_one_car_arrives_once(arrive):
    brought = at_once(ARRIVALS, arrive)
    refused = [answer for answer in brought if isinstance(answer, AlreadyHere)]
    assert {str(refusal) for refusal in refused} == {"This car is already in the house: waiting."}
    assert (len(refused), Visit.objects.count(), VisitMove.objects.count()) == (ARRIVALS - 1, 1, 1)


def test_control_without_the_constraint_one_car_arrives_often(arrive):
    with without_constraint(Visit, "visit_one_open"):
        at_once(ARRIVALS, arrive)
        assert Visit.objects.count() == ARRIVALS
    assert not Visit.objects.exists()
    at_once(ARRIVALS, arrive)
    assert Visit.objects.count() == 1
