"""Twenty presses of one link in a reminder: one answers, the others read that it was used."""

import threading
from datetime import timedelta

import pytest

from appointments import operations
from appointments.models import AppointmentMove, CustomerLink
from appointments.operations import LinkSpent, answering
from appointments.states import State
from dealership.customers import operations as customers
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PRESSES = 20
WEDNESDAY, THURSDAY_NINE = TUESDAY_NINE + timedelta(days=1), TUESDAY_NINE + timedelta(days=2)


@pytest.fixture
def made(transactional_db):
    crew = factories.Crew(factories.store())
    customer, vehicle = factories.customer_with_car(crew.service_advisor)
    customers.correct(customer, email="a@example.com", preferred_channel="email", by=crew.service_advisor, at=MONDAY)
    return factories.appointment(crew, THURSDAY_NINE, car=(customer, vehicle))


@pytest.fixture
def everybody_looks_first(monkeypatch):
    """Let nobody spend before all have looked, so that every one of them saw the link unused."""
    looked, look = threading.Barrier(PRESSES), answering.why_not

    def why_not(link, at):
        found = look(link, at)
        looked.wait(60)
        return found

    monkeypatch.setattr(answering, "why_not", why_not)


@pytest.fixture
def without_compare_and_set(monkeypatch):
    """Spend a link as if looking were enough: write without asking whether it is still unused."""
    monkeypatch.setattr(
        answering, "use_up", lambda link, at, words: CustomerLink.objects.filter(pk=link.pk).update(spent_at=at)
    )


def press(made, purpose, told):
    """Return the press of person n; `told` collects who was answered."""
    links = [CustomerLink.objects.get(appointment=made, purpose=purpose) for _ in range(PRESSES)]

    def once(n):
        # As after a web request: everything is read before the transaction begins.
        assert links[n].appointment.store
        operations.spend(links[n], at=WEDNESDAY, words=f"周五 {n}" if purpose == "move" else "")
        told.append(n)

    return once


@pytest.mark.parametrize("purpose", ["cancel", "confirm", "move"])
def test_of_twenty_presses_one_answers(made, everybody_looks_first, purpose):
    told = []
    brought = at_once(PRESSES, press(made, purpose, told))
    refused = [answer for answer in brought if isinstance(answer, LinkSpent)]
    assert (len(told), len(refused)) == (1, PRESSES - 1)
    assert {str(refusal) for refusal in refused} == {"This link was used already. If you need us, please call."}
    made.refresh_from_db()
    cancelled = AppointmentMove.objects.filter(thing=made, to_state=State.CANCELLED).count()
    assert (made.state, cancelled) == ((State.CANCELLED, 1) if purpose == "cancel" else (State.CONFIRMED, 0))
    if purpose == "move":
        assert made.reminders.get(kind="wish").note == f"周五 {told[0]}"


@pytest.mark.parametrize("purpose", ["confirm", "move"])
def test_control_without_the_compare_and_set_many_answer(made, everybody_looks_first, without_compare_and_set, purpose):
    told = []
    at_once(PRESSES, press(made, purpose, told))
    assert len(told) > 1


def test_control_without_it_and_without_a_second_look_one_link_cancels_often(
    made, everybody_looks_first, without_compare_and_set, monkeypatch
):
    """A cancellation is guarded twice: by the link, and by the appointment read again under its lock."""
    monkeypatch.setattr(answering, "outdated", lambda link, at: "")
    monkeypatch.setattr(answering, "locked", lambda link: link.appointment)
    monkeypatch.setitem(
        answering.ACTS,
        CustomerLink.Purpose.CANCEL,
        lambda link, at, words: AppointmentMove.objects.create(thing=link.appointment, to_state="cancelled", at=at),
    )
    told = []
    at_once(PRESSES, press(made, "cancel", told))
    assert len(told) > 1
    assert AppointmentMove.objects.filter(thing=made, to_state="cancelled").count() == len(told)
