"""Twenty people confirm one held time at once: one card, one notice, one set of reminders."""

import pytest
from django.db import IntegrityError

from appointments import operations
from appointments.models import Appointment, AppointmentMove, ForemanNotice, ManagementCard, Reminder
from appointments.operations import booking
from appointments.states import State
from dealership import workflow
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE, timedelta
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 20


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store())


@pytest.fixture
def press(crew):
    """Return the press of person n, each with the page as it was before anybody pressed."""
    made = factories.held(crew, TUESDAY_NINE + timedelta(days=2))
    copies = [Appointment.objects.select_related("store", "customer", "vehicle").get() for _ in range(PEOPLE)]
    by = crew.service_advisor

    def confirm(n):
        try:
            return operations.confirm(copies[n], by=by, at=MONDAY)
        except IntegrityError as error:
            return error

    assert made.state == State.REQUESTED
    return confirm


def written():
    kinds = [ManagementCard, ForemanNotice, Reminder, AppointmentMove]
    return [kind.objects.count() for kind in kinds]


@pytest.mark.clause("2.1.4", "2.1.8", "2.1.10", "2.1.11")
def test_of_twenty_who_confirm_one_does(crew, press):
    brought = at_once(PEOPLE, press)
    refused = [answer for answer in brought if isinstance(answer, NotAllowed)]
    assert (brought.count(None), len(refused)) == (1, PEOPLE - 1)
    told = f"{crew.service_advisor.full_name} moved this to “confirmed” 0 seconds ago."
    assert {str(refusal) for refusal in refused} == {told}
    assert written() == [1, 1, 2, 2]


def test_control_without_the_compare_and_set_nobody_is_refused(press, monkeypatch):
    """Whoever trusts the page he has open writes again; only the unique card keeps the second from being told."""

    def trusting(thing, step, *, by, at, reason="", **changes):
        Appointment.objects.filter(pk=thing.pk).update(state=step.target, **changes)
        thing.moves.create(from_state=thing.state, to_state=step.target, by=by, at=at, reason=reason)

    monkeypatch.setattr(booking.workflow, "move", trusting)
    brought = at_once(PEOPLE, press)
    assert not any(isinstance(answer, NotAllowed) for answer in brought)
    assert sum(isinstance(answer, IntegrityError) for answer in brought) == PEOPLE - 1

    for name in ("place", "tell_foreman"):
        monkeypatch.setattr(booking.cards, name, lambda *args, **kwargs: None)
    monkeypatch.setattr(booking.reminding, "plan", lambda *args: None)
    assert at_once(PEOPLE, press) == [None] * PEOPLE
    assert AppointmentMove.objects.filter(to_state=State.CONFIRMED).count() == PEOPLE + 1
    assert booking.workflow is workflow


@pytest.mark.clause("2.1.4")
def test_one_who_agrees_in_the_moment_the_hold_runs_out_has_it_or_has_it_not(crew, press):
    until = Appointment.objects.get().held_until
    brought = at_once(PEOPLE, lambda n: operations.sweep(until) if n % 2 else press(n))
    made = Appointment.objects.get()
    holds = sum(answer["holds"] for answer in brought if isinstance(answer, dict))
    assert (made.state, holds, written()[:3]) in [
        (State.CONFIRMED, 0, [1, 1, 2]),
        (State.CANCELLED, 1, [0, 0, 0]),
    ]
    assert made.moves.count() == 2
