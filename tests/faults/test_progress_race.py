"""Two sweeps, and two people who answer, in the same moment: one question, one answer."""

import threading

import pytest

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once, without_constraint
from tests.workorders.plans import clock, planned, said
from workorders.models import ProgressQuestion, WorkOrder
from workorders.operations import progress
from workorders.queries import progress as queries
from workorders.queries.rules import rules_at

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD = 6


@pytest.fixture
def crew():
    return factories.Crew(factories.store())


@pytest.fixture
def order(crew):
    made = planned(crew, "09:00", "12:00")
    made.progress_questions.all().delete()
    return made


def look_together(monkeypatch, count):
    """Let nobody enter a question before that many have seen that there is none."""
    looked, look = threading.Barrier(count), queries.in_question

    def in_question(store):
        found = list(look(store))
        looked.wait(60)
        return found

    monkeypatch.setattr(queries, "in_question", in_question)


@pytest.mark.clause("2.4.5.1")
def test_sweeps_at_once_ask_once(order, monkeypatch):
    look_together(monkeypatch, CROWD)
    counts = at_once(CROWD, lambda _n: progress.sweep(TUESDAY_NINE)["questions"])
    assert counts == [1] * CROWD  # each saw it missing and took it up; the first entered it, the others found it
    assert ProgressQuestion.objects.count() == 1


def test_control_without_lock_and_key_each_sweep_asks(order):
    looked = threading.Barrier(CROWD)

    def naive(_n):
        mine = queries.with_plan(WorkOrder.objects.filter(pk=order.pk)).get()
        wanted = queries.window(mine, calendar, rules)
        missing = not ProgressQuestion.objects.filter(queries.UNANSWERED, order=mine).exists()
        looked.wait(60)  # everybody has looked before anybody writes
        if missing:
            ProgressQuestion.objects.create(order=mine, made_at=TUESDAY_NINE, **vars(wanted))

    calendar, rules = progress.workshop.calendar_of(order.store), rules_at(order.store, TUESDAY_NINE)
    with without_constraint(ProgressQuestion, "progress_one_open"):
        at_once(CROWD, naive)
        assert ProgressQuestion.objects.count() == CROWD


@pytest.mark.clause("2.4.5.3")
def test_of_those_who_answer_at_once_one_is_kept_and_the_others_are_told(crew, order):
    answers = [said(crew, finish_at=clock(f"12:{10 + n}")) for n in range(CROWD)]

    def answer(n):
        return progress.answer(WorkOrder.objects.get(pk=order.pk), **answers[n]).finish_at

    brought = at_once(CROWD, answer)
    refused = [one for one in brought if isinstance(one, NotAllowed)]
    assert len(refused) == CROWD - 1
    assert all("noted the answer at" in str(one) for one in refused)
    assert ProgressQuestion.objects.get().finish_at in brought
