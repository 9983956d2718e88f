"""Whether the reception was made ready, by whom and when (2.2.1.1, 2.2.1.2, G.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appointments import queries as appointments
from dealership.staff.models import Store
from dealership.workshop import queries as workshop
from reception.models import Point, Shift, ShiftCheck


@dataclass(frozen=True)
class Checked:
    """One point of a checklist: who looked at it, or nobody; `missing` once the store has opened without."""

    point: Point
    check: ShiftCheck | None
    missing: bool = False


def checklist(store: Store, day: date, shift: str = Shift.OPENING) -> list[Checked]:
    """Return every point of a day's list, in one query."""
    found = ShiftCheck.objects.filter(store=store, day=day, shift=shift).select_related("by")
    done = {check.point: check for check in found}
    return [Checked(point, done.get(point)) for point in Point]


def points_missing(store: Store, day: date, shift: str = Shift.OPENING) -> int:
    """Count the points of a day's list that nobody has found in order yet."""
    return len(Point) - ShiftCheck.objects.filter(store=store, day=day, shift=shift, in_order=True).count()


@dataclass(frozen=True)
class CheckedDay:
    day: date
    points: list[Checked]

    @property
    def missing(self) -> int:
        return sum(one.missing for one in self.points)


def checked_days(store: Store, first: date, last: date, now: datetime, shift: str = Shift.OPENING) -> list[CheckedDay]:
    """Return the store's open days up to now with every point; what was not done before opening is missing."""
    calendar = workshop.calendar_of(store)
    found = ShiftCheck.objects.filter(store=store, day__range=(first, last), shift=shift).select_related("by")
    done = {(check.day, check.point): check for check in found}
    shown = []
    for day in days(first, min(last, appointments.day_of(store, now))):
        spans = calendar.spans(day)
        if not spans and not any((day, point) in done for point in Point):
            continue
        opened = bool(spans) and now >= spans[0][0]
        shown.append(CheckedDay(day, list(checked(day, done, opened))))
    return shown


def checked(day: date, done: dict[tuple[date, str], ShiftCheck], opened: bool) -> Iterable[Checked]:
    for point in Point:
        check = done.get((day, point))
        yield Checked(point, check, opened and check is None)


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
