"""Calls nobody answers: they end after enough tries."""

import pytest

from appointments import operations
from appointments.models import Reminder
from appointments.models.reminders import Outcome, ReminderState
from dealership.workflow import NotAllowed
from tests.appointments.test_calls import CALLS, HOUR, MINUTE, THURSDAY_NINE, address, due, reminder, text

NOTED = THURSDAY_NINE + 30 * MINUTE
GIVE_UP = 'value="gave_up"'


@pytest.fixture
def missed(crew, made):
    """The call to its customer, who did not come."""
    operations.mark_no_show(made, by=crew.service_advisor, at=NOTED)
    return reminder(made, "missed")


def try_in_vain(call, crew, times):
    for n in range(times):
        operations.record_call(call, outcome="no_answer", by=crew.service_advisor, at=NOTED + n * HOUR)


@pytest.mark.clause("3.1.3.8")
def test_who_is_never_reached_is_given_up_after_three_tries(desk, crew, missed, at):
    try_in_vain(missed, crew, 2)
    at(NOTED + 2 * HOUR)
    assert GIVE_UP not in text(desk.get(address(missed)))
    assert desk.post(address(missed), {"outcome": "gave_up"}).status_code == 422
    try_in_vain(missed, crew, 1)
    assert GIVE_UP in text(desk.get(address(missed)))
    assert desk.post(address(missed), {"outcome": "gave_up", "note": "一直关机"}).status_code == 302
    missed.refresh_from_db()
    assert (missed.state, missed.outcome, missed.retry_at) == (ReminderState.DONE, Outcome.GAVE_UP, None)
    assert [one.outcome for one in missed.attempts.all()] == ["no_answer"] * 3 + ["gave_up"]
    assert due(crew, NOTED + 100 * HOUR) == []
    assert desk.get(CALLS).context["again"].count() == 0
    assert "not reached, given up" in text(desk.get(address(missed))), "the history keeps it"


@pytest.mark.usefixtures("english")
def test_nobody_gives_up_before_the_third_try(crew, missed):
    try_in_vain(missed, crew, 2)
    with pytest.raises(NotAllowed, match=r"^Try at least three times before giving up\.$"):
        operations.record_call(missed, outcome="gave_up", by=crew.service_advisor, at=NOTED + 3 * HOUR)
    assert Reminder.objects.get(pk=missed.pk).state == ReminderState.OPEN
    assert missed.attempts.count() == 2


def test_a_call_before_the_visit_is_not_given_up(desk, crew, made, at):
    call = reminder(made, "near")
    try_in_vain(call, crew, 3)
    at(THURSDAY_NINE - HOUR)
    assert GIVE_UP not in text(desk.get(address(call)))


@pytest.mark.usefixtures("english")
def test_nor_by_the_operation(crew, made):
    call = reminder(made, "near")
    try_in_vain(call, crew, 3)
    with pytest.raises(NotAllowed, match="it cannot be given up"):
        operations.record_call(call, outcome="gave_up", by=crew.service_advisor, at=THURSDAY_NINE - HOUR)
