"""Which cars should come, and why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, Min, OuterRef, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership.customers.models import PlanLine, Recommendation, Vehicle
from dealership.customers.models.vehicles import VehicleQuerySet


class Kind(TextChoices):
    """Why a car should come."""

    DATE = "date", gettext_lazy("service due by its date")
    MILEAGE = "mileage", gettext_lazy("service due by its mileage")
    PLAN = "plan", gettext_lazy("from the maintenance plan")
    DECLINED = "declined", gettext_lazy("declined before")
    ADVISED = "advised", gettext_lazy("advised before")


@dataclass(frozen=True)
class Reason:
    """One reason for a car to come, and the day from which it counts."""

    kind: Kind
    text: str
    day: date


NEVER = date.max


def due_for_service(until: date, *, today: date) -> VehicleQuerySet:
    """Return the cars that probably need to come, the most urgent first, with their keepers (3.1.1.2, 3.1.1.5).

    Their service or a line of their plan is expected until that day, or it is time to ask again about something
    recommended. Each has the day it is `wanted_on`. Whoever has an appointment already is still among them.
    """
    planned, advised = _planned(until), _advised(today)
    soonest = Least(
        Coalesce("service_expected_on", Value(NEVER)),
        _earliest(planned, "expected_on"),
        _earliest(advised, "remind_on"),
        output_field=DateField(),
    )
    # Each side from its own index and then the cars: three conditions joined by OR would read every car there is.
    serviced = Vehicle.objects.filter(service_expected_on__lte=until).order_by().values("pk")
    due = serviced.union(planned.values("vehicle"), advised.values("vehicle"))
    return Vehicle.objects.filter(pk__in=due).annotate(wanted_on=soonest).order_by("wanted_on", "pk").with_keeper()


def _planned(until: date) -> QuerySet[PlanLine]:
    return PlanLine.objects.filter(state=PlanLine.State.OPEN, expected_on__lte=until).order_by()


def _advised(today: date) -> QuerySet[Recommendation]:
    return Recommendation.objects.filter(state=Recommendation.State.OPEN, remind_on__lte=today).order_by()


def _earliest(rows: QuerySet[Any], field: str) -> Coalesce:
    """Return a car's earliest day among the rows; SQLite finds nothing least beside an empty one, so never is a day."""
    of_this = rows.filter(vehicle=OuterRef("pk")).values("vehicle").annotate(day=Min(field)).values("day")
    return Coalesce(Subquery(of_this), Value(NEVER), output_field=DateField())


def reasons_of(vehicles: Iterable[Vehicle], *, until: date, today: date) -> dict[int, list[Reason]]:
    """Return by id why each car is among `due_for_service`, the earliest reason first, with two queries for all."""
    cars = list(vehicles)
    found: dict[int, list[Reason]] = defaultdict(list)
    for car in cars:
        if car.service_expected_on is not None and car.service_expected_on <= until:
            found[car.pk].append(service_reason(car, car.service_expected_on))
    for line in _planned(until).filter(vehicle__in=cars).exclude(expected_on=None):
        found[line.vehicle_id].append(Reason(Kind.PLAN, line.item, line.expected_on))  # type: ignore[arg-type]
    for said in _advised(today).filter(vehicle__in=cars):
        kind = Kind.DECLINED if said.declined else Kind.ADVISED
        found[said.vehicle_id].append(Reason(kind, said.words, said.remind_on))
    return {car.pk: sorted(found[car.pk], key=lambda reason: reason.day) for car in cars}


def service_reason(car: Vehicle, day: date) -> Reason:
    """Say whether the day or the mileage of the next service comes first."""
    if day == car.next_service_on or car.next_service_km is None:
        return Reason(Kind.DATE, _("The next service is due."), day)
    return Reason(Kind.MILEAGE, _("The next service is due at %(km)d km.") % {"km": car.next_service_km}, day)
