"""A visit done through the desk's own operations: the clock finds it, and knows who served."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from dealership import celery
from dealership.outbox.models import Message
from dealership.workflow import NotAllowed
from followup import operations, queries, tasks
from followup.models import FollowUpTask
from tests import factories
from tests.followup import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return factories.Crew(factories.store())


@pytest.fixture
def visit(crew):
    return factories.released(crew, call_from=time(14), call_until=time(15)).visit


@pytest.mark.clause("2.6.4.8", "2.6.6.3")
def test_the_call_is_planned_from_the_release_into_the_agreed_hours(visit):
    operations.sweep(visit.released_at)
    task = house.task(visit)
    meant = timezone.localtime(visit.released_at + timedelta(days=3), visit.store.zone)
    assert task.target == meant.replace(hour=14, minute=0)


@pytest.mark.clause("3.6.1.3", "3.6.1.4")
def test_only_the_advisor_of_all_who_worked_on_it_has_served(visit, crew):
    operations.sweep(visit.released_at)
    task, later = house.task(visit), visit.released_at + timedelta(days=3)
    operations.sweep(later)
    task.refresh_from_db()
    assert queries.serving_advisors(visit) == {crew.service_advisor.pk}
    with pytest.raises(NotAllowed):
        operations.take(task, by=crew.service_advisor, at=later)
    assert crew.technician in queries.callers(task)


def test_the_script_names_the_labour_of_the_order(visit, crew):
    operations.sweep(visit.released_at)
    assert queries.repaired(house.task(visit)) == ["更换机油机滤"]


def test_the_clock_runs_the_sweep_and_misses_nothing(visit, time_machine):
    """The task of the schedule, run twice, after the worker had been away for an hour."""
    assert tasks.sweep.name in [entry["task"] for entry in celery.app.conf.beat_schedule.values()]
    time_machine.move_to(visit.released_at + timedelta(hours=1), tick=False)
    assert tasks.sweep()["visits"] == 1
    assert tasks.sweep()["visits"] == 0
    assert FollowUpTask.objects.filter(visit=visit).count() == 4
    # This customer left no e-mail, so there is a letter to write and nothing in the outbox.
    assert not Message.objects.exists()
