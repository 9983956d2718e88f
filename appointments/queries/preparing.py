"""Making ready: the list of the day before, the parts desk, the welcome board, the foreman's notices."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Prefetch, QuerySet

from appointments.models import Appointment, AppointmentPart, ForemanNotice, Preparation
from appointments.models.days import Point
from appointments.queries.lists import day_over, notices_missed, parts_to_prepare, to_prepare, unseen_notices
from appointments.queries.rules import rules_on
from appointments.queries.slots import day_bounds, day_of, held_on
from appointments.states import HOLDS_SLOT, State
from dealership.catalogue import queries as catalogue
from dealership.staff.models import Store
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen, WorkingCalendar
from dealership.workshop.models import Bay

MOST_NOTICES = 200  # on one page; what is beyond comes up once these are seen


@dataclass(frozen=True)
class PointDone:
    """One of the five points of a car: who ticked it and when, and whether it can be ticked by now."""

    point: Point
    done: Preparation | None
    possible: bool


@dataclass(frozen=True)
class CarToPrepare:
    appointment: Appointment
    points: list[PointDone]
    red: bool

    @property
    def ready(self) -> bool:
        return all(point.done for point in self.points)


def preparation(store: Store, day: date, now: datetime) -> list[CarToPrepare]:
    """Return the cars of a day in the order of their time, with what is ready for each (3.1.1.8, F32)."""
    minutes = rules_on(store, day).prepared_minutes
    return [car_to_prepare(made, minutes, now) for made in with_preparation(to_prepare(store, day))]


def cars_ready(store: Store, day: date) -> tuple[int, int]:
    """Return how many of a day's cars are ready, and how many there are."""
    ticks = to_prepare(store, day).prefetch_related(None).annotate(ticks=Count("preparations"))
    counts = list(ticks.values_list("ticks", flat=True))
    return sum(count == len(Point) for count in counts), len(counts)


def preparation_of(made: Appointment, now: datetime) -> CarToPrepare:
    """Return one car of the list as it stands now."""
    rows = Appointment.objects.select_related("advisor", "customer", "vehicle", "card", "reservation__bay")
    minutes = rules_on(made.store, day_of(made.store, made.starts_at)).prepared_minutes
    return car_to_prepare(with_preparation(rows).get(pk=made.pk), minutes, now)


def with_preparation(found: QuerySet[Appointment]) -> QuerySet[Appointment]:
    ticks = Preparation.objects.select_related("by")
    parts = AppointmentPart.objects.select_related("part")
    return found.prefetch_related(None).prefetch_related(
        Prefetch("preparations", queryset=ticks), Prefetch("parts", queryset=parts)
    )


def car_to_prepare(made: Appointment, minutes: int, now: datetime) -> CarToPrepare:
    done = {one.point: one for one in made.preparations.all()}
    parts_there = all(wanted.reservation_id for wanted in made.parts.all())
    points = [PointDone(point, done.get(point), point != Point.PARTS or parts_there) for point in Point]
    due = made.state == State.CONFIRMED and now >= made.starts_at - timedelta(minutes=minutes)
    return CarToPrepare(made, points, due and not all(point.done for point in points))


@dataclass(frozen=True)
class PartToPrepare:
    """A part of a coming appointment: needed from `needed_on` at the latest, `free` of it in stock.

    `standing` is '', 'tight' where it is expected on the day of the appointment itself, 'late' where after it.
    `together` marks the first of several for one car, where all of them are put aside at once.
    """

    wanted: AppointmentPart
    needed_on: date
    free: int
    standing: str
    together: bool


def parts_wanted(store: Store, today: date, *, aside: bool = False) -> QuerySet[AppointmentPart]:
    """Return the parts still to be put aside, or those that are; high value first, then by time (2.1.6)."""
    return parts_to_prepare(store, today).filter(reservation__isnull=not aside)


def parts_desk(store: Store, wanted: Iterable[AppointmentPart]) -> list[PartToPrepare]:
    """Say for each part when it is needed and how much of it is free."""
    rows, calendar = list(wanted), workshop.calendar_of(store)
    free = catalogue.availability(store, {row.part for row in rows})
    several = Counter(row.appointment_id for row in rows)
    first = {row.appointment_id: row.pk for row in reversed(rows) if several[row.appointment_id] > 1}
    return [
        part_to_prepare(row, free[row.part_id], calendar, together=first.get(row.appointment_id) == row.pk)
        for row in rows
    ]


def part_to_prepare(wanted: AppointmentPart, free: int, calendar: WorkingCalendar, *, together: bool) -> PartToPrepare:
    day = wanted.appointment.starts_at.astimezone(calendar.zone).date()
    expected = wanted.expected_on
    standing = "" if expected is None or expected < day else "tight" if expected == day else "late"
    return PartToPrepare(wanted, working_day_before(day, calendar), free, standing, together)


def working_day_before(day: date, calendar: WorkingCalendar) -> date:
    try:
        return calendar.previous_open_day(day)
    except NeverOpen:
        return day - timedelta(days=1)


def next_working_day(store: Store, day: date) -> date:
    """Return the store's next open day; the next of the calendar where it never opens."""
    try:
        return workshop.calendar_of(store).next_open_day(day)
    except NeverOpen:
        return day + timedelta(days=1)


@dataclass(frozen=True)
class WelcomeLine:
    """One line of the welcome board; `name` is empty for customers who want their plate alone on it."""

    starts_at: datetime
    name: str
    plate: str


def welcome_lines(store: Store, day: date) -> list[WelcomeLine]:
    """Return the day's promised customers in the order of their time, each named as he wished (3.1.3.3, 3.1.3.5)."""
    promised = held_on(store, day).filter(state__in=[State.CONFIRMED, State.ARRIVED])
    return [welcome_line(made) for made in promised]


def welcome_line(made: Appointment) -> WelcomeLine:
    plate = made.vehicle.plate_shown
    name = made.customer.board_name(plate)
    return WelcomeLine(made.starts_at, "" if name == plate else name, plate)


def placeless(made: Appointment, bays: Sequence[Bay]) -> str:
    """Return the kind of work for which none of the store's bays is set up, so that none is kept for this car.

    The empty text where one is kept or need not be, and where the store keeps none at all.
    """
    skills = made.skills.split()
    if made.reservation_id or made.state not in HOLDS_SLOT or not bays or workshop.suiting(bays, skills):
        return ""
    return skills[0]


def notices_to_see(store: Store) -> list[ForemanNotice]:
    """Return what the foreman has not seen yet with bay and parts, the oldest first (2.1.8)."""
    parts = AppointmentPart.objects.filter(high_value=True).select_related("part")
    found = unseen_notices(store).select_related(
        "appointment__vehicle", "appointment__customer", "appointment__card", "appointment__reservation__bay"
    )
    found = found.prefetch_related(Prefetch("appointment__parts", queryset=parts, to_attr="costly"))[:MOST_NOTICES]
    bays = list(workshop.bays(store))
    for notice in found:
        notice.appointment.placeless = placeless(notice.appointment, bays)  # type: ignore[attr-defined]
    return list(found)


@dataclass(frozen=True)
class BayChoice:
    bay: Bay
    free: bool
    kept: bool


def bay_choices(made: Appointment) -> list[BayChoice]:
    """Return the bays of the store for the time the car needs one: the one kept, and which others are free (2.1.9)."""
    kept = made.reservation
    if kept is None or made.state not in HOLDS_SLOT:
        return []
    plan = workshop.BayPlan(made.store, kept.starts_at, kept.ends_at)
    return [
        BayChoice(bay, not plan.busy(bay, kept.starts_at, kept.ends_at), bay.pk == kept.bay_id) for bay in plan.bays
    ]


def notices_late(store: Store, first: date, last: date, now: datetime) -> QuerySet[ForemanNotice]:
    """Return the notices nobody saw on their day; one of today counts once the store has closed (2.1.8)."""
    missed = notices_missed(store, first, last).select_related("appointment__vehicle", "seen_by")
    if day_over(store, now):
        return missed.order_by("-notified_at", "-pk")
    return missed.exclude(seen_at=None, due_at__gte=now).order_by("-notified_at", "-pk")


def notices_told(store: Store, first: date, last: date) -> int:
    """Count what the foreman was told in these days."""
    start, end = day_bounds(store, first)[0], day_bounds(store, last)[1]
    return ForemanNotice.objects.filter(store=store, notified_at__gte=start, notified_at__lt=end).count()
