"""A call in hand: who makes it is seen by the colleagues, and nobody is called by two."""

from datetime import timedelta

import pytest
from django.test import Client

from appointments import operations
from appointments.models import Reminder
from appointments.models.reminders import Outcome
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.appointments.test_calls import CALLS, HOUR, MINUTE, THURSDAY_NINE, WEDNESDAY, address, reminder, text


@pytest.fixture
def colleague(crew):
    """Another advisor with a browser of her own."""
    client = Client(headers={"accept-language": "en"})
    client.user = factories.person(Role.SERVICE_ADVISOR, crew.store)
    client.force_login(client.user)
    return client


def test_a_call_somebody_makes_is_not_opened_by_a_colleague(at, desk, crew, made, colleague):
    at(WEDNESDAY)
    colleague.force_login(colleague.user)
    call = reminder(made, "day")
    assert desk.post(address(call, "call_take")).url == address(call)
    answer = colleague.post(address(call, "call_take"), follow=True)
    sentence = f"{crew.service_advisor.full_name} is making this call since 09:00."
    assert answer.redirect_chain[-1][0] == CALLS
    assert sentence in text(answer)
    assert answer.context["groups"].taken == [call]
    assert sentence in text(colleague.get(address(call)))
    assert sentence not in text(desk.get(address(call)))
    assert desk.get(CALLS).context["groups"].taken == []


def test_a_call_is_free_again_after_ten_minutes_or_when_its_caller_takes_another(at, crew, made, colleague):
    other = factories.appointment(crew, THURSDAY_NINE + timedelta(hours=1))
    first, second = reminder(made, "day"), reminder(other, "day")
    advisor = crew.service_advisor
    operations.take_call(first, by=advisor, at=WEDNESDAY)
    with pytest.raises(NotAllowed):
        operations.take_call(first, by=colleague.user, at=WEDNESDAY + 10 * MINUTE - timedelta(seconds=1))
    operations.take_call(first, by=colleague.user, at=WEDNESDAY + 10 * MINUTE)
    operations.take_call(second, by=colleague.user, at=WEDNESDAY + 11 * MINUTE)
    operations.take_call(first, by=advisor, at=WEDNESDAY + 11 * MINUTE)
    assert list(Reminder.objects.exclude(taken_by=None).order_by("pk").values_list("taken_by", flat=True)) == [
        advisor.pk, colleague.user.pk,
    ]  # fmt: skip


@pytest.mark.usefixtures("english")
def test_who_was_not_reached_is_in_nobodys_hand_and_what_is_done_cannot_be_taken(crew, made, colleague):
    call, advisor = reminder(made, "day"), crew.service_advisor
    operations.take_call(call, by=advisor, at=WEDNESDAY)
    operations.record_call(call, outcome=Outcome.NO_ANSWER, by=advisor, at=WEDNESDAY + MINUTE)
    assert (call.taken_by, call.taken_at) == (None, None)
    operations.record_call(call, outcome=Outcome.CAN_COME, by=advisor, at=WEDNESDAY + 12 * MINUTE)
    with pytest.raises(NotAllowed, match="has made this call"):
        operations.take_call(call, by=colleague.user, at=WEDNESDAY + 30 * MINUTE)


def test_the_next_call_that_opens_is_one_nobody_has_in_hand(at, desk, crew, made, colleague):
    later = [factories.appointment(crew, THURSDAY_NINE + n * timedelta(minutes=15)) for n in (1, 2)]
    second, third = (reminder(one, "day") for one in later)
    at(WEDNESDAY + HOUR)
    operations.take_call(second, by=colleague.user, at=WEDNESDAY + HOUR)
    answer = desk.post(address(reminder(made, "day")), {"outcome": "can_come"})
    assert answer.url == address(third)
    third.refresh_from_db()
    assert third.taken_by == crew.service_advisor
