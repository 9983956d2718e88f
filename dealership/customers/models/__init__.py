"""Customers, their vehicles, and what other systems knew about them."""

from dealership.customers.models.batches import ImportBatch
from dealership.customers.models.care import CareHint, Colour
from dealership.customers.models.people import Channel, Consent, Contact, Customer, Merge, Phone
from dealership.customers.models.plans import PlanLine, Recommendation
from dealership.customers.models.recalls import Recall, RecalledVehicle
from dealership.customers.models.vehicles import Keeping, MileageReading, PastOrder, Vehicle

__all__ = [
    "CareHint",
    "Channel",
    "Colour",
    "Consent",
    "Contact",
    "Customer",
    "ImportBatch",
    "Keeping",
    "Merge",
    "MileageReading",
    "PastOrder",
    "Phone",
    "PlanLine",
    "Recall",
    "RecalledVehicle",
    "Recommendation",
    "Vehicle",
]
