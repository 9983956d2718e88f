"""When a follow-up may begin, is meant and must be done: pure arithmetic, knows no database.

Hours are hours on any clock; days and months are counted on the calendar of the store's zone, so that "two days
later" keeps the time of day over a clock change and two months after 31 December is the end of February.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dealership.workshop.calendar import NeverOpen, WorkingCalendar

Window = tuple[time, time]
# The fewest and the most hours a unit can have; days differ by the clock change, months by their length.
SHORTEST = {"hours": 1, "days": 23, "months": 28 * 24 - 1}
LONGEST = {"hours": 1, "days": 25, "months": 31 * 24 + 1}


@dataclass(frozen=True)
class Offset:
    """So many hours, days or months after the car was given back."""

    amount: int
    unit: str

    def never_after(self, other: "Offset") -> bool:
        """Say whether this moment comes first from whatever day one counts."""
        if self.unit == other.unit or not self.amount:
            return self.amount <= other.amount
        return self.amount * LONGEST[self.unit] <= other.amount * SHORTEST[other.unit]


@dataclass(frozen=True)
class Times:
    not_before: datetime
    target: datetime
    due_at: datetime


def times(
    anchor: datetime, not_before: Offset, target: Offset, limit: Offset, hours: WorkingCalendar, *, roll: bool = True
) -> Times:
    """Count the three moments from the anchor; those that fall into closing time move earlier (C7)."""
    first = after(anchor, not_before, hours.zone)
    last = max(first, after(anchor, limit, hours.zone))
    meant = max(first, after(anchor, target, hours.zone))
    if roll:
        last, meant = no_later(last, first, hours), no_later(meant, first, hours)
    return Times(first, min(meant, last), last)


def after(anchor: datetime, offset: Offset, zone: ZoneInfo) -> datetime:
    """Return the moment `offset` after `anchor`; the end of the month where the day does not exist (1.2.5.1)."""
    if not offset.amount:
        return anchor  # in the hour that comes twice in autumn, the calendar below would answer an hour early
    if offset.unit == "hours":
        return anchor.astimezone(UTC) + timedelta(hours=offset.amount)
    local = anchor.astimezone(zone).replace(fold=0)
    if offset.unit == "days":
        return (local + timedelta(days=offset.amount)).astimezone(UTC)
    return on_day(local, months_later(local.date(), offset.amount)).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def on_day(local: datetime, day: date) -> datetime:
    return local.replace(year=day.year, month=day.month, day=day.day)


def no_later(limit: datetime, floor: datetime, hours: WorkingCalendar) -> datetime:
    """Move a limit that falls into closing time to the closing before it, never before `floor` (C7).

    Without any opening between the two the limit stays where the text puts it.
    """
    try:
        rolled = hours.roll_earlier(limit).astimezone(UTC)
    except NeverOpen:
        return limit
    return rolled if rolled > floor else limit


def place(times: Times, window: Window, hours: WorkingCalendar) -> datetime:
    """Return the moment for the call in the customer's convenient hours (2.6.6.3, C8).

    The day of the target comes first, then the open day nearest to it, the earlier of two. The limits win: without
    a convenient moment between them the target stays.
    """
    meant = times.target.astimezone(hours.zone)
    found = [span for day in days_between(times, hours) if (span := convenient(day, window, times, hours.zone))]
    if not found:
        return times.target
    nearest = min(found, key=lambda span: (abs((span[0].astimezone(hours.zone).date() - meant.date()).days), span[0]))
    return times.target if nearest[0] <= times.target < nearest[1] else nearest[0]


def days_between(times: Times, hours: WorkingCalendar) -> list[date]:
    """Return the store's open days between the limits."""
    first = times.not_before.astimezone(hours.zone).date()
    last = times.due_at.astimezone(hours.zone).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if hours.open_on(day)]


def convenient(day: date, window: Window, times: Times, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return the part of the window on this day that lies between the limits, if there is any."""
    opens, closes = (datetime.combine(day, clock, zone).astimezone(UTC) for clock in window)
    begins, ends = max(opens, times.not_before), min(closes, times.due_at)
    return (begins, ends) if begins < ends else None
