"""The call itself: taken once, not before its time, every try kept, the answer complete."""

from datetime import timedelta

import pytest

from dealership import workflow
from dealership.workflow import NotAllowed
from followup import operations, queries, states
from followup.models import Attempt, Code
from followup.states import State
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = pytest.mark.django_db
WEDNESDAY = china(3, 4, 17)


@pytest.fixture
def due(visit):
    operations.sweep(RELEASED)
    operations.sweep(WEDNESDAY)
    return house.task(visit)


def call(task, by, at=WEDNESDAY, **answer):
    operations.record_call(task, by=by, at=at, **({"outcome": "reached", "satisfied": True, "score": 5} | answer))


@pytest.mark.clause("3.6.1.1")
def test_the_customer_is_not_called_before_the_second_day(visit, clerk):
    operations.sweep(RELEASED)
    task = house.task(visit)
    with pytest.raises(NotAllowed, match="2026"):
        call(task, clerk, at=china(3, 3, 12))
    assert not Attempt.objects.exists()


@pytest.mark.clause("3.6.1.2")
@pytest.mark.parametrize("missing", ["satisfied", "score"])
def test_a_customer_who_was_reached_said_whether_he_is_satisfied(due, clerk, missing):
    with pytest.raises(NotAllowed):
        call(due, clerk, **{missing: None})
    due.refresh_from_db()
    assert (due.state, due.assigned_to) == (State.DUE, None)
    assert not Attempt.objects.exists()


@pytest.mark.clause("3.6.1.2", "3.6.3.2")
def test_the_answer_is_kept_with_the_opinion_on_this_visit(due, clerk):
    call(due, clerk, satisfied=False, score=2, opinion=" 水泵还是响 ", note="晚上打的")
    due.refresh_from_db()
    assert (due.state, due.satisfied, due.score, due.opinion) == (State.DONE, False, 2, "水泵还是响")
    assert (due.done_by, due.done_at) == (clerk, WEDNESDAY)
    assert due.visit.followup_tasks.get(opinion="水泵还是响") == due
    assert due.attempts.get().note == "晚上打的"
    assert due.moves.last().by == clerk


@pytest.mark.parametrize("outcome", ["no_answer", "call_later"])
def test_a_call_in_vain_stays_on_the_list_for_later(due, store, clerk, outcome):
    operations.take(due, by=clerk, at=WEDNESDAY)
    call(due, clerk, outcome=outcome, satisfied=None, score=None)
    due.refresh_from_db()
    assert (due.state, due.assigned_to, due.retry_at) == (State.DUE, None, WEDNESDAY + timedelta(hours=3))
    call(due, house.clerk(store), at=WEDNESDAY + timedelta(hours=3))
    assert [attempt.outcome for attempt in due.attempts.all()] == [outcome, "reached"]


def test_a_wrong_number_leaves_a_letter(due, clerk):
    call(due, clerk, outcome="wrong_number")
    due.refresh_from_db()
    assert (due.state, due.channel) == (State.DUE, "letter")
    with pytest.raises(NotAllowed):
        call(due, clerk)
    operations.record_letter(due, by=clerk, at=WEDNESDAY)
    assert due.state == State.DONE


def test_a_call_is_not_answered_with_a_letter(due, clerk):
    with pytest.raises(NotAllowed):
        operations.record_letter(due, by=clerk, at=WEDNESDAY)


def test_a_satisfied_customer_is_spared_the_second_call(due, clerk):
    call(due, clerk)
    second = house.task(due.visit, Code.SECOND_CALL)
    assert second.state == State.SUPERSEDED
    assert second.moves.last().reason
    assert house.task(due.visit, Code.CARE).state == State.PLANNED


def test_an_unsatisfied_customer_is_called_again(due, clerk):
    call(due, clerk, satisfied=False, score=1)
    assert house.task(due.visit, Code.SECOND_CALL).state == State.PLANNED


def test_who_declines_is_not_asked_again_about_this_visit(due, clerk):
    call(due, clerk, outcome="declined")
    assert due.state == State.CANCELLED
    assert house.task(due.visit, Code.SECOND_CALL).state == State.SUPERSEDED


def test_a_task_taken_is_nobody_elses(due, store, clerk):
    other = house.clerk(store)
    operations.take(due, by=clerk, at=WEDNESDAY)
    operations.take(due, by=clerk, at=WEDNESDAY)
    for act in (operations.take, call):
        with pytest.raises(NotAllowed, match=clerk.full_name):
            act(house.task(due.visit), by=other, at=WEDNESDAY)
    assert due not in queries.worklist(other, store, WEDNESDAY)
    assert due in queries.worklist(clerk, store, WEDNESDAY)


def test_a_call_is_recorded_once(due, clerk):
    seen = house.task(due.visit)
    call(due, clerk)
    with pytest.raises(NotAllowed):
        call(seen, clerk, satisfied=False)
    due.refresh_from_db()
    assert due.satisfied is True
    assert due.attempts.count() == 1


def test_a_manager_cancels_with_a_reason(due, manager):
    with pytest.raises(NotAllowed):
        operations.cancel(due, reason=" ", by=manager, at=WEDNESDAY)
    operations.cancel(due, reason="车已卖掉", by=manager, at=WEDNESDAY)
    assert (due.state, due.moves.last().reason) == (State.CANCELLED, "车已卖掉")


@pytest.mark.parametrize("step", states.TRANSITIONS, ids=lambda step: step.name)
@pytest.mark.parametrize("state", State.values)
def test_each_step_starts_only_where_the_table_says(due, step, state, clerk, manager):
    done_at = WEDNESDAY if state == State.DONE else None
    type(due).objects.filter(pk=due.pk).update(state=state, done_at=done_at)
    due.refresh_from_db()
    by = manager if step.permission == "followup.reassign_task" else clerk
    changes = {"done_at": WEDNESDAY} if step.target == State.DONE else {}
    if state in step.sources:
        workflow.move(due, step, by=by, at=WEDNESDAY, **changes)
        assert due.state == step.target
    else:
        with pytest.raises(NotAllowed):
            workflow.move(due, step, by=by, at=WEDNESDAY, **changes)


@pytest.mark.parametrize("step", states.TRANSITIONS, ids=lambda step: step.name)
def test_each_step_is_refused_to_who_may_not(due, advisor, step):
    type(due).objects.filter(pk=due.pk).update(state=min(step.sources))
    due.refresh_from_db()
    with pytest.raises(NotAllowed):
        workflow.move(due, step, by=advisor, at=WEDNESDAY)
