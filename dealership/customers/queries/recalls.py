"""Which cars their maker called back, and whether that was done."""

from dealership.customers.models import RecalledVehicle, Vehicle


def open_recalls(vehicle: Vehicle) -> list[RecalledVehicle]:
    """Return the recalls the car is still to be brought in for, the oldest first, in one query.

    The VIN decides, so that a car whose VIN is read later is found and one whose VIN was corrected is not.
    """
    if not vehicle.vin:
        return []
    listed = RecalledVehicle.objects.filter(vin=vehicle.vin, done_on=None, recall__active=True)
    return list(listed.select_related("recall").order_by("recall__published_on", "recall__number"))
