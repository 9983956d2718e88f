"""What new booking rules make of a day, and whom they find booked at times they do not know."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appointments.models import Appointment, BookingRules
from appointments.queries.rules import RuleBook
from appointments.queries.slots import day_bounds, day_of, slots_on
from appointments.states import HOLDS_SLOT
from dealership.staff.models import Store
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen, WorkingCalendar


@dataclass(frozen=True)
class Day:
    """A working day cut by the rules; `first` and `last` are when its first and last slot begin, None without one."""

    on: date
    slots: int
    buffers: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class Fit:
    """The first working day under the rules, None for a store that never opens, and how many promises do not fit."""

    day: Day | None
    misfits: int


def fit_of(rules: BookingRules, now: datetime) -> Fit:
    """Look at a version as long as it is in force, from today on."""
    store, calendar = rules.store, workshop.calendar_of(rules.store)
    begins = max(rules.valid_from, day_of(store, now))
    return Fit(first_day(begins, calendar, rules), misfits(store, begins, calendar, rules))


def first_day(begins: date, calendar: WorkingCalendar, rules: BookingRules) -> Day | None:
    try:
        day = calendar.next_open_day(begins - timedelta(days=1))
    except NeverOpen:
        return None
    slots = list(slots_on(day, calendar, rules))
    starts = [slot.starts_at.astimezone(calendar.zone) for slot in slots]
    first, last = (starts[0], starts[-1]) if starts else (None, None)
    return Day(day, len(slots), sum(slot.buffer for slot in slots), first, last)


def misfits(store: Store, begins: date, calendar: WorkingCalendar, rules: BookingRules) -> int:
    """Count the promises in opening hours that begin with no slot to be booked under these rules."""
    book, grids = RuleBook(store), {}
    booked = Appointment.objects.filter(
        store=store, starts_at__gte=day_bounds(store, begins)[0], state__in=HOLDS_SLOT
    ).values_list("starts_at", flat=True)
    count = 0
    for moment in booked:
        day = day_of(store, moment)
        if book.on(day).pk != rules.pk or not calendar.is_open(moment):
            continue  # later rules hold then; a closed time is another list's
        if day not in grids:
            grids[day] = {slot.starts_at for slot in slots_on(day, calendar, rules) if not slot.buffer}
        count += moment not in grids[day]
    return count
