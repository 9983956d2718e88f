"""What the reception answers for: how long customers wait, and how long receptions take (3.1.2.6, 3.1.2.7, 3.1.4.2)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from appointments.figures import TENTH, Figure, Period
from dealership.staff.models import User
from reception import queries
from reception.models import CourtesyCheck, LoungeCare, Mode, Visit, Welcome

LISTED = 100  # long receptions of a month


class Reception(NamedTuple):
    """The moments of one reception; `appointment` is None for whoever simply came."""

    appointment: int | None
    arrived_at: datetime
    received_at: datetime
    taken_in_at: datetime | None
    mode: str = ""
    seated_at: datetime | None = None
    visit: int = 0
    starts_at: datetime | None = None

    @property
    def ended_at(self) -> datetime | None:
        """In busy mode a reception ends when the customer is led to the lounge, else with his signature (4.2.5)."""
        if self.mode == Mode.BUSY and self.seated_at is not None and self.seated_at >= self.received_at:
            return min(self.seated_at, self.taken_in_at or self.seated_at)
        return self.taken_in_at


COLUMNS = [
    "appointment",
    "arrived_at",
    "received_at",
    "taken_in_at",
    "mode",
    "welcome__seated_at",
    "pk",
    "appointment__starts_at",
]


def receptions(period: Period) -> list[Reception]:
    """Return the receptions of customers who arrived in the period and were received."""
    start, end = period.bounds
    found = Visit.objects.filter(store=period.store, arrived_at__gte=start, arrived_at__lt=end)
    rows = found.filter(received_at__isnull=False).order_by("arrived_at", "pk")
    return [Reception(*row) for row in rows.values_list(*COLUMNS)]


def waiting(found: Iterable[Reception], period: Period) -> list[Figure]:
    """Say how long booked customers wait on the average, and the others; how many beyond their patience (3.1.4.2)."""
    waits: dict[bool, list[Decimal]] = {True: [], False: []}
    long = 0
    for one in found:
        waited = one.received_at - one.arrived_at
        rules = period.book.on(one.arrived_at.astimezone(period.store.zone).date())
        waits[one.appointment is not None].append(minutes(waited))
        waited_for_us = one.received_at - queries.counted_from(one.arrived_at, one.starts_at)
        long += waited_for_us > timedelta(minutes=rules.patience_minutes)
    formula = _("minutes from arrival to reception / customers received")
    labels = [(True, _("Waiting, with appointment")), (False, _("Waiting, without appointment"))]
    beyond = _("customers who waited longer than the store's limit, booked ones from their time / customers received")
    return [
        *(mean(label, formula, waits[booked]) for booked, label in labels),
        Figure(_("Waited too long"), beyond, long, sum(map(len, waits.values()))),
    ]


def durations(found: Iterable[Reception], period: Period) -> list[Figure]:
    """Say how long receptions take, how many save the time they should, and how many overrun (3.1.2.1, 3.1.2.7)."""
    took, on_target, overruns = [], 0, []
    for one in found:
        if one.ended_at is None:
            continue
        rules = period.book.on(one.received_at.astimezone(period.store.zone).date())
        target = Decimal(rules.slot_minutes * (100 - rules.saving_percent)) / 100
        length = minutes(one.ended_at - one.received_at)
        took.append(length)
        on_target += length <= target
        if length > rules.slot_minutes:
            overruns.append(length - rules.slot_minutes)
    saved = _("receptions that took at most the slot less the time to save / receptions that ended")
    return [
        mean(_("Reception"), _("minutes from the start to the signature / receptions that ended"), took),
        Figure(_("Within the target time"), saved, on_target, len(took)),
        Figure(
            _("Receptions beyond the slot"),
            _("receptions longer than a slot / receptions that ended"),
            len(overruns),
            len(took),
        ),
        mean(_("Time beyond the slot"), _("minutes beyond the slot / receptions longer than a slot"), overruns),
    ]


@dataclass(frozen=True)
class Long:
    """A reception that took longer than its slot, with whose it was (2.2.11.16)."""

    visit: Visit
    minutes: int


def long_receptions(found: Iterable[Reception], period: Period) -> list[Long]:
    """List the receptions longer than the slot of their day, customer by customer, the longest first (2.2.11.16)."""
    took = {}
    for one in found:
        rules = period.book.on(one.received_at.astimezone(period.store.zone).date())
        if one.ended_at and one.ended_at - one.received_at > timedelta(minutes=rules.slot_minutes):
            took[one.visit] = one.ended_at - one.received_at
    longest = sorted(took, key=lambda pk: took[pk], reverse=True)[:LISTED]
    visits = Visit.objects.filter(pk__in=longest).select_related("customer", "vehicle", "advisor").in_bulk()
    return [Long(visits[pk], int(minutes(took[pk]))) for pk in longest]


def greetings(period: Period) -> list[Figure]:
    """Say how long customers waited for a greeting on the average, and how many were greeted at all (2.2.11.1).

    Who receives a customer greets him: a reception that begins within the store's patience counts like the tap.
    """
    start, end = period.bounds
    came = Visit.objects.filter(store=period.store, arrived_at__gte=start, arrived_at__lt=end)
    moments = list(came.values_list("arrived_at", "welcome__greeted_at", "received_at"))
    took = [minutes(greeted) for moment in moments if (greeted := until_greeted(*moment, period)) is not None]
    share = _(
        "customers whose greeting was noted or whose reception began within the store's limit / customers who came"
    )
    return [
        mean(_("From arrival to greeting"), _("minutes from arrival to greeting / customers greeted"), took),
        Figure(_("Greeted"), share, len(took), len(moments)),
    ]


def until_greeted(
    arrived: datetime, greeted: datetime | None, received: datetime | None, period: Period
) -> timedelta | None:
    """Return the time from arrival to the greeting that was noted, or to a reception soon enough to be one."""
    patience = period.book.on(arrived.astimezone(period.store.zone).date()).patience_minutes
    soon = received is not None and received - arrived <= timedelta(minutes=patience)
    moments = [moment for moment in (greeted, received if soon else None) if moment is not None]
    return min(moments) - arrived if moments else None


def hospitality(period: Period) -> list[tuple[str, int]]:
    """Count what was done for customers: met at the car, led to the lounge, tea, told (4.1.2, 4.2.5, 4.2.6)."""
    start, end = period.bounds
    care = LoungeCare.objects.filter(visit__store=period.store, at__gte=start, at__lt=end)
    counts = care.aggregate(tea=Count("pk", filter=Q(kind="tea")), told=Count("pk", filter=Q(kind="told")))
    of_visits = Welcome.objects.filter(
        visit__store=period.store, visit__arrived_at__gte=start, visit__arrived_at__lt=end
    ).aggregate(met=Count("met_at"), seated=Count("seated_at"))
    return [
        (_("Welcomed at the car"), of_visits["met"]),
        (_("Led to the lounge"), of_visits["seated"]),
        (_("Tea or water served"), counts["tea"]),
        (_("Told about the progress"), counts["told"]),
    ]


@dataclass(frozen=True)
class Courtesy:
    """An advisor's spot checks of a month and their mean (2.2.11.2)."""

    advisor: User
    checks: list[CourtesyCheck]

    @property
    def mean(self) -> Decimal:
        points = [point for check in self.checks for point in check.points]
        return (Decimal(sum(points)) / len(points)).quantize(TENTH)


def courtesy(period: Period) -> list[Courtesy]:
    """Return the month's spot checks by advisor."""
    start, end = period.bounds
    found = CourtesyCheck.objects.filter(store=period.store, at__gte=start, at__lt=end)
    by_advisor: dict[User, list[CourtesyCheck]] = defaultdict(list)
    for check in found.select_related("advisor", "by").order_by("advisor__full_name", "at", "pk"):
        by_advisor[check.advisor].append(check)
    return [Courtesy(advisor, checks) for advisor, checks in by_advisor.items()]


def minutes(length: timedelta) -> Decimal:
    return Decimal(round(length.total_seconds())) / 60


def mean(label: str, formula: str, values: list[Decimal]) -> Figure:
    whole = sum(values, Decimal(0)).quantize(TENTH)
    return Figure(label, formula, whole, len(values), unit=_("min"))
