"""The advisors' grid and the day's appointments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from appointments.models import Appointment, BookingRules
from appointments.states import HOLDS_SLOT, State
from dealership.customers.models import Vehicle
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import WorkingCalendar


@dataclass(frozen=True)
class Slot:
    """A quarter of an hour of the store's reception, its start in UTC; buffers are never booked (3.1.2.2)."""

    starts_at: datetime
    buffer: bool


@dataclass(frozen=True)
class Cell:
    """One advisor's slot on the page; `standing` is free, booked, arrived, buffer, soon or past."""

    advisor: User
    slot: Slot
    standing: str
    appointment: Appointment | None = None


@dataclass(frozen=True)
class Grid:
    day: date
    advisors: list[User]
    rows: list[tuple[Slot, list[Cell]]]


def rules_of(store: Store) -> BookingRules:
    """Return the store's rules, or the procedure's own figures where none were set."""
    return BookingRules.objects.filter(store=store).first() or BookingRules(store=store)


def slots_on(day: date, calendar: WorkingCalendar, rules: BookingRules) -> Iterator[Slot]:
    """Yield the day's slots in order; within each opening every `buffer_every`-th stays free (3.1.2.2).

    Counted in UTC: on the wall a quarter of an hour is missing or comes twice when the clocks change.
    """
    length = timedelta(minutes=rules.slot_minutes)
    for opens, closes in calendar.spans(day):
        number, starts, closes = 1, opens.astimezone(UTC), closes.astimezone(UTC)
        while starts + length <= closes:
            yield Slot(starts, buffer=number % rules.buffer_every == 0)
            number, starts = number + 1, starts + length


def held_on(store: Store, day: date) -> QuerySet[Appointment]:
    """Return the appointments that hold a slot on a day of the store, in time order."""
    start, end = day_bounds(store, day)
    return (
        Appointment.objects.filter(store=store, starts_at__gte=start, starts_at__lt=end, state__in=HOLDS_SLOT)
        .select_related("advisor", "customer", "vehicle")
        .order_by("starts_at", "pk")
    )


def day_bounds(store: Store, day: date) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=store.zone)
    return midnight, datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=store.zone)


def promised_today(store: Store, vehicle: Vehicle, at: datetime) -> Appointment | None:
    """Return the appointment this car still has on this day of the store."""
    day = at.astimezone(store.zone).date()
    return arrivals_due(store, day).filter(vehicle=vehicle).first()


def arrivals_due(store: Store, day: date) -> QuerySet[Appointment]:
    """Return the day's confirmed customers who are not here yet."""
    return held_on(store, day).filter(state=State.CONFIRMED)


def grid(store: Store, day: date, now: datetime) -> Grid:
    """Return the day with everybody who has a promise to keep: advisors gone since and hours changed since stay."""
    rules, calendar = rules_of(store), workshop.calendar_of(store)
    held = {(a.advisor_id, a.starts_at): a for a in held_on(store, day)}
    advisors = list(dict.fromkeys([*staff.advisors(store), *(a.advisor for a in held.values())]))
    slots = {a.starts_at: Slot(a.starts_at, buffer=True) for a in held.values()}
    slots |= {slot.starts_at: slot for slot in slots_on(day, calendar, rules)}
    rows = [
        (slot, [cell(advisor, slot, held.get((advisor.pk, slot.starts_at)), rules, now) for advisor in advisors])
        for _starts, slot in sorted(slots.items())
    ]
    return Grid(day, advisors, rows)


def cell(advisor: User, slot: Slot, appointment: Appointment | None, rules: BookingRules, now: datetime) -> Cell:
    if appointment is not None:
        return Cell(advisor, slot, "arrived" if appointment.state == State.ARRIVED else "booked", appointment)
    if slot.starts_at < now:
        return Cell(advisor, slot, "past")
    if slot.buffer:
        return Cell(advisor, slot, "buffer")
    if slot.starts_at < now + timedelta(hours=rules.lead_hours):
        return Cell(advisor, slot, "soon")
    return Cell(advisor, slot, "free")


def next_free(store: Store, advisor: User, after: datetime) -> datetime | None:
    """Return the advisor's first bookable time from a moment on, within two weeks."""
    rules, calendar = rules_of(store), workshop.calendar_of(store)
    day = after.astimezone(store.zone).date()
    taken = set(
        Appointment.objects.filter(
            advisor=advisor, state__in=HOLDS_SLOT, starts_at__gte=after, starts_at__lt=after + timedelta(days=15)
        ).values_list("starts_at", flat=True)
    )
    for offset in range(15):
        for slot in slots_on(day + timedelta(days=offset), calendar, rules):
            if slot.starts_at >= after and not slot.buffer and slot.starts_at not in taken:
                return slot.starts_at
    return None


def obstacles(store: Store, advisor: User, vehicle: Vehicle, starts_at: datetime, now: datetime) -> list[str]:
    """Return every reason why this time cannot be booked as usual, most telling first."""
    rules = rules_of(store)
    slot = slot_at(store, starts_at, rules)
    if slot is None:
        return [_("The reception does not start a slot at this time.")]
    found = []
    if slot.buffer:
        found.append(_("This slot stays free for emergencies and customers without appointment."))
    if starts_at < now:
        found.append(_("This time is over."))
    taken = Appointment.objects.filter(advisor=advisor, starts_at=starts_at, state__in=HOLDS_SLOT)
    if taken.exists():
        found.append(_("This time is already taken."))
    if Appointment.objects.filter(vehicle=vehicle, starts_at=starts_at, state__in=HOLDS_SLOT).exists():
        found.append(_("This car already has an appointment at this time."))
    return found


def taken(advisor: User, vehicle: Vehicle, starts_at: datetime) -> bool:
    """Say whether the advisor's slot is held, or the car is promised elsewhere at this time."""
    held = Appointment.objects.filter(starts_at=starts_at, state__in=HOLDS_SLOT)
    return held.filter(Q(advisor=advisor) | Q(vehicle=vehicle)).exists()


def slot_at(store: Store, starts_at: datetime, rules: BookingRules) -> Slot | None:
    day, moment = starts_at.astimezone(store.zone).date(), starts_at.astimezone(UTC)
    calendar = workshop.calendar_of(store)
    return next((slot for slot in slots_on(day, calendar, rules) if slot.starts_at == moment), None)


def at_short_notice(store: Store, starts_at: datetime, now: datetime) -> bool:
    """Say whether the time lies nearer than the store's lead (24 h in the procedure, 2.1.1)."""
    return starts_at < now + timedelta(hours=rules_of(store).lead_hours)


def booked_between(store: Store, start: datetime, end: datetime) -> QuerySet[Appointment]:
    """Return the appointments made in a span of time that still hold their slot."""
    return (
        Appointment.objects.filter(store=store, booked_at__gte=start, booked_at__lt=end, state__in=HOLDS_SLOT)
        .select_related("advisor", "customer", "vehicle")
        .order_by("starts_at", "pk")
    )
