"""Several presses about the plan of one car at once."""

from datetime import timedelta

import pytest

from dealership.customers import operations
from dealership.customers.models import PlanLine, Recommendation, Vehicle
from tests import factories
from tests.faults.crowd import at_once

pytestmark = pytest.mark.faults
AT = factories.TUESDAY_NINE
TODAY = AT.date()
DAY = timedelta(days=1)


@pytest.fixture
def advisor(transactional_db):
    return factories.Crew(factories.store()).service_advisor


@pytest.fixture
def car(advisor):
    return factories.customer_with_car(advisor, AT)[1]


def mine(car):
    """Return the car as a request of one's own loads it."""
    return Vehicle.objects.get(pk=car.pk)


def test_a_line_pressed_eight_times_is_planned_once(advisor, car):
    def plan(n):
        try:
            return operations.plan_line(mine(car), item="机油机滤", due_on=TODAY, by=advisor, at=AT)
        except operations.AlreadyPlanned:
            return None

    brought = at_once(8, plan)
    assert [line for line in brought if line] == [PlanLine.objects.get()]


def test_the_usual_plan_pressed_eight_times_is_made_once(advisor, car):
    usual = [("机油机滤", "M10", 6, None), ("刹车液", "M20", 24, None)]
    brought = at_once(8, lambda n: operations.make_usual_plan(mine(car), usual, by=advisor, at=AT))
    assert sorted(map(len, brought)) == [0] * 7 + [2]
    assert PlanLine.objects.count() == 2


def test_a_recommendation_pressed_eight_times_is_kept_once(advisor, car):
    said = {"words": "轮胎磨损", "declined": True, "source": "W-1", "remind_on": TODAY}
    brought = at_once(8, lambda n: operations.recommend(mine(car), by=advisor, at=AT, **said))
    assert set(brought) == {Recommendation.objects.get()}


def test_readings_plans_and_orders_at_once_wait_for_each_other(advisor, car):
    """Whoever touches the lines of a car holds the car first; else two of these would wait for each other for ever."""
    acts = [
        lambda: operations.record_mileage(mine(car), 10_000, "desk", by=advisor, at=AT),
        lambda: operations.correct_vehicle(mine(car), next_service_km=10_400, by=advisor, at=AT),
        lambda: operations.plan_line(mine(car), item="机油机滤", code="M10", due_km=10_800, by=advisor, at=AT),
        lambda: operations.end_plan_lines(mine(car), ["M20"], done_by="W-1", by=advisor, at=AT),
    ]
    operations.plan_line(car, item="刹车液", code="M20", due_km=20_000, by=advisor, at=AT)
    at_once(len(acts), lambda n: acts[n]())
    lines = PlanLine.objects.order_by("pk").values_list("state", "expected_on")
    assert list(lines) == [("done", None), ("open", TODAY + 20 * DAY)]
    assert mine(car).service_expected_on == TODAY + 10 * DAY
