"""The lane: who is due, who waits in which order, who is being received."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from appointments import queries as appointments
from appointments.models import Appointment, BookingRules, Cause
from appointments.states import State as Promised
from dealership.customers.models import Customer
from dealership.staff.models import Store, User
from reception.models import Size, Visit
from reception.states import OPEN, State


@dataclass(frozen=True)
class Waiting:
    """A car in the queue; `minutes` since arrival, `long` beyond patience (3.1.2.6), `early` before his time."""

    visit: Visit
    booked: bool
    minutes: int
    long: bool
    early: bool = False

    @property
    def incomplete(self) -> bool:
        return bool(registration_gaps(self.visit))


@dataclass(frozen=True)
class Lane:
    """Everything the reception sees at a glance: the day's appointments, the cars in the house, who left today."""

    store: Store
    now: datetime
    rules: BookingRules
    held: list[Appointment]
    visits: list[Visit]
    missed: list[Appointment] = field(default_factory=list)  # noted as not come; whoever comes after all is found here

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.rules.grace_minutes)

    @cached_property
    def day_begins(self) -> datetime:
        return appointments.day_bounds(self.store, appointments.day_of(self.store, self.now))[0]

    @cached_property
    def due(self) -> list[Appointment]:
        return [appointment for appointment in self.held if appointment.state == Promised.CONFIRMED]

    @cached_property
    def waiting(self) -> list[Waiting]:
        """Put booked customers who came in time first, the others by arrival (2.2.11.4, 3.1.4.1)."""
        patience, rows = timedelta(minutes=self.rules.patience_minutes), []
        for visit in self.visits:
            if visit.state == State.WAITING:
                minutes = int((self.now - visit.arrived_at).total_seconds() // 60)
                booked, long = booked_in_time(visit, self.grace), self.now - waits_from(visit) > patience
                rows.append(Waiting(visit, booked, minutes, long, came_early(visit, self.grace)))
        return sorted(rows, key=lambda row: (not row.booked, place_in_queue(row.visit, row.booked)))

    @cached_property
    def receiving(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.state == State.RECEIVING]

    @cached_property
    def taken_in(self) -> list[Visit]:
        return [visit for visit in reversed(self.visits) if visit.state == State.INSPECTED]


def lane(store: Store, now: datetime, rules: BookingRules | None = None) -> Lane:
    """Load the lane as it is now, in two queries where the caller knows the day's rules."""
    day = appointments.day_of(store, now)
    start, end = appointments.day_bounds(store, day)
    gone = Q(state__in=[State.RELEASED, State.LEFT], arrived_at__gte=start, arrived_at__lt=end)
    visits = Visit.objects.filter(Q(state__in=OPEN) | gone, store=store)
    expected = list(appointments.expected_on(store, day))
    return Lane(
        store,
        now,
        rules or appointments.rules_on(store, day),
        held=[made for made in expected if made.state != Promised.NO_SHOW],
        visits=list(
            visits.select_related("vehicle", "customer", "advisor", "appointment", "welcome", "quick_entry").order_by(
                "arrived_at", "pk"
            )
        ),
        missed=[made for made in expected if made.state == Promised.NO_SHOW],
    )


def booked_in_time(visit: Visit, grace: timedelta) -> bool:
    """Say whether a booked customer came before the grace was over; later he queues by arrival (C11)."""
    return visit.appointment is not None and visit.arrived_at <= visit.appointment.starts_at + grace


def came_early(visit: Visit, grace: timedelta) -> bool:
    """Say whether a booked customer came longer before his time than the grace; he keeps his time and his place."""
    return visit.appointment is not None and visit.arrived_at < visit.appointment.starts_at - grace


def waits_from(visit: Visit) -> datetime:
    return counted_from(visit.arrived_at, visit.appointment.starts_at if visit.appointment else None)


def counted_from(arrived_at: datetime, starts_at: datetime | None) -> datetime:
    """Return from when a wait counts: who is booked and comes early was promised his time (3.1.2.6)."""
    return max(arrived_at, starts_at or arrived_at)


def place_in_queue(visit: Visit, booked: bool) -> tuple[datetime, datetime, int]:
    """Order booked customers by the time they were promised, the others by arrival; nothing else counts (C11, C13)."""
    first = visit.appointment.starts_at if booked and visit.appointment else visit.arrived_at
    return first, visit.arrived_at, visit.pk


def is_small(visit: Visit) -> bool:
    """Say whether the customer brings a small job; a late booked one what he was booked for (3.1.2.10)."""
    if visit.size or visit.appointment is None:
        return visit.size == Size.SMALL
    return visit.appointment.cause == Cause.MAINTENANCE


class Passed(NamedTuple):
    """Who still waits though his turn is before another's; `booked` with an appointment and in time."""

    visit: Visit
    booked: bool


def passed_over(visit: Visit, by: User, at: datetime) -> list[Passed]:
    """Return who has a better right to be received by this person now and still waits, the first first.

    Booked customers are passed over within their advisor's slots, the others by whoever came later (2.2.11.4); and
    no customer without appointment goes before a booked one whose time with this advisor has come (3.1.4.1).
    """
    rules = appointments.rules_on(visit.store, appointments.day_of(visit.store, at))
    grace = timedelta(minutes=rules.grace_minutes)
    waiting = Visit.objects.filter(store=visit.store, state=State.WAITING).exclude(pk=visit.pk)
    rows = waiting.select_related("appointment", "vehicle", "customer")
    others = [Passed(other, booked_in_time(other, grace)) for other in rows]
    if visit.appointment is not None and booked_in_time(visit, grace):
        mine, promised = visit.advisor_id, visit.appointment.starts_at
        before = [one for one in others if one.booked and one.visit.advisor_id == mine and starts(one) < promised]
    else:
        before = [one for one in others if one.booked and one.visit.advisor_id == by.pk and starts(one) <= at]
        before += [one for one in others if not one.booked and one.visit.arrived_at < visit.arrived_at]
    return sorted(before, key=lambda one: (not one.booked, place_in_queue(one.visit, one.booked)))


def starts(one: Passed) -> datetime:
    return one.visit.appointment.starts_at if one.visit.appointment else one.visit.arrived_at


def registration_lacks(visit: Visit) -> dict[str, str]:
    """Return the fields the short form left out, each with its sentence, to be asked before he signs (4.2.2)."""
    if getattr(visit, "quick_entry", None) is None:
        return {}
    person = visit.customer.kind == Customer.Kind.PERSON
    checks = {
        "vin": (visit.vehicle.vin, _("The registration is incomplete: the VIN is missing.")),
        "model": (visit.vehicle.model_name, _("The registration is incomplete: the model is missing.")),
        "title": (
            visit.customer.title or not person,
            _("The registration is incomplete: the form of address is missing."),
        ),
    }
    return {name: sentence for name, (known, sentence) in checks.items() if not known}


def registration_gaps(visit: Visit) -> list[str]:
    return list(registration_lacks(visit).values())
