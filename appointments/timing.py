"""When a booked customer is reminded: pure arithmetic, knows no database (2.1.10, 3.1.3.6, 3.1.3.7, C9, C10)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dealership.workshop.calendar import NeverOpen, WorkingCalendar


class Figures(Protocol):
    """The figures of the booking rules this arithmetic needs."""

    reminder_days: int
    half_day_hours: int
    late_booking_hours: int
    near_minutes: int
    near_from_minutes: int
    near_until_minutes: int


@dataclass(frozen=True)
class Due:
    """One reminder: its kind, when it is meant for, and the moment after which it is overdue."""

    kind: str
    due_at: datetime
    limit_at: datetime


def reminders(starts_at: datetime, booked_at: datetime, figures: Figures, hours: WorkingCalendar) -> list[Due]:
    """Return what a customer booked at that moment is to be reminded of, the first first.

    Reckoned in UTC: two moments of one zone are subtracted by the clock on the wall, an hour wrong on some days.
    """
    starts_at, booked_at = starts_at.astimezone(UTC), booked_at.astimezone(UTC)
    return [due for due in (first(starts_at, booked_at, figures, hours), near(starts_at, booked_at, figures)) if due]


def first(starts_at: datetime, booked_at: datetime, figures: Figures, hours: WorkingCalendar) -> Due | None:
    """Return the reminder a day before or, for a late booking, half a working day before (C9).

    None where half a day before is over already: the customer has just agreed to the time.
    """
    half = half_day_before(starts_at, figures, hours)
    call = starts_at - timedelta(minutes=figures.near_minutes)  # who was not reached by then is asked anyway
    if starts_at - booked_at >= timedelta(hours=figures.late_booking_hours):
        due_at = roll(days_before(starts_at, figures.reminder_days, hours.zone), hours)
        if due_at > booked_at:
            limit = half if half > due_at else closing(due_at, hours)
            return Due("day", due_at, min(limit, call) if limit > due_at else call)
    if half <= booked_at:
        return None
    return Due("half_day", half, max(half, call))


def near(starts_at: datetime, booked_at: datetime, figures: Figures) -> Due | None:
    """Return the call "can you make it?", by the clock on the wall; none where they spoke just before."""
    if starts_at - booked_at <= timedelta(minutes=figures.near_from_minutes):
        return None
    due_at = starts_at - timedelta(minutes=figures.near_minutes)
    return Due("near", due_at, starts_at - timedelta(minutes=figures.near_until_minutes))


def days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same time of day so many days earlier on the store's calendar."""
    local = moment.astimezone(zone).replace(fold=0)
    return (local - timedelta(days=days)).astimezone(UTC)


def roll(moment: datetime, hours: WorkingCalendar) -> datetime:
    """Move a reminder that falls into closing time earlier: nobody sits there to call (C9).

    From a closed day to the same time of the open day before, so that hours are left to reach the customer; from
    outside the hours of an open day to the closing before.
    """
    local = moment.astimezone(hours.zone)
    try:
        if not hours.open_on(local.date()):
            before = hours.previous_open_day(local.date())
            moment = local.replace(year=before.year, month=before.month, day=before.day, fold=0)
        return hours.roll_earlier(moment).astimezone(UTC)
    except NeverOpen:
        return moment.astimezone(UTC)


def closing(moment: datetime, hours: WorkingCalendar) -> datetime:
    """Return when the store closes for the day on which the moment lies."""
    spans = hours.spans(moment.astimezone(hours.zone).date())
    return spans[-1][1].astimezone(UTC) if spans else moment


def half_day_before(starts_at: datetime, figures: Figures, hours: WorkingCalendar) -> datetime:
    """Return half a working day before, at the latest the moment of the call before the visit."""
    half = timedelta(hours=figures.half_day_hours)
    try:
        moment = hours.back(starts_at, half).astimezone(UTC)
    except NeverOpen:
        moment = starts_at - half
    return min(moment, starts_at - timedelta(minutes=figures.near_minutes))
