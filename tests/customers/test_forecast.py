"""When a car will have run so far."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.customers import forecast

DAY = timedelta(days=1)
START = date(2026, 1, 1)
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
kms = st.integers(0, 3_000_000)
readings = st.lists(st.tuples(days, kms), max_size=8)
some_readings = st.lists(st.tuples(days, kms), min_size=1, max_size=8)
perhaps = st.one_of(st.none(), days)


def steady(km_a_day, *, start=START, km=0, every=30, count=5):
    """The readings of a car that runs the same every day."""
    return [(start + n * every * DAY, km + n * every * km_a_day) for n in range(count)]


@pytest.mark.parametrize(
    ("known", "rate"),
    [
        ([], 40),
        ([(START, 12_000)], 40),
        ([(START, 12_000), (START + 29 * DAY, 15_000)], 40),  # a month is not full: it may have been a holiday
        ([(START, 12_000), (START + 30 * DAY, 15_000)], 100),
        ([(START, 12_000), (START + 100 * DAY, 12_000)], 0.5),
        ([(START, 0), (START + 100 * DAY, 900_000)], 500),
        # The first reading had a digit too many, and was corrected.
        ([(START, 120_000), (START + 10 * DAY, 12_000), (START + 60 * DAY, 17_000)], 100),
        # A digit too many between two right ones.
        ([(START, 12_000), (START + 10 * DAY, 130_000), (START + 50 * DAY, 17_000)], 100),
        # A new odometer: only what it showed counts.
        ([(START, 80_000), (START + 90 * DAY, 95_000), (START + 91 * DAY, 0), (START + 141 * DAY, 1_000)], 20),
        # Corrected on the same day: what was noted last is right.
        ([(START, 10_000), (START + 50 * DAY, 150_000), (START + 50 * DAY, 15_000)], 100),
    ],
)
def test_the_readings_say_how_far_it_runs_on_a_day(known, rate):
    assert forecast.km_per_day(known) == rate


@pytest.mark.clause("3.1.1.2")
@pytest.mark.parametrize(
    ("due_on", "due_km", "expected"),
    [
        (None, None, None),
        (date(2026, 12, 1), None, date(2026, 12, 1)),
        (None, 15_000, date(2026, 5, 1) + 30 * DAY),
        (date(2026, 12, 1), 15_000, date(2026, 5, 1) + 30 * DAY),
        (date(2026, 5, 2), 15_000, date(2026, 5, 2)),
        (None, 12_001, date(2026, 5, 2)),  # reached in the course of that day
        (None, 9_000, date(2026, 5, 1)),  # passed: due since it was read
    ],
)
def test_what_comes_first_counts_from_the_last_reading(due_on, due_km, expected):
    known = [(date(2026, 1, 1), 0), (date(2026, 5, 1), 12_000)]  # 100 km on each of 120 days
    assert forecast.expected_on(due_on, due_km, known) == expected


def test_a_mileage_of_a_car_never_read_is_not_guessed():
    assert forecast.expected_on(None, 10_000, []) is None
    assert forecast.expected_on(START, 10_000, []) == START


def test_what_lies_too_far_ahead_stays_in_the_calendar():
    assert forecast.day_of(3_000_000, [(START, 0), (START + 365 * DAY, 0)]) == START + 365 * DAY + forecast.FARTHEST


@given(readings)
def test_no_car_stands_still_or_flies(known):
    assert forecast.SLOWEST <= forecast.km_per_day(known) <= forecast.FASTEST


@given(days, st.integers(1, 500), st.integers(0, 100_000), st.integers(30, 90), st.integers(2, 12))
def test_a_steady_car_is_recognised(start, km_a_day, km, every, count):
    known = steady(km_a_day, start=start, km=km, every=every, count=count)
    assert forecast.km_per_day(known) == km_a_day
    assert forecast.day_of(known[-1][1] + 10 * km_a_day, known) == known[-1][0] + 10 * DAY


@given(st.lists(st.tuples(days, kms), unique_by=lambda reading: reading[0], max_size=8), st.randoms())
def test_the_order_of_the_readings_does_not_matter(known, chance):
    mixed = list(known)
    chance.shuffle(mixed)
    assert forecast.forward(mixed) == forecast.forward(known)


@given(some_readings)
def test_what_is_left_runs_forward_and_ends_with_the_last_reading(known):
    left = forecast.forward(known)
    assert left == sorted(left)
    assert left[-1] == sorted(known, key=lambda reading: reading[0])[-1]
    assert set(left) <= set(known)


@given(readings, perhaps, st.one_of(st.none(), kms))
def test_nothing_is_expected_after_it_is_due(known, due_on, due_km):
    expected = forecast.expected_on(due_on, due_km, known)
    assert due_on is None or (expected is not None and expected <= due_on)
    assert (expected is None) == (due_on is None and (due_km is None or not known))


@given(some_readings, kms, kms)
def test_the_higher_mileage_comes_no_earlier(known, one, other):
    low, high = sorted([one, other])
    assert forecast.day_of(low, known) <= forecast.day_of(high, known)


@given(steady_km=st.integers(1, 400), due_km=st.integers(20_000, 200_000))
def test_a_car_that_runs_more_comes_sooner(steady_km, due_km):
    slow, fast = (forecast.day_of(due_km, steady(km, km=20_000 - 120 * km)) for km in (steady_km, steady_km + 100))
    assert fast <= slow


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 24), 6, date(2027, 5, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_end_where_the_month_ends(day, months, later):
    assert forecast.months_after(day, months) == later


@given(days, st.integers(1, 240))
def test_months_later_is_in_that_month(day, months):
    later = forecast.months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
