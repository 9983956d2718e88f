"""When a car will have run so far: from what its odometer showed on which days to a day in the calendar."""

import math
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeAlias

Reading: TypeAlias = tuple[date, int]

USUAL = 40.0  # km per day of a car we know too little about: a private car runs 12 000 to 15 000 km a year
SLOWEST, FASTEST = 0.5, 500.0  # km per day; a car that hardly moves, and a taxi in two shifts
SHORTEST_SPAN = timedelta(days=30)  # within less a holiday trip looks like a habit
FARTHEST = timedelta(days=10 * 365)  # nobody plans further ahead, and the calendar ends in the year 9999


def km_per_day(readings: Iterable[Reading]) -> float:
    """Return how far the car runs on a day, as far as the readings tell, in any order; USUAL where they do not."""
    known = forward(readings)
    if not known or known[-1][0] - known[0][0] < SHORTEST_SPAN:
        return USUAL
    run, span = known[-1][1] - known[0][1], known[-1][0] - known[0][0]
    return min(FASTEST, max(SLOWEST, run / span.days))


def forward(readings: Iterable[Reading]) -> list[Reading]:
    """Return the readings, the oldest first, without those higher than a later one; of one day the last given counts.

    The latest reading is the one to believe: where the odometer was corrected or replaced, what was higher before
    was wrong or of another odometer.
    """
    kept: list[Reading] = []
    in_order = sorted(readings, key=lambda reading: reading[0])
    for day, km in in_order[::-1]:  # turned round as a whole: of one day the last stays the latest
        if not kept or km <= kept[-1][1]:
            kept.append((day, km))
    return kept[::-1]


def day_of(due_km: int, readings: Iterable[Reading]) -> date | None:
    """Return the day the car will have run so far, counted from its last reading; None for a car never read.

    A mileage that is passed already was due on the day of the last reading.
    """
    known = forward(readings)
    if not known:
        return None
    day, km = known[-1]
    days = math.ceil(max(0, due_km - km) / km_per_day(known))
    return day + min(FARTHEST, timedelta(days=days))


def expected_on(due_on: date | None, due_km: int | None, readings: Iterable[Reading]) -> date | None:
    """Return when something is expected that is due by a day or a mileage, whichever comes first; None for never."""
    reached_on = None if due_km is None else day_of(due_km, readings)
    return min((day for day in (due_on, reached_on) if day is not None), default=None)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, the last of the month where it has fewer days."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
