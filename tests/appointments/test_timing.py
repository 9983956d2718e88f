"""When a booked customer is reminded: half a day or a day before, never too late, never on a closed day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appointments import queries, timing
from appointments.models import BookingRules
from dealership.workshop.calendar import WorkingCalendar
from tests.factories import SHANGHAI

BERLIN = ZoneInfo("Europe/Berlin")
DAY = [(time(9), time(12)), (time(13), time(17))]
WEEK = WorkingCalendar(SHANGHAI, dict.fromkeys(range(6), DAY))  # closed on Sundays
SATURDAY, MONDAY, TUESDAY = date(2026, 11, 28), date(2026, 11, 30), date(2026, 12, 1)
FIGURES = BookingRules()


def at(day, clock, zone=SHANGHAI):
    return datetime.combine(day, time.fromisoformat(clock), zone)


def planned(starts_at, booked_at, calendar=WEEK, **figures):
    return [
        (due.kind, due.due_at.astimezone(calendar.zone), due.limit_at.astimezone(calendar.zone))
        for due in timing.reminders(starts_at, booked_at, BookingRules(**figures), calendar)
    ]


@pytest.mark.clause("2.1.10", "C10", "3.1.3.6", "3.1.3.7")
def test_a_day_before_and_an_hour_before():
    starts_at = at(TUESDAY, "09:00")
    assert planned(starts_at, starts_at - timedelta(days=4)) == [
        ("day", at(MONDAY, "09:00"), at(MONDAY, "13:00")),
        ("near", at(TUESDAY, "08:00"), at(TUESDAY, "08:45")),
    ]


@pytest.mark.clause("C9", "2.1.10")
@pytest.mark.parametrize("hours", [24, 29.9])
def test_a_late_booking_is_reminded_half_a_day_before_alone(hours):
    starts_at = at(TUESDAY, "09:00")
    assert planned(starts_at, starts_at - timedelta(hours=hours)) == [
        ("half_day", at(MONDAY, "13:00"), at(TUESDAY, "08:00")),
        ("near", at(TUESDAY, "08:00"), at(TUESDAY, "08:45")),
    ]


@pytest.mark.clause("C9")
def test_thirty_hours_before_is_early_enough_for_the_day():
    starts_at = at(TUESDAY, "09:00")
    assert planned(starts_at, starts_at - timedelta(hours=30))[0][0] == "day"


@pytest.mark.clause("C9")
def test_hours_are_real_hours_when_clocks_change():
    """From Saturday six o'clock to Sunday noon it is thirty hours on the wall, and one less in spring."""
    berlin = WorkingCalendar(BERLIN, dict.fromkeys(range(7), DAY))
    spring, sunday = date(2026, 3, 28), date(2026, 3, 29)
    assert planned(at(sunday, "12:00", BERLIN), at(spring, "06:00", BERLIN), berlin)[0][0] == "half_day"
    night = WorkingCalendar(BERLIN, {weekday: [(time(0), time(6))] for weekday in range(7)})
    [near] = planned(at(sunday, "03:30", BERLIN), at(spring, "23:00", BERLIN), night)
    assert near == ("near", at(sunday, "01:30", BERLIN), at(sunday, "03:15", BERLIN))


@pytest.mark.clause("C9", "2.1.10")
def test_for_monday_one_is_reminded_on_saturday_with_hours_left_to_call():
    for clock, limit in [("09:00", at(SATURDAY, "13:00")), ("15:00", at(MONDAY, "10:00"))]:
        first = planned(at(MONDAY, clock), at(MONDAY, clock) - timedelta(days=5))[0]
        assert first == ("day", at(SATURDAY, clock), limit)


@pytest.mark.clause("C9")
def test_over_a_holiday_one_is_reminded_before_it():
    weekly = WEEK.weekly
    golden = WorkingCalendar(SHANGHAI, weekly, {date(2026, 10, day): [] for day in range(1, 8)})
    starts_at = at(date(2026, 10, 8), "09:00")
    first = planned(starts_at, starts_at - timedelta(days=20), golden)[0]
    assert first == ("day", at(date(2026, 9, 30), "09:00"), at(date(2026, 9, 30), "13:00"))


@pytest.mark.clause("C9")
def test_a_reminder_after_the_closing_of_a_short_day_comes_at_its_closing():
    short = WorkingCalendar(SHANGHAI, {**WEEK.weekly, 5: [(time(9), time(12))]})
    booked = at(SATURDAY, "09:00") - timedelta(days=3)
    assert planned(at(MONDAY, "15:00"), booked, short)[0] == ("day", at(SATURDAY, "12:00"), at(MONDAY, "10:00"))
    # Half a working day before nine lies before this short day: there is until its closing.
    assert planned(at(MONDAY, "09:00"), booked, short)[0] == ("day", at(SATURDAY, "09:00"), at(SATURDAY, "12:00"))


def test_who_booked_a_moment_ago_is_not_reminded():
    starts_at = at(TUESDAY, "09:00")
    assert planned(starts_at, starts_at - timedelta(minutes=120)) == []
    assert [kind for kind, *_times in planned(starts_at, starts_at - timedelta(minutes=121))] == ["near"]


def test_the_figures_are_the_stores():
    starts_at = at(TUESDAY, "15:00")
    assert planned(
        starts_at, starts_at - timedelta(days=9), reminder_days=4, half_day_hours=2, near_minutes=30,
        near_until_minutes=10,
    ) == [
        ("day", at(date(2026, 11, 27), "15:00"), at(TUESDAY, "13:00")),
        ("near", at(TUESDAY, "14:30"), at(TUESDAY, "14:50")),
    ]  # fmt: skip


def test_a_store_without_hours_still_reminds():
    never = WorkingCalendar(SHANGHAI, {})
    starts_at = at(TUESDAY, "09:00")
    assert [kind for kind, *_times in planned(starts_at, starts_at - timedelta(days=3), never)] == ["day", "near"]


@st.composite
def promises(draw):
    """A slot of a store in some zone, when it was booked, the figures of the store."""
    zone = draw(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]))
    rows = draw(
        st.lists(
            st.sampled_from([[], DAY, DAY, [(time(9), time(12))], [(time(0), time(23, 45))], [(time(13), time(20))]]),
            min_size=7, max_size=7,
        )
    )  # fmt: skip
    day = draw(st.dates(date(2026, 1, 10), date(2027, 1, 10)))
    closed = draw(st.sets(st.integers(1, 9), max_size=8))
    calendar = WorkingCalendar(
        ZoneInfo(zone), dict(enumerate(rows)), {day - timedelta(days=number): [] for number in closed}
    )
    slots = list(queries.slots_on(day, calendar, FIGURES))
    assume(slots)
    starts_at = draw(st.sampled_from(slots)).starts_at
    near_minutes = draw(st.integers(5, 600))
    figures = BookingRules(
        reminder_days=draw(st.integers(1, 14)),
        half_day_hours=draw(st.integers(1, 24)),
        late_booking_hours=draw(st.integers(1, 240)),
        near_minutes=near_minutes,
        near_from_minutes=draw(st.integers(near_minutes, 1440)),
        near_until_minutes=draw(st.integers(0, near_minutes - 1)),
    )
    booked_at = starts_at - timedelta(minutes=draw(st.integers(0, 60 * 24 * 20)))
    if draw(st.booleans()):  # as forms give them: in the store's zone
        starts_at, booked_at = starts_at.astimezone(calendar.zone), booked_at.astimezone(calendar.zone)
    return starts_at, booked_at, figures, calendar


@pytest.mark.clause("2.1.10", "C9")
@given(promises())
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_reminders_come_in_order_in_time_and_after_the_booking(case):
    starts_at, booked_at, figures, calendar = case
    dues = timing.reminders(starts_at, booked_at, figures, calendar)
    kinds = [due.kind for due in dues]
    assert kinds in ([], ["near"], ["day"], ["half_day"], ["day", "near"], ["half_day", "near"])
    start, booked = starts_at.astimezone(UTC), booked_at.astimezone(UTC)
    call = start - timedelta(minutes=figures.near_minutes)
    for due in dues:
        assert booked < due.due_at <= due.limit_at <= start
        assert due.due_at.tzinfo is UTC
    for due in dues:
        if due.kind == "near":
            assert (due.due_at, due.limit_at) == (call, start - timedelta(minutes=figures.near_until_minutes))
        else:
            assert due.limit_at <= call, "who was not reached by then is asked anyway"
    if start - booked < timedelta(hours=figures.late_booking_hours):
        assert "day" not in kinds
    if "day" in kinds:
        due = dues[0]
        assert due.due_at < due.limit_at, "there is time between due and too late"
        ends = [closes for _opens, closes in calendar.spans(due.due_at.astimezone(calendar.zone).date())]
        assert calendar.is_open(due.due_at) or due.due_at in ends, "nobody sits there to call"
        assert start - due.due_at >= timedelta(days=figures.reminder_days) - timedelta(hours=1)
