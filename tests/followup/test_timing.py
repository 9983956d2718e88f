"""When a follow-up begins, is meant and ends: hours, calendar days, months, closed days, convenient hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dealership.workshop.calendar import WorkingCalendar
from followup import timing
from followup.timing import Offset
from tests.followup.house import CHINA, china

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = {day: [(time(9), time(18))] for day in range(6)}
OPEN = WorkingCalendar(CHINA, WEEK)


def berlin(month, day, hour, minute=0, fold=0):
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("start", "days", "hours_passed"),
    [(berlin(3, 28, 16), 1, 23), (berlin(10, 24, 16), 1, 25), (berlin(3, 27, 16), 5, 119)],
)
def test_days_keep_the_time_of_day_over_a_clock_change(start, days, hours_passed):
    ends = timing.after(start, Offset(days, "days"), BERLIN)
    assert ends.astimezone(BERLIN).time() == time(16)
    assert ends - start.astimezone(UTC) == timedelta(hours=hours_passed)


@pytest.mark.parametrize(("month", "day", "clock"), [(3, 28, 17), (10, 24, 15)])
def test_hours_are_hours_on_any_clock(month, day, clock):
    ends = timing.after(berlin(month, day, 16), Offset(24, "hours"), BERLIN)
    assert ends.astimezone(BERLIN).hour == clock


def test_a_time_that_is_skipped_in_spring_comes_right_after():
    ends = timing.after(berlin(3, 28, 2, 30), Offset(1, "days"), BERLIN)
    assert ends.astimezone(BERLIN) == berlin(3, 29, 3, 30)


def test_nothing_added_in_the_hour_that_comes_twice_stays_where_it_was():
    second = berlin(10, 25, 2, 30, fold=1)
    for unit in ["hours", "days", "months"]:
        assert timing.after(second, Offset(0, unit), BERLIN).timestamp() == second.timestamp()


@pytest.mark.clause("1.2.5.1")
@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 30), 2, date(2027, 1, 30)),
        (date(2026, 10, 15), 14, date(2027, 12, 15)),
    ],
)
def test_months_end_where_the_month_ends(start, months, end):
    assert timing.months_later(start, months) == end


def test_months_keep_the_time_of_day():
    ends = timing.after(datetime(2026, 12, 31, 17, 30, tzinfo=CHINA), Offset(2, "months"), CHINA)
    assert ends.astimezone(CHINA) == datetime(2027, 2, 28, 17, 30, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        (Offset(2, "days"), Offset(2, "days"), True),
        (Offset(3, "days"), Offset(2, "days"), False),
        (Offset(0, "months"), Offset(0, "hours"), True),
        (Offset(23, "hours"), Offset(1, "days"), True),
        (Offset(24, "hours"), Offset(1, "days"), False),  # the day the clocks go forward has 23 hours
        (Offset(50, "days"), Offset(2, "months"), True),
        (Offset(59, "days"), Offset(2, "months"), False),  # December and January have 62, January and February 59
    ],
)
def test_one_moment_never_comes_after_another(first, second, fits):
    assert first.never_after(second) is fits


def test_a_limit_in_closing_time_moves_to_the_closing_before():
    """Given back on Saturday afternoon, closed on Sunday: the 24 hours end on Saturday evening (C7)."""
    saturday = china(3, 7, 16, 30)
    found = timing.times(saturday, Offset(0, "hours"), Offset(0, "hours"), Offset(24, "hours"), OPEN)
    assert found.due_at == china(3, 7, 18)
    assert found.target == saturday


def test_a_limit_never_moves_before_the_car_was_given_back():
    after_closing = china(3, 7, 18, 30)
    found = timing.times(after_closing, Offset(0, "hours"), Offset(0, "hours"), Offset(24, "hours"), OPEN)
    assert found.due_at == china(3, 8, 18, 30)


def test_limits_stay_without_rolling_and_without_opening_hours():
    offsets = Offset(2, "days"), Offset(3, "days"), Offset(5, "days")
    never = WorkingCalendar(CHINA, {})
    assert timing.times(china(3, 3, 12), *offsets, OPEN, roll=False).due_at == china(3, 8, 12)
    assert timing.times(china(3, 3, 12), *offsets, never).due_at == china(3, 8, 12)
    assert timing.times(china(3, 3, 12), *offsets, OPEN).due_at == china(3, 7, 18)


@pytest.mark.parametrize(
    ("window", "planned"),
    [
        ((time(19), time(20)), china(3, 5, 19)),  # in the evening of the day that is meant
        ((time(10), time(17)), china(3, 5, 16, 20)),  # the meant moment suits already
        ((time(9), time(10)), china(3, 5, 9)),
    ],
)
@pytest.mark.clause("2.6.6.3")
def test_a_call_is_placed_in_the_convenient_hours(window, planned):
    found = timing.times(china(3, 2, 16, 20), Offset(2, "days"), Offset(3, "days"), Offset(5, "days"), OPEN)
    assert timing.place(found, window, OPEN) == planned


def test_the_limits_win_over_the_convenient_hours():
    found = timing.Times(china(3, 4, 12), china(3, 4, 13), china(3, 4, 14))
    assert timing.place(found, (time(19), time(20)), OPEN) == china(3, 4, 13)


def test_the_nearest_open_day_with_convenient_hours_is_taken():
    """Meant for Sunday, closed: Saturday suits, and comes before Monday."""
    found = timing.Times(china(3, 6, 12), china(3, 8, 12), china(3, 10, 12))
    assert timing.place(found, (time(10), time(11)), OPEN) == china(3, 7, 10)
