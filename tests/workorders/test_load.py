"""How full the workshop is, told honestly: work carried over and customers who simply came count too."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from appointments import queries as appointments
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from workorders import queries
from workorders.models import WorkOrder
from workorders.operations import writeup

TUESDAY = TUESDAY_NINE.date()
DAY = timedelta(days=1)


def load(store, day=TUESDAY, now=TUESDAY_NINE):
    """Return the hours of a day as (booked, in the house)."""
    found = appointments.grid(store, day, now).load
    return found.booked, found.in_house


def in_house(store, now=TUESDAY_NINE, days=3):
    """Return {days from Tuesday: hours in the house} where there are any."""
    loads = {n: load(store, TUESDAY + n * DAY, now)[1] for n in range(-days, days + 1)}
    return {n: hours for n, hours in loads.items() if hours}


def booked_and_taken_in(crew, hours="3.00"):
    """A customer who came with an appointment of so many hours; the reception form is signed."""
    car = factories.customer_with_car(crew.service_advisor)
    made = factories.appointment(crew, car=car, job=factories.job(hours))
    return made, factories.taken_in(crew, car=car)


@pytest.mark.clause("3.1.1.6", "3.1.5.1")
def test_a_car_that_simply_came_makes_its_promised_day_fuller(crew):
    factories.signed(crew, hours="2.50", promised_at=TUESDAY_NINE + timedelta(hours=7))
    factories.signed(crew, hours="1.50", promised_at=TUESDAY_NINE + DAY)
    assert in_house(crew.store) == {0: Decimal("2.50"), 1: Decimal("1.50")}


@pytest.mark.parametrize("make", ["draft", "signed", "dispatched", "in_progress"])
def test_work_lies_on_today_while_nothing_is_promised_or_the_promise_is_broken(crew, make):
    getattr(factories, make)(crew, hours="2.00")
    WorkOrder.objects.filter(state="draft").update(promised_at=None)
    assert in_house(crew.store, TUESDAY_NINE + 2 * DAY, days=4) == {2: 2}
    assert in_house(crew.store, TUESDAY_NINE + 3 * DAY, days=4) == {3: 2}


def test_the_days_to_come_do_not_carry_what_lies_on_today(crew):
    """Looked at from today; a page that begins with another day must not take that for today."""
    factories.signed(crew, hours="2.00", promised_at=TUESDAY_NINE + timedelta(hours=7))
    later = appointments.Outlook(
        crew.store, appointments.Wish(Decimal(1)), TUESDAY_NINE + 2 * DAY, horizon=5, today=TUESDAY
    )
    assert {load.in_house for day, load in later.loads.days.items() if day > TUESDAY} == {0}
    assert appointments.week(crew.store, MONDAY.date(), TUESDAY).loads[1].in_house == 2
    assert appointments.week(crew.store, MONDAY.date(), TUESDAY + DAY).loads[2].in_house == 2


def test_work_of_a_booked_car_is_counted_once_where_it_is_promised(crew):
    made, visit = booked_and_taken_in(crew, "3.00")
    assert load(crew.store) == (3, 0)
    order = writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert load(crew.store) == (3, 0)  # nothing is sold yet: the estimate is all that is known
    writeup.add_labour(
        order, operation=factories.operation(hours="4.00"), complaint=visit.complaints.get(),
        by=crew.service_advisor, at=TUESDAY_NINE,
    )  # fmt: skip
    assert load(crew.store) == (4, 0)
    signed = {"state": "signed", "promised_at": TUESDAY_NINE + DAY, "authorisation": visit.intake}
    WorkOrder.objects.update(**signed, **factories.EXPLAINED_COLUMNS)
    assert load(crew.store) == (0, 0)
    assert load(crew.store, TUESDAY + DAY) == (4, 0)
    WorkOrder.objects.update(state="passed")
    assert load(crew.store) == (3, 0)
    assert load(crew.store, TUESDAY + DAY) == (0, 0)
    assert made.state == "confirmed"


def test_what_was_done_for_a_car_that_simply_came_stays_on_its_day(crew):
    factories.finished(crew, hours="2.00")
    factories.released(crew, hours="1.25")
    assert in_house(crew.store) == {0: Decimal("3.25")}
    assert in_house(crew.store, TUESDAY_NINE + DAY) == {0: Decimal("3.25")}


def test_who_left_without_work_and_cancelled_orders_take_no_hours(crew):
    order = factories.signed(crew, hours="2.00")
    writeup.cancel(order, reason="不修了", by=crew.service_advisor, at=TUESDAY_NINE)
    assert in_house(crew.store) == {}
    writeup.let_go(order.visit, reason="不修了", by=crew.service_advisor, at=TUESDAY_NINE)
    assert in_house(crew.store) == {}


def test_hours_are_told_by_the_skill_they_need(crew):
    order = factories.draft(crew, hours="1.00")
    for skill, hours in [("机修", "2.00"), ("机修", "0.50"), ("钣喷", "3.00")]:
        operation = factories.operation(hours=hours)
        type(operation).objects.filter(pk=operation.pk).update(skill=skill)
        writeup.add_labour(order, operation=operation, complaint=None, by=crew.service_advisor, at=TUESDAY_NINE)
    found = queries.work_between(crew.store, TUESDAY, TUESDAY, TUESDAY)
    assert {(work.skill, work.hours) for work in found} == {("", 1), ("机修", Decimal("2.50")), ("钣喷", 3)}


def test_the_work_of_a_store_is_nobody_elses_and_lies_on_its_own_day(crew):
    there = factories.Crew(factories.store(time_zone="America/Los_Angeles"))
    promised = datetime(2026, 11, 25, 16, 0, tzinfo=there.store.zone)  # Thursday in Shanghai
    factories.signed(there, at=promised - 31 * timedelta(hours=1), hours="2.00", promised_at=promised)
    assert in_house(crew.store) == {}
    assert in_house(there.store, promised - 31 * timedelta(hours=1)) == {1: 2}


@pytest.mark.parametrize("count", [1, 3])
def test_all_the_work_in_the_house_takes_one_query(crew, count, django_assert_num_queries):
    for _number in range(count):
        factories.signed(crew)
        factories.finished(crew)
    with django_assert_num_queries(1):
        found = queries.work_between(crew.store, TUESDAY, TUESDAY + DAY, TUESDAY)
    assert sum(work.hours for work in found) == 2 * count


def test_a_day_full_of_cars_that_simply_came_is_not_offered(crew):
    crew.team()  # one technician: seven hours
    factories.signed(crew, hours="7.00", promised_at=TUESDAY_NINE + DAY + timedelta(hours=7))
    outlook = appointments.Outlook(crew.store, appointments.Wish(Decimal(1)), TUESDAY_NINE + DAY, today=TUESDAY)
    assert list(outlook.times(TUESDAY + DAY)) == []
    assert list(outlook.times(TUESDAY + 2 * DAY)) != []
