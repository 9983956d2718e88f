"""The lane: two queues, who is overtaken, what is missing, what was here before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from appointments.models import Appointment
from reception import operations, queries
from reception.models import Visit
from reception.states import State
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")
MINUTE = timedelta(minutes=1)
GRACE = 10 * MINUTE


def booked(crew, arrives_at, starts_at=TUESDAY_NINE):
    return operations.receive_appointment(
        factories.appointment(crew, starts_at=starts_at), by=crew.service_advisor, at=arrives_at
    )


def waiting(crew, now=TUESDAY_NINE + 20 * MINUTE):
    return [row.visit for row in queries.lane(crew.store, now).waiting]


def passed(visit, by=None, at=TUESDAY_NINE + timedelta(hours=1)):
    """Return who is passed over if this visit is received now; by a manager who has no customers of his own."""
    by = by or factories.Crew(visit.store).after_sales_manager
    return [one.visit for one in queries.passed_over(visit, by, at)]


@pytest.mark.clause("3.1.4.1")
def test_a_booked_customer_in_time_goes_before_who_waits_without_appointment(crew):
    walk_in = factories.arrived(crew, TUESDAY_NINE - 20 * MINUTE)
    in_time = booked(crew, TUESDAY_NINE)
    assert waiting(crew) == [in_time, walk_in]
    operations.receive(in_time, by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("2.2.11.4")
def test_customers_without_appointment_stand_in_order_of_arrival(crew):
    second = factories.arrived(crew, TUESDAY_NINE + 5 * MINUTE)
    first = factories.arrived(crew, TUESDAY_NINE + MINUTE)
    assert waiting(crew) == [first, second]
    assert passed(second) == [first]
    assert passed(first) == []


@pytest.mark.clause("C11")
def test_a_booked_customer_beyond_the_grace_queues_by_arrival(crew):
    walk_in = factories.arrived(crew, TUESDAY_NINE + 5 * MINUTE)
    late = booked(crew, TUESDAY_NINE + GRACE + MINUTE)
    in_time = booked(crew, TUESDAY_NINE + 15 * MINUTE + GRACE, TUESDAY_NINE + 15 * MINUTE)
    assert waiting(crew, TUESDAY_NINE + timedelta(hours=1)) == [in_time, walk_in, late]
    assert passed(late) == [walk_in]
    assert passed(in_time) == [], "the two queues do not overtake each other"
    assert passed(walk_in, by=crew.after_sales_manager) == []


def test_the_grace_ends_on_the_minute(crew):
    assert queries.booked_in_time(booked(crew, TUESDAY_NINE + GRACE), GRACE)
    late = TUESDAY_NINE + 15 * MINUTE
    assert not queries.booked_in_time(booked(crew, late + GRACE + timedelta(seconds=1), late), GRACE)


def test_nobody_of_another_store_is_overtaken(crew):
    elsewhere = factories.Crew(factories.store())
    factories.arrived(elsewhere, TUESDAY_NINE - MINUTE)
    mine = factories.arrived(crew)
    assert passed(mine) == []
    assert waiting(crew) == [mine]


def test_who_waits_beyond_patience_is_shown(crew):
    factories.arrived(crew, TUESDAY_NINE)
    for minutes, long in [(8, False), (9, True)]:
        [row] = queries.lane(crew.store, TUESDAY_NINE + minutes * MINUTE).waiting
        assert (row.minutes, row.long, row.booked) == (minutes, long, False)


def test_the_lane_tells_the_stages_apart(crew):
    due = factories.appointment(crew, starts_at=TUESDAY_NINE + 60 * MINUTE)
    queued, taken = factories.arrived(crew, TUESDAY_NINE + MINUTE), factories.taken_in(crew)
    received = factories.receiving(crew)
    gone = factories.arrived(crew, TUESDAY_NINE + 2 * MINUTE)
    operations.leave(gone, reason="等太久", by=crew.service_advisor, at=TUESDAY_NINE + 3 * MINUTE)
    lane = queries.lane(crew.store, TUESDAY_NINE + 5 * MINUTE)
    assert (lane.due, [row.visit for row in lane.waiting]) == ([due], [queued])
    assert (lane.receiving, lane.taken_in) == ([received], [taken])


def test_what_is_missing_is_told_all_at_once_in_the_order_of_the_walk_round(crew):
    visit = factories.arrived(crew)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert [sentence.split()[-1] for sentence in queries.obstacles(visit)] == [
        "yet.", "yet.", "missing.", "missing.", "walk-round.", "more.", "came.", "says.", "valuables.", "key.",
    ]  # fmt: skip
    assert queries.obstacles(factories.receiving(crew)) == []


def test_earlier_visits_are_those_of_the_car_that_were_finished(crew):
    car = factories.customer_with_car(crew.service_advisor)
    first, second = (factories.released(crew, at, car=car).visit for at in [MONDAY, MONDAY + timedelta(hours=2)])
    aborted = factories.arrived(crew, TUESDAY_NINE - 60 * MINUTE, car=car)
    operations.leave(aborted, reason="等太久", by=crew.service_advisor, at=TUESDAY_NINE)
    factories.released(crew, MONDAY)
    now = factories.arrived(crew, car=car)
    assert [past.visit for past in queries.history(now)] == [second, first]
    assert queries.open_visit(car[1].pk) == now


def test_a_car_that_has_gone_has_no_open_visit(crew):
    visit = factories.arrived(crew)
    assert queries.open_visit(visit.vehicle_id) == visit
    Visit.objects.filter(pk=visit.pk).update(state=State.LEFT)
    assert queries.open_visit(visit.vehicle_id) is None


def test_a_day_of_arrivals_is_the_stores_day_when_clocks_change(db):
    """On 25 October 2026 the day in Berlin has twenty-five hours."""
    crew = factories.Crew(factories.store(time_zone="Europe/Berlin"))
    night = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    first = factories.arrived(crew, night)
    last = factories.arrived(crew, night + timedelta(hours=24, minutes=59))
    factories.arrived(crew, night + timedelta(hours=25))
    factories.arrived(crew, night - MINUTE)
    assert set(queries.arrivals_on(crew.store, date(2026, 10, 25))) == {first, last}


@pytest.mark.parametrize("count", [1, 3])
def test_the_lane_takes_three_queries(crew, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + 60 * number * MINUTE)
        factories.arrived(crew, TUESDAY_NINE + number * MINUTE)
        factories.receiving(crew)
        factories.taken_in(crew)
    assert Appointment.objects.count() == count
    with django_assert_num_queries(3):
        lane = queries.lane(crew.store, TUESDAY_NINE)
        assert len(lane.due) == len(lane.receiving) == count
    with django_assert_num_queries(2):
        queries.lane(crew.store, TUESDAY_NINE, lane.rules)
