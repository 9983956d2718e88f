"""The grid: which slots a day has, who holds them, and what other zones and clock changes do to them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import Group

from appointments import operations, queries
from appointments.models import BookingRules
from dealership.workshop import operations as workshop
from dealership.workshop import queries as hours
from tests import factories
from tests.factories import MONDAY, SHANGHAI, TUESDAY_NINE

TUESDAY = TUESDAY_NINE.date()
QUARTER = timedelta(minutes=15)


def slots(store, day=TUESDAY):
    return list(queries.slots_on(day, hours.calendar_of(store), queries.rules_on(store, day)))


def clocks(store, day=TUESDAY):
    return [slot.starts_at.astimezone(store.zone).strftime("%H:%M") for slot in slots(store, day)]


def standings(grid):
    """Return {time: [standing per advisor]} of a grid."""
    return {slot.starts_at.astimezone(SHANGHAI).time(): [cell.standing for cell in cells] for slot, cells in grid.rows}


@pytest.mark.clause("3.1.2.2")
def test_a_day_is_quarters_of_an_hour_and_every_fourth_stays_free(crew):
    found = slots(crew.store)
    assert clocks(crew.store)[:5] == ["09:00", "09:15", "09:30", "09:45", "10:00"]
    assert [slot.buffer for slot in found[:8]] == [False, False, False, True] * 2
    assert len(found) == 28
    assert sum(slot.buffer for slot in found) == 7


def test_no_slot_lies_in_the_lunch_break_and_counting_begins_again_after_it(crew):
    workshop.set_hours(crew.store, 1, [(time(9), time(11, 30)), (time(13), time(14))], by=None)
    assert clocks(crew.store)[-5:] == ["11:15", "13:00", "13:15", "13:30", "13:45"]
    assert [slot.buffer for slot in slots(crew.store)[-5:]] == [False, False, False, False, True]


def test_a_slot_ends_before_the_store_closes(crew):
    workshop.set_hours(crew.store, 1, [(time(9), time(9, 40))], by=None)
    assert clocks(crew.store) == ["09:00", "09:15"]


def test_a_store_cuts_its_day_by_its_own_rules(crew):
    BookingRules.objects.create(store=crew.store, slot_minutes=30, buffer_every=3)
    assert clocks(crew.store)[:4] == ["09:00", "09:30", "10:00", "10:30"]
    assert [slot.buffer for slot in slots(crew.store)[:4]] == [False, False, True, False]


def test_a_closed_day_has_no_slots(crew):
    workshop.close_on(crew.store, TUESDAY, name="盘点", by=None)
    assert slots(crew.store) == []
    assert queries.grid(crew.store, TUESDAY, MONDAY).rows == []


def test_an_appointment_on_a_day_closed_since_is_still_seen(crew):
    made = factories.appointment(crew)
    workshop.close_on(crew.store, TUESDAY, name="盘点", by=None)
    [(slot, [cell])] = queries.grid(crew.store, TUESDAY, MONDAY).rows
    assert (slot.starts_at, cell.appointment) == (TUESDAY_NINE, made)


@pytest.mark.parametrize(
    ("day", "clock", "count"),
    [
        (date(2027, 3, 28), ["01:00", "01:15", "01:30", "01:45", "03:00", "03:15", "03:30", "03:45"], 8),
        (date(2026, 10, 25), ["01:00", "01:15", "01:30", "01:45", "02:00", "02:15", "02:30", "02:45", "02:00"], 16),
    ],
    ids=["spring", "autumn"],
)
def test_slots_are_real_quarters_of_an_hour_when_clocks_change(db, day, clock, count):
    store = factories.store(time_zone="Europe/Berlin")
    workshop.set_hours(store, 6, [(time(1), time(4))], by=None)
    found = slots(store, day)
    assert clocks(store, day)[: len(clock)] == clock
    assert len(found) == count
    assert {later.starts_at - sooner.starts_at for sooner, later in pairwise(found)} == {QUARTER}


def test_a_day_of_clock_change_begins_and_ends_at_midnight(db):
    crew = factories.Crew(factories.store(time_zone="Europe/Berlin"))
    start, end = queries.day_bounds(crew.store, date(2027, 3, 28))
    assert (start.astimezone(UTC).hour, end.astimezone(UTC).hour) == (23, 22)
    nine = datetime(2027, 3, 28, 9, 0, tzinfo=crew.store.zone)
    assert nine.astimezone(UTC).hour == 7
    made = factories.appointment(crew, starts_at=nine)
    [(slot, [cell])] = [row for row in queries.grid(crew.store, nine.date(), MONDAY).rows if row[1][0].appointment]
    assert (slot.starts_at, cell.standing, cell.appointment) == (nine, "booked", made)


def test_a_store_far_away_has_its_own_nine_o_clock(db):
    crew = factories.Crew(factories.store(time_zone="America/Los_Angeles"))
    nine = datetime(2026, 11, 24, 9, 0, tzinfo=crew.store.zone)
    made = factories.appointment(crew, starts_at=nine)
    assert made.starts_at.astimezone(SHANGHAI).date() == date(2026, 11, 25)
    assert list(queries.held_on(crew.store, date(2026, 11, 24))) == [made]
    assert list(queries.held_on(crew.store, date(2026, 11, 25))) == []
    assert clocks(crew.store)[0] == "09:00"


def test_the_grid_says_how_each_slot_stands(crew):
    arrived = factories.appointment(crew)
    operations.mark_arrived(arrived, by=crew.service_advisor, at=TUESDAY_NINE)
    factories.appointment(crew, starts_at=TUESDAY_NINE + QUARTER)
    factories.held(crew, starts_at=TUESDAY_NINE + 5 * QUARTER)
    gone = factories.appointment(crew, starts_at=TUESDAY_NINE + 4 * QUARTER)
    operations.cancel(gone, reason="出差", by=crew.service_advisor, at=MONDAY)
    now = TUESDAY_NINE - timedelta(days=1) + timedelta(hours=5)
    found = standings(queries.grid(crew.store, TUESDAY, now))
    assert found[time(9)] == ["arrived"]
    assert found[time(9, 15)] == ["booked"]
    assert found[time(9, 30)] == ["soon"]
    assert found[time(9, 45)] == ["buffer"]
    assert found[time(10)] == ["soon"]
    assert found[time(10, 15)] == ["held"]
    assert found[time(13, 45)] == ["buffer"]
    assert found[time(14)] == ["free"]
    late = standings(queries.grid(crew.store, TUESDAY, TUESDAY_NINE + timedelta(hours=5)))
    assert late[time(13, 45)] == ["past"]
    assert late[time(14)] == ["soon"]


@pytest.mark.parametrize("count", [1, 2])
def test_an_advisor_who_left_keeps_one_column_for_what_was_promised(crew, count):
    gone = crew.service_advisor
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + number * QUARTER)
    gone.groups.set(Group.objects.none())
    grid = queries.grid(crew.store, TUESDAY, MONDAY)
    assert grid.advisors == [gone]
    assert {len(cells) for _slot, cells in grid.rows} == {1}


def test_every_row_has_one_cell_per_advisor_of_the_store(crew):
    elsewhere = factories.Crew(factories.store())
    both = [crew.service_advisor, factories.person(crew.service_advisor.roles[0], crew.store)]
    factories.appointment(elsewhere)
    grid = queries.grid(crew.store, TUESDAY, MONDAY)
    assert set(grid.advisors) == set(both)
    assert all([cell.advisor for cell in cells] == grid.advisors for _slot, cells in grid.rows)
    assert not any(cell.appointment for _slot, cells in grid.rows for cell in cells)


@pytest.mark.parametrize("count", [1, 3])
def test_the_grid_takes_a_fixed_number_of_queries(crew, django_assert_num_queries, count):
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + number * QUARTER)
    with django_assert_num_queries(7):
        queries.grid(crew.store, TUESDAY, MONDAY)


def test_who_is_due_is_who_was_promised_and_is_not_here(crew):
    due = factories.appointment(crew, starts_at=TUESDAY_NINE + QUARTER)
    here, gone, missing = (
        factories.appointment(crew, starts_at=TUESDAY_NINE + timedelta(hours=number)) for number in (4, 5, 6)
    )
    factories.held(crew, starts_at=TUESDAY_NINE + timedelta(hours=7))
    operations.mark_arrived(here, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.cancel(gone, reason="出差", by=crew.service_advisor, at=MONDAY)
    operations.mark_no_show(missing, by=crew.service_advisor, at=missing.starts_at)
    first = factories.appointment(crew)
    assert list(queries.arrivals_due(crew.store, TUESDAY)) == [first, due]


def test_booked_between_counts_by_the_moment_of_booking(crew):
    made = factories.appointment(crew)
    factories.appointment(crew, starts_at=TUESDAY_NINE + QUARTER, at=MONDAY - timedelta(days=1))
    assert list(queries.booked_between(crew.store, MONDAY, MONDAY + timedelta(hours=1))) == [made]
    assert list(queries.booked_between(crew.store, MONDAY - timedelta(hours=1), MONDAY)) == []


def test_obstacles_are_told_all_at_once(crew):
    factories.appointment(crew)
    found = queries.obstacles(crew.store, crew.service_advisor, TUESDAY_NINE, TUESDAY_NINE + QUARTER)
    assert len(found) == 2
    assert queries.obstacles(crew.store, crew.service_advisor, TUESDAY_NINE + QUARTER, MONDAY) == []
