"""What the page of a vehicle shows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, QuerySet, TextChoices, When
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import (
    Contact,
    Customer,
    Keeping,
    MileageReading,
    PastOrder,
    PlanLine,
    RecalledVehicle,
    Recommendation,
    Vehicle,
)
from dealership.customers.queries.recalls import open_recalls


@dataclass(frozen=True)
class VehicleFile:
    vehicle: Vehicle
    keeper: Customer | None
    key_persons: list[Contact]
    keepings: list[Keeping]
    readings: list[MileageReading]
    past_orders: list[PastOrder]
    plan: list[PlanLine]
    recommendations: list[Recommendation]
    recalls: list[RecalledVehicle]


def vehicle_file(vehicle: Vehicle, orders: int = 50) -> VehicleFile:
    """Return a vehicle with its keepers, readings, what other systems did to it, and what it will need."""
    keepings = list(Keeping.objects.filter(vehicle=vehicle).select_related("customer"))
    keeper = next((keeping.customer for keeping in keepings if keeping.until is None), None)
    persons = Contact.objects.filter(customer=keeper, kind=Contact.Kind.KEY_PERSON)
    return VehicleFile(
        vehicle,
        keeper,
        list(persons) if keeper else [],
        keepings,
        list(vehicle.mileage_readings.select_related("by")[:20]),
        list(vehicle.past_orders.select_related("customer")[:orders]),
        list(maintenance_plan(vehicle)[:orders]),
        list(open_recommendations(vehicle).select_related("said_by")),
        open_recalls(vehicle),
    )


def maintenance_plan(vehicle: Vehicle) -> QuerySet[PlanLine]:
    """Return what the car will need, the soonest first, and then what was done of its plan (3.1.1.4)."""
    lines = PlanLine.objects.filter(vehicle=vehicle).exclude(state=PlanLine.State.DROPPED)
    to_come = Case(When(state=PlanLine.State.OPEN, then=0), default=1)
    return lines.order_by(to_come, F("expected_on").asc(nulls_last=True), "due_km", "pk")


def open_recommendations(vehicle: Vehicle) -> QuerySet[Recommendation]:
    return Recommendation.objects.filter(vehicle=vehicle, state=Recommendation.State.OPEN)


class Warranty(TextChoices):
    """Whether the maker still pays, as far as day and mileage tell; the claims clerk decides."""

    IN = "in", _("under warranty")
    OUT = "out", _("out of warranty")
    UNKNOWN = "unknown", _("warranty unknown")


def warranty_standing(vehicle: Vehicle, on: date, km: int | None) -> Warranty:
    """Say whether the car is under warranty on a day with that mileage; the last day and the last km are in.

    Unknown where nobody noted the end, where the limit in km cannot be compared, and before the car was sold.
    """
    until, most = vehicle.warranty_until, vehicle.warranty_km
    if (until is not None and on > until) or (most is not None and km is not None and km > most):
        return Warranty.OUT
    if until is None or (most is not None and km is None) or (vehicle.sale_on is not None and on < vehicle.sale_on):
        return Warranty.UNKNOWN
    return Warranty.IN
