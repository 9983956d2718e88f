"""Cutting any day of any zone into slots: they never overlap, lie in opening hours, every n-th stays free."""

from datetime import UTC, date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments import queries
from appointments.models import BookingRules
from dealership.staff.models import Store
from dealership.workshop.calendar import WorkingCalendar

CHANGES = {  # the days on which the clocks go forward and back
    "Europe/Berlin": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Australia/Lord_Howe": [date(2026, 10, 4), date(2026, 4, 5)],  # by half an hour
    "Asia/Shanghai": [date(2026, 2, 16), date(2026, 10, 1)],  # never; New Year's Eve and the national day
}
PLAN = settings(max_examples=200, deadline=None, database=None, derandomize=True)


@st.composite
def openings(draw):
    """Up to three openings of one day, on five minutes, some of them touching."""
    marks = draw(st.lists(st.integers(0, 287), min_size=2, max_size=6, unique=True).map(sorted))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return [(time(first // 12, first % 12 * 5), time(last // 12, last % 12 * 5)) for first, last in pairs]


@st.composite
def nights(draw):
    """Openings around the hour at which clocks change, where everything odd happens."""
    marks = draw(st.lists(st.integers(0, 72), min_size=2, max_size=6, unique=True).map(sorted))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return [(time(first // 12, first % 12 * 5), time(last // 12, last % 12 * 5)) for first, last in pairs]


@st.composite
def days(draw):
    """A day, its store's calendar and rules."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone]) | st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    hours = draw(nights() | openings())
    special = draw(st.none() | st.just([]) | openings())
    calendar = WorkingCalendar(
        ZoneInfo(zone), dict.fromkeys(range(7), hours), {} if special is None else {day: special}
    )
    rules = BookingRules(
        store=Store(name="店"), slot_minutes=draw(st.integers(5, 60)), buffer_every=draw(st.integers(2, 6))
    )
    return day, calendar, rules, hours if special is None else special


def inside(start, end, spans):
    return any(opens <= start and end <= closes for opens, closes in spans)


@given(days())
@PLAN
def test_slots_never_overlap_and_lie_inside_the_opening_hours(case):
    day, calendar, rules, hours = case
    slots, length = list(queries.slots_on(day, calendar, rules)), timedelta(minutes=rules.slot_minutes)
    assert all(later.starts_at - sooner.starts_at >= length for sooner, later in pairwise(slots))
    spans = [(opens.astimezone(UTC), closes.astimezone(UTC)) for opens, closes in calendar.spans(day)]
    assert all(inside(slot.starts_at, slot.starts_at + length, spans) for slot in slots)
    for slot in slots:
        wall = slot.starts_at.astimezone(calendar.zone)
        assert wall.date() == day
        # In the hour that comes twice work goes on although the clock on the wall has gone back.
        assert wall.fold or any(opens <= wall.time() < closes for opens, closes in hours)
    assert slots or not any(closes - opens >= length for opens, closes in spans)


@pytest.mark.clause("3.1.2.2")
@given(days())
@PLAN
def test_every_nth_slot_of_each_opening_stays_free_and_no_other(case):
    day, calendar, rules, _hours = case
    slots = list(queries.slots_on(day, calendar, rules))
    for opens, closes in calendar.spans(day):
        mine = [slot for slot in slots if opens.astimezone(UTC) <= slot.starts_at < closes.astimezone(UTC)]
        assert [slot.buffer for slot in mine] == [
            number % rules.buffer_every == 0 for number in range(1, len(mine) + 1)
        ]


@pytest.mark.clause("2.1.5")
@given(days(), st.integers(1, 4))
@PLAN
def test_a_slot_is_found_by_its_start_and_by_no_other_minute(case, minutes):
    day, calendar, rules, _hours = case
    for slot in queries.slots_on(day, calendar, rules):
        assert queries.slot_at(slot.starts_at, calendar, rules) == slot
        assert queries.slot_at(slot.starts_at.astimezone(ZoneInfo("Pacific/Honolulu")), calendar, rules) == slot
        assert queries.slot_at(slot.starts_at + timedelta(minutes=minutes), calendar, rules) in (
            None,
            *[other for other in queries.slots_on(day, calendar, rules) if other != slot],
        )


@given(st.sampled_from(sorted(CHANGES)), st.dates(date(2026, 1, 1), date(2027, 12, 31)), openings())
@PLAN
def test_a_holiday_has_no_slots_whatever_its_weekday_has(zone, day, hours):
    calendar = WorkingCalendar(ZoneInfo(zone), dict.fromkeys(range(7), hours), {day: []})
    assert list(queries.slots_on(day, calendar, BookingRules())) == []


def test_hours_that_end_in_the_skipped_hour_do_not_run_into_those_after_it():
    """In Berlin two o'clock becomes three: hours until half past two end there, not at half past three."""
    night = WorkingCalendar(ZoneInfo("Europe/Berlin"), {6: [(time(1), time(2, 30)), (time(3), time(4))]})
    walls = [
        slot.starts_at.astimezone(night.zone).strftime("%H:%M")
        for slot in queries.slots_on(date(2026, 3, 29), night, BookingRules())
    ]
    assert walls == ["01:00", "01:15", "01:30", "01:45", "03:00", "03:15", "03:30", "03:45"]
