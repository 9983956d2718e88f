"""One advisor's buffer is given to several customers at once: one has it."""

import threading

import pytest

from appointments.models import BufferUse
from reception import operations, queries
from reception.models import Visit
from reception.states import State
from tests import factories
from tests.faults.crowd import at_once, without_constraint
from tests.reception.morning import at, walked_in

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
SCREENS = 10


@pytest.fixture
def take(transactional_db):
    """Return the press on screen n: each gives the same advisor's buffer of 9:45 to another customer."""
    crew = factories.Crew(factories.store())
    visits = [walked_in(crew, 40, "large") for _one in range(SCREENS)]

    def press(n):
        operations.receive(
            visits[n], by=crew.service_advisor, at=at(44), reason="同时到", place="buffer", buffer=at(45)
        )
        return visits[n]

    return press


@pytest.fixture
def everybody_looks_first(monkeypatch):
    """Let nobody write before all have looked, so that every one of them saw the buffer free."""
    looked, look = threading.Barrier(SCREENS), queries.passed_over

    def passed_over(*args):
        found = look(*args)
        looked.wait(60)
        return found

    monkeypatch.setattr(queries, "passed_over", passed_over)


def expect_one(brought):
    [has_it] = [answer for answer in brought if isinstance(answer, Visit)]
    assert BufferUse.objects.get().visit == has_it
    assert Visit.objects.filter(state=State.RECEIVING).count() == 1
    refused = [answer for answer in brought if answer is not has_it]
    assert {str(refusal) for refusal in refused} == {"This buffer was used already."}


def test_of_ten_customers_who_are_given_one_buffer_one_has_it(take):
    expect_one(at_once(SCREENS, take))


def test_of_ten_for_whom_it_was_seen_free_one_has_it(take, everybody_looks_first):
    expect_one(at_once(SCREENS, take))


def test_control_without_the_constraint_all_ten_have_it(take, everybody_looks_first):
    """Looking before writing does not hold: the unique constraint does."""
    with without_constraint(BufferUse, "bufferuse_once"):
        brought = at_once(SCREENS, take)
        assert all(isinstance(answer, Visit) for answer in brought)
        assert BufferUse.objects.count() == SCREENS
        Visit.objects.update(buffer=None)
