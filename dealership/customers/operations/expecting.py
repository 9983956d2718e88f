"""Foreseeing anew when a car will need something: inside the transaction of whatever changed the answer."""

from django.utils import timezone

from dealership.customers import forecast
from dealership.customers.models import MileageReading, PlanLine, Vehicle

LATEST = 20  # readings; how a car ran years ago says nothing about this year


def reckon(vehicle: Vehicle) -> None:
    """Write when the service and each open line of the plan are expected; the vehicle is locked and fresh."""
    lines = list(PlanLine.objects.filter(vehicle=vehicle, state=PlanLine.State.OPEN))
    by_km = vehicle.next_service_km is not None or any(line.due_km is not None for line in lines)
    readings = latest_readings(vehicle) if by_km else []
    expected = forecast.expected_on(vehicle.next_service_on, vehicle.next_service_km, readings)
    if expected != vehicle.service_expected_on:
        Vehicle.objects.filter(pk=vehicle.pk).update(service_expected_on=expected)
        vehicle.service_expected_on = expected
    moved = [line for line in lines if foresee(line, readings)]
    PlanLine.objects.bulk_update(moved, ["expected_on"])


def foresee(line: PlanLine, readings: list[forecast.Reading]) -> bool:
    """Set when the line is expected and say whether that is news."""
    before, line.expected_on = line.expected_on, forecast.expected_on(line.due_on, line.due_km, readings)
    return before != line.expected_on


def latest_readings(vehicle: Vehicle) -> list[forecast.Reading]:
    """Return what the odometer showed on which days of the store, the latest last."""
    rows = MileageReading.objects.filter(vehicle=vehicle).order_by("-read_at", "-pk").values_list("read_at", "km")
    return [(timezone.localdate(read_at), km) for read_at, km in rows[:LATEST]][::-1]
