"""A car's visit: who brought it when, in which condition, and what the customer said."""

from reception.models.findings import Complaint, DamageMark
from reception.models.places import Damage, Zone
from reception.models.visits import Fuel, Size, Visit, VisitMove

__all__ = [
    "Complaint",
    "Damage",
    "DamageMark",
    "Fuel",
    "Size",
    "Visit",
    "VisitMove",
    "Zone",
]
