"""Working time: breaks, nights, closed days and the days the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealership.workshop.calendar import NeverOpen, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = (time(8, 30), time(12))
AFTERNOON = (time(13), time(17, 30))
MONDAY = date(2026, 11, 23)
WEEK = {weekday: [MORNING, AFTERNOON] for weekday in range(5)}
DESK = WorkingCalendar(SHANGHAI, WEEK)
THROUGH = WorkingCalendar(SHANGHAI, {weekday: [(time(8, 30), time(18))] for weekday in range(5)})
NIGHT = WorkingCalendar(BERLIN, {weekday: [(time(0), time(6))] for weekday in range(7)})
LORD_HOWE = WorkingCalendar(
    ZoneInfo("Australia/Lord_Howe"), {weekday: [(time(1), time(2, 15)), (time(9), time(17))] for weekday in range(7)}
)
SPRING = date(2026, 3, 29)  # Berlin: 02:00 becomes 03:00
AUTUMN = date(2026, 10, 25)  # Berlin: 03:00 becomes 02:00


def at(clock, day=MONDAY, zone=SHANGHAI):
    return datetime.combine(day, time.fromisoformat(clock), zone)


def hours(count):
    return timedelta(hours=count)


def test_spans_of_a_day_are_in_the_stores_zone():
    first, second = DESK.spans(MONDAY)
    assert first == (at("08:30"), at("12:00"))
    assert second == (at("13:00"), at("17:30"))
    assert first[0].tzinfo is SHANGHAI
    assert DESK.spans(date(2026, 11, 28)) == []


def test_spans_come_in_order_however_they_were_entered():
    turned = WorkingCalendar(SHANGHAI, {0: [AFTERNOON, MORNING]})
    assert turned.spans(MONDAY) == DESK.spans(MONDAY)
    assert turned.add(at("11:00"), hours(2)) == at("14:00")


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("08:29", False), ("08:30", True), ("11:59", True), ("12:00", False), ("12:30", False), ("17:30", False)],
)
def test_open_from_the_opening_minute_to_before_the_closing_one(clock, expected):
    assert DESK.is_open(at(clock)) is expected


@pytest.mark.parametrize(
    ("clock", "expected"), [("08:29", False), ("08:30", True), ("12:30", True), ("17:30", True), ("17:31", False)]
)
def test_somebody_is_there_from_the_first_opening_to_the_last_closing(clock, expected):
    assert DESK.someone_there(at(clock)) is expected


def test_nobody_is_there_on_a_closed_day():
    assert not DESK.someone_there(at("10:00", date(2026, 11, 28)))


def test_open_is_asked_in_any_zone():
    assert DESK.is_open(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))  # 09:00 in Shanghai
    assert not DESK.is_open(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        (at("09:00"), 2, at("11:00")),
        (at("11:00"), 1, at("12:00")),
        (at("11:00"), 2, at("14:00")),
        (at("12:30"), 0, at("13:00")),
        (at("09:00"), 0, at("09:00")),
        (at("07:00"), 1, at("09:30")),
        (at("17:00"), 1, at("09:00", date(2026, 11, 24))),
        (at("16:30", date(2026, 11, 27)), 2, at("09:30", date(2026, 11, 30))),
        (at("08:30"), 16, at("17:30", date(2026, 11, 24))),
    ],
)
def test_adding_skips_breaks_nights_and_weekends(start, duration, end):
    assert DESK.add(start, hours(duration)) == end


@pytest.mark.clause("2.2.8.1")
def test_a_job_that_does_not_fit_before_closing_is_done_the_next_working_morning():
    queue, job = hours(2), hours(1)
    assert THROUGH.add(THROUGH.add(at("16:00"), queue), job) == at("09:30", date(2026, 11, 24))
    assert THROUGH.add(at("16:00"), queue + job) == at("09:30", date(2026, 11, 24))


@pytest.mark.clause("2.2.8.1", "A4")
def test_the_next_working_morning_is_not_a_holiday():
    calendar = WorkingCalendar(SHANGHAI, THROUGH.weekly, {date(2026, 11, 24): [], date(2026, 11, 25): []})
    assert calendar.add(at("16:00"), hours(3)) == at("09:30", date(2026, 11, 26))


@pytest.mark.clause("A4")
def test_a_sunday_worked_in_exchange_counts_with_its_own_hours():
    sunday = date(2026, 11, 29)
    calendar = WorkingCalendar(SHANGHAI, WEEK, {sunday: [(time(9), time(12))]})
    assert calendar.open_on(sunday)
    assert calendar.add(at("16:30", date(2026, 11, 27)), hours(2)) == at("10:00", sunday)
    assert calendar.between(at("00:00", sunday), at("23:59", sunday)) == hours(3)


@pytest.mark.clause("A4")
def test_the_break_is_no_working_time():
    assert DESK.between(at("11:00"), at("14:00")) == hours(2)


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        (at("12:10"), at("12:50"), 0),
        (at("14:00"), at("11:00"), 0),
        (at("17:00"), at("09:00", date(2026, 11, 24)), 1),
        (at("08:30"), at("08:30", date(2026, 11, 30)), 40),
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), datetime(2026, 11, 23, 2, 0, tzinfo=UTC), 1.5),
    ],
)
def test_working_time_between_two_moments(start, end, worked):
    assert DESK.between(start, end) == hours(worked)


@pytest.mark.clause("2.4.5.2")
def test_the_progress_enquiry_opens_at_70_and_closes_at_80_percent_of_the_working_time():
    calendar = WorkingCalendar(SHANGHAI, {0: [(time(8, 30), time(12, 30)), AFTERNOON]})
    start, end = at("08:30"), at("12:30")
    assert calendar.at_share(start, end, 0.7) == at("11:18")
    assert calendar.at_share(start, end, 0.8) == at("11:42")


@pytest.mark.clause("2.4.5.2", "A4")
def test_the_share_leaves_out_the_break():
    start, end = at("09:00"), at("15:00")  # 5 hours of work
    assert DESK.at_share(start, end, 0.5) == at("11:30")
    assert DESK.at_share(start, end, 0.7) == at("13:30")
    assert DESK.at_share(start, end, 0.8) == at("14:00")


def test_the_share_of_a_plan_outside_opening_hours_runs_by_the_clock():
    assert DESK.at_share(at("18:00"), at("20:00"), 0.5) == at("19:00")


def test_open_days_around_a_weekend_and_a_holiday():
    calendar = WorkingCalendar(SHANGHAI, WEEK, {date(2026, 11, 30): []})
    assert calendar.next_open_day(date(2026, 11, 27)) == date(2026, 12, 1)
    assert calendar.previous_open_day(date(2026, 12, 1)) == date(2026, 11, 27)
    assert calendar.next_open_day(MONDAY) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("moment", "limit"),
    [
        (at("10:00"), at("10:00")),
        (at("12:30"), at("12:00")),
        (at("19:00"), at("17:30")),
        (at("17:30"), at("17:30")),
        (at("07:00"), at("17:30", date(2026, 11, 20))),
        (at("17:30", date(2026, 11, 29)), at("17:30", date(2026, 11, 27))),
    ],
)
def test_a_limit_outside_opening_hours_moves_to_the_closing_before_it(moment, limit):
    assert DESK.roll_earlier(moment) == limit


def test_a_store_without_hours_is_never_open():
    empty = WorkingCalendar(SHANGHAI, {})
    for ask in [
        lambda: empty.add(at("09:00"), hours(1)),
        lambda: empty.next_open_day(MONDAY),
        lambda: empty.previous_open_day(MONDAY),
        lambda: empty.roll_earlier(at("09:00")),
    ]:
        with pytest.raises(NeverOpen):
            ask()
    assert empty.between(at("09:00"), at("17:00")) == hours(0)


def test_a_closure_of_399_days_is_waited_for_and_one_of_401_is_not():
    def closed_for(days):
        return {MONDAY + timedelta(days=1 + count): [] for count in range(days)}

    everyday = {weekday: [MORNING] for weekday in range(7)}
    reopened = WorkingCalendar(SHANGHAI, everyday, closed_for(399)).add(at("11:00"), hours(2))
    assert reopened == at("09:30", MONDAY + timedelta(days=400))
    with pytest.raises(NeverOpen):
        WorkingCalendar(SHANGHAI, everyday, closed_for(401)).add(at("11:00"), hours(2))


def test_moments_without_a_zone_and_backward_durations_are_refused():
    naive = at("09:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        DESK.is_open(naive)
    with pytest.raises(ValueError, match="forwards"):
        DESK.add(at("09:00"), hours(-1))


def test_the_night_the_clocks_go_forward_is_an_hour_short():
    opens, closes = NIGHT.spans(SPRING)[0]
    assert closes.astimezone(UTC) - opens.astimezone(UTC) == hours(5)
    assert NIGHT.between(at("00:00", SPRING, BERLIN), at("06:00", SPRING, BERLIN)) == hours(5)
    end = NIGHT.add(at("01:00", SPRING, BERLIN), hours(2))
    assert (end.hour, end.date()) == (4, SPRING)
    assert NIGHT.at_share(at("00:00", SPRING, BERLIN), at("06:00", SPRING, BERLIN), 0.6).hour == 4


def test_the_night_the_clocks_go_back_is_an_hour_long():
    assert NIGHT.between(at("00:00", AUTUMN, BERLIN), at("06:00", AUTUMN, BERLIN)) == hours(7)
    end = NIGHT.add(at("01:00", AUTUMN, BERLIN), hours(2))
    assert (end.hour, end.fold) == (2, 1)
    assert NIGHT.is_open(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))  # 02:30 for the second time


def test_hours_inside_the_skipped_hour_are_no_working_time():
    calendar = WorkingCalendar(BERLIN, {6: [(time(2, 30), time(3))]})
    assert calendar.spans(SPRING) == []
    assert calendar.open_on(AUTUMN)


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    duration=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=10)),
    calendar=st.sampled_from([DESK, NIGHT]),
)
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
def test_as_much_is_worked_between_as_was_added(minutes, duration, calendar):
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert calendar.between(start, calendar.add(start, duration)) == duration


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    duration=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=10)),
    calendar=st.sampled_from([DESK, NIGHT, THROUGH, LORD_HOWE]),
)
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_counting_back_undoes_counting_on(minutes, duration, calendar):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    start = calendar.add(moment, timedelta(0))  # the moment itself, or the next opening
    assert calendar.back(calendar.add(start, duration), duration) == start
    end = calendar.back(moment, timedelta(0))  # the moment itself, or the closing before
    assert calendar.add(calendar.back(end, duration), duration) == end
    assert calendar.between(calendar.back(moment, duration), moment) == duration


@pytest.mark.parametrize(
    ("end", "duration", "start"),
    [
        (at("09:00"), 4, at("14:00", date(2026, 11, 20))),
        (at("14:00"), 2, at("11:00")),
        (at("12:30"), 1, at("11:00")),
        (at("20:00"), 1, at("16:30")),
        (at("08:30"), 0, at("17:30", date(2026, 11, 20))),
    ],
)
def test_counting_back_skips_breaks_nights_and_weekends(end, duration, start):
    assert DESK.back(end, hours(duration)) == start


def test_counting_back_in_a_store_without_hours_and_backward_durations_are_refused():
    with pytest.raises(NeverOpen):
        WorkingCalendar(SHANGHAI, {}).back(at("09:00"), hours(1))
    with pytest.raises(ValueError, match="forwards"):
        DESK.back(at("09:00"), hours(-1))


def test_the_length_of_a_day_and_of_the_longest_one():
    assert DESK.hours_on(MONDAY) == DESK.full_day == hours(8)
    assert DESK.hours_on(date(2026, 11, 28)) == hours(0)
    assert NIGHT.hours_on(SPRING) == hours(5)
    assert NIGHT.full_day == hours(6)
    assert WorkingCalendar(SHANGHAI, {}).full_day == hours(0)


def test_hours_that_touch_the_skipped_hour_share_no_time():
    calendar = WorkingCalendar(BERLIN, {6: [(time(1), time(2, 30)), (time(2, 30), time(3, 30))]})
    spans = calendar.spans(SPRING)
    assert [(opens.hour, closes.hour, closes.minute) for opens, closes in spans] == [(1, 3, 0), (3, 3, 30)]
    assert calendar.hours_on(SPRING) == hours(1.5)


def test_half_an_hour_is_skipped_on_lord_howe():
    opens, closes = LORD_HOWE.spans(date(2026, 10, 4))[0]
    assert (closes.hour, closes.minute) == (2, 30), "two o'clock becomes half past two"
    assert closes.astimezone(UTC) - opens.astimezone(UTC) == hours(1)
