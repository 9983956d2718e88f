"""A car's visit: who brought it when, in which condition, and what the customer said."""

from reception.models.findings import Complaint, DamageMark, Photo, PointCheck
from reception.models.places import (
    ROUTE,
    UNDERBODY,
    Damage,
    Frequency,
    Purpose,
    Result,
    Valuables,
    VinSource,
    Zone,
)
from reception.models.visits import Fuel, Size, Visit, VisitMove

__all__ = [
    "ROUTE",
    "UNDERBODY",
    "Complaint",
    "Damage",
    "DamageMark",
    "Frequency",
    "Fuel",
    "Photo",
    "PointCheck",
    "Purpose",
    "Result",
    "Size",
    "Valuables",
    "VinSource",
    "Visit",
    "VisitMove",
    "Zone",
]
