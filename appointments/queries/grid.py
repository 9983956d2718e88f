"""The advisors' grid: one day slot by slot, or a week at a glance."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appointments.models import Appointment, BufferUse
from appointments.queries.load import NEIGHBOURS, DayLoad, Loads, days, held_rows
from appointments.queries.rules import RuleBook
from appointments.queries.slots import Promised, Slot, day_bounds, held_on, slots_on
from appointments.states import State
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.workshop import queries as workshop


@dataclass(frozen=True)
class Cell:
    """One advisor's slot: free, booked, held, arrived, buffer, used, soon, past, away, taken or elsewhere."""

    advisor: User
    slot: Slot
    standing: str
    appointment: Appointment | None = None
    use: BufferUse | None = None


@dataclass(frozen=True)
class Grid:
    day: date
    advisors: list[User]
    rows: list[tuple[Slot, list[Cell]]]
    load: DayLoad


def grid(store: Store, day: date, now: datetime) -> Grid:
    """Return the day with everybody who has a promise to keep: advisors gone since and hours changed since stay."""
    book, calendar = RuleBook(store), workshop.calendar_of(store)
    everywhere = list(held_on(store, day, elsewhere=True))  # the customers of another store are not shown here
    promised = Promised.by(everywhere, book)
    held = {(a.advisor_id, a.starts_at): a for a in everywhere if a.store_id == store.pk}
    today = now.astimezone(store.zone).date()
    loads = Loads.of(store, day - NEIGHBOURS, day + NEIGHBOURS, calendar, book, today=today)
    start, end = day_bounds(store, day)
    # Buffers are spent on the day itself; a day to come has none.
    used = {(use.advisor_id, use.starts_at): use for use in buffers_used(store, start, end)} if start <= now else {}
    advisors = list(dict.fromkeys([*staff.advisors_on(store, day), *(a.advisor for a in held.values())]))
    slots = {starts_at: Slot(starts_at, buffer=True) for _advisor, starts_at in [*held, *used]}
    slots |= {slot.starts_at: slot for slot in slots_on(day, calendar, book.on(day))}
    rows = [
        (slot, [cell(advisor, slot, held, used, promised, day, now) for advisor in advisors])
        for _starts, slot in sorted(slots.items())
    ]
    return Grid(day, advisors, rows, loads.days[day])


def buffers_used(store: Store, start: datetime, end: datetime) -> list[BufferUse]:
    return list(BufferUse.objects.filter(store=store, starts_at__gte=start, starts_at__lt=end))


def cell(
    advisor: User,
    slot: Slot,
    held: dict[tuple[int, datetime], Appointment],
    used: dict[tuple[int, datetime], BufferUse],
    promised: Promised,
    day: date,
    now: datetime,
) -> Cell:
    appointment = held.get((advisor.pk, slot.starts_at))
    if appointment is not None:
        return Cell(advisor, slot, STANDING[State(appointment.state)], appointment)
    if use := used.get((advisor.pk, slot.starts_at)):
        return Cell(advisor, slot, "used", use=use)
    if slot.starts_at < now:
        return Cell(advisor, slot, "past")
    if getattr(advisor, "away", False):
        return Cell(advisor, slot, "away")
    if there := promised.within(advisor, slot, day):
        return Cell(advisor, slot, "taken" if there == promised.book.store.pk else "elsewhere")
    if slot.buffer:
        return Cell(advisor, slot, "buffer")
    if slot.starts_at < now + timedelta(hours=promised.book.on(day).lead_hours):
        return Cell(advisor, slot, "soon")
    return Cell(advisor, slot, "free")


STANDING = {State.REQUESTED: "held", State.CONFIRMED: "booked", State.ARRIVED: "arrived"}


@dataclass(frozen=True)
class WeekCell:
    """One advisor's day: how many slots are taken, how many could be; `standing` is open, full, away or closed."""

    day: date
    taken: int
    slots: int
    standing: str


@dataclass(frozen=True)
class Week:
    loads: list[DayLoad]
    rows: list[tuple[User, list[WeekCell]]]


def week(store: Store, first: date, today: date) -> Week:
    """Return seven days by advisor with the load of the workshop."""
    last = first + timedelta(days=6)
    book, calendar = RuleBook(store), workshop.calendar_of(store)
    everywhere = held_rows(store, first - NEIGHBOURS, last + NEIGHBOURS, elsewhere=True)
    held = [row for row in everywhere if row.store_id == store.pk]
    loads = Loads.of(store, first - NEIGHBOURS, last + NEIGHBOURS, calendar, book, held, today=today)
    taken = Counter((row.advisor_id, row.starts_at.astimezone(store.zone).date()) for row in held)
    absent = Counter(
        (row.advisor_id, row.starts_at.astimezone(store.zone).date()) for row in everywhere if row.store_id != store.pk
    )
    shown = days(first, last)
    advisors = staff.advisors_and(store, {advisor for advisor, day in taken if day in shown})
    away = staff.absences(store, first, last)
    sizes = {day: sum(not slot.buffer for slot in slots_on(day, calendar, book.on(day))) for day in shown}
    rows = [
        (advisor, [week_cell(advisor, day, size, taken, absent, away) for day, size in sizes.items()])
        for advisor in advisors
    ]
    return Week([loads.days[day] for day in shown], rows)


def week_cell(
    advisor: User,
    day: date,
    size: int,
    taken: Counter[tuple[int, date]],
    absent: Counter[tuple[int, date]],
    away: dict[int, list[tuple[date, date]]],
) -> WeekCell:
    count = taken[advisor.pk, day]
    gone = any(first <= day <= last for first, last in away.get(advisor.pk, []))
    closed = not size
    size = max(count, size - absent[advisor.pk, day])  # a time promised in another store cannot be had here
    standing = "closed" if closed else "away" if gone else "full" if count >= size else "open"
    return WeekCell(day, count, size, standing)
