"""Two sweeps at the same moment owe each customer each contact once; without the unique key they owe it twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from dealership.customers.models import Customer
from dealership.outbox.models import Message
from dealership.workflow import NotAllowed
from followup import operations, queries
from followup.models import Code, FollowUpTask, FollowUpTaskMove
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
UNIQUE = next(constraint for constraint in FollowUpTask._meta.constraints if constraint.name == "followuptask_once")
PATIENCE = 20  # seconds; a sweep that waits longer for the other has hung


@pytest.fixture
def visits():
    store = house.store()
    advisor = house.advisor(store)
    return [house.visit(store, advisor) for _number in range(5)]


@pytest.fixture
def without_the_key(monkeypatch):
    """Take the guard away for the control, and put it back over an empty table."""
    others = [constraint for constraint in FollowUpTask._meta.constraints if constraint is not UNIQUE]
    with monkeypatch.context() as patch, connection.schema_editor() as editor:
        patch.setattr(FollowUpTask._meta, "constraints", others)  # SQLite builds the table anew from these
        editor.remove_constraint(FollowUpTask, UNIQUE)
    yield
    FollowUpTaskMove.objects.all().delete()
    FollowUpTask.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(FollowUpTask, UNIQUE)


@pytest.fixture
def looking_together(monkeypatch):
    """Let both sweeps look for unplanned visits before either has written: the race, every time."""
    barrier, first_look = threading.Barrier(2, timeout=PATIENCE), threading.local()
    unplanned = queries.unplanned

    def look(*args):
        found = unplanned(*args)
        if not hasattr(first_look, "over"):
            first_look.over = True
            barrier.wait()
        return found

    monkeypatch.setattr(queries, "unplanned", look)


def sweep_twice_at_once(at):
    with ThreadPoolExecutor(2) as pool:
        sweeps = [pool.submit(swept, at) for _number in range(2)]
        return [sweep.result(timeout=3 * PATIENCE) for sweep in sweeps]


def swept(at):
    try:
        return operations.sweep(at)
    finally:
        connection.close()


def owed(visits):
    return Counter(FollowUpTask.objects.filter(visit__in=visits).values_list("visit", "rule__code", "occurrence"))


def test_two_sweeps_at_once_plan_each_contact_once(visits, looking_together):
    counts = sweep_twice_at_once(RELEASED + timedelta(minutes=1))
    assert sum(count["visits"] for count in counts) == len(visits)
    assert set(owed(visits).values()) == {1}
    assert len(owed(visits)) == len(visits) * len(Code)
    assert Message.objects.count() == len(visits)
    assert FollowUpTaskMove.objects.count() == len(visits) * len(Code)


def test_control_without_the_unique_key_the_same_race_doubles(visits, without_the_key, looking_together):
    """Letters only, or the message of a visit, itself unique, would be the guard."""
    Customer.objects.update(email="")
    sweep_twice_at_once(RELEASED + timedelta(minutes=1))
    assert set(owed(visits).values()) == {2}


def test_two_sweeps_at_once_let_each_task_fall_due_once(visits):
    operations.sweep(RELEASED)
    counts = sweep_twice_at_once(china(3, 4, 17))
    assert sum(count["due"] for count in counts) == len(visits)
    due = FollowUpTaskMove.objects.filter(to_state="due").values_list("thing", flat=True)
    assert sorted(due) == sorted(FollowUpTask.objects.filter(state="due").values_list("pk", flat=True))


def test_two_clerks_at_once_take_a_call_once(visits):
    operations.sweep(RELEASED)
    operations.sweep(china(3, 4, 17))
    clerks = [house.clerk(visits[0].store) for _number in range(8)]
    task, start = house.task(visits[0]), threading.Barrier(len(clerks), timeout=PATIENCE)
    with ThreadPoolExecutor(len(clerks)) as pool:
        answers = list(pool.map(lambda clerk: taken(task.pk, clerk, start), clerks))
    assert answers.count("") == 1
    winner = clerks[answers.index("")]
    task.refresh_from_db()
    assert task.assigned_to == winner
    assert all(winner.full_name in answer for answer in answers if answer)


def taken(pk, clerk, start):
    """Try to take the task; return the refusal, "" where it worked."""
    try:
        task = FollowUpTask.objects.select_related("rule", "visit", "store").get(pk=pk)
        start.wait()
        operations.take(task, by=clerk, at=china(3, 4, 17))
    except NotAllowed as refusal:
        return str(refusal)
    finally:
        connection.close()
    return ""
