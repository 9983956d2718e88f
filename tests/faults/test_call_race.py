"""Twenty callers open one call: one has it, the others read who; nobody is called by two."""

import threading

import pytest

from appointments import operations
from appointments.models import Reminder
from appointments.operations import reminding
from dealership.staff.roles import Role
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CALLERS = 20


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store())


@pytest.fixture
def taken(crew):
    """Return what every caller was answered, all of them pressing in the same moment."""
    call = factories.appointment(crew).reminders.earliest("due_at")
    callers = [factories.person(Role.SERVICE_ADVISOR, crew.store, username=f"caller{n}") for n in range(CALLERS)]

    def press():
        calls = [Reminder.objects.get(pk=call.pk) for _ in callers]
        return at_once(CALLERS, lambda n: operations.take_call(calls[n], by=callers[n], at=TUESDAY_NINE))

    return press


def test_one_caller_has_the_call_and_the_others_read_who(taken):
    answers = taken()
    winner = Reminder.objects.exclude(taken_by=None).get().taken_by
    assert answers.count(None) == 1
    refusals = [str(answer) for answer in answers if answer is not None]
    assert refusals == [f"{winner.full_name} is making this call since 09:00."] * (CALLERS - 1)


def test_control_looking_before_writing_gives_one_call_to_many(taken, monkeypatch):
    looked = threading.Barrier(CALLERS)

    def take_call(reminder, *, by, at):
        free = Reminder.objects.get(pk=reminder.pk).taken_by is None
        looked.wait(60)
        if free:
            Reminder.objects.filter(pk=reminder.pk).update(taken_by=by, taken_at=at)

    monkeypatch.setattr(operations, "take_call", take_call)
    assert reminding.take_call is not operations.take_call
    assert taken().count(None) == CALLERS
