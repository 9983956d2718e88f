"""The lane: who waits, who is being received, and what is still missing on an intake."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from appointments import queries as appointments
from appointments.models import Appointment
from dealership.staff.models import Store
from reception.models import Visit
from reception.states import OPEN, State

PATIENCE = timedelta(minutes=8)  # 3.1.2.6: after eight minutes customers grow cross
GRACE = timedelta(minutes=10)  # a booked customer later than this queues by arrival (C11)


@dataclass(frozen=True)
class Waiting:
    """A car in the queue; `minutes` since arrival, `long` beyond patience."""

    visit: Visit
    booked: bool
    minutes: int
    long: bool


@dataclass(frozen=True)
class Lane:
    """Everything the reception sees at a glance."""

    due: list[Appointment]
    waiting: list[Waiting]
    receiving: list[Visit]
    taken_in: list[Visit]


def lane(store: Store, now: datetime) -> Lane:
    visits = list(
        Visit.objects.filter(store=store, state__in=OPEN)
        .select_related("vehicle", "customer", "advisor", "appointment")
        .order_by("arrived_at", "pk")
    )
    return Lane(
        due=list(appointments.arrivals_due(store, now.astimezone(store.zone).date())),
        waiting=queue([visit for visit in visits if visit.state == State.WAITING], now),
        receiving=[visit for visit in visits if visit.state == State.RECEIVING],
        taken_in=[visit for visit in reversed(visits) if visit.state == State.INSPECTED],
    )


def queue(visits: list[Visit], now: datetime) -> list[Waiting]:
    """Put booked customers who came in time first, the others by arrival (2.2.11.4, 3.1.4.1)."""
    rows = []
    for visit in visits:
        waited = now - visit.arrived_at
        rows.append(Waiting(visit, booked_in_time(visit), int(waited.total_seconds() // 60), waited > PATIENCE))
    return sorted(rows, key=lambda row: (not row.booked, row.visit.arrived_at, row.visit.pk))


def booked_in_time(visit: Visit) -> bool:
    return visit.appointment is not None and visit.arrived_at <= visit.appointment.starts_at + GRACE


def overtaken(visit: Visit) -> Visit | None:
    """Return the customer in the same queue who came earlier and still waits, if any (2.2.11.4)."""
    waiting = Visit.objects.filter(store=visit.store, state=State.WAITING).exclude(pk=visit.pk)
    earlier = waiting.filter(arrived_at__lt=visit.arrived_at).select_related("appointment", "vehicle", "customer")
    mine = booked_in_time(visit)
    return next((other for other in earlier.order_by("arrived_at") if booked_in_time(other) == mine), None)


def obstacles(visit: Visit) -> list[str]:
    """Return everything the customer cannot sign yet, in the order of the walk-round."""
    checks = [
        (visit.protected_at, _("The protective covers are not fitted yet.")),
        (visit.walked_round_at, _("The walk-round is not finished.")),
        (visit.accompanied, _("The customer has to come along on the walk-round.")),
        (visit.valuables_returned, _("Ask for valuables and hand them to the customer.")),
        (visit.mileage is not None, _("The mileage is missing.")),
        (visit.fuel is not None, _("The fuel level is missing.")),
        (visit.complaints.exists(), _("Write down what the customer says.")),
    ]
    return [sentence for fulfilled, sentence in checks if not fulfilled]


def open_visit(vehicle_pk: int) -> Visit | None:
    return Visit.objects.filter(vehicle_id=vehicle_pk, state__in=OPEN).select_related("store").first()


def history(visit: Visit) -> QuerySet[Visit]:
    """Return the car's earlier visits, newest first, with what the customer said (2.2.7.1)."""
    return (
        Visit.objects.filter(vehicle_id=visit.vehicle_id, state=State.RELEASED)
        .exclude(pk=visit.pk)
        .select_related("store", "advisor")
        .prefetch_related("complaints")
        .order_by("-released_at")
    )


def arrivals_on(store: Store, day: date) -> QuerySet[Visit]:
    start, end = appointments.day_bounds(store, day)
    return Visit.objects.filter(store=store, arrived_at__gte=start, arrived_at__lt=end)
