"""Vehicles, their keepers and their mileage."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership.customers import numbers, plates, vins
from dealership.customers.errors import (
    KeepingAhead,
    KeepingTooEarly,
    MileageImplausible,
    PlateDoubtful,
    PlateTaken,
    VinDoubtful,
    VinInvalid,
    VinTaken,
)
from dealership.customers.models import Customer, Keeping, MileageReading, PastOrder, Vehicle
from dealership.customers.operations import expecting, people, rows
from dealership.workflow import require

ADD, CHANGE = "customers.add_vehicle", "customers.change_vehicle"
SERVICE_DUE = {"next_service_on", "next_service_km"}
PLAUSIBLE_KM = 150_000  # between two visits; more is a digit too many


@transaction.atomic
def add_vehicle(
    *,
    keeper: Customer,
    by: Any,
    at: datetime,
    since: date | None = None,
    sold_by: Any = None,
    mileage: int | None = None,
    plate_confirmed: bool = False,
    **details: Any,
) -> Vehicle:
    """Create a vehicle with its keeper since a day, today if not given.

    Raises VinInvalid, VinDoubtful, VinTaken, PlateDoubtful, PlateTaken, KeepingAhead, NotAllowed.
    """
    require(by, ADD)
    since = since or timezone.localdate(at)
    check_begun(since, at)
    vehicle = Vehicle(created_at=at)
    _fill(vehicle, plate_confirmed=plate_confirmed, **details)
    Keeping.objects.create(vehicle=vehicle, customer=keeper, since=since, sold_by=sold_by or vehicle.salesperson)
    if mileage is not None:
        _note_mileage(vehicle, mileage, "registration", "", by, at)
    elif SERVICE_DUE & set(details):
        expecting.reckon(vehicle)
    return vehicle


@transaction.atomic
def register_with_car(
    *,
    name: str,
    by: Any,
    at: datetime,
    title: str = "",
    kind: str = Customer.Kind.PERSON,
    phones: Iterable[str] = (),
    region: str = numbers.HOME,
    **car: Any,
) -> tuple[Customer, Vehicle]:
    """Create a customer and the car he came with; raises what `register` and `add_vehicle` raise."""
    customer = people.register(name=name, title=title, kind=kind, phones=phones, region=region, by=by, at=at)
    return customer, add_vehicle(keeper=customer, by=by, at=at, **car)


@transaction.atomic
def correct_vehicle(
    vehicle: Vehicle,
    *,
    by: Any,
    at: datetime,
    plate_confirmed: bool = False,
    seen: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Vehicle:
    """Change the vehicle's own data and nothing besides; raises what `add_vehicle` raises.

    `seen` is what the person saw in these fields: raises ChangedMeanwhile where a colleague was faster.
    """
    require(by, CHANGE)
    rows.renew(vehicle)
    rows.compare(vehicle, seen, changes)
    _fill(vehicle, plate_confirmed=plate_confirmed, **changes)
    if SERVICE_DUE & set(changes):
        expecting.reckon(vehicle)
    return vehicle


def _fill(vehicle: Vehicle, *, plate_confirmed: bool, **changes: Any) -> None:
    """Write the changes to a new or a locked and fresh vehicle; a VIN comes with its own excuse or with none."""
    before, written = (vehicle.plate, vehicle.vin), set(changes)
    for field, value in changes.items():
        setattr(vehicle, field, value.strip() if isinstance(value, str) else value)
    vehicle.plate, vehicle.vin = plates.normalise(vehicle.plate), vins.normalise(vehicle.vin)
    if vehicle.plate != before[0]:
        check_plate(vehicle.plate, plate_confirmed)
    if vehicle.vin != before[1] or "vin_override_reason" in changes:
        if "vin_override_reason" not in changes or not vehicle.vin or vins.problem(vehicle.vin) is None:
            vehicle.vin_override_reason = ""  # the excuse of another VIN, or nothing to excuse
        check_vin(vehicle.vin, vehicle.vin_override_reason)
        written.add("vin_override_reason")
    if (vehicle.plate, vehicle.vin) != before:
        check_free(vehicle)
    try:
        rows.save(vehicle, update_fields=written if vehicle.pk else None)
    except ValidationError:
        check_free(vehicle)  # somebody may have entered the same plate or VIN between our look and our save
        raise


def check_plate(plate: str, confirmed: bool) -> None:
    """Raise PlateDoubtful for a normalised plate of a form unknown in China, unless somebody confirmed it."""
    if plate and not confirmed and not plates.is_chinese(plate):
        raise PlateDoubtful(
            "plate", _("“%(plate)s” does not look like a Chinese plate. Is it right?") % {"plate": plate}
        )


def check_vin(vin: str, reason: str) -> None:
    """Raise VinInvalid, or VinDoubtful where a typed reason would do and none was given (clause 3.2.1.4)."""
    problem = vins.problem(vin) if vin else None
    if problem is None:
        return
    if problem.blocks:
        raise VinInvalid("vin", vin_sentence(vin, problem))
    if not reason:
        raise VinDoubtful("vin", vin_sentence(vin, problem))


def check_free(vehicle: Vehicle) -> None:
    """Raise PlateTaken or VinTaken if another vehicle has this plate or VIN, and say which."""
    others = Vehicle.objects.exclude(pk=vehicle.pk).with_keeper()
    other = others.filter(plate=vehicle.plate).exclude(plate="").first()
    if other is not None:
        raise PlateTaken("plate", _("This plate belongs to %(car)s.") % {"car": described(other)})
    other = others.filter(vin=vehicle.vin).exclude(vin="").first()
    if other is not None:
        raise VinTaken("vin", _("This VIN belongs to %(car)s.") % {"car": described(other)})


def vin_sentence(vin: str, problem: vins.Problem) -> str:
    if problem.fault is vins.Fault.LENGTH:
        return _("A VIN has 17 characters; this one has %(n)d.") % {"n": len(vin)}
    if problem.fault is vins.Fault.CHARACTERS:
        return _("A VIN has only digits and capital letters, never I, O or Q.")
    if problem.blocks:
        return _("The check digit of this VIN is wrong. Please compare each character with the car.")
    return _("The check digit of this VIN is wrong. If the car really shows it, please give the reason.")


def described(vehicle: Vehicle) -> str:
    keeper = vehicle.keeper
    return f"{vehicle} ({keeper.name})" if keeper else str(vehicle)


@transaction.atomic
def change_keeper(
    vehicle: Vehicle, customer: Customer, since: date, *, by: Any, at: datetime, sold_by: Any = None
) -> Keeping:
    """End the present keeping and begin another; the same keeper changes nothing.

    Raises KeepingTooEarly, KeepingAhead, NotAllowed.
    """
    require(by, CHANGE)
    Vehicle.objects.select_for_update().get(pk=vehicle.pk)
    present = Keeping.objects.filter(vehicle=vehicle, until=None).select_related("customer").first()
    if present is not None and present.customer_id == customer.pk:
        return present
    check_begun(since, at, present)
    if present is not None and since < present.since:
        raise KeepingTooEarly(
            "since", _("%(name)s keeps this car since %(day)s.") % {"name": present.customer, "day": present.since}
        )
    Keeping.objects.filter(vehicle=vehicle, until=None).update(until=since)
    vehicle._prefetched_objects_cache = {}  # type: ignore[attr-defined]  # the keeper loaded before is not the keeper now
    return Keeping.objects.create(vehicle=vehicle, customer=customer, since=since, sold_by=sold_by)


def check_begun(since: date, at: datetime, present: Keeping | None = None) -> None:
    """Raise KeepingAhead for a day that has not begun where the desk stands: until then another keeps the car.

    The day the present keeper began will do: a store further east may have written it before midnight here.
    """
    if since > timezone.localdate(at) and (present is None or since > present.since):
        raise KeepingAhead("since", _("This day is still to come. Please record the keeper from today or earlier."))


@transaction.atomic
def record_mileage(vehicle: Vehicle, km: int, source: str, note: str = "", *, by: Any, at: datetime) -> MileageReading:
    """Record what the odometer shows; a lower or far higher value needs a note, else raises MileageImplausible."""
    require(by, CHANGE)
    return _note_mileage(vehicle, km, source, note, by, at)


def _note_mileage(vehicle: Vehicle, km: int, source: str, note: str, by: Any, at: datetime) -> MileageReading:
    fresh = Vehicle.objects.select_for_update().get(pk=vehicle.pk)
    last = fresh.mileage
    if last is not None and not note and not last <= km <= last + PLAUSIBLE_KM:
        raise MileageImplausible(
            "mileage",
            _("The last reading was %(last)d km. If %(km)d km is right, please note why.") % {"last": last, "km": km},
        )
    reading = MileageReading(vehicle=vehicle, km=km, read_at=at, by=by, source=source, note=note)
    rows.save(reading)
    Vehicle.objects.filter(pk=vehicle.pk).update(mileage=km)
    expecting.reckon(fresh)
    vehicle.mileage, vehicle.service_expected_on = km, fresh.service_expected_on
    return reading


def record_past_order(
    vehicle: Vehicle, customer: Customer, *, source: str, number: str, by: Any, at: datetime, **details: Any
) -> PastOrder:
    """Keep an order another system did; the same number from the same source again corrects it."""
    require(by, CHANGE)
    known = PastOrder.objects.filter(source=source, number=number).first()
    order = known or PastOrder(source=source, number=number)
    order.vehicle, order.customer = vehicle, customer
    for field, value in details.items():
        setattr(order, field, value)
    rows.save(order)
    return order
